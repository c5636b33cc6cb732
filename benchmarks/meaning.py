"""How long answers about meaning take: a policy of 1,000 rules over 12 facts with 200 patterns.

`python -m benchmarks.meaning` prints seconds of work (of this process, not of the clock) for all analyses of
`solon check`, with and without gaps, and for `solon diff` of that policy and one in which some rules were
edited; reading the files is apart. Beside each stands what was found, and what was not decided.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from typing import Any

from solon.comparing import diff
from solon.compiler.analyses import analysis
from solon.dsl import ir
from solon.dsl.load import Checked, load_policy_text

FACTS = """facts {
  contract.state : enum(none, offer, active, ended)
  sender.role : enum(freelancer, client, agency)
  sender.tenure : duration
  sender.contracts : int = 0
  sender.earnings : money(USD) = 0 USD
  sender.warnings : int = 0
  client.plan : enum(basic, business, enterprise) = basic
  room.members : int = 2
  job.categories : set of enum(writing, software, design, payments, other) = {}
  spam.score : number optional
  sender.verified : bool
  sender.country : text optional
}
"""
ACTIONS = ("nudge", "warn", "redact", "hold", "block")


class Maker:
    """A policy from a seed: rules that overlap, cover and exclude each other as real ones do."""

    def __init__(self, rules: int, patterns: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.patterns = [f"p{number}" for number in range(patterns)]
        self.rules = [self._rule(number) for number in range(rules)]

    def text(self) -> str:
        """The whole policy."""
        head = (
            "policy big {\n  actions allow < "
            + " < ".join(ACTIONS)
            + "\n  default allow\n  undecided warn\n}\n"
        )
        patterns = [self._pattern(number) for number in range(len(self.patterns))]
        defines = (
            "define early = contract.state in {none, offer}\ndefine veteran = sender.tenure >= 24 months\n"
        )
        score = "score risk { " + "  ".join(
            f"{weight} when message contains {pattern}"
            for weight, pattern in zip((1, 2, 3, 2), self.patterns, strict=False)
        ) + "  2 when spam.score >= 0.8 }\n"  # fmt: skip
        exempt = "exempt writers { when job.categories has writing  from pattern p3, label l1 }\n"
        return "".join([head, FACTS, defines, *patterns, score, exempt, *self.rules])

    def _pattern(self, number: int) -> str:
        words = ", ".join(f'"word{number} {part}"' for part in ("a", "b", "c"))
        except_ = f'  except words "word{number} b lens"' if number % 5 == 0 else ""
        return f"pattern p{number} {{ words {words}{except_} }}\n"

    def _rule(self, number: int) -> str:
        choose = self.random
        when = [
            f"message contains {choose.choice(self.patterns)}",
            *choose.sample(self._atoms(), choose.choice([1, 2, 3])),
        ]
        unless = f"\n  unless {choose.choice(['veteran', *self._atoms()])}" if choose.random() < 0.3 else ""
        notice = f'\n  notify sender "notice {choose.randint(0, 40)}"' if choose.random() < 0.5 else ""
        label = f"\n  label l{choose.randint(0, 30)}" if choose.random() < 0.5 else ""
        then = choose.choice(ACTIONS)
        return f"rule r{number} {{\n  when {' and '.join(when)}{unless}\n  then {then}{notice}{label}\n}}\n"

    def _atoms(self) -> list[str]:
        choose = self.random
        return [
            f"contract.state = {choose.choice(['none', 'offer', 'active', 'ended'])}", "early", "not early",
            f"sender.role = {choose.choice(['freelancer', 'client', 'agency'])}",
            f"sender.tenure < {choose.randint(1, 36)} months", f"sender.contracts >= {choose.randint(1, 20)}",
            f"sender.earnings < {choose.randint(1, 40) * 500} USD",
            f"sender.warnings >= {choose.randint(1, 5)}",
            f"client.plan in {{{choose.choice(['basic', 'basic, business', 'enterprise'])}}}",
            f"room.members > {choose.randint(2, 8)}",
            f"job.categories has {choose.choice(['writing', 'software', 'design', 'payments'])}",
            f"spam.score >= 0.{choose.randint(1, 9)}", "sender.verified", "not sender.verified",
            f'sender.country = "{choose.choice(["US", "DE", "IN", "PH"])}"',
            f"risk >= {choose.randint(2, 6)}",
            f"(message contains {choose.choice(self.patterns)} or sender.warnings >= {choose.randint(1, 5)})",
        ]  # fmt: skip


def loaded(text: str) -> tuple[ir.Policy, Checked]:
    """A policy that checks."""
    checked = load_policy_text(text)
    assert checked.policy is not None, [one.message for one in checked.diagnostics if one.is_error][:3]
    return checked.policy, checked


def edited(maker: Maker, edits: int) -> str:
    """The policy with some rules edited, each in another way."""
    choose = random.Random(edits)
    kept = list(maker.rules)
    for place in choose.sample(range(len(maker.rules)), edits):
        rule = maker.rules[place]
        maker.rules[place] = choose.choice([
            rule.replace("then hold", "then warn").replace("then block", "then hold"),
            rule.replace(" and ", " and sender.warnings >= 1 and ", 1), "",
            rule.replace("when ", "when not early and ", 1), rule.replace("when ", "when not not ", 1),
        ])  # fmt: skip
    text = maker.text()
    maker.rules = kept
    return text


def timed(name: str, what: Callable[[], Any], told: Callable[[Any], str]) -> None:
    """Print the work that something took, and what came of it."""
    start = time.process_time()
    result = what()
    print(f"{name:36} {time.process_time() - start:7.2f} s   {told(result)}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--patterns", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    maker = Maker(options.rules, options.patterns, options.seed)
    policy, checked = loaded(maker.text())

    def found(result: Any) -> str:
        return f"{len(result.diagnostics)} findings, {len(result.not_decided)} not decided"

    def changed(result: Any) -> str:
        seen = sum(region.witness is not None for one in result.changes for region in one.regions)
        return f"{result.status}, {len(result.changes)} changes, {seen} examples, {len(result.rules)} rules"

    timed("check", lambda: analysis(policy, checked.sources), found)
    timed("check --gaps", lambda: analysis(policy, checked.sources, gaps=True), found)
    timed("diff, the same", lambda: diff(policy, policy), changed)
    for edits in (1, 5, 50):
        new, _ = loaded(edited(maker, edits))
        timed(f"diff, {edits} rules edited", lambda new=new: diff(policy, new), changed)  # type: ignore[misc]


if __name__ == "__main__":
    main()
