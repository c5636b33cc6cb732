"""A regular expression as the author wrote it, in; its tree, out, or the place and the reason why not.

Only what is regular and can be compiled within bounds gets through, so that no message can make a pattern
slow. What other engines know and this one refuses (look-around, backreferences, inline flags) is named, with
what to write instead where there is something. The tree holds the characters as written: folding is the
reader's work.

The parser keeps its own stack of open groups, so that no expression can exhaust Python's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from solon.dsl import ir
from solon.dsl.regex_names import ESCAPED_CHARACTERS, NO_SUCH_ESCAPE, SHORTHANDS, is_property

REPEAT_MAX = 1000
"""The largest count in `{m,n}`."""
EXPANDED_CHARS_MAX = 10_000
"""How many characters a pattern may come to once its counted repeats are written out."""
NESTING_MAX = 100
"""How deep groups may stand in groups."""

_CODE_POINT_MAX = 0x10FFFF
_HEX = frozenset("0123456789abcdefABCDEF")
_DIGITS = frozenset("0123456789")


class RegexError(Exception):
    """Why an expression is refused, from `start` to `end` in its source; `hint` is what to write instead."""

    def __init__(self, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


def parse_regex(source: str) -> ir.RegexNode:
    """The tree of `source`, the text between the slashes; RegexError where it is not regular."""
    return _Parser(source).parse()


@dataclass(slots=True)
class _Item:
    """One part with what the bounds need to know of it."""

    node: ir.RegexNode
    start: int
    size: int
    """Characters, counted repeats written out."""
    nullable: bool


@dataclass(slots=True)
class _Group:
    """A group that is still open (or the whole expression): its finished alternatives and the current one."""

    start: int
    alternatives: list[_Item] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)


class _Parser:
    """One pass over the source, from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.groups = [_Group(0)]

    def parse(self) -> ir.RegexNode:
        source = self.source
        while self.at < len(source):
            self._step(source[self.at])
        if len(self.groups) > 1:
            start = self.groups[-1].start
            raise RegexError("this parenthesis is never closed", start, start + 1)
        whole = _close_group(self.groups[0])
        if whole.size > EXPANDED_CHARS_MAX:
            raise RegexError(
                _too_long(whole.size),
                0,
                len(source),
            )
        if whole.nullable:
            raise RegexError(
                "this expression can match nothing at all, so it would be found everywhere",
                0,
                len(source),
                "ask for at least one character, as in `a+` for `a*`",
            )
        return whole.node

    def _step(self, char: str) -> None:
        """Takes one construct that starts with `char`."""
        if char == "(":
            self._open()
        elif char == ")":
            self._close()
        elif char == "|":
            group = self.groups[-1]
            group.alternatives.append(_in_a_row(group.items, self.at))
            group.items = []
            self.at += 1
        elif char in "*+?{":
            self._repeat(char)
        elif char == "[":
            start = self.at
            self._put(_ClassParser(self).parse(), start)
        elif char in "^$":
            self._put(ir.Assertion("start" if char == "^" else "end"), self.at, self.at + 1)
        elif char == ".":
            self._put(ir.CharSet(((10, 10),), (), True), self.at, self.at + 1)
        elif char == "\\":
            self._escape()
        else:
            self._put(ir.Chars(char), self.at, self.at + 1)

    def _put(self, node: ir.RegexNode, start: int, end: int | None = None) -> None:
        if end is not None:
            self.at = end
        nothing = isinstance(node, ir.Assertion)
        self.groups[-1].items.append(_Item(node, start, 0 if nothing else 1, nothing))

    # ── Groups ──

    def _open(self) -> None:
        start = self.at
        if len(self.groups) > NESTING_MAX:
            raise RegexError(f"groups stand in groups more than {NESTING_MAX} deep", start, start + 1)
        self.at += 1
        if self.source.startswith("?", self.at):
            self._group_kind(start)
        self.groups.append(_Group(start))

    def _group_kind(self, start: int) -> None:
        """Reads what follows `(?`: a plain or a named group, or something that is refused."""
        source, at = self.source, self.at + 1
        if source.startswith(":", at):
            self.at = at + 1
            return
        for opener, refusal in _REFUSED_GROUPS:
            if source.startswith(opener, at):
                raise RegexError(refusal[0], start, at + len(opener), refusal[1])
        name_at = at + 2 if source.startswith("P<", at) else at + 1 if source.startswith("<", at) else -1
        if name_at > 0:
            end = source.find(">", name_at)
            if end > 0 and source[name_at:end].isidentifier():
                self.at = end + 1
                return
            raise RegexError("this group's name is not closed by `>`", start, min(name_at + 1, len(source)))
        flags_end = at
        while flags_end < len(source) and (source[flags_end].isalpha() or source[flags_end] == "-"):
            flags_end += 1
        if flags_end > at:
            raise RegexError(
                "flags inside an expression are not known here",
                start,
                flags_end,
                "case is ignored anyway; write the flag `c` after the last slash where it counts",
            )
        raise RegexError("this kind of group is not known here", start, min(at + 1, len(source)))

    def _close(self) -> None:
        if len(self.groups) == 1:
            raise RegexError(
                "there is no open parenthesis that this one could close",
                self.at,
                self.at + 1,
                "write `\\)` for the character itself",
            )
        item = _close_group(self.groups.pop())
        self.at += 1
        self.groups[-1].items.append(item)

    # ── Repeats ──

    def _repeat(self, char: str) -> None:
        start = self.at
        least, most, end = self._counts(char)
        items = self.groups[-1].items
        if not items:
            raise RegexError(
                "there is nothing before this to repeat",
                start,
                end,
                f"write `\\{char}` for the character itself",
            )
        item = items[-1]
        if isinstance(item.node, ir.Assertion):
            what = self.source[item.start : start]
            raise RegexError(
                f"`{what}` stands for a place, not for a character, and cannot be repeated", start, end
            )
        if end < len(self.source):
            if self.source[end] == "+":
                raise RegexError(
                    "possessive repeats are not known here",
                    start,
                    end + 1,
                    "leave the second `+` out: no expression can be slow",
                )
            # Lazy means the same as greedy: from each start the longest match counts.
            end += self.source[end] == "?"
        if end < len(self.source) and self.source[end] in "*+?{":
            raise RegexError(
                "a repeat cannot be repeated again", start, end + 1, "put parentheses around the first one"
            )
        copies = most if most is not None else max(least, 1)
        size = item.size * copies
        if size > EXPANDED_CHARS_MAX:
            raise RegexError(
                _too_long(size),
                item.start,
                end,
            )
        items[-1] = _Item(ir.Repeat(item.node, least, most), item.start, size, item.nullable or least == 0)
        self.at = end

    def _counts(self, char: str) -> tuple[int, int | None, int]:
        """Least, most and the offset behind the repeat that starts here."""
        if char != "{":
            return (1 if char == "+" else 0), (1 if char == "?" else None), self.at + 1
        start, source = self.at, self.source
        end = source.find("}", start, start + 40)
        body = source[start + 1 : end] if end > 0 else ""
        low, comma, high = body.partition(",")
        if not _is_count(low) or not (high == "" or _is_count(high)):
            zero_meant = low == "" and _is_count(high)
            hint = f"write `{{0,{high}}}`" if zero_meant else "write `\\{` for the brace itself"
            raise RegexError(
                "a brace asks for a count here, as in `{3}`, `{3,}` or `{3,5}`", start, start + 1, hint
            )
        least = int(low)
        most = least if not comma else int(high) if high else None
        if max(least, most or 0) > REPEAT_MAX:
            raise RegexError(f"{REPEAT_MAX:,} is the largest count of a repeat", start, end + 1)
        if most is not None and most < least:
            raise RegexError(f"the most, {most}, is less than the least, {least}", start, end + 1)
        if most == 0:
            raise RegexError("a part that stands zero times can be left out", start, end + 1)
        return least, most, end + 1

    # ── Escapes ──

    def _escape(self) -> None:
        start = self.at
        letter = self.source[start + 1 : start + 2]
        if letter in ("b", "B"):
            self._put(ir.Assertion("boundary" if letter == "b" else "not_boundary"), start, start + 2)
            return
        found = self.read_escape()
        if isinstance(found, str):
            self._put(ir.Chars(found), start)
        else:
            self._put(ir.CharSet((), (found,), False), start)

    def read_escape(self) -> str | tuple[str, bool]:
        """The character, or the property and whether it is negated, of the escape at hand; goes behind it."""
        start, source = self.at, self.source
        if start + 1 >= len(source):
            raise RegexError("there is nothing after this backslash", start, start + 1)
        letter = source[start + 1]
        self.at = start + 2
        if letter in ESCAPED_CHARACTERS:
            return ESCAPED_CHARACTERS[letter]
        if letter in SHORTHANDS:
            return SHORTHANDS[letter]
        if letter in "pP":
            return self._property(start, letter == "P")
        if letter in "xu":
            return self._code_point(start, letter)
        if letter in "123456789k" or (letter == "g" and source.startswith("{", self.at)):
            raise RegexError(
                _REFERS_BACK,
                start,
                start + 2,
                "write the part out again",
            )
        if letter.isascii() and not letter.isalnum() and letter >= " ":
            return letter
        shown = f"`\\{letter}`" if letter.isprintable() else "this escape"
        raise RegexError(f"{shown} has no meaning here", start, start + 2, NO_SUCH_ESCAPE.get(letter))

    def _property(self, start: int, negated: bool) -> tuple[str, bool]:
        source, at = self.source, self.at
        if not source.startswith("{", at):
            name, end = source[at : at + 1], at + 1
        else:
            close = source.find("}", at, at + 60)
            if close < 0:
                raise RegexError("this property's name is not closed by `}`", start, min(at + 1, len(source)))
            name, end = source[at + 1 : close], close + 1
        end = min(end, len(source))
        if not is_property(name):
            raise RegexError(
                f"there is no property `{name}`" if name.isprintable() and name else "this is no property",
                start,
                end,
                "general categories such as `L`, `Lu`, `Nd` and scripts such as `Latin` or `Han` are known",
            )
        self.at = end
        return name, negated

    def _code_point(self, start: int, letter: str) -> str:
        source, at = self.source, self.at
        if source.startswith("{", at):
            close = source.find("}", at, at + 12)
            digits, end = (source[at + 1 : close], close + 1) if close > 0 else ("", at + 1)
            well_formed = 1 <= len(digits) <= 6
        else:
            width = 2 if letter == "x" else 4
            digits, end = source[at : at + width], min(at + width, len(source))
            well_formed = len(digits) == width
        if not well_formed or not set(digits) <= _HEX or int(digits, 16) > _CODE_POINT_MAX:
            raise RegexError(
                "this is not the number of a character",
                start,
                end,
                "write it as in `\\x2F`, `\\u00E9` or `\\u{1F4DE}`",
            )
        self.at = end
        return chr(int(digits, 16))


