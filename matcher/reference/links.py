"""Links: where they are, their parts, and whether they have a shape.

docs/entities.md, "Links" and "Url shapes". In: a message and a level. Out: its links from left to right, the
doubtful ones too; `matches_shape` then says whether one is a link to what the author of a policy named.
"""

from __future__ import annotations

from dataclasses import dataclass

from solon.matcher import folding
from solon.matcher.folding import Folded
from solon.matcher.reference.addresses import is_ipv6
from solon.matcher.reference.canonical import host_labels, path_segments, shape_segment
from solon.matcher.reference.glyphs import words
from solon.matcher.reference.hosts import (
    DIGITS,
    STOPS,
    Host,
    Reading,
    at,
    choose,
    has_port,
    has_tail,
    is_blank,
    is_glue,
    is_symbol,
    is_unspaced,
    is_word,
    read_host,
)

SEPARATORS = ("://", "[:]//", "(:)//", "[://]")
SCHEMES = ("https", "hxxps", "http", "hxxp", "ftps", "sftp", "ftp")  # those with a longer end first
ALPHANUMERIC = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
SCHEME_CHARS = ALPHANUMERIC | {"+", "-"}
SCHEME_LENGTH = 32
USER_CHARS = frozenset("-.~%!$&*+=:@'(),;")
USER_LENGTH = 256
LINK_LENGTH = 4096
CORNERS = frozenset(map(chr, range(0x3008, 0x3012)))  # brackets of East Asia
NOT_IN_PATH = frozenset('<>"|\\`\u201c\u201d\xab\xbb\u3001\u3002') | CORNERS
NOT_AT_END = frozenset(".,:;!?'*([{-\u2019")
SAID = words(
    """
    com org info biz co io gg dev app tv ly us uk eu ru fr es ca au br"""
)
NO_SITES = words(
    """
    the a an no or of but is this that and"""
)
CLOSERS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Link:
    """One link: span in the message, labels of its host (decoded, folded), segments of its path likewise."""

    start: int
    end: int
    host: tuple[str, ...]
    segments: tuple[str, ...]
    doubtful: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """The same in the folded text: `end` of the link, its host as written, its path."""

    start: int
    end: int
    host: str
    path: str
    doubtful: bool


def find_links(message: str, level: str) -> list[Link]:
    """All links of a message."""
    stream = folding.fold(message, "none" if level == "none" else "basic")
    links = []
    for found in _scan(stream, level == "strong"):
        links.append(
            Link(
                stream.origins[found.start],
                stream.reaches[found.end - 1],
                tuple(host_labels(found.host, level)),
                tuple(path_segments(found.path, level)),
                found.doubtful,
            )
        )
    return links


def matches_shape(link: Link, host: str, path: list[str] | tuple[str, ...] | None, level: str) -> bool:
    """Is the link one to this host, or to one below it, with this path?"""
    labels = tuple(host_labels(host, level))
    if labels == ("",) or link.host[-len(labels) :] != labels:
        return False
    if path is None:
        return True
    wanted = [part if part in ("*", "**") else shape_segment(part, level) for part in path]
    return _path_matches(list(link.segments), wanted)


def _path_matches(segments: list[str], wanted: list[str]) -> bool:
    """Dynamic programming over the parts of the shape: which counts of segments can be used up so far?"""
    reached = {0}
    for part in wanted:
        if part == "**":
            reached = set(range(min(reached) + 1, len(segments) + 1)) if reached else set()
        else:
            reached = {n + 1 for n in reached if n < len(segments) and part in ("*", segments[n])}
    return len(segments) in reached


# ── The scan ─────────────────────────────────────────────────────────────────────────────────────────


