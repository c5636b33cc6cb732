"""The files of a policy: found, refused, read once, and their lists."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from solon.dsl import project, syntax
from solon.dsl.files import pack_names
from solon.dsl.project import LIST_BYTES_MAX, Project
from solon.dsl.source import Span


def read(text: str, **files: str | bytes) -> Project:
    """A root file and others; `a__b_policy` is `a/b.policy`."""
    return project.load_text(text, "root.policy", _paths(files))


def _paths(files: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    named = {}
    for name, text in files.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        named[f"{stem}.{suffix}"] = text
    return named


def said(found: Project) -> list[str]:
    return [f"{one.span.source_path} {one.code}" for one in found.diagnostics]


def lists(found: Project) -> list[list[str]]:
    """All lists of the root file's patterns."""
    return [
        found.read_list(item)
        for block in syntax.clauses(found.files[0].items, syntax.PatternBlock)
        for words in syntax.clauses(block.clauses, syntax.Words)
        for item in words.items
        if isinstance(item, syntax.ListFile)
    ]


def test_files_are_read_once_and_stand_in_order() -> None:
    found = read(
        'use "b.policy" use "a.policy" define x = y',
        a_policy='use "lists/c.policy"',
        b_policy='use "lists/c.policy" use "a.policy"',
        lists__c_policy='use "../d.policy"',
        d_policy="define d = x",
    )
    assert said(found) == []
    assert [one.path for one in found.files] == [
        *["root.policy", "a.policy", "b.policy", "d.policy", "lists/c.policy"]
    ]
    assert set(found.sources) == {one.path for one in found.files}
    assert not found.incomplete


def test_a_circle_is_named_whole() -> None:
    found = read('use "a.policy"', a_policy='use "b.policy"', b_policy='use "a.policy" use "b.policy"')
    assert [one.message for one in found.diagnostics] == [
        "these files use each other in a circle: `a.policy` → `b.policy` → `a.policy`",
        "a file uses itself: `b.policy` → `b.policy`",
    ]


def test_a_long_chain_of_files_is_no_recursion() -> None:
    files = {f"f{at}.policy": f'use "f{at + 1}.policy"' for at in range(900)}
    found = project.load_text('use "f0.policy"', "root.policy", {**files, "f900.policy": "define x = y"})
    assert said(found) == []
    assert len(found.files) == 902


def test_a_policy_has_at_most_a_thousand_files() -> None:
    files = {f"f{at}.policy": "define x = y" for at in range(1_001)}
    found = project.load_text("".join(f'use "{path}"\n' for path in files), "root.policy", files)
    assert said(found)[:1] == ["root.policy file-too-large"]
    assert len(found.files) == 1_000


@pytest.mark.parametrize(
    "path",
    [
        "../a.policy",
        "/etc/passwd",
        "lists/../../a.policy",
        "",
        ".",
        "a\\\\b",
        "C:/a.policy",
        "std/../a.policy",
        "./std/a",
    ],
)
def test_a_path_does_not_leave_the_folder(path: str) -> None:
    found = read(f'use "{path}"', a_policy="define x = y")
    assert said(found) == ["root.policy path-leaves-folder"]


def test_a_missing_file_and_what_was_meant() -> None:
    found = read('use "lists/paymant.policy"', lists__payment_policy="define x = y")
    (mistake,) = found.diagnostics
    assert (mistake.code, mistake.label) == ("missing-file", "did you mean `payment.policy`?")
    assert found.incomplete


def test_a_pack_that_does_not_ship() -> None:
    found = read('use "std/nothing_like_it"')
    (mistake,) = found.diagnostics
    assert mistake.code == "unknown-pack"
    assert found.incomplete


@pytest.mark.parametrize("name", pack_names())
def test_every_pack_that_ships_can_be_used(name: str) -> None:
    found = read(f'use "{name}"')
    assert [one for one in found.diagnostics if one.is_error] == []
    assert f"{name}.policy" in found.packs


def test_only_the_root_has_a_policy_block() -> None:
    found = read('use "a.policy" policy r { }', a_policy="policy a { }")
    (mistake,) = found.diagnostics
    assert (mistake.code, mistake.span) == ("policy-block-elsewhere", Span("a.policy", 7, 8))
    assert mistake.secondary[0][0].source_path == "root.policy"


def test_mistakes_of_used_files_are_theirs() -> None:
    found = read('use "a.policy"\nrul x {', a_policy="define =")
    assert said(found) == ["root.policy syntax", "a.policy syntax"]
    assert said(read('use "b.policy"', b_policy="# nothing")) == ["root.policy empty-file"]