class _ClassParser:
    """Reads one class, `[…]`, for the parser that stands at its bracket."""

    def __init__(self, parser: _Parser) -> None:
        self.parser = parser
        self.start = parser.at
        self.ranges: list[tuple[int, int]] = []
        self.properties: set[tuple[str, bool]] = set()

    def parse(self) -> ir.CharSet:
        parser, source = self.parser, self.parser.source
        parser.at += 1
        negated = source.startswith("^", parser.at)
        parser.at += negated
        if source.startswith("]", parser.at):
            raise RegexError(
                "this class is empty", self.start, parser.at + 1, "write `\\]` for the bracket itself"
            )
        while True:
            if parser.at >= len(source):
                raise RegexError("this class is never closed", self.start, self.start + 1)
            if source[parser.at] == "]":
                parser.at += 1
                return ir.CharSet(_merge(self.ranges), tuple(sorted(self.properties)), negated)
            self._member()

    def _member(self) -> None:
        parser, source = self.parser, self.parser.source
        start = parser.at
        first = self._one()
        # A hyphen before the closing bracket stands for itself.
        behind = source[parser.at + 1 : parser.at + 2]
        is_range = source.startswith("-", parser.at) and behind not in ("]", "")
        if not is_range:
            if isinstance(first, str):
                self.ranges.append((ord(first), ord(first)))
            else:
                self.properties.add(first)
            return
        parser.at += 1
        last = self._one()
        if not isinstance(first, str) or not isinstance(last, str):
            raise RegexError(
                "a range needs a character at both ends",
                start,
                parser.at,
                "write `\\-` for the hyphen itself",
            )
        if first > last:
            raise RegexError(f"this range runs backwards, from `{first}` to `{last}`", start, parser.at)
        self.ranges.append((ord(first), ord(last)))

    def _one(self) -> str | tuple[str, bool]:
        """One character or property of the class."""
        parser, source = self.parser, self.parser.source
        at = parser.at
        if source[at] == "\\":
            if source[at + 1 : at + 2] in ("b", "B"):
                raise RegexError("`\\b` stands for a place, and a class holds characters", at, at + 2)
            return parser.read_escape()
        if source.startswith("[:", at):
            raise RegexError(
                "classes by name, as in `[:alpha:]`, are not known here",
                at,
                at + 2,
                "write `\\p{L}`, `\\d` or `\\s`",
            )
        parser.at += 1
        return source[at]


