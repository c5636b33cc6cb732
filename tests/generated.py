"""Hypothesis strategies for whole policies, messages and facts, from a small vocabulary that makes them meet.

Policies are made as text, so that the parser, the checker and the compiler are on the way too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from solon.dsl import ir

FACTS = """
facts {
  state    : enum(none, offer, active, ended)
  role     : enum(client, freelancer) optional
  tenure   : duration optional
  warnings : int = 0
  earned   : money(USD) = 0 USD
  spam     : number optional
  tags     : set of enum(red, green, blue) = {}
  words    : set of text optional
  vip      : bool optional
  name     : text optional
  since    : time optional
  note     : scanned text optional
}
"""

WORDS = [
    "zoom",
    "google meet",
    "skype*",
    "*gram",
    "c++",
    "off platform",
    "поговорим",
    "加我",
    "can't",
    "call",
    "me",
]
LITERALS = ["://", "zoo", "@", "aa", "ß", "é"]
REGEXES = [
    r"\b(call|ring) me\b", r"[a-c]+b", r"zo{2,}m", r"\d{3}-\d{2,4}", r"^hi\b", r"(a|ab)(c|bcd)",
    r"\w+@\w+\.com",
    r"[^\s]x$", r"\p{Lu}\p{Ll}+", r"(?:ab)*c", r"me?",
]  # fmt: skip
URLS = ["linkedin.com/in/**", "facebook.com/*", "example.org", "t.me/**"]
ENTITIES = list(ir.ENTITIES)
LEVELS = ["none", "basic", "strong"]
NAMES = ["alpha", "beta", "gamma", "delta"]
ACTIONS = ["allow", "nudge", "warn", "hold", "block"]


def quoted(text: str) -> str:
    """A string literal of the language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def several(choices: list[str], most: int = 3) -> st.SearchStrategy[list[str]]:
    """One to `most` of them, each once."""
    return st.lists(st.sampled_from(choices), min_size=1, max_size=most, unique=True)


@st.composite
def blocks(draw: st.DrawFn, name: str) -> str:
    """`pattern NAME { … }`"""
    lines = []
    for kind in draw(several(["words", "text", "exact", "url", "regex", "entity"], 2)):
        match kind:
            case "words":
                lines.append("words " + ", ".join(map(quoted, draw(several(WORDS)))))
            case "text":
                lines.append("text " + ", ".join(map(quoted, draw(several(LITERALS)))))
            case "exact":
                lines.append("text exact " + ", ".join(map(quoted, draw(several(["Zoom", "aA", "É"])))))
            case "url":
                lines.append("url " + ", ".join(map(quoted, draw(several(URLS)))))
            case "regex":
                flag = draw(st.sampled_from(["", "", "c"]))
                lines.append(f"regex /{draw(st.sampled_from(REGEXES))}/{flag}")
            case _:
                lines.append(f"entity {draw(st.sampled_from(ENTITIES))}")
    if draw(st.booleans()):
        lines.append(
            draw(
                st.sampled_from(
                    ['except words "zoom in", "call me"', "except in code, quote", "except in url"]
                )
            )
        )
    lines.append(f"evasions {draw(st.sampled_from(LEVELS))}")
    return f"pattern {name} {{\n  " + "\n  ".join(lines) + "\n}\n"


@st.composite
def formulas(draw: st.DrawFn, name: str, before: list[str]) -> str:
    """`pattern NAME = …` over patterns that came before."""
    atoms = [*before, 'words("zoom", "me")', "regex /[0-9]+/", "entity money", 'text("o")']
    left, right = draw(st.sampled_from(atoms)), draw(st.sampled_from(atoms))
    how = draw(st.sampled_from(["or", "except", "near", "before", "after"]))
    if how in ("near", "before", "after"):
        unit = draw(st.sampled_from(["words", "characters"]))
        return f"pattern {name} = {left} {how} {right} within {draw(st.integers(0, 6))} {unit}\n"
    return f"pattern {name} = {left} {how} {right}\n"