def test_bytes_that_are_no_text() -> None:
    (mistake,) = read('use "a.policy"', a_policy='# é\nuse "'.encode() + b"\xe9" + b'"').diagnostics
    assert (mistake.code, mistake.span) == ("not-utf8", Span("a.policy", 9, 10))
    (mistake,) = read('use "a.policy"', a_policy="define x = y".encode("utf-16")).diagnostics
    assert mistake.help == ("the file looks like UTF-16; save it as UTF-8",)


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_has_an_entry_a_line() -> None:
    found = read(
        'pattern p { words from "lists/a.txt" }',
        lists__a_txt="\ufeff# apps\r\nzoom\r\n\n  google meet \n#x\nzoom # 2",
    )
    assert lists(found) == [["zoom", "google meet", "zoom # 2"]]
    assert said(found) == []


def test_a_column_by_its_header() -> None:
    table = 'id, name ,"the rest"\n1,zoom,a\n2,"go, og""le",b\n3\n4,,c\n5,"two\nlines",d\n'
    found = read(
        'pattern p { words from "a.csv" column name, from "a.csv" column "the rest" '
        'words from "b.tsv" column name }',
        a_csv=table,
        b_tsv="name\tx\nskype\t1\n",
    )
    assert lists(found) == [["zoom", 'go, og"le', "two\nlines"], ["a", "b", "c", "d"], ["skype"]]
    assert said(found) == []


@pytest.mark.parametrize(
    ("clause", "code"),
    [
        ('from "a.csv" column nmae', "missing-column"),
        ('from "a.csv" column twice', "missing-column"),
        ('from "a.csv"', "missing-column"),
        ('from "bad.csv" column a', "bad-csv"),
        ('from "long.csv" column a', "bad-csv"),
        ('from "none.txt"', "missing-file"),
        ('from "empty.txt"', "empty-list"),
        ('from "../a.csv" column name', "path-leaves-folder"),
        ('from "latin.txt"', "not-utf8"),
    ],
)
def test_lists_that_cannot_be_read(clause: str, code: str) -> None:
    found = read(
        f"pattern p {{ words {clause} }}",
        a_csv="id,name,twice,twice\n1,zoom,x,y\n",
        bad_csv='a,b\n"zoom,1\n',
        long_csv="a,b\n" + "x" * 20_000 + ",1\n",
        empty_txt="# nothing\n\n",
        latin_txt="zoom\ncaf\xe9\n".encode("latin-1"),
    )
    assert lists(found) == [[]]
    assert said(found) == [f"root.policy {code}"]


def test_a_list_that_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "root.policy").write_text('pattern p { words from "big.txt" }')
    with (tmp_path / "big.txt").open("wb") as stream:
        stream.truncate(LIST_BYTES_MAX + 1)
    found = project.load(tmp_path / "root.policy")
    assert lists(found) == [[]]
    assert said(found) == ["root.policy file-too-large"]


# ── The disk ─────────────────────────────────────────────────────────────────────────────────────────


def test_load_reads_from_the_disk(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "root.policy").write_text('use "lists/a.policy"')
    (tmp_path / "lists" / "a.policy").write_text('pattern p { words from "b.txt" }')
    (tmp_path / "lists" / "b.txt").write_text("zoom\n")
    found = project.load(tmp_path / "root.policy")
    assert said(found) == []
    (block,) = found.files[1].items
    assert isinstance(block, syntax.PatternBlock)
    (words,) = syntax.clauses(block.clauses, syntax.Words)
    assert isinstance(words.items[0], syntax.ListFile)
    assert found.read_list(words.items[0]) == ["zoom"]


def test_a_link_does_not_lead_out(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.policy").write_text("define x = y")
    (inside / "near.policy").write_text("define x = y")
    (inside / "out.policy").symlink_to(tmp_path / "secret.policy")
    (inside / "in.policy").symlink_to(inside / "near.policy")
    (inside / "folder").symlink_to(tmp_path)
    (inside / "loop.policy").symlink_to(inside / "loop.policy")
    uses = ["out.policy", "in.policy", "folder/secret.policy", "folder/none.policy", "loop.policy"]
    (inside / "root.policy").write_text("\n".join(f'use "{one}"' for one in uses))
    found = project.load(inside / "root.policy")
    codes = [one.code for one in found.diagnostics]
    assert codes[:3] == ["path-leaves-folder"] * 3
    assert codes[3:] == ["missing-file"]
    assert [one.path for one in found.files] == ["root.policy", "in.policy"]


def test_a_pipe_or_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.policy")
    (tmp_path / "folder").mkdir()
    (tmp_path / "root.policy").write_text('use "pipe.policy" use "folder"')
    found = project.load(tmp_path / "root.policy")
    assert [one.message for one in found.diagnostics] == [
        "the file `pipe.policy` cannot be read",
        "the file `folder` cannot be read",
    ]


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    found = project.load(tmp_path / "root.policy")
    assert said(found) == ["root.policy missing-file"]
    assert found.files == ()
