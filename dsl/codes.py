"""Every code that a diagnostic may have, declared once: level, title, and the page that explains it.

The pages answer what a code finds, why it matters, an example and the better version. The
documentation and the command line's explanations are made from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A stable name for one kind of mistake, and its page.

    `example` shows the mistake, `better` the same put right.
    """

    slug: str
    severity: Severity
    title: str
    finds: str
    why: str
    example: str
    better: str


CODES: dict[str, Code] = {}


def _declare(*codes: Code) -> None:
    """Add codes to the table; a slug stands for one thing only."""
    for code in codes:
        if code.slug in CODES:
            raise ValueError(f"code {code.slug} is declared twice")
        CODES[code.slug] = code


# ── Files and text ───────────────────────────────────────────────────────────────────────────────────

_declare(
    Code(
        "syntax",
        "error",
        "a word that does not fit here",
        "Text that the grammar has no reading for: a misspelled keyword, a missing part, a stray sign.",
        "What cannot be read cannot be enforced; guessing would be worse.",
        "rule r { when veteran unles trusted then block }",
        "rule r { when veteran unless trusted then block }",
    ),
    Code(
        "missing-brace",
        "error",
        "a block that never ends",
        "An opening brace without its closing one.",
        "All that follows would belong to the block.",
        "rule r { when veteran then block\nrule s { … }",
        "rule r { when veteran then block }\nrule s { … }",
    ),
    Code(
        "stray-brace",
        "error",
        "a brace that closes nothing",
        "A closing brace where no block is open.",
        "Most often a block ended earlier than it looks.",
        "rule r { when veteran then block } }",
        "rule r { when veteran then block }",
    ),
    Code(
        "unterminated-string",
        "error",
        "a string that does not end",
        "A quote whose string has no closing quote on its line.",
        "Strings end on their line, so that a forgotten quote cannot swallow rules.",
        'words "zoom, "skype"',
        'words "zoom", "skype"',
    ),
    Code(
        "unterminated-regex",
        "error",
        "a regular expression that does not end",
        "A slash whose regular expression has no closing slash on its line.",
        "A slash inside has to be escaped, and a class has to be closed.",
        "regex /call me",
        "regex /call me/",
    ),
    Code(
        "bad-escape",
        "error",
        "an escape that strings do not have",
        "A backslash before a character that it means nothing with.",
        "It would be read as something else than was written.",
        'text "C:\\dir"',
        'text "C:\\\\dir"',
    ),
    Code(
        "regex-flag",
        "error",
        "an unknown flag of a regular expression",
        "A letter other than c after the closing slash.",
        "Matching ignores case and evasions by itself; only c, which tells cases apart, is left to say.",
        "regex /zoom/i",
        "regex /zoom/",
    ),
    Code(
        "bad-number",
        "error",
        "a number that cannot stand here",
        "A number of too many digits, or a distance that is no whole number.",
        "Distances count words or characters.",
        "phone near ask_to_call within 1.5 words",
        "phone near ask_to_call within 2 words",
    ),
    Code(
        "unknown-unit",
        "error",
        "an unknown unit",
        "A word after a number that is no unit, no size and no currency.",
        "The number alone does not say how much it is.",
        "sender.tenure >= 2 fortnights",
        "sender.tenure >= 4 weeks",
    ),
    Code(
        "bad-name",
        "error",
        "a name that is not one",
        "A new name that is not in snake_case, has dots, is very long, or is a word of the language where it stands.",
        "One spelling for all names is what lets a colleague find them.",
        "rule PhoneNumbers { … }",
        "rule phone_numbers { … }",
    ),
    Code(
        "duplicate-clause",
        "error",
        "a clause that stands twice",
        "A second clause of a kind that a block has once, such as two `when` in a rule.",
        "Order never matters, so neither could win.",
        "rule r { when a when b then block }",
        "rule r { when a and b then block }",
    ),
    Code(
        "nested-too-deeply",
        "error",
        "a condition or formula nested too deeply",
        "Parentheses or `not` more than 100 deep.",
        "Nobody can read it, and reading it could exhaust a machine.",
        "when ((((… veteran …))))",
        "define inner = …\nrule r { when inner and veteran … }",
    ),
    Code(
        "or-except-mixed",
        "warning",
        "`or` and `except` without parentheses",
        "A formula that joins patterns with `or` and takes away with `except`, without parentheses.",
        "Readers disagree about what the `except` takes away from.",
        "pattern p = phone or email except in code",
        "pattern p = (phone or email) except in code",
    ),
    Code(
        "invisible-character",
        "error",
        "a character that cannot be seen",
        "A no-break space, a zero-width character and the like outside of strings and comments.",
        "A name with such a character in it looks like another name and is not.",
        "rule\u00a0phone { … }",
        "rule phone { … }",
    ),
    Code(
        "look-alike-character",
        "error",
        "a letter of another script that looks like a plain one",
        "A letter or sign outside of strings and comments that looks like an ASCII one and is another.",
        "A name with such a letter in it looks like another name and is not.",
        "rule рhone { … }",
        "rule phone { … }",
    ),
    Code(
        "odd-character",
        "error",
        "a character that can stand only in strings and comments",
        "A character outside of ASCII in the language's own words.",
        "Names are plain, so that everyone can type them.",
        "rule 電話 { … }",
        "rule phone { … }  # 電話",
    ),
    Code(
        "bidi-control",
        "error",
        "a control that turns the direction of writing",
        "A bidirectional control character, also in strings and comments.",
        "It can make a policy read other than it is.",
        'words "\\u{202E}" written as the character itself',
        'words "\\u{202E}"',
    ),
    Code(
        "control-character",
        "error",
        "a control character",
        "A control character other than a tab or a line end, such as NUL.",
        "It cannot be seen, and most tools stop at it.",
        "a NUL between two rules",
        "nothing between two rules",
    ),
    Code(
        "byte-order-mark",
        "warning",
        "a byte order mark",
        "U+FEFF at the start of the file.",
        "It is passed over, but other tools may stumble on it.",
        "a file saved as UTF-8 with signature",
        "the same file saved as UTF-8",
    ),
    Code(
        "file-too-large",
        "error",
        "a file that is too large",
        "A policy file of more than 8 MiB, or a list of more than 64 MiB.",
        "Rules are for people to read; long lists belong into files of their own.",
        "a policy of 10 MB",
        'words from "words.txt"',
    ),
    Code(
        "too-many-mistakes",
        "error",
        "too many mistakes",
        "A file with more than a hundred mistakes.",
        "It is most likely not a policy at all.",
        "a photograph named x.policy",
        "a policy",
    ),
    Code(
        "not-utf8",
        "error",
        "a file that is not UTF-8 text",
        "A byte that is not part of UTF-8 text.",
        "Guessing an encoding would change words without saying so.",
        "a file saved as Latin-1",
        "the same file saved as UTF-8",
    ),
    Code(
        "missing-file",
        "error",
        "a file that is not there",
        "A `use` or `from` of a file that does not exist or cannot be read.",
        "A list that is missing would silently match nothing.",
        'use "lists/paymant.policy"',
        'use "lists/payment.policy"',
    ),
    Code(
        "path-leaves-folder",
        "error",
        "a path that leaves the folder",
        "A `use` or `from` of a file outside of the root file's folder, also by way of a link.",
        "A policy must mean the same on every machine that has its folder.",
        'use "../../secrets.policy"',
        'use "lists/payment.policy"',
    ),
    Code(
        "use-cycle",
        "error",
        "files that use each other in a circle",
        "A file that, by way of others, uses itself.",
        "Definitions should have one direction to be read in.",
        'use "b.policy" in a.policy, use "a.policy" in b.policy',
        "what both need in c.policy",
    ),
    Code(
        "policy-block-elsewhere",
        "error",
        "a policy block in a file that is used",
        "A `policy` block in a file other than the root.",
        "There is one list of actions and one default for the whole policy.",
        "policy lists { … } in lists/payment.policy",
        "definitions alone in lists/payment.policy",
    ),
    Code(
        "unknown-pack",
        "error",
        "a pack that does not ship",
        "A `use` of `std/…` with a name that there is no pack of.",
        "Packs come with the version of Solon that is installed.",
        'use "std/contacts"',
        'use "std/contact"',
    ),
    Code(
        "missing-column",
        "error",
        "a column that the file does not have",
        "A `column` whose name is not in the header of the CSV file.",
        "The list would be empty.",
        'words from "apps.csv" column nmae',
        'words from "apps.csv" column name',
    ),
    Code(
        "bad-csv",
        "error",
        "a CSV file that cannot be read",
        "A CSV file with a row that does not follow the format, such as a quote that is never closed.",
        "Rows after it would be read as part of one field.",
        '"zoom,video',
        '"zoom",video',
    ),
    Code(
        "empty-list",
        "warning",
        "a list without an entry",
        "A file of `from` in which there is nothing but comments and empty lines.",
        "It matches nothing.",
        'words from "empty.txt"',
        'words "zoom"',
    ),
)


# ── Names, kinds and meaning (resolve, check) ────────────────────────────────────────────────────────
