"""Links and url shapes: what the page says is found, and the engine finds what the reference finds."""

from __future__ import annotations

import importlib.util
import io
import json
import random
import time
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solon.compiler.links import build_links, canonical_host, canonical_segment, suffix_section
from solon.dsl import ir
from solon.matcher.reference import canonical
from solon.matcher.reference.links import find_links, matches_shape

LEVELS = ("none", "basic", "strong")
SUITES = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites"


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


net = _beside("net_engine").engine()


def links(text: str, level: str = "basic") -> list[str]:
    """The texts of the links that are not doubtful; engine and reference agree on all links."""
    found = find_links(text, level)
    assert net.ask("links", text, level) == [(int(link.doubtful), link.start, link.end) for link in found]
    sure = [(link.start, link.end) for link in found if not link.doubtful]
    assert net.spans("url", text, level) == sure
    return [text[start:end] for start, end in sure]


# Text and the links in it; `=` means all of it.
FOUND = [
    ("see //example.com now", "//example.com"),
    ("http://example.com/it_'quoted'", "="),
    ("'http://example.com/x'", "http://example.com/x"),
    ("http://example.com/a)b(c", "="),
    ("(http://example.com/a)b", "http://example.com/a"),
    ("see example.com/x- and", "example.com/x"),
    ("https://user:!$&'()*+,;=@example.com/", "="),
    ("http://-example.com", None),
    ("/path/to/file.pl", None),
    ("_//example.com", None),
    ("#http://example.com", None),
    ("http://name_.example.com", None),
    ("http://my_shop.example.com", "="),
    ("http://a-.example.com", None),
    ("is it main.cpp.how?", None),
    # schemes
    ("https://www.linkedin.com/in/jess-s", "="),
    ("HTTP://EXAMPLE.COM", "="),
    ("hxxp://example.com/a", "="),
    ("hxxps[:]//example.com/a", "="),
    ("http[://]example.com/a", "="),
    ("http://localhost:8080/x", "="),
    ("tg://resolve?domain=jess", "="),
    ("svn+ssh://user@example.com/path", "="),
    ("seehttp://example.com", "http://example.com"),
    ("May 5th.https://example.com", "https://example.com"),
    ("c://temp", None),
    ("http:// nothing", None),
    ("http://", None),
    ("://x", None),
    ("https://user:pw@example.com:80/a", "="),
    ("http://paypal.com@evil.org/x", "="),
    # hosts
    ("linkedin.com", "="),
    ("uk.linkedin.com/in/jess", "="),
    ("example.co.uk", "="),
    ("co.uk", None),
    ("linkedin.com.", "linkedin.com"),
    ("linkedin.com. Please", "linkedin.com"),
    ("linkedin.com.Please", "linkedin.com"),
    ("linkedin.com./in/jess", "="),
    ("my_page.com", None),
    ("http://my_page.com", "="),
    ("a..com", None),
    ("-.com", None),
    ("a-.com", None),
    ("9292.nl", "="),
    ("x" * 63 + ".com", "="),
    ("x" * 64 + ".com", None),
    ("a." * 125 + "com", "="),
    ("a." * 126 + "com", None),
    ("xn--bcher-kva.de", "="),
    ("bücher.de", "="),
    ("пример.рф", "="),
    ("例子.中国", "="),
    ("example.xn--p1ai", "="),
    ("http://1.2.3.4/x", "="),
    ("http://300.1.1.1/x", None),
    ("http://1.2.3/x", None),
    ("1.2.3.4/x", None),
    ("http://[2001:db8::1]:80/x", "="),
    ("http://[zz::1]/x", None),
    ("http://❤.example/x", "="),
    # dots
    ("example[.]com/x", "="),
    ("example(.)com", "="),
    ("example{.}com", "="),
    ("example[dot]com/x", "="),
    ("example (dot) com", "="),
    ("example。com/x", "="),
    ("example．com", "="),
    ("wor4d[.]slewirk[.]at", "="),
    ("https://muckrack dot com/jess", "="),
    ("https://muckrack dot the rest", "https://muckrack"),
    ("muckrack dot com/jess", None),
    # doubtful
    ("zoom.us", None),
    ("zoom.us/j/1", "="),
    ("www.zoom.us", "="),
    ("zoom.us?pwd=1", "="),
    ("zoom.us:443", "="),
    ("example.co.in", "="),
    ("main.py", None),
    ("run install.sh now", None),
    ("node.js", None),
    ("report.pdf", None),
    ("e.g. a.m. i.e. U.S.", None),
    ("the end.Next one", None),
    ("call me.so we talk", None),
    ("7.am", None),
    ("version 1.2.3", None),
    ("file.рус", None),
    # context
    ("bob@example.com", None),
    ("bob.smith@example.com", None),
    ("www.site.com@evil.org", None),
    ("#example.com", None),
    ("$example.com", None),
    ("请看example.com谢谢", "example.com"),
    ("请看http://example.com/a谢谢", "http://example.com/a"),
    ("twitter.jp日本語foo.jp", "twitter.jp|foo.jp"),
    ("_example.com", None),
    ("either/or", None),
    # ends
    ("(see http://example.com/a)", "http://example.com/a"),
    ("http://example.com/a_(b)", "="),
    ("[x](http://example.com/a)", "http://example.com/a"),
    ("<http://example.com/a>", "http://example.com/a"),
    ('"http://example.com/a"', "http://example.com/a"),
    ("'http://example.com/a'", "http://example.com/a"),
    ("“http://example.com/a”", "http://example.com/a"),
    ("http://example.com/a.", "http://example.com/a"),
    ("http://example.com/a?!", "http://example.com/a"),
    ("http://example.com/a...", "http://example.com/a"),
    ("http://example.com/a's", "http://example.com/a"),
    ("**http://example.com/a**", "http://example.com/a"),
    ("http://example.com/a|b", "http://example.com/a"),
    ("http://example.com/a, b.org", "http://example.com/a|b.org"),
    ("(http://one.org/)(http://two.org/)", "http://one.org/|http://two.org/"),
    ("http://example.com?a=b&c=d#e", "="),
    ("http://example.com/你好", "="),
    ("http://example.com:123456/x", "http://example.com"),
    ("http://example.com/" + "a" * 5000, "http://example.com/" + "a" * 4077),
    # invisible and look-alike
    ("lin\u200bkedin.com/in/x", "="),
    ("linkеdin.com/in/x", "="),
    ("ℓinkedin.com", "="),
]


