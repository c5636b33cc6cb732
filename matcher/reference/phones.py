"""Telephone numbers, as docs/entities-numbers.md ("Phone") describes them.

In: a message, the regions that the pattern names (none: the default set) and a level. Out: spans of the
message. National patterns are held against numbers by their own texts.
"""

from __future__ import annotations

from collections.abc import Sequence

from solon.matcher.reference.glyphs import Span, Stream, stream_of, words
from solon.matcher.reference.phone_context import context_of
from solon.matcher.reference.phone_plans import Plans
from solon.matcher.reference.phone_shapes import Candidate, Group, never, shaped, whole_message
from solon.matcher.reference.phone_spelled import spelled_numbers

EXTENSION_WORDS = (
    "durchwahl",
    "extension",
    "interno",
    "ramal",
    "anexo",
    "poste",
    "extn",
    "ext",
    "int",
    "x",
    "فرعي",
    "#",
    "~",
)
SHAPES = {
    (3, 4, 4),
    (5, 5),
    (2, 5, 4),
    (2, 4, 4),
    (3, 3, 3),
    (3, 2, 2, 2),
    (3, 3, 2, 2),
    (4, 3, 3),
    (1, 3, 3, 2, 2),
    (3, 3, 4),
}


GLUED_BEFORE = words(
    "at on is to me no call tel text phone mobile cell whatsapp number fon ruf sms mob fax telefono llama"
)


def find_phone(message: str, regions: Sequence[str], level: str) -> list[Span]:
    """The telephone numbers of a message."""
    stream = stream_of(message, level)
    plans = Plans(regions)
    spans = plain_numbers(stream, plans, strong=level == "strong")
    if level == "strong":
        spans += spelled_numbers(stream, plans)
    return stream.originals(spans)


def plain_numbers(s: Stream, plans: Plans, *, strong: bool) -> list[Span]:
    """Numbers written in digits, in folded characters."""
    spans: list[Span] = []
    done = 0
    for first, end in s.runs():
        if first < done:
            continue
        for candidate in reversed(candidates(s, first, end)):
            if candidate.start < done or not s.starts(candidate.start):
                continue
            stop = accepted(s, candidate, plans, strong=strong)
            if stop:
                spans.append((candidate.start, stop))
                done = stop
                break
    return spans


def candidates(s: Stream, first: int, first_end: int) -> list[Candidate]:
    """All prefixes, shortest first, of the chain that starts with the run first..first_end."""
    start, plus, is_open = _lead(s, first, first_end)
    groups: list[Group] = []
    found: list[Candidate] = []
    at, end, joint = first, first_end, ""
    digits = 0
    while True:
        digits += end - at
        if len(groups) == 16 or digits > 20 or end - start > 40:
            return found
        groups.append(Group(s.text[at:end], is_open, joint))
        if not is_open:
            found.append(Candidate(start, end, plus, tuple(groups)))
        following = _joint(s, at, end, is_open)
        if following is None:
            return found
        joint, at, end, is_open = following


def _can_open(s: Stream, at: int, end: int) -> bool:
    return end - at <= 6 and s.at(_after_group(s, at, end, True)) == ")"


def _after_group(s: Stream, at: int, end: int, is_open: bool) -> int:
    """Past the `xx` that stands for a carrier after `0` and `011`, and past a blank before `)`."""
    if s.text[at:end] in ("0", "011") and s.text[end : end + 2] == "xx":
        end += 2
    if is_open and s.blank(end) and s.at(end + 1) == ")":
        end += 1
    return end


def _lead(s: Stream, d: int, end: int) -> tuple[int, bool, bool]:
    """Start, plus, open of a candidate whose first group is d..end."""
    can_open = _can_open(s, d, end)
    if s.at(d - 1) == "+":
        if s.at(d - 2) == "(" and can_open:
            return d - 2, True, True
        return d - 1, True, False
    if s.blank(d - 1) and s.at(d - 2) == "+":
        return d - 2, True, False
    if s.at(d - 1) == "(" and can_open:
        return (d - 2, True, True) if s.at(d - 2) == "+" else (d - 1, False, True)
    if s.blank(d - 1) and s.at(d - 2) == "(" and can_open:
        return d - 2, False, True
    return d, False, False


