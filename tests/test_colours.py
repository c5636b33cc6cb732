"""The lists of words that colour policies elsewhere are those of the grammar."""

from __future__ import annotations

import json
import re
from pathlib import Path

from solon.dsl.grammar import keywords
from solon.dsl.scene import CLAUSE_WORDS, ITEM_WORDS

ROOT = Path(__file__).resolve().parents[1]
VSCODE = ROOT / "editors" / "vscode"
NOT_COLOURED = {"message", "code", "quote", "none", "basic", "strong", "shadow"}
"""Words that are names too, nearly wherever they stand."""


def words() -> set[str]:
    """Every word of the language, of one word each."""
    found = {word for word in keywords().values() if word[0].isalpha()}
    found |= {*ITEM_WORDS, *(word for listed in CLAUSE_WORDS.values() for word in listed)}
    return {part for word in found for part in word.split() if "." not in part} - NOT_COLOURED


def test_every_word_of_the_language_is_in_both() -> None:
    grammar = (VSCODE / "syntaxes" / "solon.tmLanguage.json").read_text(encoding="utf-8")
    lexer = (ROOT / "src" / "solon" / "pygments_lexer.py").read_text(encoding="utf-8")
    assert len(words()) > 60
    for text in (grammar, lexer):
        known = set(re.findall(r"[a-z_]+", text))
        known |= {f"{word}s" for word in known} | {word.removesuffix("s") for word in known}
        assert not words() - known


def test_the_extension_names_files_that_are_there() -> None:
    package = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))
    json.loads((VSCODE / "language-configuration.json").read_text(encoding="utf-8"))
    [language] = package["contributes"]["languages"]
    [grammar] = package["contributes"]["grammars"]
    assert language["extensions"] == [".policy"]
    assert (VSCODE / language["configuration"]).is_file()
    assert (
        json.loads((VSCODE / grammar["path"]).read_text(encoding="utf-8"))["scopeName"]
        == grammar["scopeName"]
    )
    lock = json.loads((VSCODE / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["devDependencies"] == package["devDependencies"]
