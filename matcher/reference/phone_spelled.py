"""Spelled-out telephone numbers: number words, digits set apart, letters for digits.

docs/entities-numbers.md, "Phone", "Strong".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from solon.matcher.folding import is_letter, is_mark, is_word
from solon.matcher.reference.glyphs import LINE_ENDS, Span, Stream, words
from solon.matcher.reference.phone_context import context_of
from solon.matcher.reference.phone_plans import Plans

_WORDS = """0 zero oh null cero nul
1 one uno une eins um uma ein
2 two dos deux zwei dois duas due
3 three tres trois drei tre
4 four cuatro quatre vier quatro quattro
5 five cinco cinq funf fuenf cinque
6 six seis sechs sei
7 seven siete sept sieben sete sette
8 eight ocho huit acht oito otto
9 nine nueve neuf neun nove nou"""
DIGIT_WORDS = {word: line[0] for line in _WORDS.splitlines() for word in line.split()[1:]}
DIGIT_LETTERS = {"o": "0", "i": "1", "l": "1", "z": "2", "s": "5", "b": "8"}
FILLERS = words("dash hyphen minus dot point punto ponto punkt space then and slash")
TIMES = {"double": 2, "triple": 3}
ODD_SEPARATORS = "_*~|\\^\"'"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of glue that reads as digits: `five`, `5o1`, `triple` with the piece after it."""

    start: int
    end: int
    digits: str
    words: int  # how many of the digits come from digit words
    letters: int  # how many come from digit letters

    @property
    def bare(self) -> bool:
        """Letters that could be digits, and nothing that is: `so`, `boo`."""
        return self.letters == len(self.digits)


def spelled_numbers(s: Stream, plans: Plans) -> list[Span]:
    """Spelled-out numbers, in folded characters."""
    spans: list[Span] = []
    for plus_at, pieces in _sequences(s):
        span = _best(s, plus_at, pieces, plans)
        if span is not None:
            spans.append(span)
    return spans


def _read(text: str) -> tuple[str, int, int] | None:
    """A stretch as digits, and how many are from words, from letters; None where it is not spelled."""
    if len(text) == 4 and text[0] == "i" and text[1] in "3456" and text[2:] == "86":
        return None  # a processor, not a number with a letter
    digits, words, letters = "", 0, 0
    i = 0
    while i < len(text):
        if len(digits) == 20:
            return None
        word = max((w for w in DIGIT_WORDS if text.startswith(w, i)), key=len, default="")
        if word:
            digits += DIGIT_WORDS[word]
            words += 1
            i += len(word)
        elif text[i] in "0123456789":
            digits += text[i]
            i += 1
        elif text[i] in DIGIT_LETTERS:
            digits += DIGIT_LETTERS[text[i]]
            letters += 1
            i += 1
        else:
            return None
    return digits, words, letters


def _plus_before(s: Stream, start: int) -> int | None:
    """Where the plus before a piece stands: `+`, at most one blank between."""
    if s.at(start - 1) == "+":
        return start - 1
    if s.blank(start - 1) and s.at(start - 2) == "+":
        return start - 2
    return None


def _sequences(s: Stream) -> list[tuple[int | None, list[Piece]]]:
    """All longest sequences of spelled pieces, with the place of their plus."""
    found: list[tuple[int | None, list[Piece]]] = []
    plus_at: int | None = None
    pieces: list[Piece] = []
    last_end = 0  # of the piece or filler before
    filler = False  # was that a filler?
    times: tuple[int, int] | None = None  # `double` before: its start and how many times
    word_plus: int | None = None  # `plus` before: its start

    def close() -> None:
        nonlocal plus_at, pieces
        if pieces:
            found.append((plus_at, pieces))
        plus_at, pieces = None, []

    for start, end in _stretches(s):
        text = s.text[start:end]
        joined = _gap(s, last_end, start)
        if not joined:
            close()
            times = word_plus = None
            filler = False
        last_end = end
        if text in TIMES:
            if times:
                close()
            times, filler, word_plus = (
                (start, TIMES[text]),
                False,
                word_plus if not pieces and not times else None,
            )
            continue
        read = _read(text) if len(text) <= 100 else None
        if read is None:
            if text in FILLERS and pieces and not filler and not times:
                filler = True
                continue
            close()
            times = None
            filler = False
            word_plus = start if text == "plus" else None
            continue
        digits, words, letters = read
        plus = _plus_before(s, times[0] if times else start)
        if plus is not None:
            close()
        if plus is None and not pieces:
            plus = word_plus
        bare = letters == len(digits)
        if bare and ((not pieces and plus is None) or (pieces and (plus_at is None or end - start < 2))):
            close()
            times = word_plus = None
            filler = False
            continue
        if not pieces:
            plus_at = plus
        if times:
            extra = times[1] - 1
            digits = digits[0] * extra + digits
            words += extra
            pieces.append(Piece(times[0], end, digits, words, letters))
        else:
            pieces.append(Piece(start, end, digits, words, letters))
        times = word_plus = None
        filler = False
    close()
    return found


