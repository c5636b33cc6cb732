"""The policies that figures are measured with: texts, and the files beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.rulesets import ACTIONS, FACTS, Rule, as_policy
from solon.authoring import compile_checked
from solon.dsl.load import load_policy, load_policy_text
from solon.matcher.engine import Policy, from_bytes

__all__ = ["NAMES", "Project", "mixed", "regexes_only", "tagged", "tags_of", "words_only"]

NAMES = 100
"""So many of the words are names of services, a pattern of their own."""

HEADER = f"policy bench {{\n  actions {' < '.join(ACTIONS)}\n  default allow\n}}\n"


@dataclass(frozen=True, slots=True)
class Project:
    """A policy text and the lists that it reads."""

    text: str
    files: Mapping[str, str] = field(default_factory=dict)

    def artifact(self, *, strip: bool = False) -> bytes:
        """Checked and compiled."""
        return compile_checked(load_policy_text(self.text, files=self.files), strip=strip)

    def policy(self) -> Policy:
        """Ready to decide."""
        return from_bytes(self.artifact())

    def write(self, folder: Path) -> Path:
        """To disk; the path of the root file."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        root = folder / "bench.policy"
        root.write_text(self.text, encoding="utf-8")
        return root

    def compile_from(self, root: Path) -> bytes:
        """All that `solon compile` does, from the files on."""
        return compile_checked(load_policy(root))


def words_only(words: Sequence[str], evasions: str = "basic") -> Project:
    """One pattern of words, and a rule that asks for it."""
    text = f'pattern listed {{ words from "words.txt" evasions {evasions} }}\n'
    rule = "rule listed_word { when message contains listed then hold }\n"
    return Project(HEADER + text + rule, {"words.txt": "\n".join(words) + "\n"})


def regexes_only(regexes: Mapping[str, str]) -> Project:
    """A pattern for each regular expression, and a rule that asks for any."""
    rule = f"rule any_regex {{ when message contains any of {', '.join(regexes)} then hold }}\n"
    return Project(HEADER + regex_patterns(regexes) + rule)


def mixed(
    regexes: Mapping[str, str], words: Sequence[str], rules: Sequence[Rule], names: str = "basic"
) -> Project:
    """R30 + L10k and so many rules; `names` are the evasions of the first hundred words."""
    patterns = [*regexes, *word_groups(words)]
    lists = {f"{name}.txt": "\n".join(group) + "\n" for name, group in word_groups(words).items()}
    text = "".join(
        f'pattern {name} {{ words from "{name}.txt" evasions {names if name == "words_0" else "basic"} }}\n'
        for name in word_groups(words)
    )
    asked = as_policy(rules, lambda tag: f"message contains {patterns[tag]}")
    return Project(HEADER + FACTS + regex_patterns(regexes) + text + asked, lists)


def tags_of(regexes: Mapping[str, str], words: Sequence[str]) -> list[Sequence[str]]:
    """The tags of `mixed` by number: a tuple of one regular expression, or a list of words."""
    return [*((pattern,) for pattern in regexes.values()), *word_groups(words).values()]


def tagged(rules: Sequence[Rule], tags: int) -> Project:
    """No pattern at all: the tags are members of a set fact."""
    names = ", ".join(f"t{number}" for number in range(tags))
    facts = FACTS.rstrip().removesuffix("}") + f"  message.tags : set of enum({names}) = {{}}\n}}\n"
    return Project(HEADER + facts + as_policy(rules, lambda tag: f"message.tags has t{tag}"))


def word_groups(words: Sequence[str]) -> dict[str, list[str]]:
    """The names, and nine groups of the rest."""
    rest = words[NAMES:]
    groups = {"words_0": list(words[:NAMES])}
    return groups | {f"words_{number + 1}": list(rest[number::9]) for number in range(9)}


def regex_patterns(regexes: Mapping[str, str]) -> str:
    """A pattern for each; a slash is escaped, as the language wants it."""
    return "".join(
        f"pattern {name} = regex /{pattern.replace('/', chr(92) + '/')}/\n"
        for name, pattern in regexes.items()
    )
