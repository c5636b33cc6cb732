"""What real policies have and toy benchmarks leave out; no goals, but what each costs stands in the table."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.bench import Bench
from benchmarks.contenders import deciding
from benchmarks.figures.rules import TAGS, tagged_facts
from benchmarks.measure import Block, Contender, paired, timed
from benchmarks.policies import HEADER, Project, tagged, words_only
from benchmarks.row import Row
from benchmarks.rulesets import FACTS, Rule, random_rules
from solon.matcher.engine import Policy, load

__all__ = ["constructs", "growth", "not_ascii", "starting"]

NAMES = '"zoom", "skype", "google meet", "whatsapp", "telegram", "signal", "venmo", "cash app"'
ENTITIES = ("phone", "email", "url", "handle", "iban", "credit_card", "crypto_wallet", "ip_address")
ENTITIES += ("postal_address", "money")
SHAPES = ", ".join(f'"site{number}.example/in/**"' for number in range(20))
RULE = "rule r { when message contains p then hold }\n"

CONSTRUCTS = {
    "strong evasions": f"pattern p {{ words {NAMES} evasions strong }}\n{RULE}",
    "an `except` of words": f'pattern p {{ words {NAMES} except words "zoom lens", "zoom in" }}\n{RULE}',
    "`except in code, quote`": f"pattern p {{ words {NAMES} except in code, quote }}\n{RULE}",
    "`near … within 6 words`": f'pattern a {{ words {NAMES} }}\npattern b = words("my", "me", "on", "is")\n'
    f"pattern p = a near b within 6 words\n{RULE}",
    "20 shapes of links": f"pattern p {{ url {SHAPES} }}\n{RULE}",
    **{f"entity {name}": f"pattern p {{ entity {name} }}\n{RULE}" for name in ENTITIES},
    "entity phone, strong": f"pattern p {{ entity phone evasions strong }}\n{RULE}",
    "entity email, strong": f"pattern p {{ entity email evasions strong }}\n{RULE}",
}


def constructs(bench: Bench) -> Iterator[Row]:
    """Shows what each construct costs a decision, over the same with eight plain words in its place.
    Checked: the policies compile and each answer is the same each time."""
    base = Project(f"{HEADER}pattern p {{ words {NAMES} }}\n{RULE}").policy()
    contenders: dict[str, Contender] = {"base": alone(base)}
    for name, text in CONSTRUCTS.items():
        contenders[name] = alone(Project(HEADER + text).policy())
    rounds = paired(contenders, bench.corpus.again(5, bench.size // 2))
    for name in CONSTRUCTS:
        yield Row(
            *("20", f"a decision with {name}, over eight words", rounds.said(name), rounds.said("base")),
            value=rounds.ratio(name, "base"),
            hits=f"{rounds.hits[name]} of {rounds.messages:,} messages held",
        )
    yield notices(bench)
    yield many_hits(bench, base)


def alone(policy: Policy) -> Contender:
    """Decisions without facts; the hits are messages that are not allowed."""

    def prepare(block: Block) -> Callable[[], int]:
        decide = policy.decide
        return lambda: sum(decide(text, {}).action != "allow" for text in block)

    return prepare


def notices(bench: Bench) -> Row:
    """What notices in two locales cost where the service asks for them, over the action alone."""
    both = 'notify sender { en "Please keep it here." es "Por favor, aquí." }\n'
    policy = Project(f"{HEADER}rule r {{ when message.length >= 0 then hold\n{both}}}\n").policy()

    def asking(block: Block) -> Callable[[], int]:
        return lambda: sum(len(policy.decide(text, {}).notices["sender"]) > 1 for text in block)

    rounds = paired({"asked": asking, "not asked": alone(policy)}, bench.corpus.again(5, bench.size // 2))
    return Row(
        *("20", "notices in two locales read, over not read", rounds.said("asked"), rounds.said("not asked")),
        value=rounds.ratio("asked", "not asked"),
        hits=f"{rounds.hits['asked']} of {rounds.messages:,} have both locales",
    )


def many_hits(bench: Bench, policy: Policy) -> Row:
    """What a message of nothing but hits costs a character, spans read, over an ordinary long text."""
    flood = "zoom skype signal venmo " * 200
    plain = [text[: len(flood)] for text in bench.corpus.long_block(40) if len(text) >= len(flood)]

    def spans(texts: Block) -> int:
        return sum(len(policy.decide(text, {}).matches) for text in texts)

    ratios = []
    for _ in range(9):
        hot, found = timed(lambda: spans([flood] * len(plain)))
        cold, _ = timed(lambda: spans(plain))
        ratios.append(hot / cold)
    return Row(
        *("20", "a message of hits alone, all spans read, over ordinary text of that length", "–", "itself"),
        value=statistics.median(ratios),
        hits=f"{found // max(len(plain), 1)} spans a message",
    )


def not_ascii(bench: Bench) -> Iterator[Row]:
    """Shows what messages outside ASCII cost the full decision: a tenth of them, and all."""
    plain = [text for text in bench.corpus.again(1, 6 * bench.size)[0] if text.isascii()]
    other = bench.corpus.non_ascii(3 * bench.size)
    size = bench.size // 2
    contender = deciding(bench.mixed, bench.facts_for)
    for name, share in (("a tenth", 0.1), ("all", 1.0)):
        ratios, characters = [], []
        for turn in range(5):
            some = other[turn * size : turn * size + int(size * share)]
            base = plain[turn * size : (turn + 1) * size]
            mixed = [*some, *base[len(some) :]]
            spent, _ = timed(contender(mixed))
            against, _ = timed(contender(base))
            ratios.append(spent / against)
            characters.append(sum(map(len, mixed)) / sum(map(len, base)))
        yield Row(
            *("21", f"full decision, {name} of the messages outside ASCII, over none", "–", "itself"),
            value=statistics.median(ratios),
            note=f"they have {statistics.median(characters):.2f} times the characters",
        )


def growth(bench: Bench) -> Iterator[Row]:
    """Shows how a decision grows with the rules and with the facts of a policy, over 10 rules and 8 facts."""
    facts = tagged_facts(400)
    sizes = {count: tagged(random_rules(count, TAGS), TAGS).policy() for count in (10, 100, 1_000, 10_000)}
    yield from grown(bench, {f"{count:,} rules": (policy, facts) for count, policy in sizes.items()})
    rules = random_rules(100, TAGS)
    wide = {count: (wider(rules, count).policy(), given(facts, count)) for count in (8, 16, 32, 64)}
    yield from grown(bench, {f"{count} facts": pair for count, pair in wide.items()})


def grown(bench: Bench, cases: dict[str, tuple[Policy, list[dict[str, Any]]]]) -> Iterator[Row]:
    """Each over the first."""
    contenders = {name: counting(policy, facts) for name, (policy, facts) in cases.items()}
    rounds = paired(contenders, [[""] * bench.size for _ in range(5)])
    first, *others = contenders
    for name in others:
        yield Row(
            *("22", f"a decision with {name}, over {first}", rounds.said(name), rounds.said(first)),
            value=rounds.ratio(name, first),
            hits=f"{rounds.hits[name]} rules, {rounds.hits[first]}",
        )


def counting(policy: Policy, facts: list[dict[str, Any]]) -> Contender:
    """The rules that fire, by number of them."""

    def prepare(block: Block) -> Callable[[], int]:
        mine = [facts[number % len(facts)] for number in range(len(block))]
        return lambda: sum(len(policy.decide("", one).rules) for one in mine)

    return prepare


def wider(rules: list[Rule], count: int) -> Project:
    """The same rules in a policy of so many facts: each further one is asked by a rule of its own."""
    project = tagged(rules, TAGS)
    further = "".join(f"  extra.f{number} : int\n" for number in range(count - 8))
    asked = "".join(
        f"rule extra_{number} {{ when extra.f{number} >= 100 then hold }}\n" for number in range(count - 8)
    )
    return Project(
        project.text.replace(FACTS.rstrip().removesuffix("}"), FACTS.rstrip()[:-1] + further) + asked
    )


def given(facts: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Values for the further facts too."""
    return [one | {f"extra.f{number}": number for number in range(count - 8)} for one in facts]


