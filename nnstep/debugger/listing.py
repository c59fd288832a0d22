"""The lines of a listing in which some are open, and how one goes from line to line. Positions are tuples of numbers.

A line is a path: (6,) is step 6 of the iteration, (6, 2) step 2 of its body, (6, 2, 1) step 1 of the body of that. A
line stands above the lines of its body, so the order of the listing is that of the tuples. `sizes(path)` says how many
steps the body of a line has, 0 for a primitive; `sizes(())` how many steps the iteration has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

StepPath = tuple[int, ...]
Sizes = Callable[[StepPath], int]


def next_line(path: StepPath, sizes: Sizes, opened: Collection[StepPath]) -> StepPath | None:
    """The line below: the first of the body where the line is open; None at the end of the iteration."""
    if path[-1] and path in opened and sizes(path):
        return (*path, 1)
    while path:
        if path[-1] < sizes(path[:-1]):
            return (*path[:-1], path[-1] + 1)
        path = path[:-1]
    return None


def before(path: StepPath, sizes: Sizes, opened: Collection[StepPath] | None) -> StepPath | None:
    """The line above: undoes `after`. None at the start of the iteration. With `opened` None all is taken as open."""
    if path[-1] > 1 or (len(path) == 1 and path[-1] == 1):
        return deepest((*path[:-1], path[-1] - 1), sizes, opened)
    return path[:-1] or None


def deepest(path: StepPath, sizes: Sizes, opened: Collection[StepPath] | None) -> StepPath:
    """The last line of what is open at a line, the line itself where it is closed; with None all is taken as open."""
    while path[-1] and (opened is None or path in opened):
        size = sizes(path)
        if not size:
            break
        path = (*path, size)
    return path


def entered(path: StepPath) -> tuple[StepPath, ...]:
    """The lines that have to be open for a line to be there, the outermost first."""
    return tuple(path[:depth] for depth in range(1, len(path)))
