"""A text in which a pattern certainly has a span, or None where that is not certain.

In: a pattern's root. Out: a short line. Samples stand on lines of their own with a line of dots between, so
far apart that no phrase reaches from one to the other and no word of one is about the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from solon.dsl import ir

BETWEEN = "\n" + "· " * 20 + "\n"

ENTITIES = {
    "phone": "call me: +1 415 555 2671",
    "email": "jess@gmail.com",
    "url": "https://example.org/a",
    "ip_address": "192.168.0.1",
    "money": "$50",
}
"""For the recognisers that are not narrowed to regions; the rest has no sample."""

_SIGNS = frozenset(".:/@+$#-_`>~")
_LENGTH_MAX = 200
_DEPTH_MAX = 50
_NOWHERE = ir.Place("", 1, 1, 1, 1)


def message_with(names: Iterable[str], patterns: Mapping[str, ir.PatternNode]) -> str | None:
    """A message in which all these patterns have a span; None where that is not certain."""
    seen: dict[str, str | None] = {}
    samples = [_sample_of(ir.PatternRef(_NOWHERE, name), patterns, seen, 0) for name in sorted(names)]
    found = [one for one in samples if one is not None]
    if len(found) < len(samples):
        return None
    # A chatty sample of words could change what a number next to it is taken for; one entity at a time.
    if sum(one in ENTITIES.values() for one in found) > 1:
        return None
    return BETWEEN.join(found)


def _sample_of(
    node: ir.PatternNode, patterns: Mapping[str, ir.PatternNode], seen: dict[str, str | None], depth: int
) -> str | None:
    """A text in which the pattern has a span for certain, by itself and on a line of a message."""
    if depth > _DEPTH_MAX:
        return None
    match node:
        case ir.PatternRef(name=name):
            # Once a pattern: it may be referred to from a thousand places.
            if name not in seen:
                seen[name] = _sample_of(patterns[name], patterns, seen, depth + 1)
            return seen[name]
        case ir.AnyOf(parts=parts):
            found = (_sample_of(part, patterns, seen, depth + 1) for part in parts)
            return next((one for one in found if one is not None), None)
        case ir.Words(terms=terms):
            texts = (" ".join(one.text.split()) for one in terms)
            return next((one for one in texts if _plain(one)), None)
        case ir.Text(literals=literals):
            return next((one for one in literals if _plain(one) or (one.isascii() and one.isalpha())), None)
        case ir.Entity(name=name, regions=()):
            return ENTITIES.get(name)
        case ir.Url(shapes=shapes):
            found = (link_of(one) for one in shapes)
            return next((one for one in found if one is not None), None)
        case ir.Except(kept=kept, removed=removed):
            sample = _sample_of(kept, patterns, seen, depth + 1)
            return sample if sample is not None and all(_absent(sample, one) for one in removed) else None
        case _:
            return None


def _plain(text: str) -> bool:
    """Only letters and single spaces: nothing that folding, an edge or a zone could make something else
    of."""
    return (
        0 < len(text) <= _LENGTH_MAX
        and text.isascii()
        and text[0].isalpha()
        and text[-1] != " "
        and all(one.isalnum() or one == " " for one in text)
        and text == text.lower()
    )


def link_of(shape: ir.UrlShape) -> str | None:
    """A link that has the shape for certain; None where that is not certain."""
    labels = shape.host.split(".")
    if not shape.host.isascii() or len(labels) < 2 or not all(one.isalnum() for one in labels):
        return None
    path = [{"*": "a", "**": "a"}.get(one, one) for one in shape.path or ()]
    if not all(one.isascii() and one.isalnum() for one in path):
        return None
    return "https://" + "/".join([shape.host, *path])


def _absent(sample: str, removed: ir.PatternNode) -> bool:
    """Can an `except` certainly find nothing in the sample, whose line is its own?"""
    match removed:
        case ir.Zone(name="url"):
            return not _SIGNS.intersection(sample)
        case ir.Zone():
            return not {"`", ">", "~"}.intersection(sample)
        case ir.Words(terms=terms):
            # Longer than the sample: it cannot stand in it, and no phrase reaches across the dots.
            return all(len("".join(one.text.split())) > len(sample) for one in terms)
        case _:
            return False
