"""The syntax tree: what an author wrote, nothing resolved, nothing checked.

`parser` makes it from text, `resolve` and `check` turn it into the typed IR. Every node has the span of all
of its text; names are `Name` nodes, so that a mistake can point at the word itself. The docstring of a node
is an example.

What the parser has already seen to: a clause that may stand once in its block stands at most once, strings
have their escapes resolved, `near` and its like have a whole distance, nesting is at most 100 deep. What it
leaves to the check: clauses that are missing, what names mean, which kind of literal a fact takes, dates and
ranges of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as OneOf
from typing import TypeAlias, TypeVar

from solon.dsl.source import Span

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Name:
    """`sender.role`, `phone`, `hold`: a word of the author's, dotted or not."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class String:
    """`"google meet"`; `value` has its escapes resolved."""

    span: Span
    value: str


# ── Literals ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BoolLiteral:
    """`true`"""

    span: Span
    value: bool


@dataclass(frozen=True, slots=True)
class IntLiteral:
    """`10_000`, `-3`; of any size, the check knows the limits."""

    span: Span
    value: int


@dataclass(frozen=True, slots=True)
class DecimalLiteral:
    """`0.8`"""

    span: Span
    value: Decimal


@dataclass(frozen=True, slots=True)
class WordLiteral:
    """`freelancer`: a value of an enum."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class StringLiteral:
    """`"x"` where a value stands."""

    span: Span
    value: str


@dataclass(frozen=True, slots=True)
class QuantityLiteral:
    """`3 days`; `unit` is the unit's name in the singular: second minute hour day week month year."""

    span: Span
    number: Decimal
    unit: str
    unit_span: Span


@dataclass(frozen=True, slots=True)
class MoneyLiteral:
    """`10_000 USD`; `currency` as written: three capital letters."""

    span: Span
    number: Decimal
    currency: str
    currency_span: Span


@dataclass(frozen=True, slots=True)
class TimeLiteral:
    """`2026-11-23`, `2026-11-23T10:00Z`; `text` is as written; maybe there is no such day."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class SetLiteral:
    """`{resume_writing, other}`, `{}`"""

    span: Span
    items: tuple[ScalarLiteral, ...]


ScalarLiteral: TypeAlias = (
    BoolLiteral
    | IntLiteral
    | DecimalLiteral
    | WordLiteral
    | StringLiteral
    | QuantityLiteral
    | MoneyLiteral
    | TimeLiteral
)
Literal: TypeAlias = ScalarLiteral | SetLiteral
NumberLiteral: TypeAlias = IntLiteral | DecimalLiteral


# ── The policy block, use, facts, define ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Title:
    """`title "Links to a personal profile"`, in a policy or a pattern."""

    span: Span
    text: String


@dataclass(frozen=True, slots=True)
class Owner:
    """`owner "trust-and-safety"`, in a policy or an exemption."""

    span: Span
    text: String


@dataclass(frozen=True, slots=True)
class Actions:
    """`actions allow < nudge < warn`, from least to most severe."""

    span: Span
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Default:
    """`default allow`"""

    span: Span
    action: Name


@dataclass(frozen=True, slots=True)
class UndecidedAction:
    """`undecided warn`"""

    span: Span
    action: Name


@dataclass(frozen=True, slots=True)
class IncompleteAction:
    """`incomplete hold`"""

    span: Span
    action: Name


@dataclass(frozen=True, slots=True)
class Limit:
    """`limit message 64 KiB`; `unit` is B, KiB or MiB."""

    span: Span
    number: NumberLiteral
    unit: Name


@dataclass(frozen=True, slots=True)
class Version:
    """`version 3`"""

    span: Span
    number: NumberLiteral


PolicyClause: TypeAlias = (
    Title | Owner | Actions | Default | UndecidedAction | IncompleteAction | Limit | Version
)


@dataclass(frozen=True, slots=True)
class PolicyBlock:
    """`policy contact_sharing { title "…" actions allow < block default allow }`"""

    span: Span
    name: Name
    clauses: tuple[PolicyClause, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """`use "std/contact"`, `use "lists/payment.policy"`"""

    span: Span
    path: String


@dataclass(frozen=True, slots=True)
class FactType:
    """`int`, `enum(none, offer)`, `money(USD)`, `scanned text`, `set of enum(a, b)`.

    `name` is as written (`scanned text` and `set` for the last two); `element` is set for a `set` alone.
    """

    span: Span
    name: Name
    arguments: tuple[Name, ...] = ()
    element: FactType | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """`sender.earnings : money(USD) = 0 USD`, `attachment.name : scanned text optional`"""

    span: Span
    name: Name
    type: FactType
    default: Literal | None
    optional: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """`facts { room.members : int = 2 }`"""

    span: Span
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Define:
    """`define pre_contract = contract.state in {none, offer}`"""

    span: Span
    name: Name
    condition: Condition


# ── Patterns ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ListFile:
    """`from "lists/video_apps.txt"`, `from "apps.csv" column name`"""

    span: Span
    path: String
    column: Name | String | None


TermItem: TypeAlias = String | ListFile


@dataclass(frozen=True, slots=True)
class Words:
    """`words "zoom", from "lists/video_apps.txt"`, in a formula `words("zoom")`"""

    span: Span
    items: tuple[TermItem, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """`text "://"`, `text exact "iPhone"`, in a formula `text("://")`, `text exact("iPhone")`"""

    span: Span
    items: tuple[TermItem, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Url:
    """`url "linkedin.com/in/**"`, in a formula `url("linkedin.com")`"""

    span: Span
    items: tuple[TermItem, ...]


@dataclass(frozen=True, slots=True)
class RegexLiteral:
    """`/\\b(call|ring) me\\b/c`; `source` is the text between the slashes and starts at `span.start + 1`."""

    span: Span
    source: str
    cased: bool


@dataclass(frozen=True, slots=True)
class Regex:
    """`regex /call me/`; a clause of a block may list several: `regex /a/, /b/`"""

    span: Span
    regexes: tuple[RegexLiteral, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """`entity phone(us, gb)`"""

    span: Span
    name: Name
    regions: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class InZones:
    """`in code`; as an `except` of a block also `in code, quote`. Each name is code, quote or url."""

    span: Span
    zones: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class PatternName:
    """`phone` in a formula, or after the `except` of a block."""

    span: Span
    name: Name


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`phone or email or profile_link`"""

    span: Span
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Except:
    """`phone except in code`"""

    span: Span
    kept: Formula
    removed: Formula