@pytest.mark.parametrize(("text", "wanted"), FOUND)
def test_links_of_a_text(text: str, wanted: str | None) -> None:
    expected = [] if wanted is None else [text] if wanted == "=" else wanted.split("|")
    assert links(text) == expected
    links(text, "none")
    links(text, "strong")


STRONG = [
    ("find me: linkedin dot com", "linkedin dot com"),
    ("linkedin punto com/in/jess", "="),
    ("linkedin .com", "="),
    ("linkedin . com", "="),
    ("linkedin. com", None),
    ("at this point in time", None),
    ("linkedin^.com/in/jess", "="),
    ("linkedin\\.com", "="),
    ("linkedin<dot>com", "="),
    ("google dot net", "="),
    ("we use wine .NET", None),
    ("in the . com years", None),
    ("a ce point de vue", None),
]


@pytest.mark.parametrize(("text", "wanted"), STRONG)
def test_strong_links_of_a_text(text: str, wanted: str | None) -> None:
    assert links(text, "strong") == ([] if wanted is None else [text] if wanted == "=" else [wanted])
    assert links(text) == []


# Host and path of a shape, a link, whether it is one.
SHAPES = [
    ("linkedin.com", "in/**", "https://www.linkedin.com/in/jess-s", True),
    ("linkedin.com", "in/**", "linkedin.com/in/jess/details/", True),
    ("linkedin.com", "in/**", "LinkedIn.com/IN/Jess?x=1#y", True),
    ("linkedin.com", "in/**", "http://user@linkedin.com:443/in/jess", True),
    ("linkedin.com", "in/**", "linkedin.com./in/jess", True),
    ("linkedin.com", "in/**", "hxxps://linkedin[.]com/in/jess", True),
    ("linkedin.com", "in/**", "linkedin.com//in/./jess", True),
    ("linkedin.com", "in/**", "linkedin.com/x/../in/jess", True),
    ("linkedin.com", "in/**", "linkedin.com/%69n/jess", True),
    ("linkedin.com", "in/**", "linkedin.com/in", False),
    ("linkedin.com", "in/**", "linkedin.com/jobs/view/1", False),
    ("linkedin.com", "in/**", "notlinkedin.com/in/x", False),
    ("linkedin.com", "in/**", "linkedin.com.evil.example/in/x", False),
    ("linkedin.com", "in/**", "evil.example/linkedin.com/in/x", False),
    ("linkedin.com", "in/**", "https://linkedin.com@evil.example/in/x", False),
    ("linkedin.com", "in/**", "http://xn--lnkedin-rog.com/in/jess", True),  # lіnkedin with a Cyrillic letter
    ("facebook.com", "*", "facebook.com/jess", True),
    ("facebook.com", "*", "facebook.com/jess/", True),
    ("facebook.com", "*", "facebook.com/jess/photos", False),
    ("facebook.com", "*", "facebook.com", False),
    ("facebook.com", "*", "facebook.com/..", False),
    ("zoom.us", None, "zoom.us", True),
    ("zoom.us", None, "us04web.zoom.us/j/1", True),
    ("zoom.us", "j/*", "zoom.us/j/123?pwd=1", True),
    ("example.com", "**/x/*", "example.com/a/b/x/c", True),
    ("example.com", "**/x/*", "example.com/x/x/x", True),
    ("example.com", "**/x/*", "example.com/x/c", False),
    ("example.com", "a/**/z", "example.com/a/z/z/y/z", True),
    ("example.com", "jos%C3%A9", "example.com/josé", True),
    ("example.com", "josé", "example.com/jos%c3%a9", True),
    ("example.com", "100%", "example.com/100%", True),
    ("bücher.de", None, "xn--bcher-kva.de", True),
    ("xn--bcher-kva.de", None, "shop.bücher.de/x", True),
    ("t.me", None, "https://t.me", True),
    ("t.me", None, "att.me/x", False),
]


