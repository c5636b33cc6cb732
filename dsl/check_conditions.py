"""Conditions: what each name in them stands for, and whether it can be asked what is asked of it.

Defines are expanded where they are named and kept as `Defined`. They are checked once, in an order in which
each comes after those that it names, so that no chain of defines is too long and none is checked twice.
Expansion can multiply; what a condition comes to is counted and bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from solon.dsl import check_questions as questions
from solon.dsl import ir, syntax
from solon.dsl.check_context import CONDITION_NODES_MAX, DEPTH_MAX, POLICY_NODES_MAX, Context
from solon.dsl.check_patterns import unknown_pattern
from solon.dsl.check_questions import as_asked, use_fact
from solon.dsl.dependency import in_dependency_order
from solon.dsl.kinds import INT_MAX, MILLION, describe, is_scanned
from solon.dsl.literals import exact
from solon.dsl.source import Span


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked condition with what it comes to once defines are expanded."""

    condition: ir.Condition
    nodes: int
    depth: int
    asks_score: bool


class Conditions:
    """Checks conditions of one policy; made once, defines and all."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.defines: dict[str, Checked | None] = {}
        # What defines of packs name; it is reached only where the define is.
        self._pack_patterns: dict[str, set[str]] = {}
        # What the condition at hand has come to so far.
        self._nodes = 0
        self._deepest = 0
        self._asks_score = False
        self._scores_allowed = True
        self._check_defines()

    def check(self, node: syntax.Condition, *, in_score: bool = False) -> ir.Condition | None:
        """The condition, all names resolved, or None after a report; `in_score`: no score may be asked."""
        found = self._expanded(node, scores=not in_score)
        if found is None:
            return None
        ctx = self.ctx
        before = ctx.node_count
        ctx.node_count += found.nodes
        if ctx.node_count > POLICY_NODES_MAX:
            if before <= POLICY_NODES_MAX:
                message = f"with its defines written out, the policy has more than {POLICY_NODES_MAX:,} parts"
                ctx.report("too-large", node.span, message)
            return None
        return found.condition

    # ── Defines ──

    def _check_defines(self) -> None:
        ctx = self.ctx
        defines = ctx.names.defines
        refers_to = {name: _holds(node.condition, defines) for name, node in defines.items()}
        order, cycles = in_dependency_order(refers_to)
        for cycle in cycles:
            path = " → ".join(f"`{name}`" for name in (*cycle, cycle[0]))
            message = f"this define refers back to itself: {path}"
            if len(cycle) == 1:
                message = f"the define `{cycle[0]}` refers to itself"
            others = tuple((defines[name].name.span, "by way of this one") for name in cycle[1:])
            ctx.report("define-cycle", defines[cycle[0]].name.span, message, secondary=others)
            self.defines.update(dict.fromkeys(cycle))
        for name in order:
            if name not in self.defines:
                node = defines[name]
                if ctx.names.in_pack(node.span):
                    outer, ctx.reached, ctx.in_pack = ctx.reached, set(), True
                    self.defines[name] = self._expanded(node.condition)
                    ctx.in_pack = False
                    self._pack_patterns[name], ctx.reached = ctx.reached, outer
                else:
                    self.defines[name] = self._expanded(node.condition)

    def _expanded(self, node: syntax.Condition, *, scores: bool = True) -> Checked | None:
        self._nodes, self._deepest, self._asks_score = 0, 0, False
        self._scores_allowed = scores
        condition = self._condition(node, 1)
        if condition is None:
            return None
        if self._nodes > CONDITION_NODES_MAX:
            message = (
                f"with its defines written out, this condition has more than {CONDITION_NODES_MAX:,} parts"
            )
            self._say("too-large", node.span, message)
            return None
        if self._deepest > DEPTH_MAX:
            self._too_deep(node.span)
            return None
        return Checked(condition, self._nodes, self._deepest, self._asks_score)

    def _too_deep(self, span: Span) -> None:
        message = f"with its defines written out, this is nested more than {DEPTH_MAX} deep"
        self._say("too-large", span, message)

    # ── Nodes ──

    def _condition(self, node: syntax.Condition, depth: int) -> ir.Condition | None:
        if depth > DEPTH_MAX:
            self._too_deep(node.span)
            return None
        self._nodes += 1
        self._deepest = max(self._deepest, depth)
        match node:
            case syntax.And(parts=parts) | syntax.Or(parts=parts):
                return self._joined(node, parts, depth)
            case syntax.Not(part=part):
                inner = self._condition(part, depth + 1)
                return None if inner is None else ir.Not(self.ctx.place(node.span), inner)
            case syntax.Constant(value=value):
                return ir.Constant(self.ctx.place(node.span), value)
            case syntax.Holds():
                return self._named(node, depth)
            case syntax.Compare():
                scores, facts = self.ctx.names.scores, self.ctx.names.facts
                is_score = node.name.text in scores and node.name.text not in facts
                return self._compare_score(node) if is_score else questions.compare(self.ctx, node)
            case syntax.In():
                return questions.is_in(self.ctx, node)
            case syntax.Has():
                return questions.has(self.ctx, node)
            case syntax.StartsWith():
                return questions.starts_with(self.ctx, node)
            case syntax.Known(name=name):
                fact = use_fact(self.ctx, name)
                return None if fact is None else ir.Known(self.ctx.place(node.span), name.text)
            case syntax.Contains():
                return self._contains(node, depth)
            case syntax.Count():
                return self._count(node)
            case syntax.Length(operator=operator, value=value):
                number = self._whole(value, "`message.length`")
                return None if number is None else ir.Length(self.ctx.place(node.span), operator.text, number)
            case syntax.MessageIs(pattern=pattern):
                found = self._pattern(pattern)
                return None if found is None else ir.MessageIs(self.ctx.place(node.span), found)

    def _joined(
        self, node: syntax.And | syntax.Or, parts: tuple[syntax.Condition, ...], depth: int
    ) -> ir.Condition | None:
        # Every part is checked, so that all their mistakes are reported.
        checked = [self._condition(part, depth + 1) for part in parts]
        good = tuple(part for part in checked if part is not None)
        if len(good) < len(checked):
            return None
        place = self.ctx.place(node.span)
        return ir.And(place, good) if isinstance(node, syntax.And) else ir.Or(place, good)

    def _named(self, node: syntax.Holds, depth: int) -> ir.Condition | None:
        """A bool fact or a define, alone."""
        ctx, name = self.ctx, node.name.text
        names = ctx.names
        if name in names.facts:
            kind = use_fact(ctx, node.name)
            if kind is None:
                return None
            if kind.name == "bool":
                return ir.FactIs(ctx.place(node.span), name)
            help = f"say what of it, as in {as_asked(name, kind)}"
            self._say("wrong-kind", node.span, f"`{name}` is {describe(kind)}, not a bool", help)
            return None
        if name in names.defines:
            ctx.used.defines.add(name)
            ctx.reached |= self._pack_patterns.get(name, set())
            define = self.defines.get(name)
            if define is None:
                return None
            if define.asks_score and not self._scores_allowed:
                message = f"`{name}` asks for a score, and a score cannot depend on a score"
                self._say("score-in-score", node.span, message)
                return None
            self._asks_score = self._asks_score or define.asks_score
            self._nodes += define.nodes
            self._deepest = max(self._deepest, depth + define.depth)
            return ir.Defined(ctx.place(node.span), name, define.condition)
        if name in names.scores:
            message = f"`{name}` is a score, and a condition holds it against a number"
            self._say("wrong-kind", node.span, message, f"write it as in `{name} >= 5`")
            return None
        if name in names.patterns:
            message = f"`{name}` is a pattern, and a condition says where to look for it"
            self._say("wrong-kind", node.span, message, f"write `message contains {name}`")
            return None
        message = f"there is no fact or define `{name}`"
        ctx.unknown("unknown-fact", node.name, message, names.facts, also=(names.defines,))
        return None

    def _compare_score(self, node: syntax.Compare) -> ir.Condition | None:
        ctx, name = self.ctx, node.name.text
        if not self._scores_allowed:
            message = f"`{name}` is a score, and a score cannot depend on a score"
            self._say("score-in-score", node.span, message)
            return None
        self._asks_score = True
        number = number_of(node.value)
        if number is None:
            message = f"`{name}` is a score, and is held against a number"
            self._say("wrong-kind", node.value.span, message, f"write it as in `{name} >= 5`")
            return None
        value = exact(ctx, number, MILLION, node.value.span, what=f"`{name}`", part="millionths")
        if value is None:
            return None
        return ir.ScoreCompare(ctx.place(node.span), name, node.operator.text, value)

    # ── The message ──

    def _contains(self, node: syntax.Contains, depth: int) -> ir.Condition | None:
        ctx = self.ctx
        field: str | None = None
        if node.field is not None:
            field = node.field.text
            kind = use_fact(ctx, node.field, may_be_message=True)
            if kind is None:
                return None
            if not is_scanned(kind):
                message = (
                    f"`{field}` is {describe(kind)}, and patterns apply to the message and to scanned texts"
                )
                hints = {"text": f"declare it as `{field} : scanned text`", "set": f"write `{field} has …`"}
                self._say("wrong-kind", node.field.span, message, hints.get(kind.name))
                return None
        found = [self._pattern(name) for name in node.patterns]
        good = [name for name in found if name is not None]
        if len(good) < len(found):
            return None
        place = ctx.place(node.span)
        parts = tuple(
            ir.Contains(place if len(good) == 1 else ctx.place(name.span), field, name.text)
            for name in {name.text: name for name in node.patterns}.values()
        )
        self._nodes += len(parts)
        self._deepest = max(self._deepest, depth + 1)
        if len(parts) == 1:
            return parts[0]
        return ir.And(place, parts) if node.which == "all" else ir.Or(place, parts)

    def _count(self, node: syntax.Count) -> ir.Condition | None:
        what = f"`{'distinct' if node.distinct else 'count'}({node.pattern.text})`"
        pattern = self._pattern(node.pattern)
        number = self._whole(node.value, what)
        if pattern is None or number is None:
            return None
        return ir.Count(self.ctx.place(node.span), pattern, node.distinct, node.operator.text, number)

    def _whole(self, literal: syntax.Literal, what: str) -> int | None:
        if not isinstance(literal, syntax.IntLiteral):
            message = f"{what} is a whole number, and cannot be held against {self.ctx.shown(literal.span)}"
            self._say("wrong-kind", literal.span, message)
            return None
        if not -INT_MAX <= literal.value <= INT_MAX:
            self._say("out-of-range", literal.span, "this is more than 64 bits hold")
            return None
        return literal.value

    # ── Names ──

    def _pattern(self, name: syntax.Name) -> str | None:
        return use_pattern(self.ctx, name)

    def _say(self, code: str, span: Span, message: str, help: str | None = None) -> None:
        self.ctx.report(code, span, message, help=() if help is None else (help,))


def use_pattern(ctx: Context, name: syntax.Name) -> str | None:
    """The pattern's name, which counts as used from now on; None after a report that there is none."""
    if name.text not in ctx.names.patterns:
        unknown_pattern(ctx, name)
        return None
    ctx.used.patterns.add(name.text)
    ctx.reached.add(name.text)
    return name.text


def number_of(literal: syntax.Literal) -> int | Decimal | None:
    """The number that a literal is, or None."""
    return literal.value if isinstance(literal, (syntax.IntLiteral, syntax.DecimalLiteral)) else None


def _holds(root: syntax.Condition, defines: dict[str, syntax.Define]) -> tuple[str, ...]:
    """The defines that a condition names."""
    found: dict[str, None] = {}
    stack: list[syntax.Condition] = [root]
    while stack:
        match stack.pop():
            case syntax.And(parts=parts) | syntax.Or(parts=parts):
                stack.extend(parts)
            case syntax.Not(part=part):
                stack.append(part)
            case syntax.Holds(name=name) if name.text in defines:
                found[name.text] = None
            case _:
                pass
    return tuple(found)
