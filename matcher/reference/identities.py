"""E-mail addresses, handles, IP addresses and links as entities. docs/entities.md has the rules.

In: a message and a level. Out: spans, candidates that the caller selects from.
"""

from __future__ import annotations

from collections.abc import Iterator

from solon.matcher import folding
from solon.matcher.folding import Folded
from solon.matcher.reference.addresses import is_ipv6, is_octet
from solon.matcher.reference.app_names import app_names
from solon.matcher.reference.glyphs import words
from solon.matcher.reference.hosts import (
    BRACKETS,
    DOT_WORDS,
    HOST_CHARS,
    STOPS,
    Host,
    Reading,
    at,
    choose,
    is_blank,
    is_digit,
    is_glue,
    is_sure_tld,
    is_tld,
    is_unspaced,
    is_word,
    read_dot,
    read_host,
)
from solon.matcher.reference.links import find_links

Span = tuple[int, int]


def find_url(message: str, level: str) -> list[Span]:
    """Links but the doubtful ones."""
    return [(link.start, link.end) for link in find_links(message, level) if not link.doubtful]


def _stream(message: str, level: str) -> Folded:
    return folding.fold(message, "none" if level == "none" else "basic")


def _span(stream: Folded, start: int, end: int) -> list[Span]:
    """The span of folded characters, where it may start there."""
    return [(stream.origins[start], stream.reaches[end - 1])] if stream.starts(start) else []


# ── E-mail ───────────────────────────────────────────────────────────────────────────────────────────

AT_WORDS = ("at", "arroba", "arobase", "chiocciola", "klammeraffe")
AT_BRACKETS = {**BRACKETS, "<": ">"}
LOCAL_CHARS = frozenset(".+-'&%~")
LOCAL_LENGTH = 128
LOCAL_DOTS = 8
UNKNOWN_LENGTH = 10
MAIL_HOSTS = words(
    """
    gmail googlemail yahoo ymail hotmail outlook live icloud protonmail proton aol gmx mail yandex zoho
    msn comcast fastmail tutanota qq"""
)
NO_LOCALS = words(
    """
    look looking looked log logging logged login sign signing signed signup up in register registered
    account accounts mail mails email emails inbox check checking work works working worked job jobs is
    are was were be me us it them people team everyone available engineer developer here there on out
    found find see seen meet visit buy order shop go arrive arrived start live hosted located"""
)
NO_HOSTS = words(
    """
    the a an this that each every any some my your our his her their one all"""
)


def find_email(message: str, level: str) -> list[Span]:
    """`jess@example.com`; strong: `jess (at) example dot com`."""
    stream = _stream(message, level)
    strong = level == "strong"
    spans: list[Span] = []
    for start, end, plain_word in _ats(stream.text, strong):
        host = _mail_host(stream.text, end, strong)
        local = _local_start(stream.text, start, strong) if host else -1
        if host and local >= 0 and (not plain_word or _meant(stream.text, local, start, host)):
            spans.extend(_span(stream, _with_mailto(stream.text, local), host.end))
    for place in range(len(stream.text) if strong else 0):
        if stream.text[place] == "@" and (apart := _set_apart(stream.text, place)):
            spans.extend(_span(stream, *apart))
    return spans


def _ats(text: str, strong: bool) -> Iterator[tuple[int, int, bool]]:
    """Each at: where it starts and ends, and whether it is the word `at` between blanks."""
    for place in range(len(text)):
        if not strong:
            if text[place] == "@":
                yield place, place + 1, False
            continue
        core = next((each for each in ("@", *AT_WORDS) if text.startswith(each, place)), "")
        if not core:
            continue
        end = place + len(core)
        close = AT_BRACKETS.get(at(text, place - 1), "")
        if close and at(text, end) == close:
            yield *_with_blanks(text, place - 1, end + 1), False
        elif core == "@":
            yield *_with_blanks(text, place, end), False
        elif is_blank(at(text, place - 1)) and is_blank(at(text, end)):
            yield place - 1, end + 1, core == "at"


