"""Messages that the gate works on: written here, so that a budget means the same wherever it is checked.

Sentences are put together by a fixed seed from words that people use with each other on a marketplace; the
lengths are those of real ones (half of them below 50 characters), a tenth is not plain ASCII, one in thirty
has something to find.
"""

from __future__ import annotations

import random

__all__ = ["SERVICES", "blocklist", "fresh_messages", "long_messages"]

SEED = 20261128

SERVICES = ("zoom", "skype", "google meet", "whatsapp", "telegram", "signal", "cash app", "venmo", "bit.ly")

VOCABULARY = (
    "i you we they it this that the a an my your our his her and or but so if when then can could "
    "will would should have has had do did does is are was were be been not no yes ok thanks please "
    "hello hi sure great good fine sorry today tomorrow monday friday week month hour minute time now "
    "later soon again still already just also very more project job work task contract offer price "
    "budget rate invoice payment milestone deadline draft logo design site page code file link image "
    "video text copy review feedback change version final first next last new old short long send "
    "sent share show look see need want like think know make made start finish fix add remove update "
    "check test with from for about after before between over under into out of on in at to by as "
    "because while until than "
)
WORDS = VOCABULARY.split()
ACCENTED = (
    "café",
    "naïve",
    "señor",
    "grüße",
    "façade",
    "là",
    "über",
    "привет",
    "спасибо",
    "проект",
    "你好",
    "🙂",
    "—",
)
FINDS = (
    "call me at (415) 555-0132",
    "mail jess.miller@example.org",
    "see https://www.linkedin.com/in/jess-s",
    "let's hop on z00m",
    "my telegram is @jess_writes",
    "pay me on venmo instead",
)
SYLLABLES = (
    "ba",
    "co",
    "di",
    "fu",
    "ge",
    "hy",
    "jo",
    "ka",
    "lu",
    "mi",
    "no",
    "pre",
    "qui",
    "ro",
    "sta",
    "tri",
    "ve",
)


def fresh_messages(count: int, *, seed: int = SEED, non_ascii: float = 0.1) -> list[str]:
    """So many messages, no two alike but by chance."""
    chance = random.Random(seed)
    return [one_message(chance, non_ascii) for _ in range(count)]


def one_message(chance: random.Random, non_ascii: float) -> str:
    words = [chance.choice(WORDS) for _ in range(min(120, 2 + int(chance.expovariate(1 / 9))))]
    if chance.random() < non_ascii:
        words.insert(chance.randrange(len(words)), chance.choice(ACCENTED))
    if chance.random() < 1 / 30:
        words.insert(chance.randrange(len(words)), chance.choice(FINDS))
    if chance.random() < 1 / 4:
        words.append(str(chance.randrange(1000)))
    text = " ".join(words)
    return text[0].upper() + text[1:] + chance.choice((".", "!", "?", ""))


def long_messages(count: int, length_chars: int = 8_000) -> list[str]:
    """Texts of many lines."""
    chance = random.Random(SEED + 1)
    texts = []
    for _ in range(count):
        lines: list[str] = []
        while sum(map(len, lines)) < length_chars:
            lines.append(one_message(chance, 0.1))
        texts.append("\n".join(lines))
    return texts


def blocklist(count: int) -> list[str]:
    """Services first, then names that nobody says: of syllables, some of two words, some with a suffix."""
    chance = random.Random(SEED + 2)
    found = dict.fromkeys(SERVICES)
    while len(found) < count:
        name = "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 5)))
        found[
            chance.choice(
                (name, name, f"{name}.{chance.choice(('com', 'net', 'io'))}", f"{name} {name[::-1]}")
            )
        ] = None
    return list(found)[:count]
