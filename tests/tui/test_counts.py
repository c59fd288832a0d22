"""What a key press costs, counted: views, panels painted, numbers written, runs of the interpreter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar
from unittest import mock

import pytest
from textual.pilot import Pilot
from textual.strip import Strip

from nnstep.engine.runner import Runner
from nnstep.tui.app import NnstepApp
from nnstep.tui.scenarios import open_stepper
from nnstep.tui.theme import Styles
from nnstep.tui.widgets.board import Board
from nnstep.tui.widgets.pane import Pane
from nnstep.tui.widgets.pane_view import PaneView
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import Line
from nnstep.view.text.numbers import NumberFormat
from tests.benchmarks.bench_keypress import scenario
from tests.tui.driving import press_at_once, run
from tests.tui.real import here

PRESSES = 10
P = ParamSpec("P")
R = TypeVar("R")


def counted(path: str, size: tuple[int, int] = (120, 40)) -> tuple[list[Counter[str]], int, int]:
    """What each of some presses of `n` did from the beginning on; how many panes are in sight; the last iteration."""
    counts: list[Counter[str]] = []

    def counting(name: str, original: Callable[P, R], amount: Callable[P, int] = lambda *_, **__: 1) -> Callable[P, R]:
        def call(*arguments: P.args, **options: P.kwargs) -> R:
            if counts:
                counts[-1][name] += amount(*arguments, **options)
            return original(*arguments, **options)

        return call

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, int]:
        for _ in range(PRESSES):
            counts.append(Counter())
            await press_at_once(app, pilot, ["n"])
        panes = sum(pane.box is not None for pane in app.stepping.board._panes.values())
        return panes, here(app).session.position.iteration

    stepper = open_stepper(path)
    with (
        mock.patch.object(Stepper, "view", counting("views", Stepper.view)),
        mock.patch.object(Board, "_paint", counting("boards", Board._paint)),
        mock.patch.object(Pane, "paint", counting("panes", Pane.paint)),
        mock.patch.object(Runner, "go", counting("runs", Runner.go)),
        mock.patch.object(
            NumberFormat, "column", counting("numbers", NumberFormat.column, lambda self, values: len(values))
        ),
    ):
        return counts, *run(act, stepper, size)


@pytest.mark.parametrize("name", ["two_layer", "minibatch_sgd", "attention"])
def test_a_press_makes_one_view_and_paints_each_pane_once(name: str) -> None:
    counts, panes, iteration = counted(name)
    for count in counts:
        assert (count["views"], count["boards"]) == (1, 1)
        assert 0 < count["panes"] <= panes
    assert sum(count["runs"] for count in counts) == iteration - 1  # the first is there from the start


def test_only_rows_that_have_changed_are_drawn() -> None:
    drawn: Counter[tuple[str, Line]] = Counter()
    draw_row = PaneView.draw_row

    def counting(view: PaneView, row: Line, styles: Styles) -> Strip:
        drawn[view.pane.key, row] += 1
        return draw_row(view, row, styles)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> None:
        board = app.stepping.board
        for key in "nnn4h":
            before = {pane.key: pane.rows for pane in board._panes.values()}
            drawn.clear()
            await press_at_once(app, pilot, [key])
            changed = Counter(
                (pane.key, row)
                for pane in board._panes.values()
                for y, row in enumerate(pane.rows)
                if row != before[pane.key][y]
            )
            assert changed
            assert drawn == changed

    with mock.patch.object(PaneView, "draw_row", counting):
        run(act, open_stepper("two_layer"), (120, 40))


def test_numbers_are_written_for_what_is_in_sight_however_large_the_matrices_are(tmp_path: Path) -> None:
    small, large = (counted(str(scenario(tmp_path, size, size)))[0] for size in (64, 256))
    cells = 120 * 40 // 5  # a number takes at least five columns
    for one, other in zip(small, large, strict=True):
        assert 0 < one["numbers"] <= cells
        assert 0 < other["numbers"] <= cells
    assert sum(count["numbers"] for count in large) <= 1.2 * sum(count["numbers"] for count in small)


def test_a_step_back_writes_no_number_again_that_was_written_before(tmp_path: Path) -> None:
    stepper = open_stepper(str(scenario(tmp_path, 64, 64)))
    written: list[int] = []
    column = NumberFormat.column

    def counting(form: NumberFormat, values: Sequence[float]) -> list[str]:
        written.append(len(values))
        return column(form, values)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> None:
        await press_at_once(app, pilot, ["n", "n", "n"])
        await press_at_once(app, pilot, ["N"])
        with mock.patch.object(NumberFormat, "column", counting):
            await press_at_once(app, pilot, ["n"])

    run(act, stepper, (120, 40))
    assert sum(written) == 0
