"""The scenarios that can be opened, and the way to a stepper on one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nnstep.scenario.library import Bundled
from nnstep.view.stepper import Stepper

Opener = Callable[[str], Stepper]
Library = Callable[[], Sequence[Bundled]]


def open_stepper(
    path: str, quiz: bool = False, results: str | None = None, memory: int = 64, digits: int = 4
) -> Stepper:
    """A stepper on a file or a bundled scenario. Raises `NnstepError` with everything that is wrong with it.

    With `quiz` it begins with predicting, the answers going to the new file `results`. `memory` is how many MiB the
    states of a run may take.
    """
    stepper = Stepper.open(path, budget=memory << 20)
    stepper.digits = digits
    stepper.keep_unsaved()
    if quiz:
        stepper.begin_quiz(results)
    return stepper
