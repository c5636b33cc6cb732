"""Amounts of money, as docs/entities-numbers.md ("Money") describes them."""

from __future__ import annotations

from solon.matcher.reference.glyphs import Span, Stream, stream_of, words

CODES = words(
    """
    usd eur gbp jpy cny inr aud cad chf sek nok dkk pln czk huf rub brl mxn ars clp zar nzd sgd hkd krw
    thb idr myr vnd ngn kes ghs egp aed sar ils uah bgn pkr bdt twd btc eth ltc usdt usdc xmr rs"""
)
WORDS = words(
    """
    php dollar dollars dolar dolares buck bucks euro euros pound pounds quid cent cents pence penny
    guilders rupee rupees yen yuan rmb peso pesos reais franc francs kroner kronor krona kr zloty zlotys
    ruble rubles rouble roubles lira baht ringgit rupiah dinar dirham dirhams riyal naira rand shilling
    shillings hryvnia bitcoin bitcoins satoshi satoshis sats"""
)
ATTACHED = words("k m mm mn mio bn b t")
MULTIPLIERS = words(
    """
    thousand million millions billion billions trillion mil mille millones milhoes milioni millionen mrd
    grand lakh lakhs crore crores"""
)
SIGN_WORDS = "元円"
LANDS = words("us american canadian australian turkish")
DOLLARS = words("us u a au c ca nz hk s sg r mx")
GREAT = words("hundred thousand million billion")
SPELLED = (
    words(
        """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"""
    )
    | GREAT
)
AMOUNT_CHARS_MAX = 32


def find_money(message: str, level: str) -> list[Span]:
    """Amounts of money with their currency."""
    s = stream_of(message, level)
    spans = _by_amount(s)
    if level == "strong":
        spans += _spelled(s)
    return s.originals((start, end) for start, end in spans if s.starts(start))


def _word(s: Stream, i: int) -> str:
    """The stretch of glue that starts at i, or nothing where it is long or in the middle of one."""
    end = i
    while end - i <= 12 and s.glue(end):
        end += 1
    return s.text[i:end] if end - i <= 12 else ""


def _by_amount(s: Stream) -> list[Span]:
    """Every amount, with what stands before it and after it."""
    spans: list[Span] = []
    done = 0
    for start, _ in s.runs():
        if start < done:
            continue
        end = done = _amount_end(s, start)
        if end - start > AMOUNT_CHARS_MAX:
            continue
        stop = _multiplier_end(s, end)
        before = _sign_start(s, start)
        if before is not None:
            spans.append((before, _code_end(s, stop)))
        before = _code_start(s, start)
        if before is not None:
            spans.append((before, stop))
        if s.glue(start - 1) or (s.one_of(start - 1, ".,") and s.digit(start - 2)):
            continue
        at = stop + s.blank(stop)
        if s.currency(at) or s.one_of(at, SIGN_WORDS):
            after = at + 1
            if not s.digit(after) and not (s.blank(after) and s.digit(after + 1)):
                spans.append((start, after))
        word = _word(s, at)
        if word in LANDS and s.blank(at + len(word)):
            at += len(word) + 1
            word = _word(s, at)
            word = "" if word in CODES else word
        if word in CODES or word in WORDS:
            spans.append((start, at + len(word)))
    return spans


def _amount_end(s: Stream, start: int) -> int:
    """The end of the amount, also of one that is too long to be one."""
    last = start
    end = s.run_end(start)
    while True:
        if (s.one_of(end, ".,'") and s.digit(end + 1)) or (
            s.blank(end) and end - last <= 3 and s.run_end(end + 1) - end == 4
        ):
            last = end + 1
        else:
            return end
        end = s.run_end(last)


def _multiplier_end(s: Stream, end: int) -> int:
    word = _word(s, end)
    if word in ATTACHED or word in MULTIPLIERS:
        return end + len(word)
    if s.blank(end):
        word = _word(s, end + 1)
        if word in MULTIPLIERS:
            return end + 1 + len(word)
    return end


def _sign_start(s: Stream, start: int) -> int | None:
    """Where the sign before an amount starts, with the letters of `us$`."""
    at = start - 1 - s.blank(start - 1)
    if not s.currency(at):
        return None
    if s.at(at) == "$":
        for length in (2, 1):
            first = at - length
            if first >= 0 and s.text[first:at] in DOLLARS and not s.glue(first - 1):
                return first
    return at


def _code_start(s: Stream, start: int) -> int | None:
    """Where the code before an amount starts."""
    at = start - s.blank(start - 1)
    at -= s.at(at - 1) == "."
    for length in (4, 3, 2):
        first = at - length
        if first >= 0 and s.text[first:at] in CODES and not s.glue(first - 1):
            return first
    return None


def _code_end(s: Stream, end: int) -> int:
    """The end of the code after an amount with a sign, or of the amount."""
    at = end + s.blank(end)
    word = _word(s, at)
    return at + len(word) if word in CODES else end


def _spelled(s: Stream) -> list[Span]:
    """`five hundred and twenty dollars`, `a couple hundred bucks`."""
    stretches = [(a, b, s.text[a:b]) for a, b in s.stretches()]
    spans: list[Span] = []
    at = 0
    while at < len(stretches):
        last = at
        start, _, word = stretches[at]
        if word == "a":
            last += 1
            word = stretches[last][2] if last < len(stretches) and _joined(s, stretches, last) else ""
            fits = word in GREAT or word in ("couple", "dozen")
        else:
            fits = word in SPELLED
        if not fits:
            at += 1
            continue
        count = 1
        while last + 1 < len(stretches) and _joined(s, stretches, last + 1):
            if stretches[last + 1][2] not in SPELLED and stretches[last + 1][2] != "and":
                break
            last += 1
            count += 1
        follows = last + 1 < len(stretches) and stretches[last + 1][0] == stretches[last][1] + 1
        if count <= 12 and follows and s.blank(stretches[last][1]) and stretches[last + 1][2] in WORDS:
            spans.append((start, stretches[last + 1][1]))
        at = last + 1
    return spans


def _joined(s: Stream, stretches: list[tuple[int, int, str]], nth: int) -> bool:
    """Is there one blank or dash between this stretch and the one before?"""
    end, start = stretches[nth - 1][1], stretches[nth][0]
    return start == end + 1 and (s.blank(end) or s.dash(end))
