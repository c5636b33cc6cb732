"""Unicode, frozen: how characters fold at each level, and their properties.

In: unicodedata2 (one pinned Unicode version; the standard library's drifts with Python) and the UTS 39
confusables inside confusable-homoglyphs. Out: `matcher/data/unicode.bin`, a container of parts:

    "SLUC"  u32 count  count × { 16 bytes name, u32 offset, u32 length }  parts, each at a multiple of 4

    fold_cased fold_none fold_basic   sections of the artifact, as matcher/src/fold.h draws them
    props                             section of the artifact, as matcher/src/solon.h says (`sl_props_open`)
    ranges                            JSON: category or script -> [first, last, first, last, …]

The rules are those of docs/semantics.md, "Folding" and "Character properties"; `cased`, `none` and `basic`
below are them, read from top to bottom.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files

import unicodedata2 as ucd  # type: ignore[import-not-found, import-untyped, unused-ignore]

CODE_POINTS = 0x110000
PAGE = 128
INERT = frozenset(("Cn", "Co", "Cs"))  # not assigned, private, surrogates: they fold to themselves
HANGUL = range(0xAC00, 0xD7A4)

# Table entries: four with a meaning of their own, then the ASCII characters, then the pool.
ITSELF, DROPPED, DROPPED_MARK, HANGUL_SYLLABLE, FIRST_ASCII, FIRST_IMAGE = 0, 1, 2, 3, 4, 132
LEVELS = ("cased", "none", "basic")

WORD, SPACE, DIGIT, UNSPACED, PUNCTUATION, LETTER, DROP, MARK = (1 << bit for bit in range(8))

SPACES = frozenset(
    (
        *range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B),
        0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
    )
)  # fmt: skip

# Default-ignorable code points that are not of category Cf: Other_Default_Ignorable_Code_Point and the
# variation selectors. U+2800 (blank braille pattern) looks like nothing and is used so.
IGNORABLE = frozenset(
    (
        0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2065, 0x2800, 0x3164,
        *range(0xFE00, 0xFE10), 0xFFA0, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000),
    )
)  # fmt: skip

# Numbers beside the digits: circled (enclosed alphanumerics, dingbats), 〇 and the Hangzhou numerals.
NUMBERS = frozenset((*range(0x2460, 0x2500), *range(0x2776, 0x2794), 0x3007, *range(0x3021, 0x302A)))

SCRIPTS = (
    "Latin", "Greek", "Cyrillic", "Armenian", "Hebrew", "Arabic", "Devanagari", "Bengali", "Thai", "Lao",
    "Khmer", "Myanmar", "Georgian", "Hangul", "Hiragana", "Katakana", "Han",
)  # fmt: skip
UNSPACED_SCRIPTS = frozenset(("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"))
PROLONGED_SOUND_MARK = 0x30FC  # common to Hiragana and Katakana, so of no script of its own

YPOGEGRAMMENI = "\u0345"  # a mark whose case folding is a letter: folded so, one mark would split any word

# The lunate sigmas: decomposed to sigma they would look like o, but they look like c and are used so.
UNDECOMPOSED = frozenset("\u03f2\u03f9")

# Where UTS 39 says nothing, or what serves no reader of messages: it has “ as two apostrophes, the em dash as
# the Katakana length mark, bars as the letter l.
LOOK_ALIKES = {
    **dict.fromkeys("“”„‟❝❞〝〞〟״", '"'),
    **dict.fromkeys("❛❜", "'"),
    **dict.fromkeys("‐‑‒–—―⸺⸻﹘−⁃˗➖", "-"),
    **dict.fromkeys("∣⏽׀│", "|"),
    **dict.fromkeys("‖∥", "||"),
    "〜": "~",
    "。": ".",  # a full stop in domain names, by UTS 46
}
STAYS = frozenset("×")  # x to UTS 39; but it parts words in 800×600 and 2×zoom, and strong evasions know it


def table() -> bytes:
    """The bytes of unicode.bin."""
    parts = {f"fold_{level}": _fold_section(LEVELS.index(level), rule) for level, rule in _RULES.items()}
    parts["props"] = _props_section()
    parts["ranges"] = json.dumps(_ranges(), separators=(",", ":"), sort_keys=True).encode("ascii")
    head = bytearray(struct.pack("<4sI", b"SLUC", len(parts)))
    body = bytearray()
    start = len(head) + 24 * len(parts)
    for name, data in parts.items():
        head += struct.pack("<16sII", name.encode("ascii"), start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return bytes(head + body)


# ── Folding ──────────────────────────────────────────────────────────────────────────────────────────


def cased(character: str) -> str:
    """NFKD, invisible characters dropped.

    A spacing accent (´ ¨ ˜ …) stays: its NFKD is a space and a mark, and would split `I´m` into two words.
    """
    if character in UNDECOMPOSED or _is_spacing_accent(character):
        return character
    return "".join(_decomposed(character))


def none(character: str) -> str:
    """`cased` and full case folding, until nothing changes any more."""
    image = cased(character)
    while True:
        folded = "".join(cased(part) for whole in image for part in _case_folded(whole))
        if folded == image:
            return image
        image = folded


def basic(character: str) -> str:
    """`none`; digits to ASCII, accents dropped, look-alikes to ASCII."""
    return "".join(_plain(part) for part in none(character))


_RULES: dict[str, Callable[[str], str]] = {"cased": cased, "none": none, "basic": basic}


def _is_spacing_accent(character: str) -> bool:
    image: str = ucd.normalize("NFKD", character)
    return len(image) > 1 and image[0] == " " and all(ucd.category(c)[0] == "M" for c in image[1:])


def _decomposed(character: str) -> Iterator[str]:
    return (c for c in ucd.normalize("NFKD", character) if not _is_invisible(c))


def _is_invisible(character: str) -> bool:
    category = ucd.category(character)
    return category == "Cf" or ord(character) in IGNORABLE or (category == "Cc" and character not in "\t\n\r")


@cache
def _case_folded(character: str) -> str:
    """Full case folding.

    The folding of a character never changes once it has been assigned, so the standard library's is right for
    all that the oldest Python knows (Unicode 14); newer capitals are paired with their small letter by name.
    """
    if character == YPOGEGRAMMENI or _is_spacing_accent(character):
        return character
    folded = character.casefold()
    if folded == character and ucd.category(character) == "Lu" and ord(character) > 0x7F:
        return _small_letter_of(character)
    return folded


def _small_letter_of(capital: str) -> str:
    name = ucd.name(capital, "")
    try:
        small: str = ucd.lookup(name.replace("CAPITAL LETTER", "SMALL LETTER"))
    except KeyError:
        return capital
    # Cherokee folds to its capitals, which were there first: its small letters must not fold back.
    return small if small.casefold() == small else capital


@cache
def _plain(character: str) -> str:
    """One character of a `none` folding at `basic`: nothing, itself or ASCII."""
    if character.isascii():
        return character
    if number := _number(character):
        return number
    if _is_accent(character):
        return ""
    for image in _look_alikes(character):
        return image
    return character


def _number(character: str) -> str:
    """A digit of any script or shape (३ ❸ 〇 〣), or a circled number to twenty."""
    value = ucd.digit(character, None)
    if value is None and ord(character) in NUMBERS and ucd.category(character)[0] == "N":
        value = int(ucd.numeric(character))
    return "" if value is None or value > 20 else str(value)


def _is_accent(character: str) -> bool:
    category, combining = str(ucd.category(character)), int(ucd.combining(character))
    return category == "Me" or (
        category == "Mn" and (combining == 1 or 10 <= combining <= 35 or 200 <= combining <= 240)
    )


def _look_alikes(character: str) -> Iterator[str]:
    """ASCII images of a character, the best first: its small letter's, its capital's, one without accents."""
    family = sorted(_family().get(character, [character]), key=lambda c: (ucd.category(c) != "Ll", c))
    for member in family:
        if (image := LOOK_ALIKES.get(member, _prototypes().get(member, ""))) and _fits(member, image):
            yield image.lower()
        elif _is_latin(member) and (image := _small_capital(member)):
            yield image
    for member in family:
        image = _without_accents(_prototypes().get(member, ""))
        if image and _is_latin(member) and _fits(member, image):
            yield image.lower()


def _fits(character: str, image: str) -> bool:
    """May this be the image? A letter or a mark takes only letters, so that words stay words.

    So no Katakana ノ as /, no Hebrew yod as an apostrophe, no Cyrillic б as 6, no visarga as a colon; and no
    letter of a script written without spaces, for it would take its word edges along. Several letters only
    for a Latin ligature (æ), not for Ы as bl. Currency signs are more than the letter in them.
    """
    if not image.isascii() or character in STAYS:
        return False
    category = str(ucd.category(character))
    if category in {"Lu", "Ll", "Lt", "Lo"} or category[0] == "M":
        if any(ord(character) in range(*bounds) for bounds in _unspaced()):
            return False
        return image.isalpha() and (len(image) == 1 or _is_latin(character))
    return category != "Sc"


def _is_latin(character: str) -> bool:
    return str(ucd.name(character, "")).startswith("LATIN ")


def _small_capital(character: str) -> str:
    """ᴛ is t: people write whole words so, and UTS 39 has it as a prototype of its own."""
    head, _, letter = str(ucd.name(character, "")).rpartition(" ")
    return letter.lower() if head == "LATIN LETTER SMALL CAPITAL" and len(letter) == 1 else ""


def _without_accents(prototype: str) -> str:
    return "".join(c for c in ucd.normalize("NFD", prototype) if not _is_accent(c))


@cache
def _family() -> dict[str, list[str]]:
    """Case-folded character -> all characters that fold to it, itself first."""
    family: dict[str, list[str]] = {}
    for code in range(0x80, CODE_POINTS):
        character = chr(code)
        if (folded := _case_folded(character)) != character and len(folded) == 1:
            family.setdefault(folded, [folded]).append(character)
    return family


@cache
def _prototypes() -> dict[str, str]:
    """Character outside ASCII -> its UTS 39 prototype, where that is ASCII but for accents.

    The package keeps each pair in both directions. A single character that stands beside an ASCII text has it
    as its prototype, as no prototype outside ASCII has an ASCII character for its source but %'s. The file's
    own directional marks around right-to-left characters are taken off.
    """
    pairs = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text("utf-8"))
    found: dict[str, str] = {}
    for raw, others in pairs.items():
        source = raw.replace("\u200e", "")
        if len(source) != 1 or source.isascii():
            continue
        for other in others:
            image = other["c"].replace("\u200e", "").replace("rn", "m")  # the prototype of m itself is rn
            if _without_accents(image).isascii() and (image.isascii() or source not in found):
                found[source] = image
    for code in range(0x1F150, 0x1F16A):  # negative circled A to Z, which have no decomposition
        found[chr(code)] = chr(code - 0x1F150 + ord("a"))
    for code in range(0x1F170, 0x1F18A):  # negative squared A to Z
        found[chr(code)] = chr(code - 0x1F170 + ord("a"))
    return found


# ── Scripts and properties ───────────────────────────────────────────────────────────────────────────


@cache
def _scripts() -> dict[str, list[tuple[int, int]]]:
    """Script -> ranges, both ends included. What is newer than the package's data goes by its name."""
    data = json.loads((files("confusable_homoglyphs") / "categories.json").read_text("utf-8"))
    aliases = data["iso_15924_aliases"]
    wanted = {script.upper(): script for script in SCRIPTS}
    known = bytearray(CODE_POINTS)
    members: dict[str, list[int]] = {script: [] for script in SCRIPTS}
    for first, last, alias, _ in data["code_points_ranges"]:
        known[first : last + 1] = b"\1" * (last + 1 - first)
        if script := wanted.get(aliases[alias]):
            members[script] += range(first, last + 1)
    for code in range(CODE_POINTS):
        if not known[code] and ucd.category(chr(code))[0] in "LMN":
            name = ucd.name(chr(code), "")
            word = "HAN" if name.startswith("CJK UNIFIED IDEOGRAPH") else name.partition(" ")[0]
            if script := wanted.get(word):
                members[script].append(code)
    return {script: _runs(sorted(codes)) for script, codes in members.items()}


