"""What stands under the cursor, explained: what a pattern matches, what a rule amounts to, what a fact may
be.

In: a view and an occurrence. Out: Markdown. All that comes from a policy stands in fences that it cannot
end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from solon.dsl import syntax
from solon.dsl.files import PACKS
from solon.dsl.source import Source, Span
from solon.editor.finding import all_of
from solon.editor.occurrences import Occurrence
from solon.editor.workspace import View

TERMS_MAX = 12
TESTS_MAX = 6
LINES_MAX = 30
LINE_CHARS_MAX = 160
MARKS = {True: "✓ ", False: "✗ ", None: ""}

Outcomes = Mapping[str, bool]
"""Of tests that were run: their name, and whether they pass."""


def hover(view: View, one: Occurrence, outcomes: Outcomes | None = None) -> str | None:
    """Markdown about what is named, or None where there is nothing to say."""
    names = view.names
    match one.kind:
        case "pattern" if one.name in names.patterns:
            return _joined(_pattern(view, names.patterns[one.name], one))
        case "rule" if one.name in names.rules:
            return _joined(_rule(view, names.rules[one.name], outcomes or {}))
        case "former":
            return f"`{one.name}` is the name that this rule had; its history and counts follow"
        case "fact" if one.name in names.facts:
            return _joined(_fact(view, names.facts[one.name], one))
        case "define" if one.name in names.defines:
            return _joined(_plain(view, names.defines[one.name].span, one))
        case "score" if one.name in names.scores:
            return _joined(_plain(view, names.scores[one.name].span, one))
        case "exemption" if one.name in names.exemptions:
            return _joined(_plain(view, names.exemptions[one.name].span, None))
        case "action":
            return _joined(_action(view, one))
        case "value":
            fact = names.facts.get(one.of)
            return None if fact is None else _fenced(_text(view, fact.span))
        case "label":
            rules = sorted({node.name.text for node in names.rules.values() if one.name in _labels(node)})
            return f"label of {_listed(rules)}" if rules else None
        case "file":
            return f"`{one.name}` ships with Solon" if one.name.startswith(PACKS) else None
    return None


def _plain(view: View, span: Span, one: Occurrence | None) -> Iterator[str]:
    """The text of a declaration, and the comment above it."""
    yield _fenced(_text(view, span))
    if one is not None:
        yield _used(view, one)
    yield from _documented(view, span)


# ── Patterns ─────────────────────────────────────────────────────────────────────────────────────────


def _pattern(view: View, node: syntax.PatternBlock | syntax.PatternFormula, one: Occurrence) -> Iterator[str]:
    if isinstance(node, syntax.PatternFormula):
        yield _fenced(_text(view, node.span))
    else:
        title = syntax.clause(node.clauses, syntax.Title)
        evasions = syntax.clause(node.clauses, syntax.Evasions)
        level = "basic" if evasions is None else evasions.level
        yield f"**pattern** `{one.name}`" + ("" if title is None else f": {_escaped(title.text.value)}")
        lines = [line for clause in node.clauses for line in _clause(view, clause)]
        yield _fenced("\n".join([*lines[:LINES_MAX], f"evasions {level}"]))
        examples = [
            text.value for clause in syntax.clauses(node.clauses, syntax.Match) for text in clause.texts
        ]
        if examples:
            yield "for example\n" + _fenced("\n".join(_cut(text) for text in examples[:4]))
        spared = [
            text.value for clause in syntax.clauses(node.clauses, syntax.NoMatch) for text in clause.texts
        ]
        if spared:
            yield "but not\n" + _fenced("\n".join(_cut(text) for text in spared[:4]))
    if node.span.source_path.startswith(PACKS):
        yield f"from `{node.span.source_path.removesuffix('.policy')}`"
    else:
        yield _used(view, one)
    yield from _documented(view, node.span)


def _clause(view: View, clause: syntax.PatternClause) -> Iterator[str]:
    match clause:
        case syntax.Words(items=items) | syntax.Text(items=items) | syntax.Url(items=items):
            word = {syntax.Words: "words", syntax.Text: "text", syntax.Url: "url"}[type(clause)]
            shown = [_text(view, item.span) for item in items[:TERMS_MAX]]
            more = f" and {len(items) - TERMS_MAX} more" if len(items) > TERMS_MAX else ""
            yield _cut(f"{word} {', '.join(shown)}{more}")
        case syntax.Regex() | syntax.Entity() | syntax.ExceptClause():
            yield _cut(_text(view, clause.span))
        case _:
            return


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────────


def _rule(view: View, node: syntax.Rule, outcomes: Outcomes) -> Iterator[str]:
    yield f"**rule** `{node.name.text}`: {_amounts_to(view, node)}"
    yield _fenced(_text(view, node.span))
    defines = {
        one.name.text: one
        for clause in node.clauses
        if isinstance(clause, (syntax.When, syntax.Unless))
        for one in _defines_in(view, clause.condition)
    }
    if defines:
        yield "where\n" + _fenced("\n".join(_text(view, one.span) for one in defines.values()))
    exempting = [
        one.name.text
        for one in view.names.exemptions.values()
        for clause in syntax.clauses(one.clauses, syntax.FromTargets)
        for target in clause.targets
        if _takes_out(target, node)
    ]
    if exempting:
        yield f"exempted by {_listed(sorted(set(exempting)))}"
    yield _tests(view, node, outcomes)
    yield from _documented(view, node.span)


def _amounts_to(view: View, node: syntax.Rule) -> str:
    """What a rule does, in a sentence."""
    done: list[str] = []
    tail: list[str] = []
    for clause in node.clauses:
        match clause:
            case syntax.Then(action=action):
                done.insert(0, f"`{action.text}`")
            case syntax.Redact(patterns=patterns, placeholder=placeholder):
                new = "" if placeholder is None else f" by {_code(_text(view, placeholder.span))}"
                done.append(f"replaces {_listed(one.text for one in patterns)}{new}")
            case syntax.Queue(name=name):
                done.append(f"queues for {_code(_text(view, name.span))}")
            case syntax.Label(names=labels):
                done.append(f"labels {_listed(one.text for one in labels)}")
            case syntax.Unless(condition=condition):
                tail.insert(0, f"unless {_code(_text(view, condition.span))}")
            case syntax.Rollout(percent=percent, fact=fact):
                tail.append(f"for {_text(view, percent.span)} % of `{fact.text}`")
            case syntax.Active():
                tail.append(_code(_text(view, clause.span)))
            case syntax.Mode():
                tail.append("reported apart, deciding nothing (`mode shadow`)")
            case _:
                pass
    told = sorted({one.audience.text for one in syntax.clauses(node.clauses, syntax.Notify)})
    if told:
        done.append(f"tells {_listed(told)}")
    when = syntax.clause(node.clauses, syntax.When)
    where = "" if when is None else f" when {_code(_text(view, when.condition.span))}"
    return ", ".join([", ".join(done) + where, *tail])


def _takes_out(target: syntax.Target, rule: syntax.Rule) -> bool:
    if target.what == "all":
        return True
    if target.name is None:
        return False
    return (
        target.name.text == rule.name.text
        if target.what == "rule"
        else (target.what == "label" and target.name.text in _labels(rule))
    )


def _labels(rule: syntax.Rule) -> set[str]:
    return {name.text for clause in syntax.clauses(rule.clauses, syntax.Label) for name in clause.names}


def _defines_in(view: View, root: syntax.Condition) -> Iterator[syntax.Define]:
    pending: list[syntax.Condition] = [root]
    while pending:
        node = pending.pop()
        match node:
            case syntax.And(parts=parts) | syntax.Or(parts=parts):
                pending.extend(reversed(parts))
            case syntax.Not(part=part):
                pending.append(part)
            case syntax.Holds(name=name) if name.text in view.names.defines:
                yield view.names.defines[name.text]
            case _:
                pass


def tests_of(view: View, rule: str) -> tuple[list[str], list[str]]:
    """The tests that expect the rule to fire, and those that expect it not to."""
    fires, spared = [], []
    for test in view.names.tests:
        expect = syntax.clause(test.clauses, syntax.Expect)
        if expect is None:
            continue
        if any(name.text == rule for name in (*expect.by, *expect.undecided)):
            fires.append(test.name.value)
        if any(name.text == rule for name in expect.not_by):
            spared.append(test.name.value)
    return fires, spared


def _tests(view: View, node: syntax.Rule, outcomes: Outcomes) -> str:
    fires, spared = tests_of(view, node.name.text)
    if not fires and not spared:
        return "no test names it"
    lines = [f"{MARKS[outcomes.get(name)]}{_cut(name)}" for name in fires[:TESTS_MAX]]
    more = f" and {len(fires) - TESTS_MAX} more" if len(fires) > TESTS_MAX else ""
    said = f"{_many(len(fires), 'test expects', 'tests expect')} it to fire"
    if spared:
        said += f", {_many(len(spared), 'expects', 'expect')} it not to"
    return f"{said}\n{_fenced(chr(10).join(lines) + more)}" if lines else said


# ── Facts and actions ────────────────────────────────────────────────────────────────────────────────


def _fact(view: View, node: syntax.Fact, one: Occurrence) -> Iterator[str]:
    yield _fenced(_text(view, node.span))
    if node.optional:
        yield "may be absent: what is asked of it is then unknown"
    elif node.default is None:
        yield "required: each decision must be given it"
    yield _used(view, one)
    yield from _documented(view, node.span)


def _action(view: View, one: Occurrence) -> Iterator[str]:
    header = view.names.header
    actions = None if header is None else syntax.clause(header.clauses, syntax.Actions)
    if actions is None:
        return
    yield "from least to most severe\n" + _fenced(" < ".join(name.text for name in actions.names))
    rules = [
        node.name.text
        for node in view.names.rules.values()
        for clause in syntax.clauses(node.clauses, syntax.Then)
        if clause.action.text == one.name
    ]
    if rules:
        yield f"`{one.name}` by {_listed(sorted(rules))}"


# ── Pieces ───────────────────────────────────────────────────────────────────────────────────────────


def _used(view: View, one: Occurrence) -> str:
    uses = sum(not other.declares for other in all_of(view, one))
    return "used nowhere" if not uses else f"used in {_many(uses, 'place', 'places')}"


def _documented(view: View, span: Span) -> Iterator[str]:
    """The comment on the lines directly above a declaration."""
    source = _source(view, span)
    if source is None:
        return
    line = source.position(span.start).line - 1
    comment: list[str] = []
    while line >= 1 and source.line_text(line).lstrip().startswith("#") and len(comment) < LINES_MAX:
        comment.insert(0, source.line_text(line).strip().lstrip("#").strip())
        line -= 1
    if comment:
        yield _fenced("\n".join(_cut(one) for one in comment))


def _source(view: View, span: Span) -> Source | None:
    return view.sources.get(span.source_path)


def _text(view: View, span: Span) -> str:
    source = _source(view, span)
    if source is None:
        return ""
    lines = source.text_of(span).splitlines()
    cut = [_cut(line) for line in lines[:LINES_MAX]]
    return "\n".join(cut + ["…"] * (len(lines) > LINES_MAX))


def _cut(text: str) -> str:
    return text if len(text) <= LINE_CHARS_MAX else text[: LINE_CHARS_MAX - 1] + "…"


def _code(text: str) -> str:
    """Code in a sentence, between more backticks than stand in it."""
    text = _cut(" ".join(text.split()))
    ticks = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{ticks} {text} {ticks}" if "`" in text else f"`{text}`"


def _fenced(text: str) -> str:
    """A fence longer than any that stands in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}solon\n{text}\n{fence}"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&-])", r"\\\1", " ".join(text.split()))


def _listed(names: Iterable[str]) -> str:
    shown = [f"`{name}`" for name in names]
    return ", ".join(shown[:TERMS_MAX]) + (
        f" and {len(shown) - TERMS_MAX} more" if len(shown) > TERMS_MAX else ""
    )


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _joined(parts: Iterable[str]) -> str | None:
    said = [part for part in parts if part]
    return "\n\n".join(said) if said else None
