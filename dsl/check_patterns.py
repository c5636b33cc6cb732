"""Patterns: blocks and formulas as nodes of the typed IR.

A block's clauses find spans together, at the block's `evasions`; its `except` clauses take away. In a
formula everything is found at the level `basic`. References stay references; that none goes round in a
circle is checked here, once, over all patterns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from solon.dsl import ir, syntax
from solon.dsl.check_context import DEPTH_MAX, Context
from solon.dsl.check_terms import check_literals, check_shapes, check_terms
from solon.dsl.dependency import in_dependency_order
from solon.dsl.regex import RegexError, parse_regex
from solon.dsl.resolve import PatternDeclaration
from solon.dsl.source import Span
from solon.dsl.world import REGION_MEANT, REGIONS

ENTITIES = ir.ENTITIES
REGIONAL = frozenset({"phone", "postal_address"})
PATTERNS_MAX = 100_000
DISTANCE_MAX = 10_000
REFERENCES_DEEP_MAX = 100
EXAMPLES_MAX = 10_000


def check_patterns(ctx: Context) -> dict[str, ir.Pattern]:
    """The team's own patterns, and those of packs that anything of the team's reaches; by name.

    INVARIANT: every condition, score, redaction and test was checked before, so that `ctx.used` knows what
    is used.
    """
    names = ctx.names
    if len(names.patterns) > PATTERNS_MAX:
        past = next(islice(names.patterns.values(), PATTERNS_MAX, None))
        ctx.report("too-large", past.name.span, f"a policy has at most {PATTERNS_MAX:,} patterns")
        return {}
    own = [name for name, node in names.patterns.items() if not names.in_pack(node.span)]
    refers_to: dict[str, tuple[str, ...]] = {}
    waiting = sorted({*own, *ctx.reached})
    patterns: dict[str, ir.Pattern] = {}
    while waiting:
        name = waiting.pop()
        if name in refers_to:
            continue
        pattern, references = _PatternChecker(ctx).check(names.patterns[name])
        refers_to[name] = references
        waiting.extend(reference for reference in references if reference not in refers_to)
        if pattern is not None:
            patterns[name] = pattern
    _check_circles(ctx, refers_to)
    return patterns


def _check_circles(ctx: Context, refers_to: Mapping[str, tuple[str, ...]]) -> None:
    patterns = ctx.names.patterns
    order, cycles = in_dependency_order(refers_to)
    for cycle in cycles:
        path = " → ".join(f"`{name}`" for name in (*cycle, cycle[0]))
        message = f"this pattern refers back to itself: {path}"
        if len(cycle) == 1:
            message = f"the pattern `{cycle[0]}` refers to itself"
        others = tuple((patterns[name].name.span, "by way of this one") for name in cycle[1:])
        ctx.report("pattern-cycle", patterns[cycle[0]].name.span, message, secondary=others)
    if cycles:
        return
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = 1 + max((depth[one] for one in refers_to[name] if one in depth), default=0)
        if depth[name] == REFERENCES_DEEP_MAX + 1:
            message = f"patterns refer to patterns more than {REFERENCES_DEEP_MAX} deep"
            ctx.report("too-large", patterns[name].name.span, message)


class _PatternChecker:
    """Checks one pattern; `references` are the other patterns that it names."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.references: dict[str, None] = {}
        self.wrong = False

    def check(self, node: PatternDeclaration) -> tuple[ir.Pattern | None, tuple[str, ...]]:
        """The pattern, or None after a report, and the patterns that it refers to."""
        title: str | None = None
        matching: tuple[ir.Example, ...] = ()
        no_match: tuple[ir.Example, ...] = ()
        match node:
            case syntax.PatternBlock(clauses=clauses):
                root = self._block(node)
                written = syntax.clause(clauses, syntax.Title)
                title = None if written is None else written.text.value
                matching = self._examples(node, syntax.Match)
                no_match = self._examples(node, syntax.NoMatch)
            case syntax.PatternFormula(formula=formula):
                root = self._formula(formula, "basic", 1)
                if root is None and not self.wrong:
                    message = f"the pattern `{node.name.text}` finds nothing: its lists are empty"
                    self._say("empty-pattern", node.name.span, message)
        references = tuple(self.references)
        if root is None or self.wrong:
            return None, references
        place = self.ctx.place(node.span)
        return ir.Pattern(place, node.name.text, title, root, matching, no_match), references

    def _examples(
        self, node: syntax.PatternBlock, kind: type[syntax.Match] | type[syntax.NoMatch]
    ) -> tuple[ir.Example, ...]:
        ctx = self.ctx
        texts = [text for clause in syntax.clauses(node.clauses, kind) for text in clause.texts]
        if len(texts) > EXAMPLES_MAX:
            self.wrong = True
            ctx.report("too-large", node.name.span, f"a pattern has at most {EXAMPLES_MAX:,} examples")
        return tuple(ir.Example(ctx.place(text.span), text.value) for text in texts[:EXAMPLES_MAX])

    # ── Blocks ──

    def _block(self, node: syntax.PatternBlock) -> ir.PatternNode | None:
        ctx = self.ctx
        evasions = syntax.clause(node.clauses, syntax.Evasions)
        level: ir.Level = "basic" if evasions is None else evasions.level
        finders: list[ir.PatternNode] = []
        removed: list[ir.PatternNode] = []
        has_finder = False
        for clause in node.clauses:
            if isinstance(clause, (syntax.Words, syntax.Text, syntax.Url, syntax.Regex, syntax.Entity)):
                has_finder = True
                finders.extend(self._finder(clause, level))
            elif isinstance(clause, syntax.Find):
                has_finder = True
                found = self._formula(clause.formula, level, 1)
                finders.extend(() if found is None else (found,))
            elif isinstance(clause, syntax.ExceptClause):
                for part in clause.removed:
                    removed.extend(self._removed(part, level))
        if not has_finder:
            if not ctx.names.excuses(node.name.text):
                message = f"the pattern `{node.name.text}` finds nothing"
                help = ("it needs at least one of `words`, `text`, `url`, `regex`, `entity`, `find`",)
                ctx.report("empty-pattern", node.name.span, message, help=help)
            return None
        if not finders:
            if not self.wrong:
                message = f"the pattern `{node.name.text}` finds nothing: its lists are empty"
                ctx.report("empty-pattern", node.name.span, message)
            return None
        place = ctx.place(node.span)
        kept = finders[0] if len(finders) == 1 else ir.AnyOf(place, tuple(finders))
        return ir.Except(place, kept, tuple(removed)) if removed else kept

    def _removed(
        self, part: syntax.Finder | syntax.InZones | syntax.PatternName, level: ir.Level
    ) -> Iterator[ir.PatternNode]:
        match part:
            case syntax.InZones():
                yield from self._zones(part)
            case syntax.PatternName(name=name):
                reference = self._reference(name)
                if reference is not None:
                    yield reference
            case _:
                yield from self._finder(part, level)

    # ── Formulas ──

    def _formula(self, node: syntax.Formula, level: ir.Level, depth: int) -> ir.PatternNode | None:
        ctx = self.ctx
        if depth > DEPTH_MAX:
            self._say("too-large", node.span, f"this formula is nested more than {DEPTH_MAX} deep")
            return None
        match node:
            case syntax.PatternName(name=name):
                return self._reference(name)
            case syntax.AnyOf(parts=parts):
                found = [self._formula(part, level, depth + 1) for part in parts]
                return self._any_of(node.span, [one for one in found if one is not None])
            case syntax.Except(kept=kept, removed=removed):
                left = self._formula(kept, level, depth + 1)
                right = self._formula(removed, level, depth + 1)
                if left is None or right is None:
                    return left
                return ir.Except(ctx.place(node.span), left, (right,))
            case syntax.Near():
                return self._near(node, level, depth)
            case syntax.InZones():
                return self._any_of(node.span, list(self._zones(node)))
            case _:
                return self._any_of(node.span, self._finder(node, level))

    def _near(self, node: syntax.Near, level: ir.Level, depth: int) -> ir.PatternNode | None:
        left = self._formula(node.left, level, depth + 1)
        right = self._formula(node.right, level, depth + 1)
        distance = node.distance
        if not 0 <= distance.count <= DISTANCE_MAX:
            message = f"a distance is at most {DISTANCE_MAX:,} {distance.unit}"
            self._say("out-of-range", distance.span, message)
            return None
        if left is None or right is None:
            return None
        place = self.ctx.place(node.span)
        return ir.Near(place, left, right, node.side, distance.count, distance.unit)

    def _any_of(self, span: Span, parts: list[ir.PatternNode]) -> ir.PatternNode | None:
        if len(parts) <= 1:
            return parts[0] if parts else None
        return ir.AnyOf(self.ctx.place(span), tuple(parts))

    def _reference(self, name: syntax.Name) -> ir.PatternNode | None:
        ctx = self.ctx
        if name.text not in ctx.names.patterns:
            self.wrong = True
            unknown_pattern(ctx, name)
            return None
        self.references[name.text] = None
        ctx.used.patterns.add(name.text)
        return ir.PatternRef(ctx.place(name.span), name.text)

    # ── What finds ──

    def _finder(self, node: syntax.Finder, level: ir.Level) -> list[ir.PatternNode]:
        """The nodes of one clause: one for each expression of a `regex`, none where all lists are empty."""
        ctx = self.ctx
        errors_before = ctx.errors
        found: list[ir.PatternNode]
        place = ctx.place(node.span)
        match node:
            case syntax.Words(items=items):
                terms = check_terms(ctx, items)
                found = [ir.Words(place, terms, level)] if terms else []
            case syntax.Text(items=items, exact=exact):
                literals = check_literals(ctx, items, exact)
                found = [ir.Text(place, literals, exact, level)] if literals else []
            case syntax.Url(items=items):
                shapes = check_shapes(ctx, items)
                found = [ir.Url(place, shapes, level)] if shapes else []
            case syntax.Regex(regexes=regexes):
                parsed = [self._regex(one, level) for one in regexes]
                found = [one for one in parsed if one is not None]
            case syntax.Entity():
                entity = self._entity(node, level)
                found = [] if entity is None else [entity]
        self.wrong = self.wrong or ctx.errors > errors_before
        return found

    def _regex(self, node: syntax.RegexLiteral, level: ir.Level) -> ir.PatternNode | None:
        ctx = self.ctx
        try:
            root = parse_regex(node.source)
        except RegexError as error:
            base = node.span.start + 1
            span = Span(node.span.source_path, base + error.start, base + max(error.end, error.start + 1))
            help = () if error.hint is None else (error.hint,)
            self._say("bad-regex", span, error.message, help)
            return None
        return ir.Regex(ctx.place(node.span), node.source, root, node.cased, level)

    def _entity(self, node: syntax.Entity, level: ir.Level) -> ir.PatternNode | None:
        ctx = self.ctx
        name = node.name.text
        if name not in ENTITIES:
            self.wrong = True
            help = (f"there are {', '.join(f'`{one}`' for one in ENTITIES)}",)
            ctx.unknown(
                "unknown-entity", node.name, f"there is no entity `{name}`", ENTITIES, help=help, always=True
            )
            return None
        if node.regions and name not in REGIONAL:
            help = ("`phone` and `postal_address` can be narrowed to regions",)
            self._say("unknown-region", node.span, f"`{name}` is the same in every region", help)
            return None
        for region in node.regions:
            if region.text not in REGIONS:
                self._unknown_region(region)
        regions = tuple(sorted({region.text for region in node.regions}))
        return ir.Entity(ctx.place(node.span), name, regions, level)

    def _unknown_region(self, region: syntax.Name) -> None:
        lower = region.text.lower()
        meant = REGION_MEANT.get(lower, lower if lower in REGIONS else None)
        help = ("regions are written with two small letters, as in `us`, `gb`",)
        if meant is None:
            self._say("unknown-region", region.span, f"there is no region `{region.text}`", help)
            return
        self.wrong = True
        label = f"did you mean `{meant}`?"
        self.ctx.report("unknown-region", region.span, f"there is no region `{region.text}`", label=label)

    def _zones(self, node: syntax.InZones) -> Iterator[ir.PatternNode]:
        place = self.ctx.place(node.span)
        for zone in dict.fromkeys(one.text for one in node.zones):
            match zone:
                case "code" | "quote" | "url":
                    yield ir.Zone(place, zone)
                case _:
                    self._say("syntax", node.span, "the zones of a message are `code`, `quote`, `url`")

    def _say(self, code: str, span: Span, message: str, help: tuple[str, ...] = ()) -> None:
        self.wrong = True
        self.ctx.report(code, span, message, help=help)


def unknown_pattern(ctx: Context, name: syntax.Name) -> None:
    """Reports a name where a pattern is wanted and none of that name is there."""
    names = ctx.names
    message = f"there is no pattern `{name.text}`"
    if name.text in names.facts or name.text in names.defines or name.text in names.scores:
        kind = "fact" if name.text in names.facts else "define" if name.text in names.defines else "score"
        ctx.report("unknown-pattern", name.span, f"`{name.text}` is a {kind}, and here stands a pattern")
        return
    help: tuple[str, ...] = ()
    if name.text in ENTITIES:
        help = (
            f"define it with `pattern {name.text} = entity {name.text}`, or take it from a pack with `use`",
        )
    ctx.unknown("unknown-pattern", name, message, names.patterns, help=help)
