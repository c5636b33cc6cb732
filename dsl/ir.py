"""The typed IR: what a policy means, with every name resolved and every literal in canonical units.

`check` produces it, the compiler lowers it, `dump` writes it as JSON into the artifact, where the reference
interpreter reads it. Nodes are frozen, have the place they came from, and know nothing of their parent.

Canonical units: durations and times are integers of microseconds (times since 1970-01-01T00:00Z), money is an
integer of millionths of its currency, scores are integers of millionths, an enum value is its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["none", "basic", "strong"]
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node was written: file (relative to the root file's folder), first and last line and column,
    from 1.

    `end_column` is the column after the last character. Columns count characters.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


ENTITIES = (
    "phone",
    "email",
    "url",
    "handle",
    "iban",
    "credit_card",
    "crypto_wallet",
    "ip_address",
    "postal_address",
    "money",
)
"""The entities that are built in; artifacts number them in this order."""


# ── Facts ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a fact: `enum(none, offer)`, `money(USD)`, `set of text`, …

    `name` is one of bool int number enum set text scanned_text duration money time. `values` are the
    values of an
    enum, or of a set of enum (empty for a set of text); `currency` is set for money alone.
    """

    name: str
    values: tuple[str, ...] = ()
    currency: str | None = None


FactValue: TypeAlias = bool | int | float | str | tuple[str, ...]
"""A literal in canonical units. `number` is a float; a set is a sorted tuple."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`sender.contracts_completed : int = 0`; `default` is None for a required or an optional fact."""

    place: Place
    name: str
    kind: Kind
    default: FactValue | None
    optional: bool


# ── Regular expressions ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Chars:
    """`abc`: the characters in this order, as written (folding is the reader's work)."""

    text: str


