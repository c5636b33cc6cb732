"""Public suffixes, and how far each top-level domain can be trusted in running text.

In: the ICANN part of the public suffix list, from publicsuffixlist. Out: `matcher/data/suffixes.txt`, a line
a suffix:

    = com        a top-level domain
    ? so         one that is doubtful in running text: a word, or the extension of a file name
    + co.uk      a suffix of two labels

Folding and packing are the readers' work (compiler/links.py, matcher/reference/hosts.py). The rules stand in
docs/entities.md, "The table of suffixes".
"""

from __future__ import annotations

from importlib.resources import files

FIRST_LABEL_CHARS_MAX = 4  # of a suffix of two labels: co.uk, not kawasaki.jp

# RFC 2606, RFC 6761 and names that networks use for themselves: `bank.com.example` is a host of its own.
RESERVED = "corp example home internal invalid lan local localhost onion test"

# Top-level domains of three letters or more that sites use so often that `word.name` in running text is a
# site. The others are words or brands that nobody uses: `see you.today` and `end.next` are sentences.
COMMON = (
    "aero agency app asia biz blog cat cloud club codes com coop dev edu finance fyi gov host icu info int "
    "ink jobs llc ltd media mil mobi museum net ninja online ooo org ovh photography shop site software "
    "solutions store studio systems tech technology tel website wiki xxx xyz"
)

# Words of two letters, in the languages that messages are written in, that are top-level domains as well. Not
# `de`, `es` and such, which are sites far more often than the start of a sentence that follows directly.
WORDS = (
    "ad al am as at be by do et im in is it la li ma me mo mu my na ne ni no nu pa si sm so su to us va ve vi"
)

# Top-level domains that are extensions of file names, and of more files than sites.
EXTENSIONS = "cab java md mov pm ps py rs sh so zip"


def table() -> bytes:
    """The bytes of suffixes.txt."""
    doubtful = {*WORDS.split(), *EXTENSIONS.split(), *RESERVED.split()}
    common = set(COMMON.split())
    lines = []
    for suffix in sorted(set(_rules()) | set(RESERVED.split())):
        first, _, second = suffix.partition(".")
        if second:
            if "." not in second and len(first) <= FIRST_LABEL_CHARS_MAX:
                lines.append(f"+ {suffix}")
        elif suffix in doubtful or (suffix.isascii() and len(suffix) > 2 and suffix not in common):
            lines.append(f"? {suffix}")
        else:
            lines.append(f"= {suffix}")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _rules() -> list[str]:
    text = (files("publicsuffixlist") / "public_suffix_list.dat").read_text(encoding="utf-8")
    icann = text.split("===BEGIN ICANN DOMAINS===")[1].split("===END ICANN DOMAINS===")[0]
    rules = (line.strip() for line in icann.splitlines())
    return [rule for rule in rules if rule and not rule.startswith(("//", "*", "!"))]