def atoms(patterns: list[str]) -> st.SearchStrategy[str]:
    """One condition without and, or, not."""
    pattern = st.sampled_from(patterns)
    operator = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
    return st.one_of(
        st.sampled_from(
            [
                "state = none", "state in {none, offer}", "state != active", "role = client",
                "role in {freelancer}",
                "tags has red", 'words has "x"', "vip", "known(role)", "known(tenure)", 'name = "bob"',
                'name starts with "bo"', 'name in {"bob", "eve"}', "since >= 2026-01-01", "tenure >= 3 days",
                "tenure < 2 weeks", "earned >= 10.50 USD", "spam >= 0.8", "spam = 1", "risk >= 3",
                "risk < 2", "true",
            ]
        ),
        st.builds(lambda o, n: f"warnings {o} {n}", operator, st.integers(-1, 3)),
        st.builds(lambda o, n: f"message.length {o} {n}", operator, st.integers(0, 40)),
        st.builds(lambda p: f"message contains {p}", pattern),
        st.builds(lambda p: f"message contains {p}", pattern),
        st.builds(lambda p: f"note contains {p}", pattern),
        st.builds(lambda p, q: f"message contains all of {p}, {q}", pattern, pattern),
        st.builds(lambda p, o, n: f"count({p}) {o} {n}", pattern, operator, st.integers(0, 3)),
        st.builds(lambda p, o, n: f"distinct({p}) {o} {n}", pattern, operator, st.integers(0, 3)),
        st.builds(lambda p: f"message is {p}", pattern),
    )  # fmt: skip


def conditions(patterns: list[str], *, scores: bool = True) -> st.SearchStrategy[str]:
    """A condition of some depth."""
    base = atoms(patterns)
    if not scores:
        base = base.filter(lambda text: not text.startswith("risk"))
    return st.recursive(
        base,
        lambda inner: st.one_of(
            st.builds(lambda a, b: f"({a} and {b})", inner, inner),
            st.builds(lambda a, b: f"({a} or {b})", inner, inner),
            st.builds(lambda a: f"not ({a})", inner),
        ),
        max_leaves=5,
    )


@st.composite
def rules(draw: st.DrawFn, number: int, patterns: list[str]) -> str:
    """`rule rN { … }`"""
    lines = [f"when {draw(conditions(patterns))}"]
    if draw(st.booleans()):
        lines.append(f"unless {draw(conditions(patterns))}")
    lines.append(f"then {draw(st.sampled_from(ACTIONS))}")
    if draw(st.booleans()):
        lines.append(f"redact {draw(st.sampled_from(patterns))}" + draw(st.sampled_from(["", ' with "[x]"'])))
    if draw(st.booleans()):
        lines.append(f'notify sender "rule {number}: {{state}} {{tenure}} {{earned}} {{tags}} {{spam}}"')
        if draw(st.booleans()):
            lines.append(
                f"notify sender when {draw(conditions(patterns, scores=False))} "
                f'{{ en "special {number}" es "especial" }}'
            )
    if draw(st.booleans()):
        lines.append('notify recipient "removed"')
    extra = [
        "label a", "label b, a", 'queue "q"', 'reason "because"', "priority 3", "mode shadow",
        "rollout 50% by name",
        "rollout 30% by state", "active from 2026-06-01", "active from 2026-01-01 until 2026-06-01",
    ]  # fmt: skip
    lines += draw(st.lists(st.sampled_from(extra), max_size=2, unique_by=lambda line: line.split()[0]))
    return f"rule r{number} {{\n  " + "\n  ".join(lines) + "\n}\n"


