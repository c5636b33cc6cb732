"""Words under `evasions strong`: letters that stand for their classes, joined or set apart.

docs/semantics.md, "Words": on top of the plain way a term is found *joined* (`z00m`, `zoooom`) and, from
three letters on, *apart* (`z o o m`, `zo o m`, `w.h.a.t.s.a.p.p`), with the word edges of the plain way.
Both are chains: one letter after the other, each eating a run of its class, with white space or separators
between; of letters set apart there are three chains, for no gap yet, one, and two or more, and only the
last one ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from solon.matcher import folding
from solon.matcher.reference.automaton import Accept, Automaton, Check, Eat, Fork, State
from solon.matcher.reference.leet import class_of, is_leet_sign
from solon.matcher.reference.words import Longest, PlainTerm, PlainWords, Term, plain_term

APART_LETTERS_MIN = 3
SEPARATORS_MAX = 3
GAPS_MIN = 2


class StrongWords:
    """All terms of a clause, in the plain way and the two strong ones."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.plain = PlainWords(terms, "basic")
        self.tolerant = [way for term in terms for way in ways(term)]

    def on(self, text: str) -> Longest:
        present = set(text)
        finders = [self.plain.on(text), *[way.on(text) for way in self.tolerant if way.may_match(present)]]

        def longest_from(start: int) -> int | None:
            ends = (finder(start) for finder in finders)
            return max((end for end in ends if end is not None), default=None)

        return longest_from


def ways(written: Term) -> list[TolerantTerm]:
    """The strong ways in which a term may be found."""
    term = plain_term(written, "basic")
    if term is None:
        return []
    found = [TolerantTerm(term, apart=False)]
    characters = "".join(term.pieces)
    letters = sum(folding.is_letter(character) for character in characters)
    if letters >= APART_LETTERS_MIN and all(folding.is_word(character) for character in characters):
        found.append(TolerantTerm(term, apart=True))
    return found


class TolerantTerm:
    """One term, joined or apart."""

    def __init__(self, term: PlainTerm, *, apart: bool) -> None:
        self.term = term
        self.classes = [stands_for(character) for character in "".join(term.pieces)]
        self.automaton = self._spread() if apart else self._joined()

    def may_match(self, present: set[str]) -> bool:
        """Has the text a character for each of the term's at all?"""
        return all(not present.isdisjoint(members) for members in self.classes)

    def on(self, text: str) -> Longest:
        longest = self.automaton.on(text)

        def longest_from(start: int) -> int | None:
            if text[start] not in self.classes[0] or not self.may_start(text, start):
                return None
            end = longest(start)
            if end is None or not any(folding.is_letter(character) for character in text[start:end]):
                return None
            return end

        return longest_from

    def may_start(self, text: str, start: int) -> bool:
        """A word edge where the term wants one, and a leet sign's run taken whole."""
        if not self.term.edge_left:
            return True
        doubled = is_leet_sign(text[start]) and start > 0 and text[start - 1] in self.classes[0]
        return folding.word_edge(text, start) and not doubled

    def may_end(self, text: str, end: int) -> bool:
        """The same at the other end."""
        if end == 0 or text[end - 1] not in self.classes[-1]:
            return False  # whatever is found ends with the last letter's class
        if not self.term.edge_right:
            return True
        doubled = is_leet_sign(text[end - 1]) and end < len(text) and text[end] in self.classes[-1]
        return folding.word_edge(text, end) and not doubled

    def _spread(self) -> Automaton:
        """A chain for each number of gaps so far: a gap leads to the next one, and only the last may end."""
        states: list[State] = [Accept()]
        dead = _add(states, Fork(()))
        ends: list[int] = [dead] * GAPS_MIN + [_add(states, Check("may end", 0))]
        for place, character in reversed(list(enumerate("".join(self.term.pieces)))):
            if place + 1 < len(self.classes):
                gaps = [_eat_separators(states, entry) for entry in ends[1:]]
                ends = [
                    _add(states, Fork((entry, gaps[min(number, GAPS_MIN - 1)])))
                    for number, entry in enumerate(ends)
                ]
            ends = [_eat_character(states, character, entry) for entry in ends]
        return Automaton(states, ends[0], self._holds)

    def _joined(self) -> Automaton:
        """The states, from the last character of the term to the first."""
        states: list[State] = [Accept()]
        then = _add(states, Check("may end", 0))
        for number in range(len(self.term.pieces) - 1, -1, -1):
            piece = self.term.pieces[number]
            for place in range(len(piece) - 1, -1, -1):
                then = _eat_character(states, piece[place], then)
            if number > 0:
                then = _eat_run(states, folding.is_space, then)
        return Automaton(states, then, self._holds)

    def _holds(self, text: str, place: int) -> frozenset[str]:
        return frozenset({"may end"}) if self.may_end(text, place) else frozenset()


def stands_for(character: str) -> frozenset[str]:
    """What a character of a term may be written as: a letter as its class, all else as itself."""
    return class_of(character) if folding.is_letter(character) else frozenset(character)


def is_separator(character: str) -> bool:
    """May it stand between letters that are set apart?"""
    return character == "_" or not folding.is_word(character)


def _add(states: list[State], state: State) -> int:
    states.append(state)
    return len(states) - 1


def _eat_character(states: list[State], character: str, then: int) -> int:
    """A letter: one or more of its class. Any other character: itself, once."""
    members = stands_for(character)
    if folding.is_letter(character):
        return _eat_run(states, members.__contains__, then)
    return _add(states, Eat(members.__contains__, then))


def _eat_run(states: list[State], accepts: Callable[[str], bool], then: int) -> int:
    """One or more characters that `accepts` takes."""
    again = _add(states, Fork(()))
    first = _add(states, Eat(accepts, again))
    states[again] = Fork((first, then))
    return first


def _eat_separators(states: list[State], then: int) -> int:
    """One to three separators."""
    entry = _add(states, Eat(is_separator, then))
    for _ in range(SEPARATORS_MAX - 1):
        more = _add(states, Fork((entry, then)))
        entry = _add(states, Eat(is_separator, more))
    return entry
