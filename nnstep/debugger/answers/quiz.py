"""Predict, then reveal: the result of a step is hidden until a person has said what it is, or gives it up.

Plain data: a `Quiz` and what becomes of it. Nothing here shows anything, and nothing of the answer is in it before it
is right or shown.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnstep.debugger.listing import StepPath
from nnstep.ops import Array, Index
from nnstep.pasted import PastedNumbers

HINTS = 3  # the formula, the numbers in it, the value itself
_SHARE = 0.01  # of a number: the tolerance whatever is typed
_LOOSEST = 0.05  # of the largest entry: what the last decimal typed may make of it
_ROUNDING = 1e-9  # of the largest entry: what an exact answer may be off by


class Question(NamedTuple):
    """What is asked: the value that the line `path` of an iteration computes."""

    iteration: int
    path: StepPath
    name: str
    equation: str


class Answered(NamedTuple):
    """A question that is done with. `how` is "right" (at the first go), "helped" (right after hints or wrong answers)
    or "shown"; `asked` is the cell, or "" for the whole value."""

    question: Question
    how: str
    asked: str
    typed: str
    expected: str
    attempts: int
    hints: int


class Grade(NamedTuple):
    """Whether an answer is right.

    kind      "right", "wrong", "shape" (not that of the value) or "transposed" (right but for rows and columns, which
              changed places)
    wrong     how many entries are wrong
    first     the first of them in reading order, and `typed` what was typed there
    """

    kind: str
    wrong: int = 0
    first: Index = ()
    typed: float = 0.0

    @property
    def right(self) -> bool:
        """Whether it is right as it stands."""
        return self.kind == "right"


class Quiz(NamedTuple):
    """The question asked now, if any, what help was taken with it, and all that were answered before."""

    question: Question | None = None
    hints: int = 0
    attempts: int = 0
    answered: tuple[Answered, ...] = ()

    def ask(self, question: Question) -> Quiz:
        """A new question in place of one that was not answered."""
        return Quiz(question, 0, 0, self.answered)

    def drop(self) -> Quiz:
        """No question any more; one that was not answered counts for nothing."""
        return Quiz(None, 0, 0, self.answered)

    def hint(self) -> Quiz:
        """One hint more. The last of the HINTS is the value: see `shown`."""
        return self._replace(hints=min(self.hints + 1, HINTS - 1)) if self.question else self

    def answer(self, verdict: Grade, asked: str, typed: str, expected: str) -> Quiz:
        """After an answer: done with where it was right."""
        if self.question is None:
            return self
        tried = self._replace(attempts=self.attempts + 1)
        if not verdict.right:
            return tried
        how = "right" if tried.attempts == 1 and not self.hints else "helped"
        return tried._done(how, asked, typed, expected)

    def shown(self, asked: str, expected: str) -> Quiz:
        """The answer is given up and shown."""
        return self._done("shown", asked, "", expected) if self.question else self

    def _done(self, how: str, asked: str, typed: str, expected: str) -> Quiz:
        assert self.question is not None
        one = Answered(self.question, how, asked, typed, expected, self.attempts, self.hints)
        return Quiz(None, 0, 0, (*self.answered, one))

    def count(self, how: str) -> int:
        """How many questions ended that way."""
        return sum(one.how == how for one in self.answered)


def tolerance(expected: Array, decimals: int | None) -> Array:
    """How far off each entry may be: 1 % of it, or half a unit of the last decimal typed where that is more.

    The latter is never more than 5 % of the largest entry, so that "0" is no answer to everything. What is not finite
    has no tolerance: it has to be typed as it is.
    """
    return _tolerance(expected, _largest(expected), decimals)


def _largest(expected: Array) -> float:
    """The largest finite entry, by its size."""
    return float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))


def _tolerance(part: Array, largest: float, decimals: int | None) -> Array:
    """The tolerance of some of the entries of a value whose `largest` is known."""
    unit = min(0.5 * 10.0**-decimals, _LOOSEST * largest) if decimals is not None else 0.0
    allowed = np.maximum(_SHARE * np.abs(part), max(unit, _ROUNDING * largest)) * (1 + 1e-12)
    return np.where(np.isfinite(part), allowed, 0.0)


def judge(value: Array, typed: PastedNumbers, cell: Index) -> Grade:
    """Compare what was typed with a value: one number with its entry `cell`, several with all of it.

    A vector may be typed as a row or as lines of one number, a scalar in brackets. Raises nothing.
    """
    largest, given = _largest(value), np.array(typed.rows, dtype=np.float64)
    if typed.shape == () and value.shape != ():
        wrong = _first_wrong(value[cell].reshape(1), given[0], largest, typed.decimals)
        return Grade("right") if wrong is None else wrong._replace(first=cell)
    if value.ndim < 2:
        if given.size != value.size or 1 not in given.shape:
            return Grade("shape")
        return _first_wrong(value, given.reshape(value.shape), largest, typed.decimals) or Grade("right")
    wrong = Grade("shape")
    if given.shape == value.shape:
        wrong = _first_wrong(value, given, largest, typed.decimals) or Grade("right")
    turned = given.T
    if not wrong.right and turned.shape == value.shape:
        return wrong if _first_wrong(value, turned, largest, typed.decimals) else Grade("transposed")
    return wrong


def _first_wrong(value: Array, given: Array, largest: float, decimals: int | None) -> Grade | None:
    """The first entry that is off by more than the tolerance; None where all are right."""
    with np.errstate(invalid="ignore", over="ignore"):  # infinity less infinity, and what is too far apart
        near = np.abs(given - value) <= _tolerance(value, largest, decimals)
    wrong = np.argwhere(~(near | (given == value) | (np.isnan(given) & np.isnan(value))))
    if not len(wrong):
        return None
    index = tuple(int(i) for i in wrong[0])
    return Grade("wrong", len(wrong), index, float(given[index]))