_REFERS_BACK = "an expression cannot refer back to what a group matched; that is not regular"
_CALLS_ITSELF = ("an expression cannot call itself; that is not regular", None)
_LOOK_AROUND = (
    "an expression cannot look around itself; that is not regular",
    "say it with `except`, `near`, `before` or `after` between patterns",
)
_REFUSED_GROUPS: tuple[tuple[str, tuple[str, str | None]], ...] = (
    ("=", _LOOK_AROUND),
    ("!", _LOOK_AROUND),
    ("<=", _LOOK_AROUND),
    ("<!", _LOOK_AROUND),
    (">", ("atomic groups are not known here", "write `(?:…)`: no expression can be slow")),
    ("#", ("comments inside an expression are not known here", "put a `#` comment on a line of its own")),
    ("P=", (_REFERS_BACK, "write the part out again")),
    ("P>", _CALLS_ITSELF),
    ("R", _CALLS_ITSELF),
    ("&", _CALLS_ITSELF),
    ("(", ("an expression cannot depend on what a group matched; that is not regular", None)),
    ("|", ("this kind of group is not known here", "write `(?:…)`")),
)


def _too_long(size: int) -> str:
    return f"written out, this comes to {size:,} characters; {EXPANDED_CHARS_MAX:,} are the most"


