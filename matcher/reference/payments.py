"""Bank accounts and cards, as docs/entities-numbers.md describes them; the wallets are in `wallets.py`."""

from __future__ import annotations

import re

from solon.matcher.reference.glyphs import LINE_ENDS, Span, Stream, stream_of, words
from solon.matcher.reference.wallets import find_crypto_wallet

__all__ = ["find_credit_card", "find_crypto_wallet", "find_iban"]

# What follows the country and the check digits: n digits, a letters, c either.
IBAN_FORMS = {
    word[:2]: "".join(int(count) * kind for count, kind in re.findall(r"(\d+)([nac])", word[2:]))
    for word in words(
        """
    ad8n12c ae19n al8n16c at16n az4a20c ba16n be12n bg4a6n8c bh4a14c bi23n br23n1a1c by4c4n16c ch5n12c
    cr18n cy8n16c cz20n de18n dj23n dk14n do4c20n ee16n eg25n es20n fi14n fk2a12n fo14n fr10n11c2n
    gb4a14n ge2a16n gi4a15c gl14n gr7n16c gt24c hn4a20n hr17n hu24n ie4a14n il19n iq4a15n is22n
    it1a10n12c jo4a4n18c kw4a22c kz3n13c lb4n20c lc4a24c li5n12c lt16n lu3n13c lv4a13c ly21n mc10n11c2n
    md20c me18n mk3n10c2n mn16n mr23n mt4a5n18c mu4a19n3a ni4a20n nl4a10n no11n om3n16c pk4a16c pl24n
    ps4a21c pt21n qa4a21c ro4a16c rs18n ru14n15c sa2n18c sc4a20n3a sd14n se20n si15n sk20n sm1a10n12c
    so19n st21n sv4a20n tl19n tn20n tr6n16c ua6n19c va18n vg4a16n xk16n ye4a4n18c ir22n ma24n mz21n
    dz22n ao21n bf24c bj24c cf23n cg23n ci24c cm23n cv21n ga23n gq23n gw21c km23n mg23n ml24c ne24c
    sn24c td23n tg24c"""
    )
}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CARD_RANGES = (  # first and last prefix, lengths
    (4, 4, (13, 16, 19)),
    (51, 55, (16,)),
    (2221, 2720, (16,)),
    (1, 1, (15,)),
    (34, 34, (15,)),
    (37, 37, (15,)),
    (300, 305, (14,)),
    (309, 309, (14,)),
    (36, 36, (14,)),
    (38, 39, (14,)),
    (3528, 3589, (16, 17, 18, 19)),
    (6011, 6011, (16, 17, 18, 19)),
    (644, 659, (16, 17, 18, 19)),
    (62, 62, (16, 17, 18, 19)),
    (50, 50, tuple(range(12, 20))),
    (56, 58, tuple(range(12, 20))),
    (6304, 6304, tuple(range(12, 20))),
    (6759, 6759, tuple(range(12, 20))),
    (6761, 6763, tuple(range(12, 20))),
    (2200, 2204, (16, 17, 18, 19)),
    (60, 60, (16,)),
    (81, 82, (16,)),
    (508, 508, (16,)),
)


def find_iban(message: str, level: str) -> list[Span]:
    """International bank account numbers."""
    s = stream_of(message, level)
    spans: list[Span] = []
    done = 0
    for i in range(len(s.text)):
        if i < done or not s.starts(i) or s.glue(i - 1):
            continue
        end = _iban_end(s, i, strong=level == "strong")
        if end:
            spans.append((i, end))
            done = end
    return s.originals(spans)


def _iban_end(s: Stream, start: int, *, strong: bool) -> int:
    """The end of the account number that starts here, or 0."""
    form, taken, kinds = "aann", "", set()
    i = start
    while len(taken) < len(form):
        if taken and strong:
            i += _gap(s, i)
        elif taken and len(taken) % 4 == 0 and (s.blank(i) or s.dash(i)):
            kinds.add(s.dash(i))
            i += 1
        c = s.at(i)
        if not _fits(c, form[len(taken)]):
            return 0
        taken += c
        i += 1
        if len(taken) == 2:
            if taken not in IBAN_FORMS:
                return 0
            form += IBAN_FORMS[taken]
    return i if len(kinds) < 2 and not s.glue(i) and _iban_checks(taken) else 0


