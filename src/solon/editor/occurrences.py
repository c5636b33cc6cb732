"""Where the names of a policy stand: declarations and uses, of all kinds, in all files.

In: syntax trees. Out: occurrences. A name in a condition may be a fact's, a define's or a score's; which
one is told by what is declared. Placeholders in notices, `{sender.role}`, are uses of facts too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from solon.dsl import syntax
from solon.dsl.resolve import Names
from solon.dsl.source import Source, Span

Kind: TypeAlias = Literal[
    "fact", "define", "score", "pattern", "rule", "former", "exemption", "action", "label", "value", "file"
]
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\}")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name at a place. `of` is set for an enum's value: the fact that takes it."""

    kind: Kind
    name: str
    span: Span
    declares: bool = False
    of: str = ""

    @property
    def key(self) -> tuple[Kind, str, str]:
        """What it is a name of: equal for all occurrences of one thing."""
        return self.kind, self.name, self.of


def occurrences(
    items: Iterable[syntax.Item], names: Names, sources: dict[str, Source] | None = None
) -> Iterator[Occurrence]:
    """All names in these items. `sources` are needed for what stands inside of strings."""
    walk = _Walk(names, dict(sources or {}))
    for item in items:
        yield from walk.item(item)


@dataclass(frozen=True, slots=True)
class _Walk:
    names: Names
    sources: dict[str, Source]

    def item(self, item: syntax.Item) -> Iterator[Occurrence]:
        match item:
            case syntax.PolicyBlock():
                yield from self.header(item)
            case syntax.Use(path=path):
                yield Occurrence("file", path.value, path.span)
            case syntax.Facts(facts=facts):
                for fact in facts:
                    yield from self.fact(fact)
            case syntax.Define():
                yield _of("define", item.name, declares=True)
                yield from self.condition(item.condition)
            case syntax.PatternBlock():
                yield _of("pattern", item.name, declares=True)
                for clause in item.clauses:
                    if isinstance(clause, syntax.ExceptClause):
                        for part in clause.removed:
                            yield from self.formula(part)
            case syntax.PatternFormula():
                yield _of("pattern", item.name, declares=True)
                yield from self.formula(item.formula)
            case syntax.Rule():
                yield from self.rule(item)
            case syntax.Exempt():
                yield from self.exempt(item)
            case syntax.Score():
                yield _of("score", item.name, declares=True)
                for entry in item.entries:
                    if isinstance(entry, syntax.ScoreWhen):
                        yield from self.condition(entry.condition)
                    else:
                        yield _of("pattern", entry.pattern)
            case syntax.Test():
                yield from self.test(item)

    def header(self, block: syntax.PolicyBlock) -> Iterator[Occurrence]:
        for clause in block.clauses:
            match clause:
                case syntax.Actions(names=names):
                    for name in names:
                        yield _of("action", name, declares=True)
                case syntax.Default(action=name) | syntax.UndecidedAction(action=name):
                    yield _of("action", name)
                case syntax.IncompleteAction(action=name):
                    yield _of("action", name)
                case _:
                    pass

    def fact(self, fact: syntax.Fact) -> Iterator[Occurrence]:
        yield _of("fact", fact.name, declares=True)
        kind = fact.type if fact.type.element is None else fact.type.element
        if kind.name.text == "enum":
            for name in kind.arguments:
                yield Occurrence("value", name.text, name.span, True, fact.name.text)
        if fact.default is not None:
            yield from self.values(fact.name.text, fact.default)

    def values(self, fact: str, literal: syntax.Literal) -> Iterator[Occurrence]:
        for one in literal.items if isinstance(literal, syntax.SetLiteral) else (literal,):
            if isinstance(one, syntax.WordLiteral):
                yield Occurrence("value", one.text, one.span, False, fact)

    def condition(self, root: syntax.Condition) -> Iterator[Occurrence]:
        pending: list[syntax.Condition] = [root]
        while pending:
            node = pending.pop()
            match node:
                case syntax.And(parts=parts) | syntax.Or(parts=parts):
                    pending.extend(reversed(parts))
                case syntax.Not(part=part):
                    pending.append(part)
                case syntax.Holds(name=name) | syntax.StartsWith(name=name) | syntax.Known(name=name):
                    yield self.asked(name)
                case syntax.Compare(name=name, value=value):
                    yield self.asked(name)
                    yield from self.values(name.text, value)
                case syntax.In(name=name, values=values):
                    yield self.asked(name)
                    yield from self.values(name.text, values)
                case syntax.Has(name=name, value=value):
                    yield self.asked(name)
                    yield from self.values(name.text, value)
                case syntax.Contains(field=field, patterns=patterns):
                    if field is not None:
                        yield self.asked(field)
                    yield from (_of("pattern", name) for name in patterns)
                case syntax.Count(pattern=name) | syntax.MessageIs(pattern=name):
                    yield _of("pattern", name)
                case syntax.Constant() | syntax.Length():
                    pass

    def asked(self, name: syntax.Name) -> Occurrence:
        """A fact, a define or a score; a fact where nothing of the name is declared."""
        if name.text in self.names.defines:
            return _of("define", name)
        return _of("score" if name.text in self.names.scores else "fact", name)

    def formula(self, root: syntax.Formula) -> Iterator[Occurrence]:
        pending: list[syntax.Formula] = [root]
        while pending:
            node = pending.pop()
            match node:
                case syntax.PatternName(name=name):
                    yield _of("pattern", name)
                case syntax.AnyOf(parts=parts):
                    pending.extend(reversed(parts))
                case syntax.Except(kept=kept, removed=removed):
                    pending += [removed, kept]
                case syntax.Near(left=left, right=right):
                    pending += [right, left]
                case _:
                    pass

    def rule(self, rule: syntax.Rule) -> Iterator[Occurrence]:
        yield _of("rule", rule.name, declares=True)
        for clause in rule.clauses:
            match clause:
                case syntax.When(condition=condition) | syntax.Unless(condition=condition):
                    yield from self.condition(condition)
                case syntax.Then(action=name):
                    yield _of("action", name)
                case syntax.Redact(patterns=patterns):
                    yield from (_of("pattern", name) for name in patterns)
                case syntax.Label(names=labels):
                    yield from (_of("label", name) for name in labels)
                case syntax.Rollout(fact=name):
                    yield _of("fact", name)
                case syntax.Was(names=former):
                    yield from (_of("former", name) for name in former)
                case syntax.Notify():
                    yield from self.notice(clause)
                case _:
                    pass

    def notice(self, clause: syntax.Notify) -> Iterator[Occurrence]:
        if clause.when is not None:
            yield from self.condition(clause.when)
        texts = (
            (clause.texts,) if isinstance(clause.texts, syntax.String) else [one.text for one in clause.texts]
        )
        for text in texts:
            source = self.sources.get(text.span.source_path)
            if source is None:
                continue
            for found in _PLACEHOLDER.finditer(source.text, text.span.start, text.span.end):
                if found[1]:
                    yield Occurrence("fact", found[1], Span(source.path, found.start(1), found.end(1)))

    def exempt(self, item: syntax.Exempt) -> Iterator[Occurrence]:
        yield _of("exemption", item.name, declares=True)
        for clause in item.clauses:
            if isinstance(clause, syntax.When):
                yield from self.condition(clause.condition)
            elif isinstance(clause, syntax.FromTargets):
                for target in clause.targets:
                    if target.name is not None and target.what != "all":
                        yield _of(target.what, target.name)

    def test(self, test: syntax.Test) -> Iterator[Occurrence]:
        for clause in test.clauses:
            match clause:
                case syntax.Given(facts=facts):
                    for one in facts:
                        yield _of("fact", one.fact)
                        yield from self.values(one.fact.text, one.value)
                case syntax.Expect():
                    yield _of("action", clause.action)
                    for name in (*clause.by, *clause.not_by, *clause.undecided):
                        yield _of("rule", name)
                case syntax.Matched(pattern=name):
                    yield _of("pattern", name)
                case _:
                    pass


def _of(kind: Kind, name: syntax.Name, *, declares: bool = False) -> Occurrence:
    return Occurrence(kind, name.text, name.span, declares)