@st.composite
def policies(draw: st.DrawFn) -> str:
    """A whole policy text that checks."""
    patterns: list[str] = []
    parts: list[str] = []
    for name in NAMES[: draw(st.integers(2, 4))]:
        formula = patterns and draw(st.booleans())
        parts.append(draw(formulas(name, list(patterns)) if formula else blocks(name)))
        patterns.append(name)
    entries = [
        f"{draw(st.integers(-2, 4))} when {draw(conditions(patterns, scores=False))}"
        for _ in range(draw(st.integers(1, 3)))
    ]
    entries.append(f"1 per match of {draw(st.sampled_from(patterns))} up to 2")
    parts.append("score risk {\n  " + "\n  ".join(entries) + "\n}\n")
    many = draw(st.integers(2, 5))
    parts += [draw(rules(number, patterns)) for number in range(many)]
    for number in range(draw(st.integers(0, 2))):
        what = draw(
            st.sampled_from([f"pattern {patterns[0]}", "r0", "r1, r0", f"pattern {patterns[-1]}, r1", "all"])
        )
        expires = draw(st.sampled_from(["", "  expires 2026-05-01\n"]))
        parts.append(
            f"exempt e{number} {{\n  when {draw(conditions(patterns, scores=False))}\n"
            f"  from {what}\n{expires}}}\n"
        )
    parts = draw(st.permutations(parts))
    header = (
        "policy generated {\n  actions allow < nudge < warn < hold < block\n  default "
        + draw(st.sampled_from(["allow", "nudge"]))
        + "\n"
        + draw(st.sampled_from(["", "  undecided warn\n", "  undecided hold\n"]))
        + draw(st.sampled_from(["", "  incomplete hold\n"]))
        + draw(st.sampled_from(["", "", "  limit message 24 B\n"]))
        + "}\n"
    )
    return header + FACTS + "".join(parts)


FRAGMENTS = [
    "zoom", "Zoom", "z00m", "z o o m", "zoooom", "z.o.o.m", "Zооm", "ｚｏｏｍ", "zo\u200bom", "zóom",
    "google  meet", "skype", "skyper",
    "telegram", "instagram", "c++", "off\nplatform",
    "поговорим", "請加我吧", "can't", "can’t", "call me", "ring me", "zoom in",
    "abcabc", "aab", "ab", "hi", "x", "555-1234", "+1 415 555 2671", "(415) 555-2671",
    "jess@gmail.com", "jess (at) gmail dot com",
    "https://www.linkedin.com/in/jess-s", "linkedin.com/jobs/view/1", "facebook.com/jess",
    "hxxp://example[.]org/a", "t.me/x",
    "@jess_s", "GB82 WEST 1234 5698 7654 32", "4111 1111 1111 1111", "192.168.0.1", "$50",
    "50 USD", "12 Main St, Springfield, IL 62704",
    "`zoom`", "> zoom\n", "```\nzoom\n```\n", "five five five one two three four",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "ﬁ", "ß", "É", "e\u0301", "한", "\ud800", "\x00", "5\ufe0f\u20e3", "①", "\u202e", "aaaa", "!",
    ",", ".", "-",
]  # fmt: skip

messages = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=5).flatmap(
        lambda parts: st.sampled_from([" ", "", "  ", "\n", ", "]).map(lambda joint: joint.join(parts))
    ),
    st.text(alphabet="zom abc@.-5\u0301\u200b\n`>", max_size=30),
    st.text(max_size=12),
)


def facts() -> st.SearchStrategy[dict[str, Any]]:
    """Facts that fit FACTS; optional ones are often absent."""
    return st.fixed_dictionaries(
        {"state": st.sampled_from(["none", "offer", "active", "ended"])},
        optional={
            "role": st.sampled_from(["client", "freelancer"]),
            "tenure": st.sampled_from(
                [timedelta(0), timedelta(days=3), timedelta(days=20), timedelta(seconds=5)]
            ),
            "warnings": st.integers(-2, 4),
            "earned": st.sampled_from([Decimal("10.50"), 10, "10.499999", Decimal(11)]),
            "spam": st.sampled_from([0, 1, 0.8, 0.79, -0.0, 1e300]),
            "tags": st.lists(st.sampled_from(["red", "green", "blue"]), max_size=2),
            "words": st.lists(st.sampled_from(["x", "y"]), max_size=2),
            "vip": st.booleans(),
            "name": st.sampled_from(["bob", "bo", "eve", "", "x\ud800"]),
            "since": st.sampled_from([datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]),
            "note": messages,
        },
    )


moments = st.sampled_from(
    [
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 5, 1, 23, 59, tzinfo=UTC),
        datetime(2026, 5, 2, tzinfo=UTC),
        datetime(2026, 7, 1, tzinfo=UTC),
    ]
)
