"""The language server, spoken to by a client over its standard input and output."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = """\
policy chat { actions allow < warn < block  default allow }
use "std/contact"
use "parts/patterns.policy"
facts {
  sender.role : enum(freelancer, client)   # who writes
  sender.new  : bool = false
}
# Nobody who is here for long.
define early = sender.new or sender.role = freelancer
rule apps {
  when   early and message contains zoom_talk
  then   block
  redact zoom_talk
  notify sender "Dear {sender.role} 🧑‍🔬, stay here."
}
rule phones { when early and message contains phone then warn was numbers }
test "an 𝕒pp" { given sender.role = freelancer message "on 𝕫oom" message "on zoom" expect block by apps }
test "a phone" { given sender.role = freelancer message "call +44 7911 123456" expect warn by phones }
"""
PART = """\
pattern zoom_talk {
  title "Talk of 𝕫oom"
  words "zoom", "🎥 call"  evasions strong
  match "on zoom" no_match "zooms in"
}
"""


@pytest.fixture
def chat(client: Any) -> Any:
    """The policy on the disk, its root open."""
    (client.folder / "parts").mkdir(exist_ok=True)
    (client.folder / "parts/patterns.policy").write_text(PART, encoding="utf-8")
    (client.folder / "chat.policy").write_text(ROOT, encoding="utf-8")
    client.open("chat.policy")
    client.until("chat.policy", lambda codes: "test-failed" not in codes and not codes)
    yield client
    for name in list(client.versions):
        client.close(name)
        client.versions.pop(name)
        client.texts.pop(name)


# ── Diagnostics ──────────────────────────────────────────────────────────────────────────────────────


def test_mistakes_are_told_as_they_are_typed_with_their_places(chat: Any) -> None:
    chat.replace("chat.policy", "contains zoom_talk", "contains zoom_tak")
    [one, *_] = chat.until("chat.policy", lambda codes: "unknown-pattern" in codes)
    assert "did you mean `zoom_talk`?" in one["message"]
    assert chat.slice("chat.policy", one["range"]) == "zoom_tak"
    assert chat.told[chat.uri("chat.policy")]["version"] == 2
    # Two edits in one message, the second counted in the text that the first one makes.
    chat.replace("chat.policy", "zoom_tak\n", "zoom_talk\n")
    chat.replace("chat.policy", "then warn", "then wan")
    [one] = chat.until("chat.policy", lambda codes: codes == ["unknown-action"])
    assert chat.slice("chat.policy", one["range"]) == "wan"
    chat.replace("chat.policy", "then wan", "then warn")
    chat.until("chat.policy", lambda codes: codes == [])


def test_places_behind_letters_of_two_units_are_right(chat: Any) -> None:
    chat.replace("chat.policy", '"on zoom" expect block by apps', '"🧑‍🔬" expect block by aps')
    [one] = chat.until("chat.policy", lambda codes: codes == ["unknown-rule"])
    assert chat.slice("chat.policy", one["range"]) == "aps"
    actions = chat.ask(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": chat.uri("chat.policy")},
            "range": one["range"],
            "context": {"diagnostics": [one]},
        },
    )
    assert actions[0]["title"] == "write `apps` for `aps`"
    assert actions[0]["isPreferred"]
    after = chat.apply(actions[0]["edit"])
    assert 'expect block by apps }\ntest "a phone"' in after["chat.policy"]


def test_a_mistake_in_a_file_that_is_not_open_is_told_there_and_goes_when_it_is_mended(chat: Any) -> None:
    path = chat.folder / "parts/patterns.policy"
    path.write_text(PART.replace("evasions strong", "evasions strng"), encoding="utf-8")
    chat.say("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": 2}]})
    chat.until("parts/patterns.policy", lambda codes: codes == ["syntax"])
    path.write_text(PART, encoding="utf-8")
    chat.say("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": 2}]})
    chat.until("parts/patterns.policy", lambda codes: codes == [])


def test_what_is_not_saved_counts_in_the_files_that_use_it(chat: Any) -> None:
    chat.open("parts/patterns.policy")
    chat.until("parts/patterns.policy", lambda codes: codes == [])
    chat.replace("parts/patterns.policy", "pattern zoom_talk", "pattern zoom_words")
    chat.until("chat.policy", lambda codes: codes.count("unknown-pattern") == 2)
    chat.replace("parts/patterns.policy", "zoom_words", "zoom_talk")
    chat.until("chat.policy", lambda codes: codes == [])


def test_what_a_policy_means_is_told_after_a_pause(chat: Any) -> None:
    chat.replace("chat.policy", "rule phones { when early", "rule phones { when early and not early")
    found = chat.until("chat.policy", lambda codes: "rule-never-fires" in codes)
    one = next(one for one in found if one["code"] == "rule-never-fires")
    assert chat.slice("chat.policy", one["range"]) == "phones"
    assert one["relatedInformation"]
    # Above it a line comes: the finding moves before anything is looked at anew.
    chat.type("chat.policy", 0, 0, "# 𝕒 line\n")
    found = chat.until("chat.policy", lambda codes: "rule-never-fires" in codes)
    one = next(one for one in found if one["code"] == "rule-never-fires")
    assert chat.slice("chat.policy", one["range"]) == "phones"
    action = chat.ask(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": chat.uri("chat.policy")}, "range": one["range"],
            "context": {"diagnostics": []},
        },
    )  # fmt: skip
    assert "allow `rule-never-fires` on this line" in [each["title"] for each in action]


def test_tests_that_fail_are_marked_with_the_reason(chat: Any) -> None:
    chat.replace("chat.policy", 'message "on zoom" expect', 'message "on skype" expect')
    [one] = chat.until("chat.policy", lambda codes: codes == ["test-failed"])
    assert chat.slice("chat.policy", one["range"]) == '"on skype"'
    assert one["message"].startswith("expected block, got allow")
    lenses = chat.ask("textDocument/codeLens", {"textDocument": {"uri": chat.uri("chat.policy")}})
    assert [lens["command"]["title"] for lens in lenses] == ["✗ 1 of 2 fails", "✓ 1 case"]
    told = chat.ask("textDocument/hover", chat.at("chat.policy", "rule apps", 6))["contents"]["value"]
    assert "✗ an 𝕒pp" in told


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────


def hover(chat: Any, name: str, word: str, shift: int = 0) -> str:
    answer = chat.ask("textDocument/hover", chat.at(name, word, shift))
    return "" if answer is None else str(answer["contents"]["value"])


def test_hover_says_what_a_name_stands_for(chat: Any) -> None:
    assert 'words "zoom", "🎥 call"' in hover(chat, "chat.policy", "zoom_talk", 3)
    assert "evasions strong" in hover(chat, "chat.policy", "zoom_talk", 3)
    phone = hover(chat, "chat.policy", "contains phone", 10)
    assert "entity   phone" in phone
    assert "from `std/contact`" in phone
    rule = hover(chat, "chat.policy", "rule apps", 6)
    assert (
        "**rule** `apps`: `block`, replaces `zoom_talk`, tells `sender` when `early and message contains"
        " zoom_talk`\n" in rule
    )
    rule = hover(chat, "chat.policy", "rule phones", 7)
    assert "define early = sender.new or sender.role = freelancer" in rule
    assert "1 test expects it to fire" in rule
    assert "sender.role : enum(freelancer, client)" in hover(chat, "chat.policy", "{sender.role", 4)
    assert "Nobody who is here for long" in hover(chat, "chat.policy", "early and", 1)
    assert "allow < warn < block" in hover(chat, "chat.policy", "then   block", 8)
    assert hover(chat, "chat.policy", "message contains", 2) == ""


def test_go_to_the_declaration_and_to_the_file(chat: Any) -> None:
    place = chat.ask("textDocument/definition", chat.at("chat.policy", "contains zoom_talk", 12))
    assert place["uri"] == chat.uri("parts/patterns.policy")
    assert place["range"]["start"] == {"line": 0, "character": 8}
    place = chat.ask("textDocument/definition", chat.at("chat.policy", "early and", 1))
    assert chat.slice("chat.policy", place["range"]) == "early"
    place = chat.ask("textDocument/definition", chat.at("chat.policy", "role = freelancer", 9))
    assert place["range"]["start"]["line"] == 4
    place = chat.ask("textDocument/definition", chat.at("chat.policy", '"parts/', 3))
    assert place["uri"] == chat.uri("parts/patterns.policy")
    assert chat.ask("textDocument/definition", chat.at("chat.policy", "contains phone", 12)) is None


def test_all_uses_are_found_in_all_files_and_in_notices(chat: Any) -> None:
    asked = chat.at("chat.policy", "sender.role", 2) | {"context": {"includeDeclaration": True}}
    found = chat.ask("textDocument/references", asked)
    assert {chat.slice("chat.policy", one["range"]) for one in found} == {"sender.role"}
    assert len(found) == 5
    asked = chat.at("chat.policy", "zoom_talk", 2) | {"context": {"includeDeclaration": False}}
    assert len(chat.ask("textDocument/references", asked)) == 2


def rename(chat: Any, name: str, word: str, shift: int, new: str) -> Any:
    return chat.request("textDocument/rename", chat.at(name, word, shift) | {"newName": new})


def test_a_pattern_gets_another_name_in_every_file(chat: Any) -> None:
    after = chat.apply(rename(chat, "chat.policy", "zoom_talk", 2, "video_talk")["result"])
    assert after["parts/patterns.policy"].startswith("pattern video_talk {")
    assert after["chat.policy"] == ROOT.replace("zoom_talk", "video_talk")


def test_a_rule_that_gets_another_name_remembers_the_one_it_had(chat: Any) -> None:
    after = chat.apply(rename(chat, "chat.policy", "rule apps", 6, "video_apps")["result"])["chat.policy"]
    assert "rule video_apps {" in after
    assert "  was    apps\n}" in after
    assert "expect block by video_apps" in after
    after = chat.apply(rename(chat, "chat.policy", "rule phones", 6, "contacts")["result"])["chat.policy"]
    assert "was numbers, phones }" in after
    after = chat.apply(rename(chat, "chat.policy", "rule phones", 6, "numbers")["result"])["chat.policy"]
    assert "rule numbers {" in after
    assert "was phones }" in after


def test_a_name_that_cannot_be_is_refused_with_the_reason(chat: Any) -> None:
    for word, shift, new, reason in (
        ("rule apps", 6, "phones", "there is already a rule `phones`"),
        ("rule apps", 6, "numbers", "the former name of `phones`"),
        ("rule apps", 6, "Apps!", "is no name"),
        ("contains phone", 12, "mobile", "ships with Solon"),
    ):
        error = rename(chat, "chat.policy", word, shift, new)["error"]
        assert reason in error["message"]
    asked = chat.at("chat.policy", "rule apps", 6)
    assert chat.slice("chat.policy", chat.ask("textDocument/prepareRename", asked)) == "apps"


def test_after_a_rename_nothing_is_wrong(chat: Any) -> None:
    edit = rename(chat, "chat.policy", "role : enum", 0, "sender.kind")["result"]
    after = chat.apply(edit)["chat.policy"]
    assert "{sender.kind}" in after
    chat.type("chat.policy", 0, len(chat.texts["chat.policy"]), after)
    chat.until("chat.policy", lambda codes: codes == [])


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────


def offered(chat: Any, name: str, offset: int) -> dict[str, str]:
    asked = {"textDocument": {"uri": chat.uri(name)}, "position": chat.place(name, offset)}
    items = chat.ask("textDocument/completion", asked)["items"]
    return {one["label"]: one["detail"] for one in items}


def typed(chat: Any, text: str) -> dict[str, str]:
    """What is offered where `|` stands in a text put at the end of the policy."""
    at = len(chat.texts["chat.policy"])
    before, after = text.split("|")
    chat.type("chat.policy", at, at, before + after)
    found = offered(chat, "chat.policy", at + len(before))
    chat.type("chat.policy", at, len(chat.texts["chat.policy"]), "")
    return found


def test_what_fits_is_offered_and_nothing_else(chat: Any) -> None:
    found = typed(chat, "rule x { when sender.role = | }")
    assert {"freelancer", "client"} <= found.keys()
    assert "phone" not in found
    assert {"freelancer", "client"} <= typed(chat, "rule x { when sender.role in {client, fr|").keys()
    found = typed(chat, "rule x { when message contains any of phone, |")
    assert {"phone", "email", "zoom_talk"} <= found.keys()
    assert "apps" not in found
    found = typed(chat, "rule x { when early and |")
    assert {"early", "sender.role", "not", "message contains"} <= found.keys()
    assert found["sender.role"] == "enum"
    assert {"allow", "warn", "block"} <= typed(chat, "rule x { when early then |").keys()
    assert {"unless", "redact", "notify", "then"} <= typed(chat, "rule x { when early\n  |").keys()
    assert {"rule", "pattern", "test"} <= typed(chat, "\n|").keys()
    found = typed(chat, 'test "t" { given sender.role = client, |')
    assert "sender.new" in found
    assert {"apps", "phones"} <= typed(chat, 'test "t" { message "x" expect warn by |').keys()
    assert {"phone", "email"} <= typed(chat, "pattern p = phone or |").keys()
    assert {"iban", "email"} <= typed(chat, "pattern p { entity |").keys()
    assert {"std/contact", "parts/patterns.policy"} <= typed(chat, 'use "|').keys()
    assert typed(chat, 'test "t" { message "hello |').keys() == set()
    assert typed(chat, "# a comment |").keys() == set()
    assert {"days", "hours"} <= typed(chat, "define d = sender.x > 3 |").keys()


def test_formatting_gives_the_one_layout(chat: Any) -> None:
    chat.replace("chat.policy", "then   block", "then block")
    asked = {
        "textDocument": {"uri": chat.uri("chat.policy")},
        "options": {"tabSize": 2, "insertSpaces": True},
    }
    [edit] = chat.ask("textDocument/formatting", asked)
    assert "  then   block" in edit["newText"]
    after = chat.apply({"changes": {chat.uri("chat.policy"): [edit]}})["chat.policy"]
    assert after == edit["newText"]


def test_the_outline_has_every_item(chat: Any) -> None:
    symbols = chat.ask("textDocument/documentSymbol", {"textDocument": {"uri": chat.uri("chat.policy")}})
    assert [one["name"] for one in symbols] == [
        "chat",
        "facts",
        "early",
        "apps",
        "phones",
        "an 𝕒pp",
        "a phone",
    ]


# ── Hostile ──────────────────────────────────────────────────────────────────────────────────────────

HOSTILE = {
    "braces": "{" * 5_000,
    "parentheses": "rule r { when " + "(" * 5_000,
    "controls": "\x00\x01\u202e\u2028\x0b rule r {\r\r\n when \ufeff",
    "surrogates": 'pattern p { words "\\ud800" }',
    "quotes": '"' * 3_001,
    "not a policy": "<html>" + "&nbsp;" * 2_000,
    "items": "rule\n" * 5_000,
    "a name": "rule " + "a" * 200_000 + " {",
    "a circle": 'policy p { actions allow default allow }\nuse "hostile.policy"',
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_no_text_stops_the_server(client: Any, name: str) -> None:
    client.open("hostile.policy", HOSTILE[name])
    client.until("hostile.policy", lambda _: True)
    for word in ("textDocument/hover", "textDocument/definition", "textDocument/completion"):
        client.ask(
            word,
            {"textDocument": {"uri": client.uri("hostile.policy")}, "position": {"line": 0, "character": 9}},
        )
    client.type("hostile.policy", 0, 1, "x")
    # A position that is nowhere, and an end before its start.
    change = {
        "range": {"start": {"line": 9_999, "character": 7}, "end": {"line": 0, "character": 1}},
        "text": "{",
    }
    document = {"uri": client.uri("hostile.policy"), "version": 9}
    client.say("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
    client.ask("textDocument/documentSymbol", {"textDocument": {"uri": client.uri("hostile.policy")}})
    client.close("hostile.policy")
    assert client.process.poll() is None


def test_a_text_that_is_no_file_yet_and_one_without_a_root(client: Any) -> None:
    uri = "untitled:Untitled-1"
    item = {
        "uri": uri,
        "languageId": "solon",
        "version": 1,
        "text": ROOT.split("use", maxsplit=1)[0] + "rule",
    }
    client.say("textDocument/didOpen", {"textDocument": item})
    until = time.monotonic() + 30
    while uri not in client.told and time.monotonic() < until:
        client._next(until)
    assert [one["code"] for one in client.told[uri]["diagnostics"]] == ["syntax"]
    client.open("alone.policy", 'pattern a { words "x" }\n')
    client.until("alone.policy", lambda codes: codes == [])
    client.close("alone.policy")
    assert client.ask("textDocument/hover", client.at("alone.policy", "pattern a", 8)) is None


def test_a_part_becomes_part_of_the_policy_that_uses_it_once_that_is_saved(client: Any) -> None:
    client.open("part.policy", 'pattern part { words "x" }\nrule r { when message contains part then wan }\n')
    client.until("part.policy", lambda codes: codes == [])
    root = 'policy p { actions allow < warn default allow }\nuse "part.policy"\n'
    (client.folder / "part.policy").write_text(client.texts["part.policy"], encoding="utf-8")
    (client.folder / "root.policy").write_text(root, encoding="utf-8")
    client.say("textDocument/didSave", {"textDocument": {"uri": client.uri("part.policy")}})
    client.until("part.policy", lambda codes: codes == ["unknown-action"])
    client.close("part.policy")


def test_a_hundred_edits_at_a_time_are_all_made(chat: Any) -> None:
    changes = []
    for _ in range(100):
        place = {"line": 2, "character": 0}
        changes.append({"range": {"start": place, "end": place}, "text": "# 𝕒\n"})
    document = {"uri": chat.uri("chat.policy"), "version": 2}
    chat.say("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
    lines = chat.texts["chat.policy"].split("\n")
    chat.texts["chat.policy"] = "\n".join([*lines[:2], *["# 𝕒"] * 100, *lines[2:]])
    chat.versions["chat.policy"] = 2
    place = chat.ask("textDocument/definition", chat.at("chat.policy", "early and", 1))
    assert chat.slice("chat.policy", place["range"]) == "early"
    assert place["range"]["start"]["line"] == 108


def test_the_command_serves_and_ends(new_client: Callable[..., Any], tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from solon.cli import main; main()", "lsp", "--stdio"]
    one = new_client(tmp_path, command=command)
    assert one.capabilities["textDocumentSync"]["change"] == 2
    assert one.capabilities["renameProvider"]
    assert one.stop() == 0


def test_without_its_extra_the_command_says_what_to_install() -> None:
    code = "import sys; sys.modules['pygls'] = None; from solon.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, "lsp"], capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert 'pip install "solon[lsp]"' in result.stderr