@dataclass(frozen=True, slots=True)
class CharSet:
    """`[a-z\\d]`, `\\W`, `\\p{Han}`, `.`: one character.

    `ranges` are code points, both ends included, as written (not folded). `properties` are names from the
    frozen
    tables (word digit space, a general category such as L or Lu, or a script such as Han), each with True
    where it
    is negated (`\\W`, `\\P{L}`). `negated` turns the whole set round. `.` is the negated set of U+000A.
    """

    ranges: tuple[tuple[int, int], ...]
    properties: tuple[tuple[str, bool], ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """`ab?c`: one after the other; no parts at all is the empty expression."""

    parts: tuple[RegexNode, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """`call|ring|text`"""

    parts: tuple[RegexNode, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`a{2,5}`, `a*` (most is None)"""

    part: RegexNode
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Assertion:
    """`\\b` boundary, `\\B` not_boundary, `^` start and `$` end of the whole text."""

    what: Literal["boundary", "not_boundary", "start", "end"]


RegexNode: TypeAlias = Chars | CharSet | Sequence | Alternatives | Repeat | Assertion


# ── Patterns ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Term:
    """`"zoom*"` is the term `zoom` with an open right side. `text` is as written, without the stars."""

    text: str
    open_left: bool = False
    open_right: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """`words "zoom", "google meet", from "apps.txt"` (lists are read, duplicates dropped)"""

    place: Place
    terms: tuple[Term, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class Text:
    """`text "://"`, `text exact "iPhone"`"""

    place: Place
    literals: tuple[str, ...]
    exact: bool
    level: Level


@dataclass(frozen=True, slots=True)
class UrlShape:
    """`linkedin.com/in/**` is host `linkedin.com`, path `("in", "**")`; `path` is None where any path will
    do."""

    host: str
    path: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Url:
    """`url "linkedin.com/in/**", from "phishing.txt"`"""

    place: Place
    shapes: tuple[UrlShape, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class Regex:
    """`regex /\\b(call|ring) me\\b/`; `source` is the text between the slashes, `cased` the flag c."""

    place: Place
    source: str
    root: RegexNode
    cased: bool
    level: Level


@dataclass(frozen=True, slots=True)
class Entity:
    """`entity phone(us, gb)`; regions in lower case, sorted, empty where not narrowed."""

    place: Place
    name: str
    regions: tuple[str, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class Zone:
    """`in code`, `in quote`, `in url`: the spans of that zone."""

    place: Place
    name: Literal["code", "quote", "url"]


@dataclass(frozen=True, slots=True)
class PatternRef:
    """`phone`: the spans of another pattern."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`a or b`; the clauses of a block."""

    place: Place
    parts: tuple[PatternNode, ...]


@dataclass(frozen=True, slots=True)
class Except:
    """`a except b`; `removed` are the except clauses of a block, each selected on its own."""

    place: Place
    kept: PatternNode
    removed: tuple[PatternNode, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """`a near b within 8 words`: the spans of `left` that have a `right` on the side that `side` says.

    before: left stands before right; after: left stands after right; near: either.
    """

    place: Place
    left: PatternNode
    right: PatternNode
    side: Literal["near", "before", "after"]
    distance: int
    unit: Literal["words", "characters"]


PatternNode: TypeAlias = Words | Text | Url | Regex | Entity | Zone | PatternRef | AnyOf | Except | Near


@dataclass(frozen=True, slots=True)
class Pattern:
    """`pattern profile_link { … }`, `pattern refusal = …`; `match` and `no_match` are its own tests."""

    place: Place
    name: str
    title: str | None
    root: PatternNode
    match: tuple[Example, ...]
    no_match: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One text of `match` or `no_match`."""

    place: Place
    text: str


# ── Conditions ───────────────────────────────────────────────────────────────────────────────────────
# Defines are expanded by `check`; `contains any of` / `contains all of` become Or / And of Contains.


@dataclass(frozen=True, slots=True)
class Constant:
    """`true`, `false`"""

    place: Place
    value: bool


@dataclass(frozen=True, slots=True)
class And:
    """`a and b and c`"""

    place: Place
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """`a or b`"""

    place: Place
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`not a`"""

    place: Place
    part: Condition


@dataclass(frozen=True, slots=True)
class Defined:
    """The expansion of a define, kept by name so that an explanation can use the author's word."""

    place: Place
    name: str
    part: Condition


@dataclass(frozen=True, slots=True)
class FactIs:
    """A bool fact alone."""

    place: Place
    fact: str


@dataclass(frozen=True, slots=True)
class FactCompare:
    """`sender.tenure >= 24 months`; order only for int number duration money time, = and != for these,
    bool, enum, text."""

    place: Place
    fact: str
    operator: Operator
    value: FactValue


@dataclass(frozen=True, slots=True)
class FactIn:
    """`contract.state in {none, offer}`; values in the order written, without duplicates."""

    place: Place
    fact: str
    values: tuple[FactValue, ...]


@dataclass(frozen=True, slots=True)
class FactHas:
    """`job.categories has resume_writing`"""

    place: Place
    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class FactStartsWith:
    """`sender.id starts with "bot-"`"""

    place: Place
    fact: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Known:
    """`known(sender.id)`"""

    place: Place
    fact: str


@dataclass(frozen=True, slots=True)
class Contains:
    """`message contains phone`; `field` is None for the message, or the name of a scanned text fact."""

    place: Place
    field: str | None
    pattern: str


@dataclass(frozen=True, slots=True)
class Count:
    """`count(phone) >= 2` (spans), `distinct(phone) >= 2` (different folded texts); in the message."""

    place: Place
    pattern: str
    distinct: bool
    operator: Operator
    value: int


@dataclass(frozen=True, slots=True)
class Length:
    """`message.length > 500` (characters)"""

    place: Place
    operator: Operator
    value: int


@dataclass(frozen=True, slots=True)
class MessageIs:
    """`message is phone`: all but white space and punctuation is covered by the pattern's spans."""

    place: Place
    pattern: str


@dataclass(frozen=True, slots=True)
class ScoreCompare:
    """`risk >= 5`; `value` in millionths."""

    place: Place
    score: str
    operator: Operator
    value: int


Condition: TypeAlias = (
    Constant
    | And
    | Or
    | Not
    | Defined
    | FactIs
    | FactCompare
    | FactIn
    | FactHas
    | FactStartsWith
    | Known
    | Contains
    | Count
    | Length
    | MessageIs
    | ScoreCompare
)


# ── Rules and the rest ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Redaction:
    """`redact profile_link with "[link removed]"`; `placeholder` is None where the neutral one is meant."""

    place: Place
    pattern: str
    placeholder: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """`notify sender when … { en "…" es "…" }`.

    `texts` are (locale, text) sorted by locale; one with the locale "" where no locale was written.
    `{fact.name}` in a
    text is a placeholder, `{{` and `}}` are braces; `check` has verified the names.
    """

    place: Place
    audience: str
    when: Condition | None
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rollout:
    """`rollout 10% by sender.id`; `share` in millionths of all (10% is 100_000)."""

    place: Place
    share: int
    fact: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`rule phone_before_contract { when … unless … then block … }`"""

    place: Place
    name: str
    when: Condition
    unless: Condition | None
    action: str
    redactions: tuple[Redaction, ...]
    notices: tuple[Notice, ...]
    reason: str | None
    labels: tuple[str, ...]
    queues: tuple[str, ...]
    priority: int
    shadow: bool
    rollout: Rollout | None
    active_from: int | None
    active_until: int | None
    was: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exemption:
    """`exempt resume_writers { when … from pattern profile_link, risky, label contact … }`.

    `rules` has the rules meant by name, by label and by `all`, sorted; `patterns` the patterns, sorted.
    `expires` is the instant from which it exempts nothing (the end of the day written).
    """

    place: Place
    name: str
    when: Condition
    rules: tuple[str, ...]
    patterns: tuple[str, ...]
    reason: str | None
    owner: str | None
    expires: int | None


@dataclass(frozen=True, slots=True)
class ScoreEntry:
    """`3 when message contains phone`, `1 per match of refusal up to 2`; points and most in millionths."""

    place: Place
    points: int
    when: Condition | None
    per_match_of: str | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Score:
    """`score risk { … }`"""

    place: Place
    name: str
    entries: tuple[ScoreEntry, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """`expect hold by a, b not c undecided d`; `only` where `only by` was written; `action` may be None."""

    place: Place
    action: str
    by: tuple[str, ...]
    only: bool
    not_by: tuple[str, ...]
    undecided: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """One test of the policy: each message is a case. `at` in microseconds, or None for now."""

    place: Place
    name: str
    todo: bool
    given: tuple[tuple[str, FactValue], ...]
    at: int | None
    messages: tuple[Example, ...]
    expectation: Expectation
    matched: tuple[tuple[str, str], ...]
    redacted: str | None
    notices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The `policy` block. `actions` from least to most severe; `limit_bytes` is the message limit in UTF-8
    bytes."""

    place: Place
    name: str
    title: str | None
    owner: str | None
    version: int
    actions: tuple[str, ...]
    default: str
    undecided: str | None
    incomplete: str | None
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy. Each tuple is sorted by name, so that order in the files never matters.

    `patterns` has all patterns that a rule, score, exemption, test or another such pattern uses, and all
    of the root
    project's own; patterns of `std/…` that nothing uses are left out.
    """

    header: Header
    facts: tuple[Fact, ...]
    patterns: tuple[Pattern, ...]
    scores: tuple[Score, ...]
    rules: tuple[Rule, ...]
    exemptions: tuple[Exemption, ...]
    tests: tuple[Test, ...]
