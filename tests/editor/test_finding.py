"""Names: every one of a policy can be renamed, and the policy still means what it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from solon.dsl import ir
from solon.dsl.dump import dump
from solon.dsl.load import load_policy_text
from solon.editor.actions import actions
from solon.editor.completion import complete
from solon.editor.finding import CannotRename, TextEdit, all_of, at, declaration, rename
from solon.editor.hover import hover
from solon.editor.occurrences import Occurrence, occurrences
from solon.editor.workspace import View, Workspace
from solon.matcher.reference import Reference

ROOT = """\
policy p { actions allow < nudge < block  default allow  undecided nudge  incomplete block }
use "parts.policy"
facts {
  sender.role : enum(freelancer, client) = client
  sender.new  : bool = false
  tags        : set of enum(loud, quiet) = {}
  note.text   : scanned text optional
  sender.id   : text optional
}
define early = sender.new or sender.role = freelancer
define loud_one = early and tags has loud
rule apps {
  when   early and message contains any of app, chat and not message is app
  unless known(sender.id) and sender.id starts with "bot"   # their own
  then   block
  redact app, chat with "[gone]"
  notify sender when sender.role in {client, freelancer} { en "Dear {sender.role}, {{no}}" }
  label  contact, early_on
  was    apps_once
}
rule risky { when risk >= 3 or note.text contains app then nudge rollout 50% by sender.id label contact }
rule many  { when count(app) >= 2 and distinct(chat) >= 1 and loud_one then block }
exempt quiet_ones { when tags has quiet from pattern app, risky, label contact reason "r" }
score risk { 2 when message contains near_app  1 per match of chat up to 2 }
test "one" {
  given   sender.role = freelancer, tags = {loud}, sender.new = true
  message "on zoom or skype, zoom"
  expect  block by apps, many not risky
  matched app "zoom"
}
"""
PARTS = """\
pattern app { words "zoom"  except chat  except in code }
pattern chat { words "skype" }
pattern near_app = app near (chat or words("call")) within 3 words
"""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    folder = tmp_path_factory.mktemp("p")
    (folder / "parts.policy").write_text(PARTS, encoding="utf-8")
    (folder / "p.policy").write_text(ROOT, encoding="utf-8")
    workspace = Workspace(folder)
    return workspace.view(workspace.opened(folder / "p.policy", ROOT))


def applied(edits: list[TextEdit]) -> dict[str, str]:
    texts = {"p.policy": ROOT, "parts.policy": PARTS}
    for one in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = texts[one.span.source_path]
        texts[one.span.source_path] = text[: one.span.start] + one.text + text[one.span.end :]
    return texts


def checked(texts: dict[str, str]) -> ir.Policy:
    result = load_policy_text(texts["p.policy"], {"parts.policy": texts["parts.policy"]}, name="p.policy")
    assert result.policy is not None, result.diagnostics
    return result.policy


def verdict(policy: ir.Policy, facts: dict[str, object]) -> object:
    return Reference(dump(policy)).decide("on zoom or skype, zoom", facts)


def declared(view: View) -> list[Occurrence]:
    found = {
        one.key: one for file in view.files for one in occurrences(file.items, view.names) if one.declares
    }
    labels = {
        one.key: one
        for file in view.files
        for one in occurrences(file.items, view.names)
        if one.kind == "label"
    }
    return [*found.values(), *labels.values()]


def test_every_name_can_be_renamed_and_nothing_is_left_behind(view: View) -> None:
    kinds = set()
    for one in declared(view):
        kinds.add(one.kind)
        new = "renamed.fact" if one.kind == "fact" else "renamed_it"
        policy = checked(applied(rename(view, one, new)))
        written = dump(policy).decode()
        fact = new if one.kind == "fact" else None
        facts = {"sender.role": "freelancer", "tags": ["loud"], "sender.new": True}
        given = {fact if name == one.name and fact else name: value for name, value in facts.items()}
        if one.kind == "value":
            given = {k: new if v == one.name else [new] if v == [one.name] else v for k, v in given.items()}
        rules = verdict(policy, given).rules  # type: ignore[attr-defined]
        assert len(rules) == 2, (one, rules)
        if one.kind != "rule":
            assert f'"{one.name}"' not in written or one.name in {"app", "early"}, one
    assert kinds == {
        "action", "fact", "value", "define", "rule", "exemption", "score", "pattern", "label",
    }  # fmt: skip


def test_a_rule_remembers_and_the_places_are_where_they_should_be(view: View) -> None:
    apps = next(one for one in declared(view) if one.name == "apps")
    policy = checked(applied(rename(view, apps, "video")))
    assert next(rule.was for rule in policy.rules if rule.name == "video") == ("apps", "apps_once")
    many = next(one for one in declared(view) if one.name == "many")
    policy = checked(applied(rename(view, many, "several")))
    assert next(rule.was for rule in policy.rules if rule.name == "several") == ("many",)
    assert len(all_of(view, apps)) == 2
    span = declaration(view, apps)
    assert span is not None
    assert ROOT[span.start : span.end] == "apps"


@pytest.mark.parametrize(
    ("word", "new", "reason"),
    [
        ("early =", "loud_one", "already"),
        ("early =", "sender.new", "is no name"),
        ("early =", "risk", "already"),
        ("block  default", "allow", "already"),
        ("freelancer, client", "client", "already"),
        ("apps {", "risky", "already"),
        ('"parts', "x", "cannot be renamed"),
    ],
)
def test_a_clash_is_refused(view: View, word: str, new: str, reason: str) -> None:
    one = at(view, "p.policy", ROOT.index(word) + 1)
    assert one is not None
    with pytest.raises(CannotRename, match=reason):
        rename(view, one, new)


def test_hover_never_breaks_out_of_its_fence(tmp_path: Path) -> None:
    text = ROOT.replace('use "parts.policy"', PARTS).replace('"skype"', '"```\\n# <b>", "sky````pe"')
    workspace = Workspace(tmp_path)
    (tmp_path / "h.policy").write_text(text, encoding="utf-8")
    view = workspace.view(workspace.opened(tmp_path / "h.policy", text))
    one = at(view, "h.policy", text.index("pattern chat") + 9)
    assert one is not None
    said = hover(view, one)
    assert said is not None
    assert "`````solon\nwords" in said
    for other in (found for file in view.files for found in occurrences(file.items, view.names)):
        hover(view, other)


def test_completion_and_actions_take_any_text(view: View) -> None:
    for end in range(0, len(ROOT), 7):
        complete(view, ROOT[:end])
    for text in ("", "{", '"', "rule r { when ((((", "# ", 'use "', "}" * 50, "\x00", "given a = 1,"):
        complete(view, text)
    assert not list(actions([], view.sources))