def _is_count(text: str) -> bool:
    return 1 <= len(text) <= 9 and set(text) <= _DIGITS


def _close_group(group: _Group) -> _Item:
    """The group's alternatives, the current one included, as one part."""
    last = _in_a_row(group.items, group.start)
    if not group.alternatives:
        return _Item(last.node, group.start, last.size, last.nullable)
    parts = [*group.alternatives, last]
    node = ir.Alternatives(tuple(part.node for part in parts))
    return _Item(node, group.start, sum(part.size for part in parts), any(part.nullable for part in parts))


def _in_a_row(items: list[_Item], start: int) -> _Item:
    """The items one after the other; neighbouring characters become one node."""
    parts: list[ir.RegexNode] = []
    pending: list[str] = []
    for item in items:
        if isinstance(item.node, ir.Chars):
            pending.append(item.node.text)
            continue
        if pending:
            parts.append(ir.Chars("".join(pending)))
            pending.clear()
        parts.append(item.node)
    if pending:
        parts.append(ir.Chars("".join(pending)))
    node = parts[0] if len(parts) == 1 else ir.Sequence(tuple(parts))
    return _Item(node, start, sum(item.size for item in items), all(item.nullable for item in items))


def _merge(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same characters as sorted ranges that neither overlap nor touch."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)