def _joint(s: Stream, at: int, end: int, is_open: bool) -> tuple[str, int, int, bool] | None:
    """The joint after a group, and the next group (its start, end, open); None where the chain ends."""
    i = _after_group(s, at, end, is_open)
    placeholder = not is_open and i > end
    if is_open:
        if s.at(i) != ")":
            return None
        i += 1
    link = "~" if s.text[at:end] == "0" and s.at(i) == "~" else _link(s, i)
    i += len(link)
    opens = s.at(i) == "("
    half_dash = len(link) == 2 and s.blank(i - 2) and s.dash(i - 1)
    if opens:
        i += 1
        i += s.blank(i)
    if (half_dash and not opens) or (not link and not opens and not is_open and not placeholder):
        return None
    stop = s.run_end(i)
    if stop == i or (opens and not _can_open(s, i, stop)):
        return None
    return s.text[end:i], i, stop, opens


def _link(s: Stream, i: int) -> str:
    if s.blank(i) and s.dash(i + 1):
        return s.text[i : i + 3] if s.blank(i + 2) else s.text[i : i + 2]
    if s.dash(i):
        return s.text[i : i + 2] if s.blank(i + 1) else s.text[i]
    if s.blank(i):
        return s.text[i : i + 2] if s.blank(i + 1) else s.text[i]
    if s.at(i) == "/" and s.blank(i + 1):
        return s.text[i : i + 2]
    return s.text[i] if s.one_of(i, "./") else ""


def accepted(s: Stream, c: Candidate, plans: Plans, *, strong: bool) -> int:
    """The end of the number (with its extension) where the candidate is one, else 0."""
    glued = strong and not c.plus and _glued_before(s, c.start)
    if not glued and not _left_fits(s, c):
        return 0
    extended = _extension_end(s, c.end)
    end = extended or c.end
    if not (strong and _glued_after(s, c, end, glued)) and not _right_fits(s, c, end):
        return 0
    if c.plus:
        return end if plans.international(c.international_digits(), loose=True) else 0
    if never(c):
        return 0
    context = "positive" if glued else context_of(s, c.start, end)
    if _with_prefix(s, c, end, plans, context=context, extended=extended > 0):
        return end
    return end if _national(s, c, end, plans, context=context, extended=extended > 0) else 0


def _glued_before(s: Stream, start: int) -> bool:
    """Does a word of calling, `at`, `is`, `on` stand directly before, without a blank: `call415…`?"""
    first = start
    while start - first <= 12 and s.glue(first - 1):
        first -= 1
    return s.text[first:start] in GLUED_BEFORE


def _glued_after(s: Stream, c: Candidate, end: int, glued: bool) -> bool:
    """Do letters, two or more and no digit among them, follow directly: `…0132forme`?"""
    stop = end
    while stop - end <= 20 and s.glue(stop):
        stop += 1
    tail = s.text[end:stop]
    if not 2 <= len(tail) <= 20 or not tail.isascii() or not tail.isalpha():
        return False
    return c.plus or glued or (c.listed and not c.blanks_alone)


def _left_fits(s: Stream, c: Candidate) -> bool:
    a, b = c.start - 1, c.start - 2
    if s.currency(a) or s.one_of(a, "#%@&°№+"):
        return False
    if c.plus:
        return not s.digit(a) and not ((s.one_of(a, ".-/\\'_") or s.dash(a)) and s.digit(b))
    if s.glue(a) or ((s.one_of(a, "-/\\'_~") or s.dash(a)) and s.glue(b)):
        return False
    if s.at(a) == "." and (s.digit(b) or (s.glue(b) and len(c.groups) == 1)):
        return False
    if s.at(a) == "*" and s.digit(b):
        return False
    return not (s.one_of(a, ",:;=") and s.digit(b) and not c.listed)


def _right_fits(s: Stream, c: Candidate, end: int) -> bool:
    a, b = end, end + 1
    if s.glue(a) or s.one_of(a, "%@°") or s.currency(a):
        return False
    if (s.one_of(a, "./\\'_=") or s.dash(a)) and s.digit(b):
        return False
    if (s.one_of(a, "_") or s.dash(a)) and s.letter(b) and s.glue(b):
        return False
    if s.at(a) == "." and s.letter(b) and len(c.groups) == 1:
        return False
    return c.plus or c.listed or not (s.one_of(a, ",:*") and s.digit(b))


