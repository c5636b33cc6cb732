"""decide_batch: Arrow tables and lists of str in, the same verdicts as one call a message out."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from solon.authoring import compile_checked
from solon.dsl.load import load_policy_text
from solon.matcher import batch
from solon.matcher.engine import Policy, from_bytes
from solon.matcher.errors import FactError, TableError
from solon.matcher.verdict import Verdict

AT = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
TEXT = """policy p {
  actions allow < warn < hold < block
  default allow
  undecided warn
  limit message 100 B
}
facts {
  a.flag   : bool optional
  a.count  : int = 3
  a.rate   : number optional
  a.role   : enum(client, agency, guest) = guest
  a.tags   : set of enum(new, paid, risky) = {new}
  a.topics : set of text optional
  a.name   : text optional
  a.bio    : scanned text optional
  a.age    : duration optional
  a.spent  : money(USD) = 0 USD
  a.since  : time optional
  a.id     : text
}
pattern bad { words "zoom", "skype", "größe" }
pattern call { words "call me" }
exempt friendly { when a.name = "Ada" from pattern call reason "a friend" owner "us" expires 2027-01-01 }
score heat {
  1.5 when message contains bad
  2 when a.count > 5
}
rule one {
  when message contains bad and a.role != client then warn
  notify sender "No {a.role}, {a.name} {a.topics} {a.rate}"
  notify moderator { en "Look" es "Mira" }
  reason "r1" label talk queue "q"
}
rule two {
  when message contains call and (a.flag or a.count >= 4) then block
  redact call with "[x]" label contact
}
rule three { when a.bio contains bad then hold }
rule four { when a.tags has risky and a.topics has "cars" then warn }
rule five { when heat >= 3 and a.spent > 10 USD then hold }
rule six { when a.age < 2 days and a.since > 2020-01-01 and a.rate >= 0.5 then warn }
rule seven { when a.name starts with "x" then warn rollout 50% by a.id }
rule eight { when message contains bad then block mode shadow }
"""


HARMLESS: dict[str, Any] = {
    **{"a.name": "n", "a.flag": False, "a.bio": "", "a.topics": (), "a.rate": 0, "a.since": AT},
    **{"a.age": dt.timedelta(days=9), "a.id": "u"},
}
"""All that is optional or required, so that nothing is undecided."""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return from_bytes(compile_checked(load_policy_text(TEXT, files={})))


WORDS = ("hello", "zoom", "skype", "größe", "call me", "ok", "日本語", "🙂", "x" * 40, "")


def cases(count: int, seed: int = 1) -> tuple[list[str], list[dict[str, Any]]]:
    """Messages and facts, any of the optional ones absent."""
    chance = random.Random(seed)
    texts, facts = [], []
    for number in range(count):
        texts.append(" ".join(chance.choices(WORDS, k=chance.choice((0, 1, 3, 12)))))
        all_of_them = {
            "a.flag": chance.random() < 0.5,
            "a.count": chance.randint(-2, 8),
            "a.rate": chance.choice((0.0, -0.0, 0.75, 1e300)),
            "a.role": chance.choice(("client", "agency", "guest")),
            "a.tags": tuple(chance.sample(("new", "paid", "risky"), chance.randint(0, 3))),
            "a.topics": tuple(chance.sample(("cars", "größe", "z"), chance.randint(0, 3))),
            "a.name": chance.choice(("Ada", "xena", "Zoë", "")),
            "a.bio": " ".join(chance.choices(WORDS, k=2)),
            "a.age": dt.timedelta(hours=chance.randint(-5, 90), microseconds=7),
            "a.spent": Decimal(chance.randint(-50, 5000)) / 100,
            "a.since": AT - dt.timedelta(days=chance.randint(0, 4000)),
        }
        given = {name: value for name, value in all_of_them.items() if chance.random() < 0.7}
        facts.append(given | {"a.id": f"u{number}"})
    return texts, facts


def table_of(texts: list[str], facts: list[dict[str, Any]], kind: str = "string") -> Any:
    pa = pytest.importorskip("pyarrow")
    text = pa.array(texts, pa.string())
    text = text.dictionary_encode() if kind == "dictionary" else text.cast(getattr(pa, kind)())
    types = {
        **{"a.flag": pa.bool_(), "a.count": pa.int32(), "a.rate": pa.float64()},
        **{"a.role": pa.dictionary(pa.int8(), pa.string()), "a.tags": pa.list_(pa.string())},
        **{
            "a.topics": pa.large_list(pa.large_string()),
            "a.name": pa.string_view(),
            "a.bio": pa.large_string(),
        },
        **{"a.age": pa.duration("us"), "a.spent": pa.decimal128(18, 2), "a.since": pa.timestamp("ns", "UTC")},
        **{"a.id": pa.string()},
    }
    columns = {name: pa.array([one.get(name) for one in facts], form) for name, form in types.items()}
    return pa.table({"body": text, **columns})


def parts(verdict: Verdict) -> dict[str, Any]:
    """What a row of the answer holds."""
    redacted = verdict.redacted
    return {
        **{"status": verdict.status, "action": verdict.action, "rules": list(verdict.rules)},
        "undecided": [(rule, list(lacked)) for rule, lacked in verdict.undecided.items()],
        **{"shadow": list(verdict.shadow), "exempted": list(verdict.exempted.items())},
        "matches": [
            {"pattern": one.pattern, "start": one.start, "end": one.end, "field": one.field}
            for one in verdict.matches
        ],
        **{"labels": list(verdict.labels), "queues": list(verdict.queues), "reasons": list(verdict.reasons)},
        "notices": [
            {"audience": audience, "locale": locale, "text": text}
            for audience, notice in verdict.notices.items()
            for locale, text in ([(None, notice)] if isinstance(notice, str) else notice.items())
        ],
        "redacted": None if redacted == verdict._state[1] else redacted,
        "scores": list(verdict.scores.items()),
        "limits": list(verdict.limits),
    }


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary"])
@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_as_one_call_a_message(
    policy: Policy, kind: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pa = pytest.importorskip("pyarrow")
    monkeypatch.setattr(batch, "SLICE", 61)
    texts, facts = cases(400, threads)
    given = table_of(texts, facts, kind)
    table = pa.concat_tables([given[3:150], given[150:], given[:3]])
    order = [*range(3, 400), *range(3)]
    answer = policy.decide_batch(table, "body", at=AT, threads=threads)
    singles = [policy.decide(texts[row], facts[row], at=AT) for row in order]
    assert len(answer) == len(order)
    assert answer.actions == [single.action for single in singles]
    kept = dict(answer.verdicts())
    assert all(kept[row] == singles[row] for row in kept)
    assert all(parts(singles[row])["rules"] == [] for row in range(400) if row not in kept)
    rows = pa.table(answer).to_pylist()
    assert rows == [parts(single) for single in singles]
    assert pa.record_batch(answer).to_pylist() == rows
    pa.table(answer).validate(full=True)
    assert sum(bool(row["rules"]) for row in rows) > 100
    assert {row["status"] for row in rows} == {"decided", "incomplete"}


def test_lists_and_iterators_of_str(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "SLICE", 7)
    texts, _ = cases(50)
    facts = {"a.id": "u1", "a.count": 6, "a.bio": "zoom"}
    expected = [policy.decide(text, facts, at=AT) for text in texts]
    for given in (texts, iter(texts), tuple(texts)):
        answer = policy.decide_batch(given, facts=facts, at=AT, threads=2)
        assert answer.actions == [verdict.action for verdict in expected]
        kept = dict(answer.verdicts())
        assert [kept.get(row, verdict) for row, verdict in enumerate(expected)] == expected
    assert len(policy.decide_batch([], facts=facts)) == 0
    for wrong in ("a str", b"bytes", 7, {"a": "mapping"}):
        with pytest.raises(TypeError, match="iterable of str"):
            policy.decide_batch(wrong, facts=facts)
    with pytest.raises(TypeError, match="message 8 is no str"):
        policy.decide_batch([*texts[:8], None], facts=facts)


def test_one_column_and_columns_of_other_names(policy: Policy) -> None:
    pa = pytest.importorskip("pyarrow")
    column = pa.chunked_array([["zoom"], [], ["ok", "größe"]])
    assert policy.decide_batch(column, facts=HARMLESS).actions == ["warn", "allow", "warn"]
    assert policy.decide_batch(column.chunk(2), facts=HARMLESS).actions == ["allow", "warn"]
    table = pa.table({"m": ["zoom", "zoom"], "role": ["client", "guest"], "who": ["a", "b"]})
    others = {name: value for name, value in HARMLESS.items() if name != "a.id"}
    answer = policy.decide_batch(table, "m", others, columns={"a.role": "role", "a.id": "who"})
    assert answer.actions == ["allow", "warn"]
    with pytest.raises(FactError, match="given twice"):
        policy.decide_batch(table, "m", {"a.role": "client"}, columns={"a.role": "role"})
    with pytest.raises(FactError, match=r"a\.id.*required"):
        policy.decide_batch(table, "m")
    with pytest.raises(TableError, match="no column `x`; the table has `m`, `role`, `who`"):
        policy.decide_batch(table, "x", {"a.id": "u"})
    with pytest.raises(TableError, match="say which column"):
        policy.decide_batch(table, facts={"a.id": "u"})


def test_what_is_wrong_names_the_column_and_the_row(policy: Policy) -> None:
    pa = pytest.importorskip("pyarrow")

    def refused(kind: type[Exception], says: str, **columns: Any) -> None:
        table = pa.table({"body": ["a", "b", "c"], "a.id": ["1", "2", "3"], **columns})
        with pytest.raises(kind, match=says):
            policy.decide_batch(table, "body")

    refused(TableError, "column `body`: row 1 is null", body=["a", None, "c"])
    bad = pa.array([b"a", b"\xff", b"c"]).view(pa.string())
    refused(TableError, "column `body`: row 1 is not UTF-8", body=bad)
    refused(TableError, "column `body` holds no text", body=[1, 2, 3])
    refused(
        FactError,
        r"a\.id.*column `a\.id`: row 2 is null, and the fact is required",
        **{"a.id": ["1", "2", None]},
    )
    refused(
        FactError,
        r"a\.role.*row 0 has a value that the fact does not know",
        **{"a.role": ["x", "guest", None]},
    )
    refused(
        FactError, r"a\.count.*the column `a\.count` is of the Arrow type `u`", **{"a.count": ["1", "2", "3"]}
    )
    refused(FactError, r"a\.flag", **{"a.flag": [1, 2, 3]})
    refused(FactError, r"a\.rate.*row 2 is NaN", **{"a.rate": [1.0, 2.0, float("nan")]})
    refused(FactError, r"a\.tags.*row 1 has a member", **{"a.tags": [["new"], ["old"], []]})
    refused(FactError, r"a\.tags.*row 0 has a null in it", **{"a.tags": [[None], ["new"], []]})
    naive = pa.array([AT.replace(tzinfo=None)] * 3)
    refused(FactError, r"a\.since", **{"a.since": naive})
    refused(FactError, r"a\.spent.*finer", **{"a.spent": pa.array([Decimal("1e-7")] * 3)})
    refused(FactError, r"a\.count.*row 0 is too large", **{"a.count": pa.array([2**63] * 3, pa.uint64())})
    refused(FactError, r"a\.age", **{"a.age": pa.array([1, 2, 3], pa.time64("us"))})


def test_duckdb_and_parquet_take_the_answer(policy: Policy, tmp_path: Any) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    duckdb = pytest.importorskip("duckdb")
    texts, facts = cases(100)
    answer = pa.table(policy.decide_batch(table_of(texts, facts), "body", at=AT))
    parquet.write_table(answer, tmp_path / "verdicts.parquet")
    assert parquet.read_table(tmp_path / "verdicts.parquet").to_pylist() == answer.to_pylist()
    counted = duckdb.sql("select action, count(*) from answer group by action").fetchall()
    assert dict(counted) == {action: answer["action"].to_pylist().count(action) for action, _ in counted}
    found = duckdb.sql("select unnest(matches).pattern from answer").fetchall()
    assert len(found) == sum(len(row) for row in answer["matches"].to_pylist())


class Capsules:
    """What a hostile library hands over: structs of its own making."""

    def __init__(self, schema: Any, array: Any) -> None:
        self.pair = schema, array

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        return self.pair


def test_what_is_no_capsule_is_refused(policy: Policy) -> None:
    pa = pytest.importorskip("pyarrow")
    schema, array = pa.array(["x"]).__arrow_c_array__()
    for given in (Capsules(None, None), Capsules(array, schema), Capsules(schema, schema)):
        with pytest.raises(TableError, match="capsule"):
            policy.decide_batch(given, facts={"a.id": "u"})
    fresh = Capsules(*pa.array(["x"]).__arrow_c_array__())
    assert policy.decide_batch(fresh, facts=HARMLESS).actions == ["allow"]
    with pytest.raises(TableError, match="released"):
        policy.decide_batch(fresh, facts={"a.id": "u"})  # its array has been taken
    for other in (pa.array([["x"]]), pa.array([1]), pa.array(["x"]).cast(pa.binary()), pa.nulls(2)):
        with pytest.raises(TableError):
            policy.decide_batch(other, facts={"a.id": "u"})


def damaged(change: str) -> Any:
    """A column of four texts with something wrong that can be seen."""
    pa = pytest.importorskip("pyarrow")
    offsets = {"fall": [0, 3, 1, 5, 6], "negative": [0, -3, 2, 3, 4], "backwards": [0, 2, 3, 4, 2]}
    if change in offsets:
        buffers = [None, pa.array(offsets[change], pa.int32()).buffers()[1], pa.py_buffer(b"abcdef")]
        return pa.Array.from_buffers(pa.string(), 4, buffers)
    if change == "index":
        indices = pa.array([0, 1, 7, 0], pa.int8())
        return pa.DictionaryArray.from_arrays(indices, pa.array(["a", "b"]), safe=False)
    view = (
        (20).to_bytes(4, "little")
        + b"abcd"
        + {"block": (3, 0), "end": (0, 9)}[change][0].to_bytes(4, "little")
    )
    view += {"block": (3, 0), "end": (0, 9)}[change][1].to_bytes(4, "little")
    return pa.Array.from_buffers(pa.string_view(), 4, [None, pa.py_buffer(view * 4), pa.py_buffer(b"a" * 25)])


@pytest.mark.parametrize("change", ["fall", "negative", "backwards", "index", "block", "end"])
def test_hostile_columns_are_errors(policy: Policy, change: str) -> None:
    with pytest.raises(TableError, match="row"):
        policy.decide_batch(damaged(change), facts={"a.id": "u"})


def test_a_stream_that_breaks_off(policy: Policy) -> None:
    pa = pytest.importorskip("pyarrow")
    schema = pa.schema({"body": pa.string()})

    def batches() -> Iterator[Any]:
        yield pa.record_batch({"body": ["zoom"]})
        raise RuntimeError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    with pytest.raises(TableError, match="broke off after 1 rows"):
        policy.decide_batch(reader, "body", {"a.id": "u"})


def test_the_first_row_that_is_wrong_is_told(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    pa = pytest.importorskip("pyarrow")
    monkeypatch.setattr(batch, "SLICE", 5)
    texts: list[str | None] = ["ok"] * 100
    texts[17] = texts[43] = texts[90] = None
    for threads in (1, 2, 4):
        with pytest.raises(TableError, match="row 17 is null"):
            policy.decide_batch(pa.array(texts), facts={"a.id": "u"}, threads=threads)
    with pytest.raises(ValueError, match="threads"):
        policy.decide_batch(pa.array(texts), facts={"a.id": "u"}, threads=0)