def _scan(stream: Folded, strong: bool) -> list[_Found]:
    text = stream.text
    found: list[_Found] = []
    floor = place = 0
    while place < len(text):
        separator = next((each for each in SEPARATORS if text.startswith(each, place)), "")
        link: _Found | None = None
        resume = place + 1
        if separator:
            link = _with_scheme(text, place, separator, floor, strong)
            resume = place + len(separator)
        elif _may_start_bare(stream, place):
            link, resume = _bare(text, place, strong)
        if link is None:
            place = resume
            continue
        if stream.starts(link.start):
            found.append(link)
        floor = place = link.end
    return found


def _with_scheme(text: str, place: int, separator: str, floor: int, strong: bool) -> _Found | None:
    start = _scheme_start(text, place, floor)
    if start < 0:
        return None
    authority = place + len(separator)
    for index in range(authority, authority + USER_LENGTH):
        here = at(text, index)
        if not (is_word(here) or here in USER_CHARS):
            break
        if here == "@":
            authority = index + 1
    tagged = at(text, start - 1) in ("@", "#") and not is_glue(at(text, start - 2))
    address = _ipv6_host(text, authority)
    if address:
        return _finish(text, start, authority + len(address) + 2, address, tagged)
    if not _starts_open_label(at(text, authority)):
        return None
    reading = read_host(text, authority, "open", strong)
    host = choose(text, reading, "open")
    if host is None:
        return None
    doubtful = tagged or _odd_host(text, reading, host)
    if not host.whole:
        return _Found(start, host.end, ".".join(host.labels), "", doubtful)
    return _finish(text, start, host.end, ".".join(host.labels), doubtful)


def _odd_host(text: str, reading: Reading, host: Host) -> bool:
    """Hyphens before a dot, or a label that starts or ends with `_`: no site has these."""
    if host.whole and reading.stop > host.end and at(text, reading.stop) == ".":
        return True
    return len(host.labels) > 1 and any("_" in (label[0], label[-1]) for label in host.labels)


def _starts_open_label(character: str) -> bool:
    return character != "" and (is_word(character) or is_symbol(character))


def _scheme_start(text: str, place: int, floor: int) -> int:
    """Where the scheme before a separator starts, or -1."""
    start = place
    while start > max(floor, place - SCHEME_LENGTH) and text[start - 1] in SCHEME_CHARS:
        start -= 1
    written = text[start:place]
    known = next((scheme for scheme in SCHEMES if written.endswith(scheme)), "")
    if known:
        return place - len(known)
    before = at(text, start - 1)
    if len(written) < 2 or written[0] in DIGITS | {"+", "-"} or is_word(before) or before in SCHEME_CHARS:
        return -1
    return start


def _ipv6_host(text: str, place: int) -> str:
    """What stands between the brackets, where that is an IPv6 address."""
    if at(text, place) != "[":
        return ""
    inner = text[place + 1 : place + 1 + 46].partition("]")[0]
    closed = at(text, place + 1 + len(inner)) == "]" and len(inner) <= 45
    return inner if closed and is_ipv6(inner) else ""


def _may_start_bare(stream: Folded, place: int) -> bool:
    text = stream.text
    here, before = text[place], at(text, place - 1)
    if not is_word(here) or here == "_" or not stream.starts(place):
        return False
    if is_word(before):
        return is_unspaced(before) and not is_unspaced(here)
    return before not in ("@", "#", "$")


def _bare(text: str, place: int, strong: bool) -> tuple[_Found | None, int]:
    """The link, and where to go on where there is none."""
    reading = read_host(text, place, "bare", strong)
    resume = max(reading.stop, place + 1)
    host = choose(text, reading, "bare")
    read_end = reading.labels[-1][1]
    if host is None or at(text, read_end) == "@":
        return None, resume
    if not host.whole:
        return _cut(text, host), resume
    slashes = 2 if _slashes_alone(text, host.start) else 0
    link = _finish(text, host.start - slashes, host.end, ".".join(host.labels), False)
    tail = has_tail(text, host.end)
    if not tail and text.startswith(SEPARATORS, host.end):
        return None, resume
    named = host.labels[0] == "www"
    lifted = tail and not (at(text, host.end) in ("?", "#") and not is_word(at(text, host.end + 1)))
    doubtful = not named and (_after_path(text, host.start) or (host.doubtful and not lifted))
    doubtful = doubtful or _said_in_passing(host)
    return _Found(link.start, link.end, link.host, link.path, doubtful), resume


