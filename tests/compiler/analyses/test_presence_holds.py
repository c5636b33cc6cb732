"""How patterns are related, held against what the reference finds: lists are their entries, links nest."""

from __future__ import annotations

import json
import random
from itertools import permutations

from solon.compiler.analyses.presence import shape_within
from solon.dsl import ir
from solon.dsl.dump import dump
from solon.dsl.load import load_policy_text
from solon.matcher.reference import Reference

HEAD = "policy p { actions allow < block default allow }\n"
LEVELS = ("none", "basic", "strong")
ENTRIES = {
    "words": ["zoom", "Zoom", "zo*", "*om", "google meet", "meet", "a b", "c++", "zoom in"],
    "text": ["://", "zoo", "@", "aa", "Zo"],
    "url": [
        "linkedin.com/in/**", "linkedin.com/in/*", "linkedin.com", "uk.linkedin.com/in/*", "linkedin.com/*",
        "linkedin.com/**", "linkedin.com/in", "linkedin.com/in/jess", "example.org",
    ],
}  # fmt: skip
FRAGMENTS = (
    "zoom", "Zoom", "z00m", "z o o m", "zoooom", "zo", "google  meet", "g_o_o_g_l_e m33t",
    "g.o.o.g.l.e.m.e.e.t",
    "a b", "a  B", "c++", "zoom in", "@x", "aaa", "linkedin.com", "https://uk.linkedin.com/in/x?y",
    "linkedin.com/in/a/b",
    "linkedin.com/in/jess/", "linkedin.com/in", "linkedin[.]com/in/z", "LINKEDIN.com/%69n/a",
    "linkedin dot com/in/x",
    "hxxp://example[.]org/a", "linkedin.com.evil.example/in/x", "notlinkedin.com/in/x", "zóom", "Zооm",
)  # fmt: skip


def messages() -> list[str]:
    """Some of the fragments, joined in several ways."""
    choose = random.Random(7)
    several = [choose.sample(FRAGMENTS, choose.randint(2, 4)) for _ in range(50)]
    return [*FRAGMENTS, *(choose.choice([" ", "", "\n", ", "]).join(parts) for parts in several)]


def test_lists_are_their_entries_and_links_nest() -> None:
    choose = random.Random(3)
    text = HEAD
    lists: dict[str, list[str]] = {}
    for level in LEVELS:
        for kind, entries in ENTRIES.items():
            names = [f"{kind}_{level}_{number}" for number in range(len(entries))]
            for name, entry in zip(names, entries, strict=True):
                text += f'pattern one_{name} {{ {kind} "{entry}" evasions {level} }}\n'
            for number in range(4):
                places = choose.sample(range(len(entries)), 3)
                listed = ", ".join(f'"{entries[place]}"' for place in places)
                text += f"pattern some_{kind}_{level}_{number} {{ {kind} {listed} evasions {level} }}\n"
                lists[f"some_{kind}_{level}_{number}"] = [f"one_{names[place]}" for place in places]
    policy = load_policy_text(text + "rule r { when true then block }").policy
    assert policy is not None
    shapes = [(one.name, one.root) for one in policy.patterns if one.name.startswith("one_url")]
    within = [
        (name, other_name)
        for (name, root), (other_name, other) in permutations(shapes, 2)
        if isinstance(root, ir.Url) and isinstance(other, ir.Url) and root.level == other.level
        if shape_within(root.shapes[0], other.shapes[0])
    ]
    assert len(within) > 30
    reference = Reference(json.loads(dump(policy)))
    seen: set[str] = set()
    for message in messages():
        found = set(reference.find(message))
        seen |= found
        for name, entries in lists.items():
            assert (name in found) == (not found.isdisjoint(entries)), (name, message)
        for name, wider in within:
            assert name not in found or wider in found, (name, wider, message)
    assert len(seen) > 60
