"""The measures that have a goal: what is asked, the figure, the goal, and whether it is met.

All are of Solon in its one configuration. A measure whose suite is missing has no figure and is not met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from benchmarks.accuracy.run import Run
from benchmarks.accuracy.score import Finding, Tally, tally
from benchmarks.accuracy.suites import Case

__all__ = ["JOB_LINKS", "Measure", "in_sentence", "measures", "other_coin", "phone_pot"]

Suites = dict[str, list[Case]]

# Links about work that name nobody to write to: none may be called a profile.
JOB_LINKS = (
    "https://www.linkedin.com/jobs/view/3791842011",
    "https://www.linkedin.com/jobs/collections/recommended?currentJobId=37918",
    "apply at linkedin.com/company/acme/jobs/",
    "https://www.indeed.com/viewjob?jk=4f1c2b0a9d8e7f66",
    "https://www.glassdoor.com/job-listing/designer-acme-JV_IC1147401.htm?jl=1009",
    "https://www.upwork.com/jobs/~01f2a3b4c5d6e7f809",
    "https://www.upwork.com/freelance-jobs/apply/Logo-designer_~021789/",
    "https://boards.greenhouse.io/acme/jobs/4412345",
    "https://jobs.lever.co/acme/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    "https://www.freelancer.com/projects/logo-design/simple-logo-1234567",
    "https://stackoverflow.com/jobs/123456/backend-engineer",
    "https://www.monster.com/job-openings/web-designer-austin-tx--1a2b3c",
    "https://www.xing.com/jobs/berlin-designer-987654",
    "https://angel.co/company/acme/jobs/12345-designer",
    "https://www.facebook.com/jobs/job-opening/123456789",
)


@dataclass(frozen=True, slots=True)
class Measure:
    """`Measure("phones: F1", 98.1, 97.5)`; `most` where less is better."""

    what: str
    figure: float | None
    goal: float
    most: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        if self.figure is None:
            return False
        return self.figure <= self.goal if self.most else self.figure >= self.goal


def phone_pot(suites: Suites) -> list[Case]:
    """Numbers alone and in context, dialogue lines, and texts without one: cases that ask where."""
    cases = suites["phone"] + suites["dialogue_spans"] + suites["phone_negatives"]
    return [case for case in cases if case.kind == "phone" and not case.whole and not undecidable(case)]


def undecidable(case: Case) -> bool:
    """A text that is labelled as none and that libphonenumber's rules take for one: no text tells."""
    return not case.spans and "phonelib_match" in case.note


def in_sentence(case: Case) -> bool:
    """Whether there is more than the digits: three words, or signs of a script without spaces."""
    return len(re.findall(r"[^\W\d_]{2,}", case.text)) >= 3 or bool(re.search(r"[぀-ヿ㐀-鿿]{4}", case.text))


def other_coin(case: Case) -> bool:
    """A wallet that is none of Bitcoin's."""
    if case.source.startswith(("bitcoin/", "presidio/", "validator.js/isBtcAddress")):
        return False
    return case.kind == "crypto_wallet" and not re.search(r"currency=bitcoin( testnet)?(;|$)", case.note)


def measures(run: Run, suites: Suites, harmless: Callable[[], float | None]) -> Iterator[Measure]:
    """All of them, in the order of the table. `harmless` counts false entities in 1,000 ordinary messages."""
    pot = tally(run.findings(phone_pot(suites)))
    yield Measure("phones (suite, dialogues, negatives in one pot): F1", pot.f1, 97.5)
    yield Measure("… recall", pot.recall, 97.5)
    yield Measure("… precision", pot.precision, 97.5)
    yield Measure("… exact F1", pot.exact_f1, 95)
    sentences = [c for c in suites["phone_negatives"] if in_sentence(c) and not undecidable(c)]
    yield Measure(
        "phone negatives in sentences flagged, per 1,000",
        tally(run.findings(sentences)).per_thousand,
        1.5,
        most=True,
    )
    for kind, goal, exact in (("email", 97, 95), ("url", 96, 93)):
        sums = tally(run.findings(of_kind(suites[kind], kind)))
        yield Measure(f"{kind}: F1", sums.f1, goal)
        yield Measure("… exact F1", sums.exact_f1, exact)
    links = suites["profile_video_links"]
    for kind, name in (("profile_link", "profile links: recall"), ("video_call", "meeting links: recall")):
        yield Measure(name, tally(run.findings(of_kind(links, kind))).recall, 97)
    wrong = sum(bool(run.spans(link, "profile_link")) for link in JOB_LINKS)
    yield Measure(f"job links called profiles, of {len(JOB_LINKS)}", wrong, 0, most=True)
    yield Measure("postal addresses, suite: F1", tally(run.findings(suites["address"])).f1, 90)
    lines = of_kind(suites["dialogue_spans"], "postal_address")
    yield Measure("… dialogues: F1", tally(run.findings(lines)).f1, 94)
    yield from handles(run, suites)
    yield from payments(run, suites)
    yield from evasions(run, suites)
    words = [case for case in suites["word_contexts"] if case.kind == "any"]
    yield Measure(
        "harmless app and contact words flagged, per 1,000",
        tally(run.findings(words)).per_thousand,
        15,
        most=True,
    )
    yield Measure("false entities in ordinary messages, per 1,000", harmless(), 0.2, most=True)


def handles(run: Run, suites: Suites) -> Iterator[Measure]:
    """Names with an at; ids that stand after an app's name."""
    cases = of_kind(suites["handle_hashtag"], "handle")
    yield Measure("handles: F1", tally(run.findings(cases)).f1, 92)
    ids = [c for c in cases if c.spans and any(c.text[start] != "@" for start, _ in c.spans)]
    yield Measure("messenger ids after an app's name: F1", tally(run.findings(ids)).f1, 90)


def payments(run: Run, suites: Suites) -> Iterator[Measure]:
    """IBAN, cards and Bitcoin together, then the other coins."""
    cases = suites["payment_ids"]
    plain = [case for case in cases if not other_coin(case)]
    sums, judged = tally(run.findings(plain)), run.judged(plain)
    right = judged.accepted + judged.invalid - judged.wrongly
    total = Tally(
        sums.hits + right, sums.missed + judged.valid - judged.accepted, sums.false + judged.wrongly
    )
    yield Measure("IBAN, cards, Bitcoin: F1", total.f1, 100)
    judged = run.judged(case for case in cases if other_coin(case))
    yield Measure(
        "other coins: valid ones found, per cent",
        100 * judged.accepted / judged.valid if judged.valid else None,
        100 * 88 / 95,
        note=f"{judged.accepted} of {judged.valid}",
    )
    yield Measure(
        "… invalid ones taken, per cent",
        100 * judged.wrongly / judged.invalid if judged.invalid else None,
        5,
        most=True,
        note=f"{judged.wrongly} of {judged.invalid}",
    )


def evasions(run: Run, suites: Suites) -> Iterator[Measure]:
    """What was found under evasion."""
    found: list[Finding] = []
    for kind, name, goal in (
        ("phone", "phone", 98),
        ("email", "e-mail", 97),
        ("messaging_app", "app name", 97),
        ("profile_link", "profile link", 98),
    ):
        findings = run.findings(of_kind(suites["evasion_derived"], kind))
        found += findings
        yield Measure(f"under evasion, {name}: recall", tally(findings).recall, goal)
    yield Measure("under evasion: precision", tally(found).precision, 99)


def of_kind(cases: Iterable[Case], kind: str) -> list[Case]:
    """The cases of one kind."""
    return [case for case in cases if case.kind == kind]
