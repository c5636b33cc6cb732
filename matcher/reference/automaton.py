"""From where in a text, and how far, a chain of choices matches: the one search of the reference interpreter.

An automaton is a list of states: eat one character, choose, check something about the place, or accept.
From each start the *longest* match counts. Trying every path, or running from every start to the end of the
text, would take forever on hostile text, so there are two passes:

1. backwards over the text, once: which states can still reach the end of a match from this place (`live`);
2. forwards from a start, keeping live states alone. It stops where the longest match from that start ends,
never later.

The caller jumps over what has matched, so that both passes together are linear in the text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

States = frozenset[int]
Holds = Callable[[str, int], frozenset[str]]
"""What is true of a place in a text, by name: `boundary`, `start`, …"""

MEMO_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Eat:
    """One character that `accepts` takes, and on to the state `then`."""

    accepts: Callable[[str], bool]
    then: int


@dataclass(frozen=True, slots=True)
class Fork:
    """Any of the states, without eating."""

    to: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """On to `then` where `what` holds, without eating."""

    what: str
    then: int


@dataclass(frozen=True, slots=True)
class Accept:
    """A match may end here."""


State = Eat | Fork | Check | Accept


class Automaton:
    """States and the entry; `holds` says which checks are true at a place."""

    def __init__(self, states: list[State], entry: int, holds: Holds) -> None:
        self.states = states
        self.entry = entry
        self.holds = holds
        self.accept = frozenset(i for i, state in enumerate(states) if isinstance(state, Accept))
        self.eaters = frozenset(i for i, state in enumerate(states) if isinstance(state, Eat))
        self.into = _predecessors(states)
        self._back: dict[tuple[States, str, frozenset[str]], States] = {}
        self._forth: dict[tuple[States, str, frozenset[str]], States] = {}

    def on(self, text: str) -> Callable[[int], int | None]:
        """The function from a start to the longest end past it, or None where nothing matches from there."""
        places = [self.holds(text, place) for place in range(len(text) + 1)]
        live = self._live(text, places)

        def longest_from(start: int) -> int | None:
            states = self._closure(frozenset([self.entry]), places[start]) & live[start]
            longest = None
            place = start
            while states & self.eaters:
                states = self._after(states, text[place], places[place + 1]) & live[place + 1]
                place += 1
                if states & self.accept:
                    longest = place
            return longest

        return longest_from

    def _live(self, text: str, places: list[frozenset[str]]) -> list[States]:
        """For each place the states from which a match can still end, there or later."""
        live = [self._backwards(frozenset(), "", places[-1])]
        for place in range(len(text) - 1, -1, -1):
            live.append(self._backwards(live[-1], text[place], places[place]))
        live.reverse()
        return live

    def _backwards(self, later: States, character: str, holds: frozenset[str]) -> States:
        """The live states of a place from those of the next one; no character stands at the end."""
        key = (later, character, holds)
        known = self._back.get(key)
        if known is not None:
            return known
        found = set(self.accept)
        if character:
            for state in later:
                for before in self.into[state]:
                    eater = self.states[before]
                    if isinstance(eater, Eat) and eater.accepts(character):
                        found.add(before)
        pending = list(found)
        while pending:
            for before in self.into[pending.pop()]:
                state_before = self.states[before]
                passes = isinstance(state_before, Fork) or (
                    isinstance(state_before, Check) and state_before.what in holds
                )
                if passes and before not in found:
                    found.add(before)
                    pending.append(before)
        return _remember(self._back, key, frozenset(found))

    def _after(self, states: States, character: str, holds: frozenset[str]) -> States:
        """The states after eating the character, at a place where `holds` is true."""
        key = (states, character, holds)
        known = self._forth.get(key)
        if known is not None:
            return known
        eaten = set()
        for index in states:
            state = self.states[index]
            if isinstance(state, Eat) and state.accepts(character):
                eaten.add(state.then)
        return _remember(self._forth, key, self._closure(frozenset(eaten), holds))

    def _closure(self, states: States, holds: frozenset[str]) -> States:
        """The states and all that can be reached from them without eating."""
        found = set(states)
        pending = list(states)
        while pending:
            state = self.states[pending.pop()]
            onward: tuple[int, ...] = ()
            if isinstance(state, Fork):
                onward = state.to
            elif isinstance(state, Check) and state.what in holds:
                onward = (state.then,)
            for index in onward:
                if index not in found:
                    found.add(index)
                    pending.append(index)
        return frozenset(found)


def _predecessors(states: list[State]) -> list[list[int]]:
    """For each state those that lead to it."""
    into: list[list[int]] = [[] for _ in states]
    for index, state in enumerate(states):
        if isinstance(state, Fork):
            for to in set(state.to):
                into[to].append(index)
        elif isinstance(state, Eat | Check):
            into[state.then].append(index)
    return into


def _remember(
    memo: dict[tuple[States, str, frozenset[str]], States],
    key: tuple[States, str, frozenset[str]],
    value: States,
) -> States:
    """Keep the value, within bounds: a hostile text must not fill the memory."""
    if len(memo) >= MEMO_MAX:
        memo.clear()
    memo[key] = value
    return value