def starting(bench: Bench) -> Iterator[Row]:
    """Shows what a fresh process pays from `import solon` to the first verdict, beyond what Python pays to
    start; and what 100 policies loaded at once take."""
    path = bench.folder / "start.solon"
    path.write_bytes(words_only(bench.corpus.words(1_000)).artifact())
    code = f"import solon; print(solon.load({str(path)!r}).decide('see zoom now', {{}}).action)"
    whole, empty = [], []
    for _ in range(7):
        whole.append(process_ms(code, "hold\n"))
        empty.append(process_ms("print('hold')", "hold\n"))
    value = statistics.median(whole) - statistics.median(empty)
    said = (f"{statistics.median(whole):.0f} ms", f"{statistics.median(empty):.0f} ms")
    yield Row(
        "23",
        "cold start: a process to its first verdict, beyond an empty one",
        *said,
        value=value,
        unit=" ms",
    )
    start, before = time.thread_time(), resident_kib()
    policies = [load(path) for _ in range(100)]
    spent = (time.thread_time() - start) * 1e3
    if {policy.decide("see zoom now", {}).action for policy in policies} != {"hold"}:
        raise AssertionError("one of them decides otherwise")
    grown_kib = resident_kib() - before
    note = f"{grown_kib / 100:,.0f} KiB of memory each, for a file of {path.stat().st_size / 1024:,.0f} KiB"
    yield Row("23", "100 policies of 1,000 words loaded and asked", value=spent, unit=" ms", note=note)


def process_ms(code: str, answer: str) -> float:
    """By the clock."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    spent = time.perf_counter() - start
    if done.stdout != answer:
        raise AssertionError(f"the process answers {done.stdout!r}")
    return spent * 1e3


def resident_kib() -> int:
    """Of this process; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  (no file to be resolved)
            return int(file.read().split()[1]) * 4
    except OSError:
        return 0
