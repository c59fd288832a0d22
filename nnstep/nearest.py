"""The name that was meant, where another one was written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from nnstep.catalogue import say


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """A hint naming the valid name that `name` is a slip of, or None where none is that near."""
    found = nearest_name(name, valid)
    return say("hint.slip", word=found) if found is not None else None


def nearest_name(name: str, valid: Iterable[str]) -> str | None:
    """The valid name that `name` is a slip of, or None where none is that near.

    Names that are the same but for the case of letters and for `_`, `-` and spaces; else one letter too many, too few,
    exchanged or other in a name of 3, two from 6, three from 11. The first letter stays, as in most slips, and a name
    with another number in it is another name: W3 is no slip of W1.
    """
    wanted = folded(name)
    best: tuple[int, str] | None = None
    for one in islice(valid, _MOST):
        other = folded(one)
        apart = 0 if other == wanted else _apart(wanted, other)
        if apart is not None and (best is None or apart < best[0]):
            best = apart, one
    return best[1] if best is not None else None


def folded(name: str) -> str:
    """A name without what people write in different ways: the case of letters, `_`, `-` and spaces."""
    return name.casefold().translate(_FOLDED)


_FOLDED = str.maketrans("", "", "_- ")
_DIGITS = str.maketrans("", "", "0123456789")
_MOST = 500  # names that are looked at
_LONGEST = 80  # letters of a name that may be a slip


def _apart(wanted: str, other: str) -> int | None:
    """How many slips lie between two folded names; None where they are too many."""
    size = min(len(wanted), len(other))
    most = 0 if size < 3 else 1 if size < 6 else 2 if size < 11 else 3
    if abs(len(wanted) - len(other)) > most or max(len(wanted), len(other)) > _LONGEST or wanted == other:
        return None
    if wanted.translate(_DIGITS) == other.translate(_DIGITS):
        return None
    if wanted[0] != other[0] and wanted[:2] != other[1::-1]:
        return None
    return _slips(wanted, other, most)


def _slips(one: str, other: str, most: int) -> int | None:
    """The fewest letters to put in, leave out, replace, or exchange with the next, to make one text the other; None
    where these are more than `most`.
    """
    far = most + 1
    before, last = list[int](), [min(column, far) for column in range(len(other) + 1)]
    for row, left in enumerate(one, 1):
        now = [min(row, far)] + [far] * len(other)
        for column in range(max(1, row - most), min(len(other), row + most) + 1):  # further off are too many already
            right = other[column - 1]
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and right == one[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            now[column] = min(cost, far)
        if min(now) == far:
            return None
        before, last = last, now
    return last[-1] if last[-1] <= most else None
