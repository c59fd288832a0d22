"""What can be wrong, said once: where (file, line, key path), what was found and expected, and a hint.

Every failure that a person can cause is a `Problem`; a stage collects the problems it finds and raises them together
as one `NnstepError`, so that all errors of a file are seen at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from nnstep.text import clean


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
