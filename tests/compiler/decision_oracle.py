"""What a decision should say: the IR evaluated plainly in Kleene's logic, on random policies and cases.

Written from docs/semantics.md; shares nothing with the compiler. Patterns are given as numbers (how many
spans), so that no message is needed.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from solon.dsl import ir

P = ir.Place("p.policy", 1, 1, 1, 2)
ACTIONS = ("allow", "warn", "hold", "block")
PATTERNS = tuple(f"p{i}" for i in range(6))
FACTS = (
    ir.Fact(P, "age", ir.Kind("int"), None, True),
    ir.Fact(P, "body", ir.Kind("scanned_text"), None, True),
    ir.Fact(P, "flag", ir.Kind("bool"), None, True),
    ir.Fact(P, "id", ir.Kind("text"), None, True),
    ir.Fact(P, "paid", ir.Kind("money", currency="USD"), 0, False),
    ir.Fact(P, "rate", ir.Kind("number"), None, True),
    ir.Fact(P, "role", ir.Kind("enum", ("client", "agency", "freelancer")), None, True),
    ir.Fact(P, "tags", ir.Kind("set", ("a", "b", "c", "d")), None, True),
    ir.Fact(P, "topics", ir.Kind("set"), None, True),
)
KINDS = {fact.name: fact.kind for fact in FACTS}


@dataclass
class Case:
    """What a decision is held against: facts in canonical units, what the patterns find, the time."""

    facts: Mapping[str, Any]
    counts: Mapping[str, int] = field(default_factory=dict)
    distinct: Mapping[str, int] = field(default_factory=dict)
    covering: frozenset[str] = frozenset()
    in_body: frozenset[str] = frozenset()
    length: int = 10
    at: int = 0
    incomplete: bool = False


class Result(NamedTuple):
    action: str
    fired: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()
    exempted_rules: tuple[tuple[str, str], ...] = ()
    exempted_patterns: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    sums: tuple[tuple[str, int, int], ...] = ()


FALSE, UNKNOWN, TRUE = 0, 1, 2
OPERATORS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass
class Oracle:
    policy: ir.Policy
    case: Case
    gone: frozenset[str] = frozenset()

    def fact(self, name: str) -> Any:
        default = next(fact.default for fact in self.policy.facts if fact.name == name)
        return self.case.facts.get(name, default)

    def count(self, pattern: str, distinct: bool = False) -> int:
        return (
            0
            if pattern in self.gone
            else (self.case.distinct if distinct else self.case.counts).get(pattern, 0)
        )

    def value(self, node: ir.Condition) -> int:
        match node:
            case ir.Constant(value=value):
                return TRUE if value else FALSE
            case ir.And(parts=parts):
                return min((self.value(part) for part in parts), default=TRUE)
            case ir.Or(parts=parts):
                return max((self.value(part) for part in parts), default=FALSE)
            case ir.Not(part=part):
                return 2 - self.value(part)
            case ir.Defined(part=part):
                return self.value(part)
            case ir.Known(fact=name):
                return TRUE if self.fact(name) is not None else FALSE
            case ir.Contains(field=None, pattern=pattern):
                return TRUE if self.count(pattern) else FALSE
            case ir.Contains(field=str(name), pattern=pattern):
                if self.fact(name) is None:
                    return UNKNOWN
                return TRUE if pattern in self.case.in_body and pattern not in self.gone else FALSE
            case ir.Count(pattern=pattern, distinct=distinct, operator=operator, value=value):
                return TRUE if OPERATORS[operator](self.count(pattern, distinct), value) else FALSE
            case ir.Length(operator=operator, value=value):
                return TRUE if OPERATORS[operator](self.case.length, value) else FALSE
            case ir.MessageIs(pattern=pattern):
                return TRUE if pattern in self.case.covering and self.count(pattern) else FALSE
            case ir.ScoreCompare(score=name, operator=operator, value=value):
                return self.score_value(name, operator, value)
            case _:
                return self.fact_value(node)

    def fact_value(self, node: Any) -> int:
        given = self.fact(node.fact)
        if given is None:
            return UNKNOWN
        match node:
            case ir.FactIs():
                return TRUE if given else FALSE
            case ir.FactCompare(operator=operator, value=value):
                return TRUE if OPERATORS[operator](given, value) else FALSE
            case ir.FactIn(values=values):
                return TRUE if given in values else FALSE
            case ir.FactHas(value=value):
                return TRUE if value in given else FALSE
            case ir.FactStartsWith(prefix=prefix):
                return TRUE if given.startswith(prefix) else FALSE
        raise AssertionError(node)

    def score(self, name: str) -> tuple[int, int]:
        least = greatest = 0
        for entry in next(score for score in self.policy.scores if score.name == name).entries:
            when = TRUE if entry.when is None else self.value(entry.when)
            points = entry.points
            if entry.per_match_of is not None:
                points *= self.count(entry.per_match_of)
                points = points if entry.most is None else min(points, entry.most)
            choices = {FALSE: [0], UNKNOWN: [0, points], TRUE: [points]}[when]
            least, greatest = least + min(choices), greatest + max(choices)
        return least, greatest

    def score_value(self, name: str, operator: str, value: int) -> int:
        least, greatest = self.score(name)
        inside = {least, greatest} | ({value} if least <= value <= greatest else set())
        if operator in ("=", "!=") and least < greatest and value in inside:
            return UNKNOWN
        answers = {OPERATORS[operator](one, value) for one in inside}
        return UNKNOWN if len(answers) == 2 else TRUE if True in answers else FALSE


def fnv(name: str, text: str) -> int:
    h = 0xCBF29CE484222325
    for byte in name.encode() + b"\0" + text.encode():
        h = ((h ^ byte) * 0x100000001B3) & (2**64 - 1)
    h ^= h >> 33
    h = h * 0xFF51AFD7ED558CCD & (2**64 - 1)
    h ^= h >> 33
    h = h * 0xC4CEB9FE1A85EC53 & (2**64 - 1)
    return h ^ h >> 33


def live(rule: ir.Rule, oracle: Oracle) -> bool:
    at = oracle.case.at
    if rule.active_from is not None and at < rule.active_from:
        return False
    if rule.active_until is not None and at >= rule.active_until:
        return False
    if rule.rollout is None:
        return True
    given = oracle.fact(rule.rollout.fact)
    return given is not None and fnv(rule.name, str(given)) % 1_000_000 < rule.rollout.share


def expected(policy: ir.Policy, case: Case) -> Result:
    seeing = Oracle(policy, case)
    force = [
        one
        for one in policy.exemptions
        if (one.expires is None or case.at < one.expires) and seeing.value(one.when) == TRUE
    ]
    taken: dict[str, str] = {}
    for exemption in force:
        for pattern in exemption.patterns:
            taken.setdefault(pattern, exemption.name)
    has_body = seeing.fact("body") is not None
    oracle = Oracle(policy, case, frozenset(taken))
    fired: list[ir.Rule] = []
    undecided: list[ir.Rule] = []
    shadow: list[ir.Rule] = []
    exempted: list[tuple[str, str]] = []
    notices: list[str] = []
    for rule in policy.rules:
        when = oracle.value(rule.when)
        stopped = rule.unless is not None and oracle.value(rule.unless) == TRUE
        if not live(rule, oracle) or when == FALSE or stopped:
            continue
        by = next((one.name for one in force if rule.name in one.rules), None)
        if by is not None:
            exempted += [(rule.name, by)] if when == TRUE else []
        elif rule.shadow:
            shadow += [rule] if when == TRUE else []
        else:
            (fired if when == TRUE else undecided).append(rule)
    for rule in fired:
        notices += [
            f"{rule.name}:{notice.audience}:{notice.texts[0][1]}"
            for notice in rule.notices
            if notice.when is not None and oracle.value(notice.when) == TRUE
        ]
    header = policy.header
    actions = [rule.action for rule in fired] or [header.default]
    actions += [header.undecided] if undecided and header.undecided else []
    actions += [header.incomplete] if case.incomplete and header.incomplete else []
    scores = {name for rule in fired for name in scores_in(rule.when, policy)}
    return Result(
        max(actions, key=ACTIONS.index),
        tuple(rule.name for rule in fired),
        tuple(rule.name for rule in undecided),
        tuple(rule.name for rule in shadow),
        tuple(exempted),
        tuple(
            sorted(
                (name, by)
                for name, by in taken.items()
                if case.counts.get(name, 0) or (has_body and name in case.in_body)
            )
        ),
        tuple(notices),
        tuple(sorted((name, *oracle.score(name)) for name in scores)),
    )


def scores_in(node: ir.Condition, policy: ir.Policy) -> set[str]:
    match node:
        case ir.And(parts=parts) | ir.Or(parts=parts):
            return {name for part in parts for name in scores_in(part, policy)}
        case ir.Not(part=part) | ir.Defined(part=part):
            return scores_in(part, policy)
        case ir.ScoreCompare(score=name):
            entries = next(score for score in policy.scores if score.name == name).entries
            return {name}.union(
                *(scores_in(entry.when, policy) for entry in entries if entry.when is not None)
            )
    return set()


# ── Random policies ──────────────────────────────────────────────────────────────────────────────────

INTS = [-(2**63), -5, -1, 0, 1, 2, 3, 7, 2**63 - 1]
NUMBERS = [float("-inf"), -1.5, -0.0, 0.0, 0.25, 0.8, 1.0, 1e300, float("inf")]
TEXTS = ["", "a", "ab", "abc", "abd", "b", "ba", "é", "\U0001f4de", "abcd"]


def operator(rng: random.Random) -> Any:
    return rng.choice(list(OPERATORS))


def random_fact_atom(rng: random.Random) -> ir.Condition:
    name = rng.choice([fact.name for fact in FACTS])
    kind = KINDS[name].name
    if rng.random() < 0.08:
        return ir.Known(P, name)
    match kind:
        case "int" | "money":
            if rng.random() < 0.3:
                return ir.FactIn(P, name, tuple(rng.sample(INTS, rng.randint(1, 4))))
            return ir.FactCompare(P, name, operator(rng), rng.choice(INTS))
        case "number":
            return ir.FactCompare(P, name, operator(rng), rng.choice(NUMBERS))
        case "bool":
            return ir.FactIs(P, name) if rng.random() < 0.5 else ir.FactCompare(P, name, "!=", True)
        case "enum":
            values = KINDS[name].values
            if rng.random() < 0.5:
                return ir.FactIn(P, name, tuple(rng.sample(values, rng.randint(1, 3))))
            return ir.FactCompare(P, name, rng.choice(["=", "!="]), rng.choice(values))
        case "set":
            return ir.FactHas(P, name, rng.choice(KINDS[name].values or TEXTS))
    if rng.random() < 0.5:
        return ir.FactStartsWith(P, name, rng.choice(TEXTS))
    if rng.random() < 0.5:
        return ir.FactIn(P, name, tuple(rng.sample(TEXTS, 3)))
    return ir.FactCompare(P, name, rng.choice(["=", "!="]), rng.choice(TEXTS))


def random_condition(rng: random.Random, depth: int, scores: list[str]) -> ir.Condition:
    pattern = rng.choice(PATTERNS)
    shape = rng.random()
    if depth and shape < 0.55:
        parts = tuple(random_condition(rng, depth - 1, scores) for _ in range(rng.randint(1, 4)))
        return ir.And(P, parts) if rng.random() < 0.5 else ir.Or(P, parts)
    if depth and shape < 0.7:
        return ir.Not(P, random_condition(rng, depth - 1, scores))
    if depth and shape < 0.75:
        return ir.Defined(P, "d", random_condition(rng, depth - 1, scores))
    if shape < 0.90:
        return random_fact_atom(rng)
    atoms: list[ir.Condition] = [
        ir.Contains(P, None, pattern),
        ir.Contains(P, None, pattern),
        ir.Contains(P, "body", pattern),
        ir.Count(P, pattern, rng.random() < 0.5, operator(rng), rng.randint(0, 3)),
        ir.Length(P, operator(rng), rng.choice([0, 9, 10, 11])),
        ir.MessageIs(P, pattern),
        ir.Constant(P, rng.random() < 0.5),
    ]
    if scores:
        atoms += [ir.ScoreCompare(P, rng.choice(scores), operator(rng), rng.randint(-3, 5) * 1_000_000)] * 3
    return rng.choice(atoms)


def rule_of(name: str, when: ir.Condition, **changes: Any) -> ir.Rule:
    given: dict[str, Any] = {
        **{"unless": None, "action": "hold", "redactions": (), "notices": (), "reason": None, "labels": ()},
        **{"queues": (), "priority": 0, "shadow": False, "rollout": None, "active_from": None},
        **{"active_until": None, "was": ()},
    }
    return ir.Rule(P, name, when, **(given | changes))


def policy_of(rules: list[ir.Rule], **changes: Any) -> ir.Policy:
    header = ir.Header(P, "p", None, None, 1, ACTIONS, "allow", "warn", "hold", 1 << 20)
    parts: dict[str, Any] = {"facts": FACTS, "patterns": (), "scores": (), "exemptions": (), "tests": ()}
    rules = sorted(rules, key=lambda rule: rule.name)
    return ir.Policy(rules=tuple(rules), **({"header": header} | parts | changes))


def random_score(rng: random.Random, name: str, below: list[str]) -> ir.Score:
    entries = []
    for _ in range(rng.randint(0, 4)):
        when = random_condition(rng, 2, below) if rng.random() < 0.8 else None
        per = rng.choice(PATTERNS) if when is None or rng.random() < 0.2 else None
        points = rng.randint(-2, 4) * 1_000_000
        most = rng.randint(1, 3) * 1_000_000 if per and points > 0 and rng.random() < 0.5 else None
        entries.append(ir.ScoreEntry(P, points, when, per, most))
    return ir.Score(P, name, tuple(entries))


def random_rule(rng: random.Random, name: str, scores: list[str]) -> ir.Rule:
    notices = tuple(
        ir.Notice(
            P, "sender", random_condition(rng, 1, scores) if rng.random() < 0.7 else None, (("", str(i)),)
        )
        for i in range(rng.randint(0, 2))
    )
    return rule_of(
        name,
        random_condition(rng, rng.randint(0, 4), scores),
        unless=random_condition(rng, 2, scores) if rng.random() < 0.4 else None,
        action=rng.choice(ACTIONS),
        shadow=rng.random() < 0.15,
        notices=notices,
        rollout=ir.Rollout(P, 500_000, rng.choice(["id", "role", "age"])) if rng.random() < 0.2 else None,
        active_from=rng.randint(0, 3) if rng.random() < 0.2 else None,
        active_until=rng.randint(1, 5) if rng.random() < 0.2 else None,
    )


def random_policy(rng: random.Random) -> ir.Policy:
    scores = [random_score(rng, "zeta", [])]
    scores.append(random_score(rng, "alpha", ["zeta"]))
    names = ["alpha", "zeta"]
    rules = [random_rule(rng, f"r{i:02}", names) for i in range(rng.randint(1, 12))]
    exemptions = [
        ir.Exemption(
            P,
            f"x{i}",
            random_condition(rng, 2, names),
            tuple(rule.name for rule in rules if rng.random() < 0.3),
            tuple(name for name in PATTERNS if rng.random() < 0.2),
            None,
            None,
            rng.randint(0, 5) if rng.random() < 0.3 else None,
        )
        for i in range(rng.randint(0, 3))
    ]
    undecided, incomplete = rng.choice([None, *ACTIONS]), rng.choice([None, *ACTIONS])
    default = rng.choice(ACTIONS)
    header = ir.Header(P, "p", None, None, 1, ACTIONS, default, undecided, incomplete, 1 << 20)
    ordered = tuple(sorted(scores, key=lambda score: score.name))
    return policy_of(rules, scores=ordered, exemptions=tuple(exemptions), header=header)


def random_case(rng: random.Random) -> Case:
    values: dict[str, Any] = {
        "age": rng.choice([*INTS, 5, -3]),
        "body": rng.choice(TEXTS),
        "flag": rng.random() < 0.5,
        "id": rng.choice([*TEXTS, "abcz", "zz"]),
        "paid": rng.choice(INTS),
        "rate": rng.choice([*NUMBERS, 0.5]),
        "role": rng.choice(KINDS["role"].values),
        "tags": tuple(rng.sample("abcd", rng.randint(0, 3))),
        "topics": tuple(rng.sample([*TEXTS, "other"], rng.randint(0, 4))),
    }
    counts = {name: rng.randint(1, 3) for name in PATTERNS if rng.random() < 0.4}
    return Case(
        {name: value for name, value in values.items() if rng.random() < 0.75},
        counts,
        {name: rng.randint(1, count) for name, count in counts.items()},
        frozenset(name for name in counts if rng.random() < 0.4),
        frozenset(name for name in PATTERNS if rng.random() < 0.4),
        rng.choice([8, 9, 10, 11]),
        rng.randint(0, 5),
        rng.random() < 0.1,
    )
