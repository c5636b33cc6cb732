"""What a candidate for a telephone number looks like, and what looks like something else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from solon.matcher.folding import is_space
from solon.matcher.reference.glyphs import Stream


@dataclass(frozen=True, slots=True)
class Group:
    """A run of digits; `joint` is the text between the group before it and this one."""

    digits: str
    open: bool
    joint: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """`+44 (0)20 7946 0958`: a lead, then groups of digits; start and end in folded characters."""

    start: int
    end: int
    plus: bool
    groups: tuple[Group, ...]

    @property
    def digits(self) -> str:
        return "".join(group.digits for group in self.groups)

    @property
    def lengths(self) -> tuple[int, ...]:
        return tuple(len(group.digits) for group in self.groups)

    @property
    def joints(self) -> tuple[str, ...]:
        return tuple(group.joint for group in self.groups[1:])

    @property
    def blanks_alone(self) -> bool:
        """Are all joints blanks, and is no group in parentheses? A single group has no joints: yes."""
        return not self.groups[0].open and all(is_space(c) for joint in self.joints for c in joint)

    @property
    def listed(self) -> bool:
        """May it stand in a list without blanks, `010-67012402,010-67013036`?"""
        return len(self.groups) >= 2 and len(self.digits) >= 9

    def international_digits(self) -> str:
        """The digits without a `(0)` after the country code."""
        kept = [g.digits for i, g in enumerate(self.groups) if not (i and g.open and g.digits == "0")]
        return "".join(kept)


def shaped(c: Candidate) -> bool:
    """Is it written in groups as telephone numbers are?"""
    if len(c.groups) < 2:
        return False
    slashed = any("/" in joint for joint in c.joints)
    return not slashed or (c.digits[0] == "0" and len(c.groups) == 2)


def whole_message(s: Stream, start: int, end: int) -> bool:
    """Is there no letter and no digit outside the span?"""
    return not any(s.letter(i) or s.digit(i) for i in chain(range(start), range(end, len(s.text))))


def never(c: Candidate) -> bool:
    """Does the candidate look like a date, years, an IP address, a decimal, a book, …?"""
    digits, lengths, joints = c.digits, c.lengths, c.joints
    k = len(lengths)
    if not 7 <= len(digits) <= 17 or len(set(digits)) == 1:
        return True
    if digits.startswith("000") or k > 6 or (k >= 2 and lengths[-1] == 1):
        return True
    if _date(c) or all(_year(group.digits) for group in c.groups):
        return True
    if k >= 2 and c.groups[0].digits == "0" and joints[0] == ".":
        return True
    if k == 4 and all(joint == "." for joint in joints) and max(lengths) <= 3:
        return True
    if k == 2 and joints[0] == "." and (digits[0] != "0" or lengths[0] == 1):
        return True
    if k >= 2 and lengths[0] <= 3 and all(length == 3 for length in lengths[1:]):
        if all(joint == "." for joint in joints):
            return True
        if c.blanks_alone and any(group.digits == "000" for group in c.groups[1:]):
            return True
    return lengths == (3, 2, 4) or (len(digits) == 13 and digits[:3] in ("978", "979"))


def _year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")


def _date(c: Candidate) -> bool:
    texts = [group.digits for group in c.groups]
    if len(texts) == 3 and [len(texts[0]) <= 2, len(texts[1]) <= 2, len(texts[2]) == 2] == [True] * 3:
        return True
    for x, y, z in zip(texts, texts[1:], texts[2:], strict=False):
        if _small(x) and _small(y) and _year(z):
            return True
        if _year(x) and _small(y) and _small(z):
            return True
    return False


def _small(digits: str) -> bool:
    return len(digits) <= 2 and int(digits) <= 31
