"""Regular expressions, second half: from positions to a minimal deterministic automaton.

The automaton reads the class of one character after the other, anchored where the caller starts it. It says
of a match that it has ended one symbol late, so that what is asserted about the end (`\\b`, `$`, a word edge)
is decided by that symbol; after the last character it reads one symbol more, the end. Where it begins depends
on the class of the character before, for what is asserted about the start.

Nothing here can run away: the states, the table and the work are bounded, and what exceeds them is refused.
"""

from __future__ import annotations

from functools import lru_cache

from solon.compiler.charsets import CODE_POINT_MAX, Ranges, property_set
from solon.compiler.dfa_section import Dfa, build_dfas
from solon.compiler.regex_gate import Row, required_rows
from solon.compiler.regex_nfa import (
    ALWAYS,
    MATCH,
    Guarded,
    Look,
    Positions,
    RegexTooLarge,
    Tree,
    build_positions,
    fold_node,
)
from solon.dsl import ir

__all__ = ["Dfa", "RegexTooLarge", "build_dfas", "compile_regex", "compile_tree"]

STATES_MAX = 10_000
CLASSES_MAX = 254
CELLS_MAX = 1_500_000
WORK_MAX = 2_000_000
"""Positions looked at while states are made: about a second at the worst."""
MINIMISE_CELLS_MAX = 12_000_000
KEPT_MAX = 512
"""So many automata are kept for the next compile: some tens of megabytes at most for usual policies."""

DEAD = 0


def compile_regex(root: ir.RegexNode, level: str, *, states_max: int = STATES_MAX) -> Dfa:
    """The automaton of an expression over the stream of a level: raw, cased, none or basic.

    Raises RegexTooLarge, with a sentence for the author, where it does not fit its bounds.
    """
    return compile_tree(fold_node(root, level), states_max=states_max)


def compile_tree(tree: Tree, *, needs_letter: bool = False, states_max: int = STATES_MAX) -> Dfa:
    """The same from a folded tree. `needs_letter`: only what has a character of category L is a match."""
    return _compiled(tree, needs_letter, states_max)


# PERF: a policy that is compiled again in one process (by an editor, on each change of a file, in tests)
# makes only the automata that are new; the marketplace example has 360 of them, nearly all of its time.
@lru_cache(maxsize=KEPT_MAX)
def _compiled(tree: Tree, needs_letter: bool, states_max: int) -> Dfa:
    positions = build_positions(tree)
    alphabet = _Alphabet(positions, needs_letter)
    rows, accepting, starts = _Determiniser(positions, alphabet, needs_letter, states_max).run()
    rows, accepting, starts = _minimised(rows, accepting, starts)
    return _finished(rows, accepting, starts, alphabet, required_rows(positions))


# ── The alphabet ─────────────────────────────────────────────────────────────────────────────────────


class _Alphabet:
    """Characters that no set and no assertion of the expression can tell apart are one class.

    `signatures[c]` says in which sets class c is, as bits; `number` gives the bit of a set. `ranges` are
    (first code point, class), each to the next; `end` is the class of the symbol after the last character.
    """

    def __init__(self, positions: Positions, needs_letter: bool) -> None:
        self.number: dict[Ranges, int] = {}
        for of in positions.sets:
            self._add(of)
        self.look_mask = 0
        for look in _looks(positions):
            for of in _asked_by(look):
                self.look_mask |= 1 << self._add(of)
        self.letter = 1 << self._add(property_set("L")) if needs_letter else 0
        self.signatures: list[int] = []
        self.ranges: list[tuple[int, int]] = []
        self._split()
        self.end = len(self.signatures)

    def _add(self, of: Ranges) -> int:
        return self.number.setdefault(of, len(self.number))

    def _split(self) -> None:
        toggles: dict[int, int] = {0: 0}
        for of, number in self.number.items():
            for low, high in of:
                toggles[low] = toggles.get(low, 0) ^ (1 << number)
                toggles[high + 1] = toggles.get(high + 1, 0) ^ (1 << number)
        classes: dict[int, int] = {}
        signature = 0
        for code in sorted(toggles):
            if code > CODE_POINT_MAX:
                break
            signature ^= toggles[code]
            number = classes.setdefault(signature, len(classes))
            if not self.ranges or self.ranges[-1][1] != number:
                self.ranges.append((code, number))
        self.signatures = list(classes)
        if len(classes) > CLASSES_MAX:
            raise RegexTooLarge(f"it tells more than {CLASSES_MAX} kinds of characters apart")