def _extension_end(s: Stream, end: int) -> int:
    """The end of the extension that follows, or 0."""
    i = end
    i += s.blank(i)
    semicolon = s.at(i) == ";"
    i += s.one_of(i, ",;")
    i += s.blank(i)
    word = next((word for word in EXTENSION_WORDS if s.text.startswith(word, i)), None)
    if word is None or (semicolon and not word.startswith("ext")):
        return 0
    i += len(word)
    i += s.one_of(i, ".:")
    i += s.blank(i)
    i += s.blank(i)
    stop = s.run_end(i)
    return stop if 1 <= stop - i <= 7 and not s.glue(stop) else 0


def _with_prefix(s: Stream, c: Candidate, end: int, plans: Plans, *, context: str, extended: bool) -> bool:
    """Is it an international number that starts with 00 or 011?"""
    for prefix in ("00", "011"):
        if not c.digits.startswith(prefix):
            continue
        if prefix == "011" and not (plans.has_code_1 and len(c.digits) >= 11):
            continue
        digits = c.digits[len(prefix) :]
        if context == "positive":
            return plans.international(digits, loose=True)
        seen = len(c.groups) >= 2 or context == "weak" or extended or whole_message(s, c.start, end)
        return seen and plans.international(digits, loose=False)
    return False


def _national(s: Stream, c: Candidate, end: int, plans: Plans, *, context: str, extended: bool) -> bool:
    american = plans.has_code_1 and shaped(c) and _north_american(c)
    if american and not c.blanks_alone:
        return True
    if context == "negative" and not extended:
        return False
    if context != "positive" and c.blanks_alone and _goes_on(s, c):
        return False
    valid = plans.national(c.digits)
    count = len(c.digits)
    if context == "positive" or extended:
        if plans.narrowed:
            if valid or plans.possible_here(count):
                return True
        elif 8 <= count <= 13 or (c.lengths == (3, 4) and not c.blanks_alone):
            return True
    if context == "positive" and not plans.narrowed and len(c.groups) == 3 and shaped(c):
        return True
    if context == "weak" and valid and 8 <= count <= 12:
        return True
    if _with_carrier(c):
        return True
    if count == 8 and _alone(s, c, end) and plans.anywhere(c.digits):
        return True
    if not valid or count > 12:
        return False
    if len(c.groups) == 1:
        return _bare_fits(c.digits) and whole_message(s, c.start, end)
    if not shaped(c):
        return False
    if count >= 9 and whole_message(s, c.start, end):
        return True
    return plans.narrowed or c.lengths in SHAPES or (c.digits[0] == "0" and 9 <= count <= 12)


def _alone(s: Stream, c: Candidate, end: int) -> bool:
    """Groups with blanks between, and nothing else in the message, no price either: `22 34 56 78`."""
    if len(c.groups) < 2 or not c.blanks_alone or s.currency(c.start - 2) or s.currency(end + 1):
        return False
    return whole_message(s, c.start, end)


def _with_carrier(c: Candidate) -> bool:
    """`0191-650-333-6000`: digits that choose a carrier, then an American number?"""
    if len(c.groups) != 4 or c.digits[0] != "0" or c.lengths[1:] != (3, 3, 4) or c.blanks_alone:
        return False
    return c.groups[1].digits[0] in "23456789" and c.groups[2].digits[0] in "23456789"


def _bare_fits(digits: str) -> bool:
    """May digits alone, without any sign, be a number? Many ids are as long; few start so."""
    if len(digits) == 9:
        return digits[0] in "067"
    if len(digits) == 11:
        return digits[0] in "0178" or digits[2] == "9"
    return len(digits) >= 9


def _goes_on(s: Stream, c: Candidate) -> bool:
    before = s.blank(c.start - 1) and s.digit(c.start - 2)
    return before or (s.blank(c.end) and s.digit(c.end + 1))


def _north_american(c: Candidate) -> bool:
    digits = c.digits
    if c.lengths == (1, 3, 3, 4) and digits[0] == "1":
        digits = digits[1:]
    elif c.lengths != (3, 3, 4):
        return False
    return digits[0] in "23456789" and digits[3] in "23456789"
