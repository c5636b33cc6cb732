"""In which order things that refer to one another can be built, and where they go round in circles.

Used for defines and for patterns. Walks with its own stack, so that a chain of a million names is no trouble.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def in_dependency_order(
    refers_to: Mapping[str, Sequence[str]],
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """All names, each after those that it refers to, and the cycles that were met.

    A cycle is named once, as the path from its first name (the least of them) back to before itself: `a, b`
    for "a refers to b, b to a". Names that are not keys are passed over.
    """
    order: list[str] = []
    cycles: dict[tuple[str, ...], None] = {}
    finished: set[str] = set()
    for start in sorted(refers_to):
        if start in finished:
            continue
        path = [start]
        index_in_path = {start: 0}
        waiting = [iter(refers_to[start])]
        while path:
            for name in waiting[-1]:
                if name in index_in_path:
                    cycles[_from_least(path[index_in_path[name] :])] = None
                elif name in refers_to and name not in finished:
                    index_in_path[name] = len(path)
                    path.append(name)
                    waiting.append(iter(refers_to[name]))
                    break
            else:
                done = path.pop()
                waiting.pop()
                del index_in_path[done]
                finished.add(done)
                order.append(done)
    return tuple(order), tuple(cycles)


def _from_least(cycle: list[str]) -> tuple[str, ...]:
    at = cycle.index(min(cycle))
    return tuple(cycle[at:] + cycle[:at])