@pytest.mark.parametrize(("host", "path", "text", "wanted"), SHAPES)
def test_a_shape_and_a_link(host: str, path: str | None, text: str, wanted: bool) -> None:
    assert [start for start, _, _ in shape_hits([(host, path)], text, "basic")] == [0] * wanted


def shape_hits(
    shapes: list[tuple[str, str | None]], text: str, level: ir.Level
) -> list[tuple[int, int, int]]:
    """(leaf, start, end), the same from both sides; each shape is a leaf."""
    parts = [(host, None if path is None else tuple(path.split("/"))) for host, path in shapes]
    leaves = [(leaf, [ir.UrlShape(host, path)]) for leaf, (host, path) in enumerate(parts)]
    section = build_links(leaves, "none" if level == "none" else "basic")
    found = find_links(text, level)
    wanted = sorted(
        (leaf, link.start, link.end)
        for leaf, (host, path) in enumerate(parts)
        for link in found
        if matches_shape(link, host, path, level)
    )
    hits = net.ask("shapes", text, level, section)
    assert hits is not None and sorted(hits) == wanted
    return wanted


def test_the_order_of_clauses_and_shapes_changes_nothing_but_their_numbers() -> None:
    shapes = [ir.UrlShape("a.com", None), ir.UrlShape("b.org", ("x", "*")), ir.UrlShape("a.com", ("**",))]
    assert build_links([(0, shapes)], "basic") == build_links([(0, shapes[::-1] * 2)], "basic")


def test_a_long_list_of_domains_is_found_by_hash() -> None:
    hosts = [f"phish{number}.com" for number in range(20_000)]
    section = build_links([(7, [ir.UrlShape(host, None) for host in hosts])], "basic")
    assert net.ask("shapes", "a.phish19999.com phish20000.com", "basic", section) == [(7, 0, 16)]


def test_levels_fold_as_they_say() -> None:
    assert shape_hits([("linkedin.com", None)], "lіnkedin.com", "none") == []
    assert shape_hits([("linkedin.com", None)], "lіnkedin.com", "basic") == [(0, 0, 12)]
    assert shape_hits([("linkedin.com", None)], "ＬＩＮＫＥＤＩＮ.com", "none") == [(0, 0, 12)]


@given(st.text(st.sampled_from("ab-z019Z"), max_size=20))
def test_punycode_decodes_as_two_libraries_do(text: str) -> None:
    host = f"xn--{text}.de"
    assert ".".join(canonical.host_labels(host, "none")) == canonical_host(host, "none")


ESCAPES = ("%", "%c3", "%a9", "%E2", "%82", "%AC", "%ed%a0%80", "%2f", "a", "é", "%f0%9f", "%00", "%4", "f")


@given(st.lists(st.sampled_from(ESCAPES)).map("".join))
def test_escapes_decode_the_same_in_compiler_and_reference(text: str) -> None:
    assert canonical.shape_segment(text, "none") == canonical_segment(text, "none")