def _with_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    for _ in range(2):
        start -= is_blank(at(text, start - 1))
        end += is_blank(at(text, end))
    return start, end


def _mail_host(text: str, place: int, strong: bool) -> Host | None:
    """The host after an at."""
    if not is_word(at(text, place)):
        return None
    reading = read_host(text, place, "mail", strong)
    return choose(text, reading, "mail") or (_unknown_host(text, reading) if strong else None)


def _unknown_host(text: str, reading: Reading) -> Host | None:
    """A host whose last label is letters, and no top-level domain: `jess@gmail.con`."""
    spelled = next((index + 1 for index, dot in enumerate(reading.dots) if dot.spelled), 0)
    for count in () if reading.bad else (len(reading.labels), spelled):
        labels = tuple(text[start:end] for start, end in reading.labels[:count])
        if count < 2 or is_tld(labels[-1]) or any("_" in label for label in labels):
            continue
        last, dot = labels[-1], reading.dots[count - 2]
        if count == len(reading.labels) and reading.stop > reading.labels[-1][1]:
            continue
        if len(last) > UNKNOWN_LENGTH or not all(folding.is_letter(c) for c in last):
            continue
        if not any(folding.is_letter(c) for c in labels[-2]) or (
            dot.spelled and not dot.word and not dot.bracketed
        ):
            continue
        if text[reading.labels[count - 2][1]] == "," and len(last) != 3:
            continue
        whole = count == len(reading.labels)
        return Host(
            reading.start, reading.labels[count - 1][1], labels, tuple(reading.dots[: count - 1]), whole
        )
    return None


def _meant(text: str, local: int, start: int, host: Host) -> bool:
    """Is `at` between blanks meant as the sign?"""
    if host.labels[0] in NO_HOSTS and len(host.labels) == 2:
        return False
    unknown = not is_tld(host.labels[-1])
    if any(dot.word for dot in host.dots):
        return len(host.labels[-1]) == 3 if unknown else not host.doubtful
    name = text[local:start]
    if unknown or host.doubtful or name in NO_LOCALS:
        return False
    alone = not any(is_word(c) for c in text[:local] + text[host.end :])
    return host.labels[0] in MAIL_HOSTS or "+" in name or alone


def _with_mailto(text: str, local: int) -> int:
    """Where the address starts with the `mailto:` before it."""
    start = local - len("mailto:")
    found = start >= 0 and text.startswith("mailto:", start) and not is_glue(at(text, start - 1))
    return start if found else local


def _local_start(text: str, end: int, strong: bool) -> int:
    """Where the local part that ends there starts, or -1."""
    start = _piece_start(text, end, LOCAL_LENGTH)
    if start < 0:
        return -1
    left_out = _after_left_out(text, start, end)
    if left_out == end or not (is_glue(text[end - 1]) or text[end - 1] in "-+"):
        return -1
    used = end - start
    for _ in range(LOCAL_DOTS if strong else 0):
        if left_out != start:
            break
        dot = _dot_before(text, start)
        further = _piece_start(text, dot, LOCAL_LENGTH - used) if dot >= 0 else -1
        if further < 0:
            break
        used += dot - further
        start, left_out = further, _after_left_out(text, further, dot)
    return left_out


def _piece_start(text: str, end: int, most: int) -> int:
    """Back over the characters of a local part, or -1 where there are more than `most`."""
    start = end
    while is_glue(at(text, start - 1)) or (start > 0 and text[start - 1] in LOCAL_CHARS):
        if start < end and text[start - 1] == text[start] == ".":
            break
        start -= 1
        if end - start > most:
            return -1
    return start


def _after_left_out(text: str, start: int, end: int) -> int:
    while start < end and not is_glue(text[start]):
        start += 1
    return start


