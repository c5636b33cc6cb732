"""A text that should have the patterns that a model says it has, and likely no others.

In: a model. Out: texts to try. Unlike the samples of the checker's examples (analyses/samples.py) they need
not be certain: who asked runs them.
"""

from __future__ import annotations

from collections.abc import Iterator

from solon.compiler.analyses.clauses import TRUE, Lit, Ordered
from solon.compiler.analyses.listed import entries_of
from solon.compiler.analyses.presence import Presence
from solon.compiler.analyses.samples import BETWEEN, ENTITIES, link_of
from solon.compiler.changes.joint import Joint
from solon.dsl import ir

FILL_MAX = 4_000_000
"""The longest message that is made to hit a limit, in bytes."""

REPEATS_MAX = 200

MORE_ENTITIES = {
    "handle": "@jess_smith99",
    "iban": "DE89 3704 0044 0532 0130 00",
    "credit_card": "4111 1111 1111 1111",
    "crypto_wallet": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "postal_address": "221B Baker Street, London NW1 6XE",
}
PHONES = {
    "gb": "+44 20 7946 0958",
    "de": "+49 30 901820",
    "fr": "+33 1 42 68 53 00",
    "in": "+91 98765 43210",
    "es": "+34 912 345 678",
}
ZONES = {"code": "`x = 1`", "quote": "> as you said", "url": "https://example.org/a"}


class Likely:
    """Makes texts for the models of a joint policy."""

    def __init__(self, joint: Joint) -> None:
        self.joint = joint
        self._roots: dict[int, tuple[Presence, ir.PatternNode]] = {}
        for situations in (joint.old, joint.new):
            presence = situations.presence
            for name, number in presence.numbers.items():
                self._roots.setdefault(number, (presence, presence.roots[name]))

    def messages(self, model: frozenset[Lit], needed: frozenset[Lit]) -> Iterator[str]:
        """Messages to try: with what is needed alone, then with all that the model says is there."""
        wanted = self._numbers(None, needed)
        every = self._numbers(None, model)
        for numbers in dict.fromkeys((tuple(wanted), tuple(every))):
            pieces = [self._repeated(number, None, model) for number in numbers]
            found = [one for one in pieces if one is not None]
            if len(found) == len(pieces) or numbers != tuple(wanted):
                for between in (BETWEEN, "\n", " "):
                    yield self._fitted(between.join(found), model, needed)

    def text(self, field: str, model: frozenset[Lit], needed: frozenset[Lit]) -> str:
        """The text of a scanned fact."""
        numbers = self._numbers(field, needed) or self._numbers(field, model)
        pieces = [self._sample(number, field, model) for number in numbers]
        return BETWEEN.join(one for one in pieces if one) or "x"

    def _numbers(self, field: str | None, holding: frozenset[Lit]) -> list[int]:
        present = self.joint.pool.present.items()
        found = [number for (where, number), lit in present if where == field and lit in holding]
        if field is None:
            pool = self.joint.pool
            for numbers in (pool.counts, pool.distincts):
                found += [number for number, one in numbers.items() if holding.intersection(one.lits())]
            found += [number for number, lit in pool.wholes.items() if lit in holding]
        return sorted(set(found))

    def _repeated(self, number: int, field: str | None, model: frozenset[Lit]) -> str | None:
        sample = self._sample(number, field, model)
        ordered = self.joint.pool.counts.get(number)
        times = _least(ordered, model)
        return sample if sample is None or times < 2 else "\n".join([sample] * min(times, REPEATS_MAX))

    def _fitted(self, text: str, model: frozenset[Lit], needed: frozenset[Lit]) -> str:
        """The message as long as it has to be."""
        length = self.joint.pool.length
        low, high = length.range_in(model)
        if not text and (high is None or high > 0):
            text = "hello" if high is None or high >= 5 else "."
        if low is not None and len(text) < low <= FILL_MAX:
            text += "\n" + "." * (low - len(text) - 1) if low > len(text) + 1 else "."
        if self.joint.limit in needed:
            limit = max(one.policy.header.limit_bytes for one in (self.joint.old, self.joint.new))
            if limit <= FILL_MAX:
                text += "\n" + "." * limit
        return text

    def _sample(self, number: int, field: str | None, model: frozenset[Lit]) -> str | None:
        presence, root = self._roots[number]
        return self._of(root, presence, field, model, 0)

    def _of(
        self, node: ir.PatternNode, presence: Presence, field: str | None, model: frozenset[Lit], depth: int
    ) -> str | None:
        if depth > 60:
            return None
        match node:
            case ir.PatternRef(name=name):
                return self._of(presence.roots[name], presence, field, model, depth + 1)
            case ir.AnyOf(parts=parts):
                found = (self._of(part, presence, field, model, depth + 1) for part in parts)
                return next((one for one in found if one is not None), None)
            case ir.Except(kept=kept):
                return self._of(kept, presence, field, model, depth + 1)
            case ir.Near(left=left, right=right, side=side):
                one = self._of(left, presence, field, model, depth + 1)
                other = self._of(right, presence, field, model, depth + 1)
                if one is None or other is None:
                    return None
                return f"{other} {one}" if side == "after" else f"{one} {other}"
            case ir.Words() | ir.Text() | ir.Url():
                return self._listed(node, presence, field, model)
            case _:
                return self._leaf(node, presence, field, model)

    def _listed(
        self,
        node: ir.Words | ir.Text | ir.Url,
        presence: Presence,
        field: str | None,
        model: frozenset[Lit],
    ) -> str | None:
        """An entry that the model says is there."""
        leaves = presence.pool.leaves
        alone = {entry for entry in entries_of(node) if _holds(leaves.get((field, _leaf_key(entry))), model)}
        groups = {
            key[2]
            for (where, key), lit in leaves.items()
            if where == field and isinstance(key, tuple) and key[0] == "group" and lit in model
        }
        chosen = sorted(alone, key=repr) or sorted(groups.intersection(entries_of(node)), key=repr)
        for entry in chosen:
            last = entry[-1]
            if isinstance(last, ir.UrlShape):
                return link_of(last) or f"https://{last.host}/" + "/".join(last.path or ())
            return str(last)
        return None

    def _leaf(
        self, node: ir.PatternNode, presence: Presence, field: str | None, model: frozenset[Lit]
    ) -> str | None:
        if not _holds(presence.pool.present.get((field, self._number(node, presence))), model) and not _holds(
            presence.pool.leaves.get((field, _node_key(node))), model
        ):
            return None
        match node:
            case ir.Entity(name="phone", regions=regions) if regions and "us" not in regions:
                return next((PHONES[one] for one in regions if one in PHONES), None)
            case ir.Entity(name=name):
                return ENTITIES.get(name) or MORE_ENTITIES.get(name)
            case ir.Zone(name=name):
                return ZONES[name]
            case ir.Regex(root=root):
                return regex_sample(root)
            case _:
                return None

    def _number(self, node: ir.PatternNode, presence: Presence) -> int:
        return presence.pool.structures.node(node, presence.numbers)