def _said_in_passing(host: Host) -> bool:
    """Has it a dot with a blank or a word, and not an ending that people say: `wine .NET`, `ce point de`?"""
    if not any(dot.spelled and not dot.bracketed for dot in host.dots):
        return False
    said = host.labels[-1] in SAID or (host.labels[-1] == "net" and host.dots[-1].word)
    return not said or host.labels[0] in NO_SITES


def _slashes_alone(text: str, start: int) -> bool:
    """Do two slashes that stand at the start of a word belong to the link: `//example.com`?"""
    third = at(text, start - 3)
    return text[max(0, start - 2) : start] == "//" and (third == "" or folding.is_space(third))


def _after_path(text: str, start: int) -> bool:
    """Is what stands before part of a path or of a host that is none: `/to/file.pl`, `//-example.com`?"""
    before, second = at(text, start - 1), at(text, start - 2)
    if before in ("-", "."):
        return second in ("/", ".", "-") and second != before
    if before == "/" and second == "/":
        return not _slashes_alone(text, start)
    return before in ("/", "\\") and second != ":"


def _cut(text: str, host: Host) -> _Found:
    """A host of which labels were left out has no tail."""
    doubtful = host.labels[0] != "www" and (host.doubtful or _after_path(text, host.start))
    doubtful = doubtful or _said_in_passing(host)
    return _Found(host.start, host.end, ".".join(host.labels), "", doubtful)


# ── The tail ─────────────────────────────────────────────────────────────────────────────────────────


def _fixed_end(text: str, end: int) -> int:
    """After the dot and the port that belong to the link."""
    if has_tail(text, end):
        end += at(text, end) in STOPS
    return has_port(text, end) or end


def _starts_rest(text: str, place: int) -> bool:
    return at(text, place) != "" and at(text, place) in "/?#"


def _finish(text: str, start: int, host_end: int, host: str, doubtful: bool) -> _Found:
    """The link with its tail."""
    fixed = _fixed_end(text, host_end)
    end = _rest_end(text, start, fixed) if _starts_rest(text, fixed) else fixed
    end = _trimmed(text, fixed, end)
    if end - 2 >= fixed and text[end - 2 : end] in ("'s", "\u2019s"):
        end = _trimmed(text, fixed, end - 2)
    path = text[fixed:end] if at(text, fixed) == "/" else ""
    for sign in "?#":
        path = path.partition(sign)[0]
    return _Found(start, end, host, path, doubtful)


def _trimmed(text: str, fixed: int, end: int) -> int:
    """Without the punctuation at its end; a `'` stays where it closes one."""
    quotes = text.count("'", fixed, end)
    while end > fixed and text[end - 1] in NOT_AT_END:
        if text[end - 1] == "'":
            if quotes % 2 == 0:
                break
            quotes -= 1
        end -= 1
    return end


def _rest_end(text: str, start: int, place: int) -> int:
    open_brackets = dict.fromkeys(CLOSERS.values(), 0)
    while place < min(len(text), start + LINK_LENGTH):
        here = text[place]
        if folding.is_space(here) or here in NOT_IN_PATH:
            break
        if (here in ",.!;" or here in ALPHANUMERIC) and is_unspaced(at(text, place + 1)):
            return place + (here in ALPHANUMERIC)
        if here in open_brackets:
            open_brackets[here] += 1
        elif here in CLOSERS:
            open_brackets[CLOSERS[here]] -= 1
            if open_brackets[CLOSERS[here]] < 0:
                after = at(text, place + 1)
                inside = at(text, start - 1 - is_blank(at(text, start - 1))) == "("
                if here != ")" or inside or not (is_glue(after) or after == "+"):
                    break
                open_brackets["("] = 0
        place += 1
    return place