def _dot_before(text: str, end: int) -> int:
    """Where a spelled dot starts that ends there, with glue before it; or -1."""
    inner_end = end - 1 if is_blank(at(text, end - 1)) else end
    for opening, closing in BRACKETS.items():
        for inner in (*STOPS, *DOT_WORDS):
            written = opening + inner + closing
            start = inner_end - len(written)
            if start < 0 or text[start:inner_end] != written:
                continue
            if is_glue(at(text, start - 1)):
                return start
            if is_blank(at(text, start - 1)) and is_glue(at(text, start - 2)):
                return start - 1
    for word in DOT_WORDS:
        start = inner_end - len(word) - 1
        if inner_end == end or start < 1 or text[start + 1 : inner_end] != word:
            continue
        if is_blank(text[start]) and is_glue(text[start - 1]):
            return start
    return -1


def _set_apart(text: str, place: int) -> Span | None:
    """Start and end of an address whose characters stand apart, around the `@` at `place`."""
    before = _singles(text, place, -1, LOCAL_LENGTH + 1)
    after = _singles(text, place, 1, HOST_CHARS)
    if not before or not after or len(before) > LOCAL_LENGTH:
        return None
    local = "".join(text[index] for index in reversed(before))
    start = _local_start(local, len(local), strong=False)
    for left_out in range(3):
        written = "".join(text[index] for index in after[: len(after) - left_out])
        if start < 0 or not is_word(at(written, 0)):
            return None
        host = choose(written, read_host(written, 0, "mail", strong=False), "mail")
        if host is not None and host.whole:
            return before[len(before) - 1 - start], after[host.end - 1] + 1
    return None


def _singles(text: str, place: int, step: int, most: int) -> list[int]:
    """Where single characters stand on one side of a place, each after a blank; the nearest first."""
    found: list[int] = []
    while len(found) < most and is_blank(at(text, place + step)):
        place += 2 * step
        here = at(text, place)
        fits = is_glue(here) or (here != "" and (here in "-." if step > 0 else here in LOCAL_CHARS))
        if not fits or is_glue(at(text, place + step)):
            break
        found.append(place)
    return found


# ── Handles ──────────────────────────────────────────────────────────────────────────────────────────

NAME_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.")
NAME_LENGTH = 32
NOT_BEFORE_AT = frozenset("@!#$%&*+-/=?^'{|}~`")
NOT_BEFORE_NAME = frozenset("/@#")
NO_NAMES = (
    " apt batch bill block box bug building case chapter claim code contract door fall flat floor gate house "
    "id invoice issue item job line lot model no num number order page part patch po pr project proposal ref "
    "room row seat section serial sku slide step suite table task ticket track unit version "
)


def find_handle(message: str, level: str) -> list[Span]:
    """`@jess.s`, `jess#1234`, `skype: jess.s`."""
    stream = _stream(message, level)
    spans: list[Span] = []
    for place, here in enumerate(stream.text):
        if here == "@" and (end := _mention_end(stream.text, place)):
            spans.extend(_span(stream, place, end))
        elif here == "#" and (start := _tagged_start(stream.text, place)) >= 0:
            spans.extend(_span(stream, start, place + 5))
    for start, end in app_names(stream.text):
        spans.extend(_span(stream, start, end))
    return spans


def _mention_end(text: str, place: int) -> int:
    """Where the name after an `@` ends, or 0; with the list that it names, `@jess/friends`."""
    before = at(text, place - 1)
    retold = text[max(0, place - 2) : place] == "rt" and not is_glue(at(text, place - 3))
    if (
        (is_glue(before) and not retold)
        or before in NOT_BEFORE_AT
        or (before == "." and is_glue(at(text, place - 2)))
    ):
        return 0
    end = place + 1
    while at(text, end) in NAME_CHARS and end < place + NAME_LENGTH + 3:
        if at(text, end) == at(text, end + 1) == ".":
            break
        end += 1
    name = text[place + 1 : end].removesuffix(".")
    end = place + 1 + len(name)
    if not 3 <= len(name) <= NAME_LENGTH or name[0] == "." or not _has_letter(name):
        return 0
    after = at(text, end)
    if is_glue(after) or after == "@" or (after == "-" and is_word(at(text, end + 1))):
        return 0
    return 0 if "." in name and is_sure_tld(name.rpartition(".")[2]) else _list_end(text, end)