def _holds(lit: Lit | None, model: frozenset[Lit]) -> bool:
    return lit is not None and (lit in model or lit == TRUE)


def _leaf_key(entry: tuple[object, ...]) -> object:
    return ("shape", entry[1], entry[2]) if isinstance(entry[-1], ir.UrlShape) else entry


def _node_key(node: ir.PatternNode) -> object:
    match node:
        case ir.Regex(source=source, cased=cased, level=level):
            return ("regex", source, cased, level)
        case ir.Entity(name=name, regions=regions, level=level):
            return ("entity", name, regions, level)
        case ir.Zone(name=name):
            return ("zone", name)
        case _:
            return None


def _least(ordered: Ordered | None, model: frozenset[Lit]) -> int:
    low = None if ordered is None else ordered.range_in(model)[0]
    return 1 if low is None else low


# ── Regular expressions ──────────────────────────────────────────────────────────────────────────────

_LETTERS = "ae1 xA-._/@:#"
_SAMPLE_MAX = 500


def regex_sample(root: ir.RegexNode) -> str | None:
    """A short text that the expression most likely matches; None where that would be long."""
    pieces: list[str] = []
    size = 0
    pending: list[ir.RegexNode] = [root]
    while pending:
        node = pending.pop()
        match node:
            case ir.Chars(text=text):
                pieces.append(text)
            case ir.CharSet():
                pieces.append(_character(node))
            case ir.Sequence(parts=parts):
                pending.extend(reversed(parts))
            case ir.Alternatives(parts=parts):
                pending.append(parts[0])
            case ir.Repeat(part=part, least=least, most=most):
                # What may be left out is, but for a space between words.
                is_space = isinstance(part, ir.CharSet) and part.properties == (("space", False),)
                times = max(least, 1) if most != 0 and (is_space or part == ir.Chars(" ")) else least
                if times > _SAMPLE_MAX or len(pending) > 10 * _SAMPLE_MAX:
                    return None
                pending.extend([part] * times)
            case ir.Assertion():
                pass
        size += len(pieces[-1]) if pieces else 0
        if size > 20 * _SAMPLE_MAX:
            return None
    text = "".join(pieces)
    return text if text and len(text) <= _SAMPLE_MAX else None


def _character(node: ir.CharSet) -> str:
    names = dict(node.properties)

    def within(character: str) -> bool:
        found = any(low <= ord(character) <= high for low, high in node.ranges)
        for name, negated in names.items():
            holds = {
                "word": character.isalnum() or character == "_",
                "digit": character.isdigit(),
                "space": character.isspace(),
            }.get(name, False)
            found = found or holds != negated
        return found != node.negated

    likely = next((one for one in _LETTERS if within(one)), None)
    if likely is not None:
        return likely
    return chr(node.ranges[0][0]) if node.ranges and not node.negated else "x"
