"""What can be wrong, said once: where (file, line, key path), what was found and expected, and a hint.

Every failure that a person can cause is a `Problem`; a stage collects the problems it finds and raises them together
as one `NnstepError`, so that all errors of a file are seen at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.text import clean

__all__ = [
    "ClassNumberError",
    "LanguageError",
    "NnstepError",
    "OperationError",
    "OutputError",
    "Problem",
    "RunError",
    "folded",
    "nearest",
    "nearest_name",
]


class Problem(NamedTuple):
    """One thing that is wrong. `line` and `column` count from 1; `key` is a dotted path such as `layers[1].weight`."""

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    key: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """`file:line: key: message; hint`, on one line, fit for a terminal."""
        where = ":".join(clean(part) for part in (self.file, self.line) if part is not None)
        said = ": ".join(
            part for part in (where, clean(self.key) if self.key else "", clean(self.message, 400)) if part
        )
        return f"{said} ({clean(self.hint, 400)})" if self.hint else said

    def at(self, *, file: str | None = None, line: int | None = None, key: str | None = None) -> Problem:
        """The same problem with the place filled in where it is not known yet."""
        return self._replace(file=self.file or file, line=self.line or line, key=self.key or key)


class NnstepError(Exception):
    """A scenario, a file or a command that cannot be used; holds every problem found."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class OutputError(Exception):
    """Standard output cannot be written; the OSError is its cause."""


class LanguageError(Exception):
    """A text that is not in the language. `line` and `column` count from 1 within the text that was parsed.

    `others` holds what else was found wrong in the same text, on other lines; `source` is the text of the line itself.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1, hint: str | None = None) -> None:
        self.message, self.line, self.column, self.hint = message, line, column, hint
        self.others: tuple[LanguageError, ...] = ()
        self.source = ""
        super().__init__(message)


class OperationError(Exception):
    """An operation given shapes or options that it cannot take; the message says what it found and expected."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message, self.hint = message, hint
        super().__init__(message)


class ClassNumberError(OperationError):
    """Numbers that are no class numbers; `wrong` has the index and the value of each, in reading order."""

    def __init__(self, message: str, hint: str | None, wrong: tuple[tuple[tuple[int, ...], float], ...]) -> None:
        super().__init__(message, hint)
        self.wrong = wrong


class RunError(NnstepError):
    """A run that cannot go on: step `step` of iteration `iteration` cannot be done with the numbers that it has."""

    def __init__(self, problem: Problem, iteration: int, step: int) -> None:
        super().__init__(problem)
        self.iteration, self.step = iteration, step


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