@cache
def _unspaced() -> list[tuple[int, int]]:
    """Ranges of the scripts written without spaces, the end not included."""
    return [(first, last + 1) for script in sorted(UNSPACED_SCRIPTS) for first, last in _scripts()[script]]


def _runs(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending code points to ranges, both ends included."""
    runs: list[tuple[int, int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


def _ranges() -> dict[str, list[int]]:
    """Every general category and script of the list, as flat pairs."""
    members: dict[str, list[int]] = {}
    for code in range(CODE_POINTS):
        members.setdefault(ucd.category(chr(code)), []).append(code)
    runs = {category: _runs(codes) for category, codes in members.items()} | _scripts()
    return {name: [bound for run in found for bound in run] for name, found in runs.items()}


def _properties() -> bytes:
    """A byte of property bits for each code point."""
    bits = bytearray(CODE_POINTS)
    for code in range(CODE_POINTS):
        category = ucd.category(chr(code))
        kind = category[0]
        bits[code] = (
            (WORD if kind in "LMN" or code == ord("_") else 0)
            | (SPACE if code in SPACES else 0)
            | (DIGIT if category == "Nd" else 0)
            | (PUNCTUATION if kind == "P" else 0)
            | (LETTER if kind == "L" else 0)
            | (DROP if _is_invisible(chr(code)) else 0)
            | (MARK if kind == "M" else 0)
        )
    for start, end in [*_unspaced(), (PROLONGED_SOUND_MARK, PROLONGED_SOUND_MARK + 1)]:
        for code in range(start, end):
            if bits[code] & LETTER:
                bits[code] |= UNSPACED
    return bytes(bits)


# ── Sections ─────────────────────────────────────────────────────────────────────────────────────────


def _pages(cells: array[int]) -> tuple[array[int], array[int]]:
    """One cell a code point to (page of each block, pages): equal blocks share a page."""
    index, pages = array("H"), array(cells.typecode)
    seen: dict[bytes, int] = {}
    for start in range(0, len(cells), PAGE):
        block = cells[start : start + PAGE]
        key = block.tobytes()
        if key not in seen:
            seen[key] = len(seen)
            pages.extend(block)
        index.append(seen[key])
    return index, pages


def _props_section() -> bytes:
    index, pages = _pages(array("B", _properties()))
    return struct.pack("<II", len(pages) // PAGE, 0) + _little_endian(index) + pages.tobytes()


def _fold_section(level: int, rule: Callable[[str], str]) -> bytes:
    """Header, block index, pages, pool: matcher/src/fold.h draws it."""
    cells = array("H", bytes(2 * CODE_POINTS))
    pool = array("I")
    placed: dict[str, int] = {}
    for code in range(CODE_POINTS):
        if code in HANGUL:
            cells[code] = HANGUL_SYLLABLE  # by arithmetic: 11,172 images would be most of the pool
        elif ucd.category(chr(code)) not in INERT or code in IGNORABLE:
            cells[code] = _cell(chr(code), rule(chr(code)), pool, placed)
    for syllable in map(chr, HANGUL):
        assert rule(syllable) == ucd.normalize("NFD", syllable), "arithmetic would be wrong for this syllable"
    while not any(cells[-PAGE:]):  # blocks at the end in which all characters fold to themselves are left out
        del cells[-PAGE:]
    index, pages = _pages(cells)
    longest = max(len(image) for image in placed)
    head = struct.pack("<IIIIII", 1, level, len(index), len(pages) // PAGE, len(pool), longest)
    middle = _little_endian(index) + bytes(-2 * len(index) % 4) + _little_endian(pages)
    return head + middle + _little_endian(pool)


def _little_endian(cells: array[int]) -> bytes:
    if sys.byteorder == "big":
        cells = cells[:]
        cells.byteswap()
    return cells.tobytes()


def _cell(character: str, image: str, pool: array[int], placed: dict[str, int]) -> int:
    if image == character:
        return ITSELF
    if not image:
        return DROPPED_MARK if ucd.category(character)[0] == "M" else DROPPED
    if len(image) == 1 and image.isascii():
        return FIRST_ASCII + ord(image)
    if image not in placed:
        placed[image] = len(pool) + FIRST_IMAGE
        pool.append(ord(image[0]) | len(image) << 24)
        pool.extend(ord(c) for c in image[1:])
        assert len(pool) + FIRST_IMAGE < 1 << 16, "an index into the pool has 16 bits"
    return placed[image]