def _looks(positions: Positions) -> set[Look]:
    return {look for guarded in (positions.entry, *positions.follow) for guard in guarded for look in guard}


def _asked_by(look: Look) -> tuple[Ranges, ...]:
    """The sets that an assertion asks about."""
    match look.kind:
        case "boundary" | "not_boundary":
            return (property_set("word"),)
        case "edge":
            return (property_set("word"), property_set("unspaced"))
        case "no_run_before" | "no_run_after":
            return (property_set("word"), look.of)
        case _:
            return ()


# ── Determinisation ──────────────────────────────────────────────────────────────────────────────────

OUTSIDE = -1
"""The signature of what stands outside the text."""

_State = tuple[int, int, bool, bool]
"""Positions just eaten, what assertions ask of it, was a letter seen, did a match end before it."""


class _Determiniser:
    def __init__(
        self, positions: Positions, alphabet: _Alphabet, needs_letter: bool, states_max: int
    ) -> None:
        self.alphabet = alphabet
        self.needs_letter = needs_letter
        self.states_max = min(states_max, CELLS_MAX // (alphabet.end + 1))
        self.follow: list[Guarded] = [*positions.follow, positions.entry]
        self.start = 1 << len(positions.follow)  # a position before all others
        self.guarded = sum(
            1 << place for place, guarded in enumerate(self.follow) if any(guard for guard in guarded)
        )
        self.eaten_by = self._positions_by_class(positions)
        self.chained = sum(positions.chains)
        self.chain_of = _by_bit(positions.chains)
        self.word = self._bit("word")
        self.unspaced = self._bit("unspaced")
        self.work = 0
        self.numbers: dict[_State, int] = {(0, 0, False, False): DEAD}
        self.pending: list[_State] = []

    def _bit(self, name: str) -> int:
        of = property_set(name) if self.alphabet.look_mask else ()
        return 1 << self.alphabet.number[of] if of in self.alphabet.number else 0

    def _positions_by_class(self, positions: Positions) -> list[int]:
        by_set: dict[int, int] = {}
        for place, of in enumerate(positions.sets):
            if of:
                number = self.alphabet.number[of]
                by_set[number] = by_set.get(number, 0) | 1 << place
        return [
            sum(bits for number, bits in by_set.items() if signature >> number & 1)
            for signature in self.alphabet.signatures
        ]

    def run(self) -> tuple[list[list[int]], list[bool], list[int]]:
        """Rows of next states by class; which accept; start states by class of the character before."""
        contexts = [signature & self.alphabet.look_mask for signature in self.alphabet.signatures]
        if not self.guarded & self.start:
            contexts = [0] * len(contexts)
        outside = OUTSIDE if self.guarded & self.start else 0
        starts = [self._number((self.start, context, False, False)) for context in (*contexts, outside)]
        rows: list[list[int]] = [[DEAD] * (self.alphabet.end + 1)]
        for state in self.pending:  # grows while we go
            rows.append(self._row(state))
        accepting = [accepted for _, _, _, accepted in self.numbers]
        return rows, accepting, starts

    def _number(self, state: _State) -> int:
        number = self.numbers.get(state)
        if number is None:
            number = self.numbers[state] = len(self.numbers)
            if number >= self.states_max:
                raise RegexTooLarge(
                    f"its automaton would have more than {self.states_max} states: a high count of a repeat "
                    "that can begin at many places at once is the usual cause"
                )
            self.pending.append(state)
        return number

    def _row(self, state: _State) -> list[int]:
        positions, before, seen, _ = state
        always, guarded = self._follow(positions)
        if not guarded and not always & MATCH:
            return self._plain_row(always, seen)
        by_context: dict[int, int] = {}
        row = []
        mask = self.alphabet.look_mask
        for signature, eaters in zip(self.alphabet.signatures, self.eaten_by, strict=True):
            context = signature & mask
            bits = by_context.get(context)
            if bits is None:
                bits = by_context[context] = always | self._passing(guarded, before, context)
            row.append(self._next(bits & eaters, signature, seen, bool(bits & MATCH)))
        at_end = always | self._passing(guarded, before, OUTSIDE)
        row.append(self._next(0, 0, seen, bool(at_end & MATCH)))
        return row

    def _plain_row(self, bits: int, seen: bool) -> list[int]:
        """PERF: most states ask nothing and accept nothing: a strong union builds twice as fast."""
        row = [DEAD] * (self.alphabet.end + 1)
        for of_class, eaters in enumerate(self.eaten_by):
            eaten = bits & eaters
            if eaten:
                row[of_class] = self._next(eaten, self.alphabet.signatures[of_class], seen, False)
        return row

    def _next(self, eaten: int, signature: int, seen: bool, ended: bool) -> int:
        """The state after a character; `ended`: but for the letter that it may need, a match ended before."""
        if eaten & self.chained:
            eaten = self._without_weaker(eaten)
        accepts = ended and (seen or not self.needs_letter)
        if not eaten:
            return self._number((0, 0, False, True)) if accepts else DEAD
        letter = self.needs_letter and (seen or bool(signature & self.alphabet.letter))
        context = signature & self.alphabet.look_mask if eaten & self.guarded else 0
        return self._number((eaten, context, letter, accepts))

    def _without_weaker(self, eaten: int) -> int:
        """Of the counts that a repeat may stand at, only the one that has most left: it can do all that the
        others can.

        This keeps `.*a.{0,20}b` small, where each a begins a count of its own.
        """
        left = eaten & self.chained
        while left:  # PERF: a strong union has hundreds of chains, and a state stands in a few of them
            inside = eaten & self.chain_of[left & -left]
            left &= ~inside
            if inside & (inside - 1):
                eaten ^= inside ^ (1 << inside.bit_length() - 1)
        return eaten

    def _follow(self, positions: int) -> tuple[int, Guarded]:
        """What may come after any of the positions."""
        always = 0
        guarded: Guarded = {}
        while positions:
            lowest = positions & -positions
            positions ^= lowest
            self.work += 1
            for guard, bits in self.follow[lowest.bit_length() - 1].items():
                if guard is ALWAYS or not guard:
                    always |= bits
                else:
                    guarded[guard] = guarded.get(guard, 0) | bits
        if self.work > WORK_MAX:
            raise RegexTooLarge(
                "its automaton takes too long to build: use shorter repeats or fewer alternatives"
            )
        return always, guarded

    def _passing(self, guarded: Guarded, before: int, after: int) -> int:
        """The bits whose assertions all hold between two characters, given by their signatures."""
        passing = 0
        for guard, bits in guarded.items():
            if all(self._holds(look, before, after) for look in guard):
                passing |= bits
        return passing

    def _holds(self, look: Look, before: int, after: int) -> bool:
        word_before = before != OUTSIDE and bool(before & self.word)
        word_after = after != OUTSIDE and bool(after & self.word)
        match look.kind:
            case "start":
                return before == OUTSIDE
            case "end":
                return after == OUTSIDE
            case "boundary":
                return word_before != word_after
            case "not_boundary":
                return word_before == word_after
            case "edge":
                return not (word_before and word_after) or bool((before | after) & self.unspaced)
            case "no_run_before":
                return word_after or before == OUTSIDE or not before >> self.alphabet.number[look.of] & 1
            case "no_run_after":
                return word_before or after == OUTSIDE or not after >> self.alphabet.number[look.of] & 1


def _by_bit(chains: tuple[int, ...]) -> dict[int, int]:
    """The chain of each position that stands in one; none stands in two."""
    found = {}
    for chain in chains:
        left = chain
        while left:
            found[left & -left] = chain
            left &= left - 1
    return found


# ── Minimisation ─────────────────────────────────────────────────────────────────────────────────────


def _minimised(
    rows: list[list[int]], accepting: list[bool], starts: list[int]
) -> tuple[list[list[int]], list[bool], list[int]]:
    """States that no continuation tells apart become one.

    Where that would take too long the automaton stays as it is: larger, not wrong.
    """
    rows = _without_blind_alleys(rows, accepting)
    block = _blocks(rows, accepting)
    if block is None:
        return rows, accepting, starts
    first: dict[int, int] = {}
    for state, number in enumerate(block):
        first.setdefault(number, state)
    order = {number: place for place, number in enumerate(first)}
    new_rows = [[order[block[to]] for to in rows[state]] for state in first.values()]
    return new_rows, [accepting[state] for state in first.values()], [order[block[state]] for state in starts]


def _without_blind_alleys(rows: list[list[int]], accepting: list[bool]) -> list[list[int]]:
    """Steps to states from which nothing is ever accepted lead to the dead state."""
    before = _predecessors(rows)
    useful = list(accepting)
    pending = [state for state, accepts in enumerate(accepting) if accepts]
    while pending:
        for state in before[pending.pop()]:
            if not useful[state]:
                useful[state] = True
                pending.append(state)
    if all(useful[1:]):
        return rows
    return [[to if useful[to] else DEAD for to in row] for row in rows]


def _predecessors(rows: list[list[int]]) -> list[list[int]]:
    before: list[list[int]] = [[] for _ in rows]
    for state, row in enumerate(rows):
        for to in set(row):
            if to != DEAD:
                before[to].append(state)
    return before


def _blocks(rows: list[list[int]], accepting: list[bool]) -> list[int] | None:
    """The block of each state: split until nothing splits (Moore), each round looking only at states whose
    next ones moved.

    Live states are never equal to the dead one, so that blocks may begin with which steps are live, and only
    the live steps need to be compared.
    """
    before = _predecessors(rows)
    live = [[to for to in row if to != DEAD] for row in rows]
    shapes: dict[tuple[bool, bytes], int] = {}
    block = [
        shapes.setdefault((accepts, bytes([to != DEAD for to in row])), len(shapes))
        for row, accepts in zip(rows, accepting, strict=True)
    ]
    members: list[set[int]] = [set() for _ in shapes]
    for state, number in enumerate(block):
        members[number].add(state)
    dirty = set(range(len(rows)))
    cells = 0
    while dirty:
        cells += sum(len(live[state]) for state in dirty)
        if cells > MINIMISE_CELLS_MAX:
            return None
        moved = _split_blocks(sorted(dirty), live, block, members)
        dirty = {state for to in moved for state in before[to]}
    return block


def _split_blocks(
    dirty: list[int], live: list[list[int]], block: list[int], members: list[set[int]]
) -> list[int]:
    """One round: dirty states that differ from the rest of their block leave it, and are returned."""
    by_block: dict[int, dict[tuple[int, ...], list[int]]] = {}
    for state in dirty:
        key = tuple(map(block.__getitem__, live[state]))
        by_block.setdefault(block[state], {}).setdefault(key, []).append(state)
    moved: list[int] = []
    pending: list[tuple[int, list[int]]] = []
    for number, groups in by_block.items():
        if sum(map(len, groups.values())) < len(members[number]):
            # The states of the block that are not dirty still agree with one another; those who agree with
            # them stay.
            asked = {state for states in groups.values() for state in states}
            still = next(state for state in members[number] if state not in asked)
            stay = tuple(map(block.__getitem__, live[still]))
        else:
            stay = max(groups, key=lambda key: len(groups[key]))
        pending.extend((number, states) for key, states in groups.items() if key != stay)
    for number, states in pending:
        members[number].difference_update(states)
        for state in states:
            block[state] = len(members)
        members.append(set(states))
        moved.extend(states)
    return moved


# ── Finishing ────────────────────────────────────────────────────────────────────────────────────────


def _finished(
    rows: list[list[int]],
    accepting: list[bool],
    starts: list[int],
    alphabet: _Alphabet,
    required: tuple[Row, ...],
) -> Dfa:
    """Joins classes with equal columns and puts accepting states last: one comparison finds them."""
    order = [state for state in range(len(rows)) if not accepting[state]]
    plain = len(order)
    order += [state for state in range(len(rows)) if accepting[state]]
    number = {state: place for place, state in enumerate(order)}
    columns: dict[tuple[int, ...], int] = {}
    joined: list[int] = []
    for own, *column in zip(starts, *(rows[state] for state in order), strict=True):
        joined.append(
            columns.setdefault((own, *column), len(columns)) if len(joined) < alphabet.end else len(columns)
        )
    keys = [*columns, (starts[-1], *(rows[state][-1] for state in order))]
    ranges: list[tuple[int, int]] = []
    for code, old in alphabet.ranges:
        if not ranges or ranges[-1][1] != joined[old]:
            ranges.append((code, joined[old]))
    return Dfa(
        ranges=tuple(ranges),
        rows=tuple(tuple(number[key[place + 1]] for key in keys) for place in range(len(order))),
        starts=tuple(number[key[0]] for key in keys),
        accepting_from=plain,
        required=required,
    )
