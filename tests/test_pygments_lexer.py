"""The Pygments lexer: every example policy without an error, nothing lost, found by its name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, String, Token

from solon.pygments_lexer import SolonLexer

ROOT = Path(__file__).resolve().parents[1]
POLICIES = [*sorted(ROOT.glob("examples/*/*.policy")), *sorted(ROOT.glob("dsl/std/*.policy"))]


def tokens(text: str) -> list[tuple[object, str]]:
    return [(kind, value) for kind, value in SolonLexer(stripnl=False).get_tokens(text) if value.strip()]


def test_the_examples_have_no_error_and_nothing_is_lost() -> None:
    assert len(POLICIES) > 15
    for path in POLICIES:
        text = path.read_text(encoding="utf-8")
        found = list(SolonLexer(stripnl=False, ensurenl=False).get_tokens(text))
        assert "".join(value for _, value in found) == text
        assert not [value for kind, value in found if kind in Error], path


def test_words_are_what_they_are_in_their_place() -> None:
    found = tokens(
        'rule apps { when message.length > 3 and known(x.y) notify sender "Hi {x.y} \\u{41}" } # why\n'
        "facts { when : text = when.x }\n"
        "pattern p { regex /a[/]b/c except words }\n"
    )
    assert (Keyword.Declaration, "rule") in found
    assert (Name.Function, "apps") in found
    assert (Keyword, "when") in found
    assert (Name.Builtin, "message.length") in found
    assert (String.Interpol, "{x.y}") in found
    assert (String.Escape, "\\u{41}") in found
    assert (Comment.Single, "# why") in found
    assert (Name.Attribute, "when") in found
    assert (String.Regex, "/a[/]b/c") in found


@pytest.mark.parametrize("text", ['"', "/[", "{" * 3_000, '"\\', "}}}}", "\x00\u202e", "rule " * 3_000])
def test_any_text_is_coloured(text: str) -> None:
    found = list(SolonLexer(stripnl=False, ensurenl=False).get_tokens(text))
    assert "".join(value for _, value in found) == text.replace("\r", "")
    assert all(kind in Token for kind, _ in found)


def test_pygments_finds_it_by_name_and_by_file() -> None:
    assert isinstance(get_lexer_by_name("solon"), SolonLexer)
    assert isinstance(get_lexer_for_filename("chat.policy"), SolonLexer)


def test_it_loads_nothing_else_of_solon() -> None:
    code = "import sys, solon.pygments_lexer; print(*sorted(n for n in sys.modules if n.startswith('solon')))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.split() == ["solon", "solon.pygments_lexer"]
