"""Tolerant spellings for `evasions strong`: leet letters, repeated letters, letters set apart.

The clause's words, literals or expression go in, automata over the `basic` stream come out. What counts as a
tolerant spelling is "Words" of docs/semantics.md: *joined* (`z00m`, `zoooom`) and *apart* (`zo o m`).
"""

from __future__ import annotations

from collections.abc import Sequence

from solon.compiler.charsets import Ranges, complement, of_characters, property_set, united
from solon.compiler.regex_dfa import Dfa, compile_tree
from solon.compiler.regex_nfa import Again, Either, Look, One, RegexTooLarge, Spread, Then, Tree, size
from solon.dsl import ir
from solon.matcher import folding

LEET = {
    "a": "4@", "b": "8", "e": "3€", "g": "9", "h": "#", "i": "1!|l", "l": "1|i", "o": "0",
    "s": "5$", "t": "7+", "x": "×", "z": "2",
}  # fmt: skip
APART_LETTERS_MIN = 3
SEPARATORS_MAX = 3
GAPS_MIN = 2
"""So many gaps make letters set apart: with one, `we chat` and `bot im` would be names."""
UNION_POSITIONS_MAX = 3_900
UNION_STATES_MAX = 16_000
CLAUSE_POSITIONS_MAX = 120_000
"""About 3,500 names: half a minute of compiling and some 10 MB of artifact."""


def strong_terms(terms: Sequence[ir.Term]) -> list[Dfa]:
    """The automata of the joined and apart spellings of a clause's words, word edges included.

    As few automata as fit their bounds. A term without a letter has no such spelling and is left out.
    """
    trees: dict[tuple[str, bool, bool], Tree] = {}
    for term in terms:
        text = " ".join(folding.fold_text(term.text, "basic").split())
        if any(map(folding.is_letter, text)):
            trees[(text, term.open_left, term.open_right)] = _term(text, term.open_left, term.open_right)
    return _unions([trees[key] for key in sorted(trees)], needs_letter=True)


def strong_literals(literals: Sequence[str]) -> list[Dfa]:
    """The automata of a `text` clause: each letter stands for one or more of its class, anywhere."""
    texts = sorted({folding.fold_text(literal, "basic") for literal in literals} - {""})
    return _unions([Then(tuple(map(_spelled, text))) for text in texts], needs_letter=False)


def strengthen(node: ir.RegexNode) -> ir.RegexNode:
    """The expression with each literal letter outside a set standing for one or more of its class."""
    match node:
        case ir.Chars(text):
            parts = tuple(map(_strong_character, folding.fold_text(text, "basic")))
            return parts[0] if len(parts) == 1 else ir.Sequence(parts)
        case ir.Sequence(parts):
            return ir.Sequence(tuple(map(strengthen, parts)))
        case ir.Alternatives(parts):
            return ir.Alternatives(tuple(map(strengthen, parts)))
        case ir.Repeat(part, least, most):
            return ir.Repeat(strengthen(part), least, most)
        case ir.CharSet() | ir.Assertion():
            return node


def _strong_character(character: str) -> ir.RegexNode:
    if not folding.is_letter(character):
        return ir.Chars(character)
    return ir.Repeat(ir.CharSet(class_of(character), (), False), 1, None)


def class_of(letter: str) -> Ranges:
    """A letter and its leet forms; a letter that has none stands for itself."""
    return of_characters(letter + LEET.get(letter, ""))


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────


def _term(text: str, open_left: bool, open_right: bool) -> Tree:
    """Both ways of a term (folded, white space single), with what must hold at its ends."""
    spellings: list[Tree] = [_joined(text)]
    characters = text.replace(" ", "")
    letters = sum(map(folding.is_letter, characters))
    if letters >= APART_LETTERS_MIN and all(map(folding.is_word, characters)):
        spellings.append(_apart(characters))
    parts: list[Tree] = [Either(tuple(spellings))]
    if not open_left and folding.is_word(text[0]):
        parts[:0] = [Look("edge"), *_whole_run("no_run_before", text[0])]
    if not open_right and folding.is_word(text[-1]):
        parts += [Look("edge"), *_whole_run("no_run_after", text[-1])]
    return Then(tuple(parts))


def _spelled(character: str) -> Tree:
    """A letter as one or more of its class; anything else as itself."""
    if folding.is_letter(character):
        return Again(One(class_of(character)), 1, None)
    return One(of_characters(character))


def _joined(text: str) -> Tree:
    space = Again(One(property_set("space")), 1, None)
    return Then(tuple(space if character == " " else _spelled(character) for character in text))


def _apart(characters: str) -> Tree:
    separator = united(complement(property_set("word")) + of_characters("_"))
    return Spread(tuple(map(_spelled, characters)), separator, SEPARATORS_MAX, GAPS_MIN)


def _whole_run(kind: str, character: str) -> list[Tree]:
    """Where a class has leet signs, a run of it counts whole: the neighbour is none of them."""
    if not folding.is_letter(character) or all(map(folding.is_word, LEET.get(character, ""))):
        return []
    of = class_of(character)
    return [Look("no_run_before", of) if kind == "no_run_before" else Look("no_run_after", of)]


# ── Unions ───────────────────────────────────────────────────────────────────────────────────────────


def _unions(trees: Sequence[Tree], *, needs_letter: bool) -> list[Dfa]:
    """One automaton where it fits, else several, each for a stretch of the list."""
    if sum(map(size, trees)) > CLAUSE_POSITIONS_MAX:
        raise RegexTooLarge(
            f"{len(trees)} entries are too many for `evasions strong`: keep it for some hundred names, and "
            "put the others into a clause with `evasions basic`"
        )
    groups: list[list[Tree]] = [[]]
    positions = 1
    for tree in trees:
        if groups[-1] and positions + size(tree) > UNION_POSITIONS_MAX:
            groups.append([])
            positions = 1
        groups[-1].append(tree)
        positions += size(tree)
    return [dfa for group in groups if group for dfa in _union(group, needs_letter)]


def _union(trees: Sequence[Tree], needs_letter: bool) -> list[Dfa]:
    try:
        return [compile_tree(Either(tuple(trees)), needs_letter=needs_letter, states_max=UNION_STATES_MAX)]
    except RegexTooLarge:
        if len(trees) == 1:
            raise
        middle = len(trees) // 2
        return _union(trees[:middle], needs_letter) + _union(trees[middle:], needs_letter)