def _fits(c: str, kind: str) -> bool:
    is_digit, is_letter = c != "" and c in "0123456789", c != "" and c in LETTERS
    return (is_digit and kind in "nc") or (is_letter and kind in "ac")


def _gap(s: Stream, i: int) -> int:
    """How many separators of the strong way stand at i: one to three; else 0."""
    end = i
    while end - i < 4 and s.at(end) and not s.glue(end) and not s.one_of(end, LINE_ENDS):
        end += 1
    return end - i if end - i <= 3 else 0


def _iban_checks(text: str) -> bool:
    if not 2 <= int(text[2:4]) <= 98:
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def find_credit_card(message: str, level: str) -> list[Span]:
    """Numbers of payment cards."""
    s = stream_of(message, level)
    runs = s.runs()
    spans = _plain_cards(s, runs)
    if level == "strong":
        spans += _apart_cards(s, runs)
    return s.originals(spans)


def _plain_cards(s: Stream, runs: list[Span]) -> list[Span]:
    spans: list[Span] = []
    done = 0
    for start, first_end in runs:
        if start < done or not s.starts(start) or not _card_left(s, start):
            continue
        ends: list[tuple[tuple[int, ...], int]] = []
        lengths: tuple[int, ...] = ()
        joint = ""
        at, end = start, first_end
        while end > at and sum(lengths) + end - at <= 19:
            lengths += (end - at,)
            ends.append((lengths, end))
            this = "blank" if s.blank(end) else "dash" if s.dash(end) else ""
            if this == "" or joint not in ("", this):
                break
            joint = this
            at = end + 1
            end = s.run_end(at)
        for lengths, end in reversed(ends):
            digits = "".join(c for c in s.text[start:end] if c in "0123456789")
            if _card_groups(lengths) and _card_right(s, end) and _is_card(digits):
                spans.append((start, end))
                done = end
                break
    return spans


def _card_groups(lengths: tuple[int, ...]) -> bool:
    if len(lengths) == 1 or lengths in ((4, 6, 5), (4, 6, 4)):
        return True
    return len(lengths) >= 3 and set(lengths[:-1]) == {4} and lengths[-1] <= 4


def _card_left(s: Stream, start: int) -> bool:
    a = start - 1
    if s.glue(a) or s.currency(a) or s.one_of(a, "#+"):
        return False
    return not ((s.one_of(a, ".,:/") or s.dash(a)) and s.digit(a - 1))


def _card_right(s: Stream, end: int) -> bool:
    if s.glue(end) or s.currency(end) or s.at(end) == "%":
        return False
    return not ((s.one_of(end, ".,:") or s.dash(end)) and s.digit(end + 1))


def _is_card(digits: str) -> bool:
    if not 12 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    total = 0
    for nth, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + nth % 2)
        total += value if value < 10 else value - 9
    if total % 10:
        return False
    return any(
        len(digits) in lengths and first <= int(digits[: len(str(first))]) <= last
        for first, last, lengths in CARD_RANGES
    )


def _apart_cards(s: Stream, runs: list[Span]) -> list[Span]:
    """Longest sequences of runs with one to three odd characters between them."""
    spans: list[Span] = []
    at = 0
    while at < len(runs):
        last = at
        while last + 1 < len(runs) and runs[last + 1][0] == runs[last][1] + _gap(s, runs[last][1]):
            last += 1
        start, end = runs[at][0], runs[last][1]
        digits = "".join(s.text[a:b] for a, b in runs[at : last + 1])
        lengths = tuple(b - a for a, b in runs[at : last + 1])
        grouped = _card_groups(lengths) or max(lengths) <= 2
        fits = grouped and s.starts(start) and _card_left(s, start) and _card_right(s, end)
        if fits and _is_card(digits):
            spans.append((start, end))
        at = last + 1
    return spans
