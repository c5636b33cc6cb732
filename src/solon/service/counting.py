"""Figures for Prometheus: counted in plain dicts, turned into its families when somebody scrapes.

PERF: a decision costs less than one `labels()` of a metrics library. All counting happens on the event loop,
so nothing is locked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from solon.matcher.verdict import engine_version
from solon.service.answering import Seen
from solon.service.following import Following

__all__ = ["Counts"]

BUCKETS = (
    0.000_01,
    0.000_025,
    0.000_05,
    0.000_1,
    0.000_25,
    0.000_5,
    0.001,
    0.002_5,
    0.005,
    0.01,
    0.05,
    0.25,
    1.0,
)
SERIES_MAX = 10_000
"""Policies come and go for months: past so many names of one family the rest is `(other)`."""


class Counts:
    """What has happened since the service began."""

    def __init__(self, following: Following) -> None:
        self._following = following
        self.decisions: Counter[str] = Counter()
        self.fired: Counter[str] = Counter()
        self.undecided: Counter[str] = Counter()
        self.shadow: Counter[str] = Counter()
        self.limits: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self.requests: Counter[tuple[str, str]] = Counter()
        self.cut: Counter[str] = Counter()
        self.in_flight = 0
        self.seconds = 0.0
        self.buckets = [0] * (len(BUCKETS) + 1)
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def decided(self, seen: Iterable[Seen]) -> None:
        """Count decisions."""
        for one in seen:
            _add(self.decisions, one.action)
            for names, counter in (
                (one.rules, self.fired),
                (one.undecided, self.undecided),
                (one.shadow, self.shadow),
                (one.limits, self.limits),
            ):
                for name in names:
                    _add(counter, name)
            self.seconds += one.seconds
            self.buckets[bisect_left(BUCKETS, one.seconds)] += 1

    def text(self) -> bytes:
        """The exposition, in Prometheus's text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """The families, as prometheus-client asks for them."""
        for name, what, label, counter in (
            ("decisions", "decisions by action", "action", self.decisions),
            ("rules_fired", "rules that fired", "rule", self.fired),
            ("rules_undecided", "rules that could not be decided for lack of a fact", "rule", self.undecided),
            ("rules_shadow", "shadow rules that would have fired", "rule", self.shadow),
            ("limits_hit", "messages and scanned facts longer than the policy's limit", "field", self.limits),
            ("problems", "questions without a verdict, by kind", "kind", self.problems),
            ("connections_cut", "connections cut off", "why", self.cut),
        ):
            family = CounterMetricFamily(f"solon_{name}", what, labels=[label])
            for value, count in sorted(counter.items()):
                family.add_metric([value], count)
            yield family
        family = CounterMetricFamily(
            "solon_requests", "requests by path and status", labels=["path", "status"]
        )
        for pair, count in sorted(self.requests.items()):
            family.add_metric(list(pair), count)
        yield family
        yield self._latency()
        yield GaugeMetricFamily("solon_requests_in_flight", "requests that are being decided", self.in_flight)
        yield from self._policy()

    def _latency(self) -> Metric:
        family = HistogramMetricFamily(
            "solon_decision_seconds", "time of one decision, without HTTP and JSON"
        )
        total, rows = 0, []
        for edge, count in zip((*map(str, BUCKETS), "+Inf"), self.buckets, strict=True):
            total += count
            rows.append((edge, total))
        family.add_metric([], rows, self.seconds)
        return family

    def _policy(self) -> Iterator[Metric]:
        status = self._following.status()
        info = GaugeMetricFamily(
            "solon_policy_info", "the policy that decides", labels=["policy", "version", "digest", "engine"]
        )
        info.add_metric([status.policy, str(status.version), status.digest, engine_version()], 1)
        yield info
        for name, what, value in (
            ("version", "the version that the policy says", status.version),
            ("loaded_timestamp_seconds", "since when it decides", status.loaded_at.timestamp()),
            ("age_seconds", "how long ago the file was seen to be what decides", status.age),
            ("stale", "1 where that is longer than allowed", int(status.stale)),
            ("expired", "1 where the artifact's own end has passed", int(status.expired)),
            ("healthy", "1 where the newest artifact decides", int(status.healthy)),
        ):
            yield GaugeMetricFamily(f"solon_policy_{name}", what, value)
        yield CounterMetricFamily("solon_policy_swaps", "changes of the policy", status.swaps)
        yield CounterMetricFamily("solon_policy_refused", "artifacts that were refused", status.refused)


def _add(counter: Counter[str], name: str) -> None:
    counter[name if name in counter or len(counter) < SERIES_MAX else "(other)"] += 1
