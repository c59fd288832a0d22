"""What the screen drives: the shape of the stepper and of the library, and the way to the real ones.

The screen knows a stepper only by this protocol, so it can be tried out with any object that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from nnstep.view.state import ViewState

__all__ = ["Entry", "Library", "Opener", "Stepping", "bundled_scenarios", "open_stepper"]


class Stepping(Protocol):
    """A scenario being stepped through."""

    @property
    def path(self) -> str:
        """The file or bundled name it was opened from."""
        ...

    digits: int  # significant digits of the numbers shown

    def use_ascii(self) -> None:
        """From now on make plots of letters: the terminal has nothing else."""
        ...

    def changed_on_disk(self) -> bool:
        """Whether the file has been changed since it was read, and that was not said yet."""
        ...

    def view(self) -> ViewState:
        """What is to be seen now."""
        ...

    def do(self, command: str, argument: object = None) -> ViewState:
        """Carry out a session command; what could not be done is in the state's message."""
        ...

    def skip(self, command: str, argument: object = None) -> None:
        """Carry out one of PASSING, or "panel.focus", without a view of what it leads to: another one follows."""
        ...

    def reload(self) -> ViewState:
        """Read the file again. Raises `NnstepError`, and then the session is the one before."""
        ...

    def names(self, typed: str = "") -> list[str]:
        """The names that can be found and that go with what was typed."""
        ...

    def summary(self) -> str:
        """What is to be said when it is closed: the tally of a quiz, what is not saved, or ""."""
        ...

    def close(self) -> None:
        """Another one is looked at from now on."""
        ...

    def question(self, about: str) -> str:
        """What a dialog asks: for a person's own numbers ("mine"), for the answer of a quiz ("quiz"), and so on."""
        ...

    def suggestion(self, about: str) -> str:
        """What a dialog begins with, or ""."""
        ...


class Entry(Protocol):
    """A scenario of the library."""

    @property
    def name(self) -> str:
        """By which it is opened."""
        ...

    @property
    def title(self) -> str:
        """One line."""
        ...

    @property
    def description(self) -> str:
        """What to look at, in paragraphs."""
        ...


Opener = Callable[[str], Stepping]
Library = Callable[[], Sequence[Entry]]


def open_stepper(
    path: str, quiz: bool = False, results: str | None = None, memory: int = 64, digits: int = 4
) -> Stepping:
    """A stepper on a file or a bundled scenario. Raises `NnstepError` with everything that is wrong with it.

    With `quiz` it begins with predicting, the answers going to the new file `results`. `memory` is how many MiB the
    states of a run may take.
    """
    from nnstep.view.stepper import Stepper

    stepper = Stepper.open(path, budget=memory << 20)
    stepper.digits = digits
    stepper.keep_unsaved()
    if quiz:
        stepper.begin_quiz(results)
    return stepper


def bundled_scenarios() -> Sequence[Entry]:
    """The scenarios that come with the program."""
    from nnstep.scenario import bundled

    return bundled()
