"""Which root files a policy file belongs to.

In: the path of a `.policy` file and the folder above which nobody looks. Out: itself, where it has a
`policy` block, else the root files in its folder and those above that use it, directly or through others. For
who is handed one file of many: an editor, a commit hook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

from solon.dsl.files import PACKS, inside
from solon.dsl.lexemes import Lexeme, without_space
from solon.dsl.parser import FILE_BYTES_MAX

CANDIDATES_MAX = 500
"""Root files that are looked at, at most; a folder of more is no folder of policies."""

ReadText = Callable[[Path], str | None]


def read_text(path: Path) -> str | None:
    """The text of a file; None where it cannot be read or is too large to be a policy."""
    try:
        if not path.is_file() or path.stat().st_size > FILE_BYTES_MAX:
            return None
        return path.read_bytes().decode("utf-8", "replace")
    except (OSError, ValueError):
        return None


def roots_of(path: Path, top: Path, read: ReadText = read_text) -> tuple[Path, ...]:
    """The root files that `path` is part of, itself if it is one; `read` may know of unsaved texts."""
    path, top = path.resolve(), top.resolve()
    text = read(path)
    if text is None or has_policy_block(text):
        return (path,)
    found = []
    for folder in _folders(path.parent, top):
        for root in sorted(folder.glob("*.policy"))[:CANDIDATES_MAX]:
            root_text = read(root)
            if root_text is not None and has_policy_block(root_text) and _uses(root, root_text, path, read):
                found.append(root)
    return tuple(found)


def _folders(inner: Path, top: Path) -> Iterable[Path]:
    yield inner
    if inner.is_relative_to(top):
        while inner != top:
            inner = inner.parent
            yield inner


def _uses(root: Path, text: str, wanted: Path, read: ReadText) -> bool:
    """Does the root file use the wanted one, in however many steps?"""
    pending, seen = [(root.name, text)], {root.name}
    while pending and len(seen) <= CANDIDATES_MAX:
        name, text = pending.pop()
        for written in used_paths(text):
            used = inside(name, written)
            if used is None or used in seen or used.startswith(PACKS):
                continue
            seen.add(used)
            if (root.parent / used).resolve() == wanted:
                return True
            more = read(root.parent / used)
            if more is not None:
                pending.append((used, more))
    return False


def has_policy_block(text: str) -> bool:
    """Is there a `policy` block in the text?"""
    if "policy" not in text:
        return False
    lexemes = without_space(text)
    return any(
        one.text == "policy" and one.first_on_line and _is_header(lexemes[at + 1 : at + 3])
        for at, one in enumerate(lexemes)
    )


def _is_header(after: list[Lexeme]) -> bool:
    return len(after) == 2 and after[0].kind == "word" and after[1].text == "{"


def used_paths(text: str) -> list[str]:
    """The paths that the text uses, as written, in order."""
    if "use" not in text:
        return []
    lexemes = without_space(text)
    return [
        after.text[1:-1]
        for one, after in pairwise(lexemes)
        if one.text == "use" and one.kind == "word" and after.kind == "string"
    ]