PIECES = (
    *("http", "https", "hxxp", "ftp", "mailto", "://", "[:]//", "[://]", "www.", "linkedin.com"),
    *(".com", "com", "so", "py", ".example", "co.uk", ".uk", "xn--", "xn--bcher-kva", ".de", "bücher"),
    *("例子", ".测试", "日本", "中国", "❤", "t.me", "zoom.us/j/", "facebook.com/", "/in/", "/x/"),
    *("jos%C3%A9", "%e2%82", "%zz", "%2F", "..", ".", "。", "．", ",", ";", "!", "?", "'", "'s", "’s", "("),
    *(")", "[", "]", "{", "}", "<"),
    *(">", "[.]", "(.)", "{.}", "[dot]", "(dot)", "dot", "punto", "@", "#", ":80", ":80/", ":123456"),
    *("[::1]", "fe80::", "1.2.3.4", "256", "-", "--", "_", "/", "//", "\\", "|", "\u00a0", "㏂", "ﬁ", "℡"),
    *("\u0301", "\u200b", "а", "İ", "ß", "a", "b", "1", "&", "+", "%", "~", "=", "*", " ", " ", " ", "\n"),
    *('"', "\u2028", "\ud800", "\x00", "a" * 63, "b" * 64, ".a" * 60),
)
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
QUICK = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(HOSTILE, st.sampled_from(LEVELS))
@QUICK
def test_engine_and_reference_find_the_same_links(text: str, level: ir.Level) -> None:
    links(text, level)
    shapes = [("linkedin.com", "in/**"), ("facebook.com", "*"), ("t.me", None), ("bücher.de", "**/x")]
    shape_hits(shapes, text, level)


def _suite(name: str) -> list[dict[str, object]]:
    file = SUITES / f"{name}.jsonl.zst"
    if not file.exists():
        pytest.skip("the development data is not here")
    zstandard = pytest.importorskip("zstandard")
    with file.open("rb") as packed:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(packed), encoding="utf-8")
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize(("suite", "least"), [("url", 0.87), ("profile_video_links", 0.99)])
def test_public_suites(suite: str, least: float) -> None:
    right = wrong = missed = 0
    for case in _suite(suite):
        text = str(case["text"])
        links(text)
        if case["mode"] != "extract":
            continue
        wanted = {(each["start"], each["end"]) for each in case["expect"]}  # type: ignore[attr-defined]
        got = set(net.spans("url", text))
        right += len(got & wanted)
        wrong += len(got - wanted)
        missed += len(wanted - got)
    assert 2 * right / (2 * right + wrong + missed) >= least


def test_damaged_sections_are_refused_or_harmless() -> None:
    shapes = [ir.UrlShape("a.com", None), ir.UrlShape("b.org", ("x", "*", "**")), ir.UrlShape("c.de", ("y",))]
    section = build_links([(number, [shape]) for number, shape in enumerate(shapes)], "basic")
    text = "a.com b.org/x/y/z x.c.de/y"
    assert net.ask("shapes", text, "basic", section) == [(0, 0, 5), (1, 6, 17), (2, 18, 26)]
    choices = random.Random(1)
    refused = 0
    for place in range(len(section)):
        for value in (0, 255, choices.randrange(256)):
            damaged = section[:place] + bytes([value]) + section[place + 1 :]
            refused += net.ask("shapes", text, "basic", damaged) is None
        assert net.ask("shapes", text, "basic", section[:place]) is None
    assert refused > 50


def test_a_damaged_table_of_suffixes_is_refused_or_harmless() -> None:
    section = suffix_section()
    text = "a.com b.co.uk c.de"
    assert net.ask("suffixes", text, "basic", section) == [(0, 0, 5), (0, 6, 13), (0, 14, 18)]
    choices = random.Random(2)
    refused = 0
    for _ in range(150):
        place = choices.choice([choices.randrange(16), choices.randrange(len(section))])
        damaged = section[:place] + bytes([choices.randrange(256)]) + section[place + 1 :]
        refused += net.ask("suffixes", text, "basic", damaged) is None
    assert refused > 20
    full = section[:16] + section[16:].replace(b"\0\0\0\0", b"\1\0\0\0")
    assert net.ask("suffixes", text, "basic", full) is None, "a table without a free slot would never end"


@pytest.mark.parametrize(
    "unit",
    ["a.", "a dot ", "http://", "://", "a://a@", "日a", "(", "[dot]a", "a--", "1.", "a@a.", "x.日a", "/.."],
)
def test_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        text = "http://a.com/ " + unit * (length // len(unit))
        start = time.perf_counter()
        net.ask("links", text, "strong")
        return time.perf_counter() - start

    short = min(seconds(20_000) for _ in range(3))
    assert min(seconds(200_000) for _ in range(3)) < 40 * short + 0.05  # quadratic would be 100