@dataclass(frozen=True, slots=True)
class Distance:
    """`within 8 words`"""

    span: Span
    count: int
    unit: OneOf["words", "characters"]


@dataclass(frozen=True, slots=True)
class Near:
    """`phone near ask_to_call within 8 words`"""

    span: Span
    left: Formula
    side: OneOf["near", "before", "after"]
    right: Formula
    distance: Distance


Finder: TypeAlias = Words | Text | Url | Regex | Entity
Formula: TypeAlias = Finder | InZones | PatternName | AnyOf | Except | Near


@dataclass(frozen=True, slots=True)
class ExceptClause:
    """`except words "zoom lens", "zoom in"`, `except in code, quote`, `except phone, email`

    One removed part for all but names, which are one `PatternName` each.
    """

    span: Span
    removed: tuple[Finder | InZones | PatternName, ...]


@dataclass(frozen=True, slots=True)
class Evasions:
    """`evasions strong`"""

    span: Span
    level: OneOf["none", "basic", "strong"]
    level_span: Span


@dataclass(frozen=True, slots=True)
class Match:
    """`match "see linkedin.com/in/jess-s", "linkedin.com/in/jess"`"""

    span: Span
    texts: tuple[String, ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """`no_match "notlinkedin.com/in/x"`"""

    span: Span
    texts: tuple[String, ...]


@dataclass(frozen=True, slots=True)
class Find:
    """`find phone near ask_to_call within 8 words`"""

    span: Span
    formula: Formula


PatternClause: TypeAlias = Title | Finder | Find | ExceptClause | Evasions | Match | NoMatch


@dataclass(frozen=True, slots=True)
class PatternBlock:
    """`pattern meeting_talk { words "zoom" evasions strong }`"""

    span: Span
    name: Name
    clauses: tuple[PatternClause, ...]


@dataclass(frozen=True, slots=True)
class PatternFormula:
    """`pattern number_to_call = phone near ask_to_call within 8 words`"""

    span: Span
    name: Name
    formula: Formula


# ── Conditions ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Operator:
    """`>=`"""

    span: Span
    text: OneOf["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Constant:
    """`true`"""

    span: Span
    value: bool


@dataclass(frozen=True, slots=True)
class And:
    """`pre_contract and message contains phone`"""

    span: Span
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """`veteran or client.plan in {business, enterprise}`"""

    span: Span
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`not veteran`"""

    span: Span
    part: Condition


@dataclass(frozen=True, slots=True)
class Holds:
    """`pre_contract`: a bool fact or a define, alone."""

    span: Span
    name: Name


@dataclass(frozen=True, slots=True)
class Compare:
    """`sender.tenure >= 24 months`, `risk >= 5`: a fact or a score."""

    span: Span
    name: Name
    operator: Operator
    value: Literal


@dataclass(frozen=True, slots=True)
class In:
    """`contract.state in {none, offer}`"""

    span: Span
    name: Name
    values: SetLiteral


@dataclass(frozen=True, slots=True)
class Has:
    """`job.categories has resume_writing`"""

    span: Span
    name: Name
    value: ScalarLiteral


@dataclass(frozen=True, slots=True)
class StartsWith:
    """`sender.id starts with "bot-"`"""

    span: Span
    name: Name
    prefix: String


@dataclass(frozen=True, slots=True)
class Known:
    """`known(spam.score)`"""

    span: Span
    name: Name


@dataclass(frozen=True, slots=True)
class Contains:
    """`message contains phone`, `message contains any of phone, email`, `attachment.name contains email`

    `field` is None for the message; `which` is `any` or `all` where so written, `one` for a pattern alone.
    """

    span: Span
    field: Name | None
    which: OneOf["one", "any", "all"]
    patterns: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """`count(phone) >= 2`, `distinct(phone) >= 2`"""

    span: Span
    pattern: Name
    distinct: bool
    operator: Operator
    value: Literal


@dataclass(frozen=True, slots=True)
class Length:
    """`message.length > 500`"""

    span: Span
    operator: Operator
    value: Literal


@dataclass(frozen=True, slots=True)
class MessageIs:
    """`message is phone`"""

    span: Span
    pattern: Name


Condition: TypeAlias = (
    Constant
    | And
    | Or
    | Not
    | Holds
    | Compare
    | In
    | Has
    | StartsWith
    | Known
    | Contains
    | Count
    | Length
    | MessageIs
)


# ── Rules, exemptions, scores ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class When:
    """`when pre_contract`, in a rule or an exemption."""

    span: Span
    condition: Condition


@dataclass(frozen=True, slots=True)
class Unless:
    """`unless veteran`"""

    span: Span
    condition: Condition


@dataclass(frozen=True, slots=True)
class Then:
    """`then block`"""

    span: Span
    action: Name


@dataclass(frozen=True, slots=True)
class Redact:
    """`redact phone`, `redact profile_link, phone with "[removed]"`"""

    span: Span
    patterns: tuple[Name, ...]
    placeholder: String | None


@dataclass(frozen=True, slots=True)
class LocalText:
    """`en "Video calls go through Messages."`, in the braces of a notice."""

    span: Span
    locale: Name
    text: String


@dataclass(frozen=True, slots=True)
class Notify:
    """`notify sender "…"`, `notify sender when sender.role = client { en "…" es "…" }`

    `texts` is one String where no locale was written, else the localised texts in the order written.
    """

    span: Span
    audience: Name
    when: Condition | None
    texts: String | tuple[LocalText, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """`reason "ToS 7.1"`, in a rule or an exemption."""

    span: Span
    text: String


@dataclass(frozen=True, slots=True)
class Label:
    """`label contact, pre_contract`"""

    span: Span
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """`queue "off-platform-repeat"`"""

    span: Span
    name: String


@dataclass(frozen=True, slots=True)
class Priority:
    """`priority 5`"""

    span: Span
    number: NumberLiteral


@dataclass(frozen=True, slots=True)
class Mode:
    """`mode shadow`; the only mode there is to write."""

    span: Span


@dataclass(frozen=True, slots=True)
class Rollout:
    """`rollout 10% by sender.id`; `percent` is the 10."""

    span: Span
    percent: NumberLiteral
    fact: Name


@dataclass(frozen=True, slots=True)
class Active:
    """`active from 2026-12-01 until 2027-01-01`; at least one of the two is there."""

    span: Span
    start: TimeLiteral | None
    until: TimeLiteral | None


@dataclass(frozen=True, slots=True)
class Was:
    """`was zoom_again, zoom_once`"""

    span: Span
    names: tuple[Name, ...]


RuleClause: TypeAlias = (
    When | Unless | Then | Redact | Notify | Reason | Label | Queue | Priority | Mode | Rollout | Active | Was
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`rule phone_before_contract { when … unless … then block }`, clauses in the order written."""

    span: Span
    name: Name
    clauses: tuple[RuleClause, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """`pattern profile_link`, `risky`, `label contact`, `all`: what is exempted; `all` has no name."""

    span: Span
    what: OneOf["pattern", "rule", "label", "all"]
    name: Name | None


@dataclass(frozen=True, slots=True)
class FromTargets:
    """`from pattern profile_link, risky`"""

    span: Span
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Expires:
    """`expires 2027-06-30`"""

    span: Span
    at: TimeLiteral


ExemptClause: TypeAlias = When | FromTargets | Reason | Owner | Expires


@dataclass(frozen=True, slots=True)
class Exempt:
    """`exempt resume_writers { when job.categories has resume_writing from pattern profile_link }`"""

    span: Span
    name: Name
    clauses: tuple[ExemptClause, ...]


@dataclass(frozen=True, slots=True)
class ScoreWhen:
    """`3 when message contains phone`"""

    span: Span
    points: NumberLiteral
    condition: Condition


@dataclass(frozen=True, slots=True)
class ScorePerMatch:
    """`1 per match of refusal up to 2`"""

    span: Span
    points: NumberLiteral
    pattern: Name
    most: NumberLiteral | None


@dataclass(frozen=True, slots=True)
class Score:
    """`score risk { 3 when message contains phone }`"""

    span: Span
    name: Name
    entries: tuple[ScoreWhen | ScorePerMatch, ...]


# ── Tests ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Assignment:
    """`contract.state = none`"""

    span: Span
    fact: Name
    value: Literal


@dataclass(frozen=True, slots=True)
class Given:
    """`given contract.state = none, sender.role = client`"""

    span: Span
    facts: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """`message "Let's hop on z00m at 5?"`"""

    span: Span
    text: String


@dataclass(frozen=True, slots=True)
class Expect:
    """`expect hold only by a, b not c undecided d`; `only` needs `by`."""

    span: Span
    action: Name
    by: tuple[Name, ...]
    only: bool
    not_by: tuple[Name, ...]
    undecided: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """`matched meeting_talk "z00m"`"""

    span: Span
    pattern: Name
    text: String


@dataclass(frozen=True, slots=True)
class Redacted:
    """`redacted "me: [link removed]"`"""

    span: Span
    text: String


@dataclass(frozen=True, slots=True)
class ExpectedNotice:
    """`notice sender "Profile links can be shared once a contract starts."`"""

    span: Span
    audience: Name
    text: String


@dataclass(frozen=True, slots=True)
class At:
    """`at 2026-12-01`"""

    span: Span
    time: TimeLiteral


TestClause: TypeAlias = Given | Message | Expect | Matched | Redacted | ExpectedNotice | At


@dataclass(frozen=True, slots=True)
class Test:
    """`test "a client invites" { … }`, `todo test "…" { … }`"""

    span: Span
    name: String
    todo: bool
    clauses: tuple[TestClause, ...]


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────

Item: TypeAlias = (
    PolicyBlock | Use | Facts | Define | PatternBlock | PatternFormula | Rule | Exempt | Score | Test
)


@dataclass(frozen=True, slots=True)
class File:
    """A whole file.

    `broken` says that parts of it could not be read. `damaged` has the names of what could be read only in
    part, or not at all: that they lack a clause, or are nowhere to be found, is then no news to the author.
    """

    span: Span
    items: tuple[Item, ...]
    broken: bool = False
    damaged: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        """The path of the file, relative to the root file's folder."""
        return self.span.source_path


def clause(clauses: Iterable[object], kind: type[T]) -> T | None:
    """The one clause of this kind, or None: `clause(rule.clauses, Then)`."""
    for one in clauses:
        if isinstance(one, kind):
            return one
    return None


def clauses(clauses: Iterable[object], kind: type[T]) -> tuple[T, ...]:
    """All clauses of this kind in the order written: `clauses(rule.clauses, Notify)`."""
    return tuple(one for one in clauses if isinstance(one, kind))
