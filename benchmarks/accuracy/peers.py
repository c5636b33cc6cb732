"""The peers that pip installs, each with the kinds that it knows, as they come: no model, no network.

A peer that is not installed is named in the report; nothing stands in for it.
"""

from __future__ import annotations

import importlib
import logging
import re
from collections import defaultdict
from collections.abc import Callable
from importlib import metadata
from typing import Any

from benchmarks.accuracy.ours import joined
from benchmarks.accuracy.suites import Span

__all__ = ["PEERS", "Missing", "Peer", "stack"]

Found = dict[str, list[Span]]
# The twelve regions that most of the numbers of the suites come from, the world's largest among them.
REGIONS = ("US", "GB", "IN", "DE", "FR", "ES", "IT", "BR", "MX", "AU", "CN", "JP")


class Missing(Exception):
    """The peer is not installed."""


class Peer:
    """A finder: its name, version, the kinds that it knows, and `find`."""

    def __init__(self, name: str, version: str, kinds: set[str], find: Callable[[str], Found]) -> None:
        self.name, self.version, self.kinds, self.find = name, version, kinds, find


def package(name: str, distribution: str) -> tuple[Any, str]:
    """A peer's module and its version. Raises Missing."""
    try:
        return importlib.import_module(name), metadata.version(distribution)
    except (ImportError, metadata.PackageNotFoundError) as error:
        raise Missing(f"{distribution} is not installed ({error})") from error


def libphonenumber() -> Peer:
    """libphonenumber's matcher, once for each of twelve regions, at its usual leniency."""
    phonenumbers, version = package("phonenumbers", "phonenumbers")

    def find(text: str) -> Found:
        if sum(character.isdigit() for character in text) < 4:
            return {}
        return {
            "phone": joined(
                [(m.start, m.end) for m in phonenumbers.PhoneNumberMatcher(text, region)]
                for region in REGIONS
            )
        }

    return Peer("libphonenumber", version, {"phone"}, find)


PRESIDIO = {
    "PhoneRecognizer": "phone",
    "EmailRecognizer": "email",
    "UrlRecognizer": "url",
    "IpRecognizer": "ip_address",
    "IbanRecognizer": "iban",
    "CreditCardRecognizer": "credit_card",
    "CryptoRecognizer": "crypto_wallet",
}


def presidio() -> Peer:
    """Presidio's pattern recognisers, without a language model."""
    tldextract, _ = package("tldextract", "tldextract")
    module, version = package("presidio_analyzer.predefined_recognizers", "presidio-analyzer")
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # the list that it ships with: no network
    recognisers = [(getattr(module, name)(), kind) for name, kind in PRESIDIO.items()]

    def find(text: str) -> Found:
        return {
            kind: joined([[(r.start, r.end) for r in each.analyze(text, each.supported_entities, None)]])
            for each, kind in recognisers
        }

    return Peer("presidio", version, set(PRESIDIO.values()), find)


def urlextract() -> Peer:
    """URLExtract with the suffixes that it ships with; addresses with an at are not its kind."""
    module, version = package("urlextract", "urlextract")
    extractor = module.URLExtract()

    def find(text: str) -> Found:
        return {"url": [span for _, span in extractor.find_urls(text, get_indices=True)]}

    return Peer("urlextract", version, {"url"}, find)


def linkify() -> Peer:
    """linkify-it: links and e-mail addresses."""
    module, version = package("linkify_it", "linkify-it-py")
    matcher = module.LinkifyIt()

    def find(text: str) -> Found:
        found: Found = {"url": [], "email": []}
        for match in matcher.match(text) or []:
            found["email" if match.schema == "mailto:" else "url"].append((match.index, match.last_index))
        return found

    return Peer("linkify-it", version, {"url", "email"}, find)


SCRUBADUB = {
    "phone": "phone",
    "email": "email",
    "url": "url",
    "twitter": "handle",
    "skype": "handle",
    "credit_card": "credit_card",
}


def scrubadub() -> Peer:
    """scrubadub with its default detectors and the one for Skype names."""
    module, version = package("scrubadub", "scrubadub")
    skype, _ = package("scrubadub.detectors.skype", "scrubadub")
    scrubber = module.Scrubber()
    scrubber.add_detector(skype.SkypeDetector)

    def find(text: str) -> Found:
        found: dict[str, list[Span]] = defaultdict(list)
        for filth in scrubber.iter_filth(text):
            for one in getattr(filth, "filths", None) or [filth]:
                kind = SCRUBADUB.get(one.type)
                if kind:
                    found[kind].append((one.beg, one.end))
        return {kind: joined([spans]) for kind, spans in found.items()}

    return Peer("scrubadub", version, set(SCRUBADUB.values()), find)


APPS = (
    r"whats\s?app|telegram|viber|wechat|signal|discord|skype|zoom|slack|messenger|snapchat|kik|line|"
    r"hangouts|facetime|google meet|teams|imessage"
)
TALK = (
    r"instagram|facebook|paypal|venmo|zelle|cash app|phone|e-?mail|gmail|call me|text me|contact me|"
    r"my number|outside"
)
KEYWORDS = {
    "messaging_app": rf"(?i)\b({APPS})\b",
    "any": rf"(?i)\b({APPS}|{TALK})\b",
    "phone": r"\+?\(?\d[\d ().-]{6,16}\d",
    "email": r"(?i)\b[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}\b",
    "url": r"(?i)\b(?:https?://|www\.)\S+|(?<![@\w.-])[a-z0-9-]+\.(?:com|net|org|io|me|gg)(?:/\S*)?",
    "handle": r"(?<!\w)@\w{3,}",
    "iban": r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b",
    "credit_card": r"\b(?:\d[ -]?){13,16}\b",
    "crypto_wallet": r"\b(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[a-z0-9]{25,60}|0x[0-9a-fA-F]{40})\b",
}


def keywords() -> Peer:
    """The list of words and regular expressions that marketplaces keep today."""
    compiled = {kind: re.compile(expression) for kind, expression in KEYWORDS.items()}

    def find(text: str) -> Found:
        return {kind: [match.span() for match in one.finditer(text)] for kind, one in compiled.items()}

    return Peer("keyword list", "", set(KEYWORDS), find)


PEERS: dict[str, Callable[[], Peer]] = {
    "libphonenumber": libphonenumber,
    "presidio": presidio,
    "urlextract": urlextract,
    "linkify-it": linkify,
    "scrubadub": scrubadub,
    "keyword list": keywords,
}


def stack(peers: list[Peer]) -> Peer:
    """All peers but the keyword list at once: what any finds, leftmost, then the longest."""
    chosen = [peer for peer in peers if peer.name != "keyword list"]

    def find(text: str) -> Found:
        together: dict[str, list[list[Span]]] = defaultdict(list)
        for peer in chosen:
            for kind, spans in peer.find(text).items():
                together[kind].append(spans)
        return {kind: joined(lists) for kind, lists in together.items()}

    return Peer("all of them", "", set().union(*(peer.kinds for peer in chosen)), find)