def _list_end(text: str, end: int) -> int:
    """After `/friends`, where a list is named: a letter, then at most 24 name characters or hyphens."""
    if at(text, end) != "/" or not "a" <= at(text, end + 1) <= "z":
        return end
    stop = end + 2
    while at(text, stop) and (at(text, stop) in NAME_CHARS or at(text, stop) == "-"):
        stop += 1
    while at(text, stop - 1) in (".", "-"):
        stop -= 1
    fits = stop - end <= 26 and not is_glue(at(text, stop)) and at(text, stop) not in ("/", "@")
    return stop if fits else end


def _tagged_start(text: str, place: int) -> int:
    """Where the name before `#1234` starts, or -1."""
    digits = text[place + 1 : place + 5]
    if len(digits) < 4 or not all(map(is_digit, digits)) or is_word(at(text, place + 5)):
        return -1
    start = place
    while at(text, start - 1) in NAME_CHARS and place - start <= NAME_LENGTH:
        start -= 1
    name = text[start:place]
    if not 2 <= len(name) <= NAME_LENGTH or name[0] == "." or not _has_letter(name):
        return -1
    before = at(text, start - 1)
    refused = f" {name} " in NO_NAMES or is_glue(before) or before in NOT_BEFORE_NAME
    return -1 if refused else start


def _has_letter(name: str) -> bool:
    return any("a" <= character <= "z" for character in name)


# ── IP addresses ─────────────────────────────────────────────────────────────────────────────────────

IPV6_CHARS = frozenset("0123456789abcdef:.")
IPV6_RUN = 64
VERSION_WORDS = frozenset(("v", "ver", "version", "release", "build", "firmware"))


def find_ip_address(message: str, level: str) -> list[Span]:
    """`192.168.0.1`, `2001:db8::1`."""
    stream = _stream(message, level)
    strong = level == "strong"
    spans: list[Span] = []
    place = 0
    while place < len(stream.text):
        end = _ipv6_end(stream.text, place) or _ipv4_end(stream.text, place, strong)
        if end:
            spans.extend(_span(stream, place, end))
        place = max(end, place + 1)
    return spans


def _ipv6_end(text: str, place: int) -> int:
    """Where the IPv6 address that starts here ends, or 0."""
    before = at(text, place - 1)
    if text[place] not in IPV6_CHARS or before in IPV6_CHARS or (is_word(before) and not is_unspaced(before)):
        return 0
    end = place
    while at(text, end) in IPV6_CHARS:
        end += 1
    run = text[place:end]
    if len(run) > IPV6_RUN or run.count(":") < 2 or is_glue(at(text, end)):
        return 0
    address = run.rstrip(".")
    if address.endswith(":") and not address.endswith("::"):
        address = address[:-1]
    return place + len(address) if any(map(is_digit, address)) and is_ipv6(address) else 0


def _ipv4_end(text: str, place: int, strong: bool) -> int:
    """Where the IPv4 address that starts here ends, or 0."""
    before = at(text, place - 1)
    if not is_digit(text[place]) or is_glue(before) or before in (".", "-"):
        return 0
    if (before == "," and is_digit(at(text, place - 2))) or _after_version_word(text, place):
        return 0
    end = place
    for count in range(4):
        start = end
        while is_digit(at(text, end)):
            end += 1
        if not is_octet(text[start:end]):
            return 0
        if count < 3:
            dot = read_dot(text, end, "bare", strong, is_digit)
            if dot is None or (not strong and dot.end != end + 1):
                return 0
            end = dot.end
    after = at(text, end)
    return 0 if is_glue(after) or (after in (".", "-") and is_word(at(text, end + 1))) else end


def _after_version_word(text: str, place: int) -> bool:
    if not is_blank(at(text, place - 1)):
        return False
    start = place - 1
    while is_glue(at(text, start - 1)) and place - start < 12:
        start -= 1
    return text[start : place - 1] in VERSION_WORDS