def _stretches(s: Stream) -> list[Span]:
    """Longest stretches of glue, which `_` parts here."""
    found = []
    start = 0
    for i in range(len(s.text) + 1):
        if not s.glue(i) or s.at(i) == "_":
            if i > start:
                found.append((start, i))
            start = i + 1
    return found


def _gap(s: Stream, end: int, start: int) -> bool:
    """May these characters stand between two pieces of a sequence?"""
    gap = s.text[end:start]
    if not 1 <= len(gap) <= 6 or "+" in gap or any(c in LINE_ENDS for c in gap):
        return False
    return not any(c in ":;?!" for c in gap)


def _best(s: Stream, plus_at: int | None, pieces: list[Piece], plans: Plans) -> Span | None:
    """The whole sequence, or without an end, where it is a number."""
    while pieces and pieces[-1].bare:
        pieces.pop()
    for first, last in ((0, 0), (0, 1), (1, 0), (1, 1)):
        part = pieces[first : len(pieces) - last]
        plus = plus_at if first == 0 else None
        if part and _is_number(s, plus, part, plans):
            return (part[0].start if plus is None else plus, part[-1].end)
    return None


def _is_number(s: Stream, plus: int | None, pieces: list[Piece], plans: Plans) -> bool:
    digits = "".join(piece.digits for piece in pieces)
    start, end = pieces[0].start if plus is None else plus, pieces[-1].end
    if not 7 <= len(digits) <= 17 or not s.starts(start):
        return False
    if s.glue(start - 1) or s.currency(start - 1) or s.at(start - 1) == "#":
        return False
    if s.glue(end) or s.at(end) == "%" or s.currency(end):
        return False
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        return False
    words = sum(piece.words for piece in pieces)
    letters = sum(piece.letters for piece in pieces)
    solid = len(digits) - letters
    if not _odd(s, pieces, words, letters) or solid * (2 if plus is None else 3) < len(digits):
        return False
    if plus is not None:
        return plans.international(digits, loose=True)
    if len(pieces) == 1 and letters == 1 and not words and (s.letter(start) or s.letter(end - 1)):
        return False
    if words == 1 and not letters and any(_lone_word(pieces[i]) for i in (0, -1)):
        return False
    if words and len(digits) >= 10:
        return True
    if not words + letters and len(digits) < 9:
        return context_of(s, start, end) == "positive"
    if letters and not words and len(digits) < 9:
        return context_of(s, start, end) == "positive"
    if plans.national(digits) or plans.national_by_code(digits):
        return True
    if len(digits) >= 10 and all(len(piece.digits) == 1 for piece in pieces):
        return True
    return context_of(s, start, end) == "positive"


def _odd(s: Stream, pieces: list[Piece], words: int, letters: int) -> bool:
    """Is the sequence written in a way that the plain one does not know?"""
    if words or letters or all(len(piece.digits) == 1 for piece in pieces):
        return True
    if len(pieces) < 3 or all(_year(piece.digits) for piece in pieces):
        return False
    marks = set()
    for before, after in pairwise(pieces):
        gap = [s.text[i] for i in range(before.end, after.start) if not s.blank(i)]
        if len(gap) != 1 or not _odd_separator(s, gap[0]):
            return False
        marks.add(gap[0])
    return len(marks) == 1


def _lone_word(piece: Piece) -> bool:
    """Is it one digit word: `due` before a date, `sept`, `um`?"""
    return piece.words == 1 and len(piece.digits) == 1


def _year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")


def _odd_separator(s: Stream, c: str) -> bool:
    if c in ODD_SEPARATORS:
        return True
    other = ord(c) > 127 and not (is_letter(c) or is_mark(c) or is_word(c))
    return other and c not in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
