"""Names on an app, given beside the app's name without an at: `skype: jess.smith`, `jess_99 is my telegram`.

docs/entities.md, "Handle". In: a folded text. Out: the spans of the names, in folded characters.
"""

from __future__ import annotations

from collections.abc import Iterator

from solon.matcher.reference.glyphs import words
from solon.matcher.reference.hosts import at, is_blank, is_glue, is_tld

Span = tuple[int, int]

APPS = words(
    """
    whatsapp telegram tg viber wechat weixin skype discord signal snapchat snap instagram insta ig kik
    icq qq kakaotalk kakao threema messenger twitter tiktok facebook fb hangouts slack line imo zalo"""
)
ID_WORDS = words(
    """
    id username user handle nick nickname name account"""
)
CHAT_APPS = APPS - words(
    """
    signal snap messenger twitter tiktok facebook fb hangouts slack line imo qq"""
)
FILES = words(
    """
    html htm txt pdf doc docx js ts css php jpg jpeg png gif json xml csv zip exe mp3 mp4 svg psd"""
)
BETWEEN = words(
    """
    on at via over through"""
)
NO_IDS = words(
    """
    required missing needed not optional the a an my your our invalid wrong here below above available
    same on in is was unknown unique stored used shown displayed field and or for with to of no yes none
    null string empty web3 html5 css3 mp3 mp4"""
)
NAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
NAME_CHARS = NAME_LETTERS | frozenset("0123456789_.-")
NAME_LENGTH = 32


def app_names(text: str) -> Iterator[Span]:
    """The names before and after each app's name."""
    end = 0
    while end < len(text):
        start, end = end, _glue_end(text, end)
        if start == end:
            end += 1
        elif text[start:end] in APPS:
            yield from _after(text, end)
            yield from _before(text, start, text[start:end] in CHAT_APPS)


def _glue_end(text: str, i: int) -> int:
    while is_glue(at(text, i)):
        i += 1
    return i


def _word(text: str, i: int) -> tuple[str, int]:
    """The glue at i, and its end."""
    end = _glue_end(text, i)
    return text[i:end], end


def _after(text: str, place: int) -> Iterator[Span]:
    """`skype: jess.s`, `skype id: jess`, `skype (jess.s)`, `skype is jess.s`."""
    i = place
    told = False  # has a word said that a name follows?
    for _ in range(2):
        word, end = _word(text, i + is_blank(at(text, i)))
        if word not in ID_WORDS:
            break
        told, i = True, end
    i += is_blank(at(text, i))
    sign = False
    if at(text, i) and at(text, i) in ":=(":
        sign = at(text, i) != "("
        closing = at(text, i) == "("
        i += 1
    else:
        word, end = _word(text, i)
        closing = False
        sign = word == "is" and is_blank(at(text, i - 1))
        if not sign:
            return
        i = end
    i += is_blank(at(text, i))
    stop = _name_end(text, i)
    name = text[i:stop]
    if not stop or (closing and at(text, stop) != ")"):
        return
    if _is_marked(name) or (told and sign and name not in NO_IDS):
        yield i, stop


def _before(text: str, place: int, chat: bool) -> Iterator[Span]:
    """`jess_99 is my skype`, `jess_99 on skype`."""
    i = place
    said = []
    for _ in range(2):
        if not is_blank(at(text, i - 1)):
            return
        end = i = i - 1
        while end - i <= 8 and is_glue(at(text, i - 1)):
            i -= 1
        said.append(text[i:end])
        if said[-1] != "my":
            break
    if not ((chat and said[0] in BETWEEN) or said == ["my", "is"]) or not is_blank(at(text, i - 1)):
        return
    end = start = i - 1
    while end - start <= NAME_LENGTH and at(text, start - 1) and at(text, start - 1) in NAME_CHARS:
        start -= 1
    whole = end > start and _name_end(text, start) == end
    if whole and _fits_before(text, start) and _is_marked(text[start:end]):
        yield start, end


def _fits_before(text: str, start: int) -> bool:
    """No glue stands directly before, and no sign that makes it part of an address or a path."""
    return not is_glue(at(text, start - 1)) and not (
        at(text, start - 1) and at(text, start - 1) in "@/#\\:=+%&~$"
    )


def _name_end(text: str, start: int) -> int:
    """Where the name that starts here ends, or 0."""
    end = start
    while end - start <= NAME_LENGTH and at(text, end) and at(text, end) in NAME_CHARS:
        end += 1
    if end - start > NAME_LENGTH:
        return 0
    while end > start and text[end - 1] in "._-":
        end -= 1
    name = text[start:end]
    letters = sum(c in NAME_LETTERS for c in name)
    if end - start < 3 or letters < 3 or name[0] not in NAME_LETTERS or ".." in name:
        return 0
    after = at(text, end)
    if (
        (is_glue(after) and after != "_")
        or after in ("@", "/")
        or (after == ":" and at(text, end + 1) == "/")
    ):
        return 0
    last = name.rpartition(".")[2]
    return 0 if last != name and (is_tld(last) or last in FILES) else end


def _is_marked(name: str) -> bool:
    """Has it what words have not: a digit, `_` or `.` inside?"""
    return name not in NO_IDS and any(c in "0123456789_." for c in name)
