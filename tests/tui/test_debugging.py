"""Breakpoints, watches and runs, by keys and mouse on the real stepper."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot

from nnstep.debugger import Position
from nnstep.debugger.breakpoints.breakpoint import Breakpoint
from nnstep.debugger.breakpoints.resume import Run
from nnstep.tui.app import NnstepApp
from nnstep.tui.screens.ask import Ask
from tests.present import present
from tests.tui.driving import post_keys, press_at_once, run
from tests.tui.real import (
    LONG,
    again,
    at,
    footer,
    gutter,
    here,
    lines,
    opened,
    steps_of,
    typed,
    until_it_runs,
    until_it_stops,
)

# Breakpoints and watches.


def test_b_sets_a_breakpoint_that_stands_in_program_and_in_watch_and_takes_it_away(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[tuple[str, list[str], str]]:
        here(app).do("step.goto", "h1")
        await pilot.press("n", "N")
        seen = []
        for _ in range(2):
            await pilot.press("b")
            seen.append((gutter(app, "h1"), lines(app, "watch"), footer(app).strip()))
        return seen

    (mark, watch, said), (no_mark, no_watch, gone) = run(act, opened(tmp_path))
    assert mark == "●"
    assert [line.split() for line in watch] == [["●", "1", "h1", "here"]]
    assert said == "breakpoint at h1"
    assert (no_mark, no_watch) == (" ", [])
    assert gone == "no breakpoint any more at h1"


def test_b_before_the_first_step_says_what_it_needs(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[tuple[Breakpoint, ...], str]:
        await pilot.press("b")
        return here(app).control.breakpoints, footer(app)

    breakpoints, said = run(act, opened(tmp_path))
    assert breakpoints == ()
    assert "No step is done yet" in said


def test_a_click_on_the_gutter_sets_a_breakpoint_and_beside_it_goes_there(tmp_path: Path) -> None:
    async def click(app: NnstepApp, pilot: Pilot[None], name: str, column: int) -> None:
        inner = app.stepping.board._panes["program"].inner
        (step,) = steps_of(app, name)
        row = next(y for y, line in enumerate(lines(app, "program")) if re.match(rf"[ ●◆][ ▶▾] *{step} ", line))
        await pilot.click(offset=(inner.x + column, inner.y + row))
        await pilot.pause()

    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[tuple[str, list[str], tuple[int, str]]]:
        seen = []
        for column in (0, 1, 5):
            await click(app, pilot, "loss", column)
            seen.append((gutter(app, "loss"), [one.text for one in here(app).control.breakpoints], at(app)))
        return seen

    assert run(act, opened(tmp_path)) == [
        ("●", ["loss"], (1, "")),
        (" ", [], (1, "")),
        (" ", [], (1, "loss")),
    ]


def test_a_breakpoint_on_a_condition_stays_open_until_it_can_be_used(tmp_path: Path) -> None:
    async def act(
        app: NnstepApp, pilot: Pilot[None]
    ) -> tuple[str, str, tuple[bool, tuple[Breakpoint, ...]], bool, str, list[str], str]:
        wrong = await typed(app, pilot, "B", "loss <")
        unknown = await again(app, pilot, "W9 > 1")
        still = isinstance(app.screen, Ask), here(app).control.breakpoints
        await again(app, pilot, "loss < 0.2")
        return wrong, unknown, still, app.screen is app.stepping, gutter(app, "loss"), lines(app, "watch"), footer(app)

    wrong, unknown, still, closed, mark, watch, said = run(act, opened(tmp_path))
    assert "not an expression" in wrong
    assert "'W9'" in unknown
    assert still == (True, ())
    assert closed
    assert mark == "◆"
    assert re.fullmatch(r"● \d loss < 0\.2", "\n".join(watch))
    assert re.fullmatch(r" breakpoint \d: loss < 0\.2", said)


def test_a_breakpoint_may_wait_for_a_later_hit(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, bool, list[str], tuple[int, str], list[str]]:
        wrong = await typed(app, pilot, "B", "grad(W1)", "0")
        still = isinstance(app.screen, Ask)
        await again(app, pilot, "grad(W1)", "4")
        shown = lines(app, "watch")
        await pilot.press("c")
        return wrong, still, shown, at(app), lines(app, "watch")

    wrong, still, shown, stopped, after = run(act, opened(tmp_path))
    assert "a whole number from 1" in wrong
    assert still
    assert [line.split()[2:] for line in shown] == [["grad(W1)"], ["4", "on"]]
    assert stopped == (4, "grad(W1)")
    assert [line.split()[2:] for line in after] == [["grad(W1)", "here"], ["4", "on"]]


def test_enter_pressed_twice_sets_one_breakpoint(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[str], list[BaseException], bool]:
        await press_at_once(app, pilot, ["B", *"loss", "enter", "enter", "enter"])
        await pilot.pause()
        return [one.text for one in here(app).control.breakpoints], app.failures, app.screen is app.stepping

    assert run(act, opened(tmp_path)) == (["loss"], [], True)


def test_nothing_typed_is_a_change_of_mind(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[int], bool]:
        for key in ("B", "w"):
            await typed(app, pilot, key, " ")
        return here(app).control.numbers(), app.screen is app.stepping

    assert run(act, opened(tmp_path)) == ([], True)


def test_w_follows_the_value_of_an_expression(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, list[str], list[str], float]:
        wrong = await typed(app, pilot, "w", "norm(W1")
        await again(app, pilot, "norm(W1)")
        first = lines(app, "watch")
        here(app).do("iteration.goto", "6")
        await pilot.press("end")
        return wrong, first, lines(app, "watch"), float(np.linalg.norm(present(here(app).session.record.at("W1", 99))))

    wrong, first, later, norm = run(act, opened(tmp_path))
    assert "never closed" in wrong
    assert re.fullmatch(r"· \d norm\(W1\)", first[0])
    assert re.fullmatch(r"  \d\.\d+", first[1])
    assert float(present(re.match(r"  (\d\.\d+) ", later[1]))[1]) == pytest.approx(norm, abs=1e-4)
    assert re.search(r"[▁▂▃▄▅▆▇█]{3}", later[1])


def test_keys_and_clicks_on_the_rows_of_watch(tmp_path: Path) -> None:
    stepper = opened(tmp_path)
    for text in ("h1", "loss < 0.1"):
        stepper.do("stop.add", text)
    stepper.do("watch.add", "W1")

    def marks(app: NnstepApp) -> list[tuple[int, bool]]:
        return [(one.number, one.enabled) for one in here(app).control.breakpoints]

    async def act(
        app: NnstepApp, pilot: Pilot[None]
    ) -> tuple[list[tuple[list[tuple[int, bool]], str]], str, list[int]]:
        seen = []
        await pilot.press("7", "enter")  # the first row is chosen
        seen.append((marks(app), gutter(app, "h1")))
        await pilot.press("exclamation_mark")
        seen.append((marks(app), gutter(app, "h1")))
        await pilot.press("down", "exclamation_mark")
        seen.append((marks(app), gutter(app, "loss")))
        off = lines(app, "watch")[1]
        await pilot.press("up", "delete")
        seen.append((marks(app), gutter(app, "h1")))
        await pilot.press("down", "down", "down", "delete")  # past the last one: the watch
        left = here(app).control.numbers()
        pane = app.stepping.board._panes["watch"]
        await pilot.press("2")
        await pilot.click(offset=(pane.inner.x, pane.inner.y))  # on the mark: on again
        await pilot.pause()
        seen.append((marks(app), gutter(app, "loss")))
        return seen, off, left

    seen, off, left = run(act, stepper)
    assert seen == [
        ([(1, False), (2, True)], " "),
        ([(1, True), (2, True)], "●"),
        ([(1, True), (2, False)], " "),
        ([(2, False)], " "),
        ([(2, True)], "◆"),
    ]
    assert off.split() == ["○", "2", "loss", "<", "0.1", "off"]
    assert left == [2]


def test_a_click_on_a_row_of_watch_chooses_it(tmp_path: Path) -> None:
    stepper = opened(tmp_path)
    for text in ("h1", "loss"):
        stepper.do("stop.add", text)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, list[str]]:
        pane = app.stepping.board._panes["watch"]
        await pilot.click(offset=(pane.inner.x + 6, pane.inner.y + 1))
        await pilot.pause()
        focused = app.stepping.board.focused
        await pilot.press("delete")
        return focused, [one.text for one in here(app).control.breakpoints]

    assert run(act, stepper) == ("watch", ["h1"])


def test_delete_with_nothing_in_watch_does_no_harm(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[BaseException], bool]:
        await pilot.press("7", "delete", "exclamation_mark", "enter", "down", "up", "delete")
        return app.failures, "Nothing is watched" in " ".join(lines(app, "watch"))

    assert run(act, opened(tmp_path)) == ([], True)


# Going on.


def test_c_goes_to_the_next_stop_and_capital_c_back(tmp_path: Path) -> None:
    stepper = opened(tmp_path)
    stepper.do("stop.add", "grad(W2)")

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[tuple[int, str]], list[str]]:
        places, said = [], []
        for key in ("c", "c", "c", "C", "C", "C", "C"):
            await pilot.press(key)
            places.append(at(app))
            said.append(footer(app).strip())
        return places, said

    places, said = run(act, stepper)
    name = "grad(W2)"
    assert places == [(1, name), (2, name), (3, name), (2, name), (1, name), (1, ""), (1, "")]
    assert said[:5] == [f"stopped at breakpoint 1: {name}"] * 5
    assert said[5:] == ["no breakpoint was hit: this is the start of the run"] * 2


def test_without_a_breakpoint_c_goes_to_the_end(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[tuple[Position, str], Position]:
        await pilot.press("c")
        end = here(app).session.position, footer(app).strip()
        await pilot.press("C")
        return end, here(app).session.position

    stepper = opened(tmp_path)
    last = Position(12, len(stepper.session.timeline.program(12).steps))
    assert run(act, stepper) == ((last, "there is no breakpoint: this is the end of the run"), Position())


@pytest.mark.parametrize("key", ["n", "x", "B", "question_mark", "escape", "Q", "ctrl+c", "f5"])
def test_a_long_run_says_how_far_it_is_and_any_key_interrupts_it(tmp_path: Path, key: str) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str, str, Position, int]:
        await typed(app, pilot, "B", "loss > 1e9")
        post_keys(app, ["c"])
        await until_it_runs(app, 200)
        first = footer(app)
        await until_it_runs(app, present(here(app).control.progress).done + 1)
        later = footer(app)
        post_keys(app, [key])
        assert await until_it_stops(app) <= 2
        await pilot.pause()
        session = here(app).session
        assert app.screen is app.stepping, "the key has done something else too"
        stopped, said = session.position, footer(app)
        record = session.record
        await pilot.press("N", "N")
        back = session.position
        await pilot.press("n", "n")
        assert (session.position, app.failures) == (stopped, [])
        assert np.isfinite(present(record.loss))
        assert back == Position(stopped.iteration, stopped.step - 2)
        return first, later, said, stopped, len(session.program.steps)

    first, later, said, stopped, steps = run(act, opened(tmp_path, LONG))
    for line in (first, later):
        assert re.search(r"running: iteration [\d,]+ +any key stops +\d+ % +[\d,]+/s .* left", line)
    assert stopped.iteration > 200
    assert stopped.step == steps
    assert said.strip() == f"interrupted in iteration {stopped.iteration:,}"


def test_a_long_run_to_an_iteration_can_be_interrupted_too(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, Position, list[BaseException]]:
        await pilot.press("g", *"9000000:3")
        post_keys(app, ["enter"])
        await until_it_runs(app, 200)
        running = footer(app)
        post_keys(app, ["n"])
        await until_it_stops(app)
        return running, here(app).session.position, app.failures

    running, stopped, failures = run(act, opened(tmp_path, LONG))
    assert "any key stops" in running
    assert 200 < stopped.iteration < 9_000_000
    assert failures == []


def test_a_click_during_a_run_interrupts_it_and_does_what_it_does(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[Run | None, tuple[int, str], list[BaseException]]:
        post_keys(app, ["c"])
        await until_it_runs(app, 100)
        board = app.stepping.board
        x, y, *_ = board._panes["program"].inner
        board.post_message(events.Click(board, x + 6, y + 1, 0, 0, 1, False, False, False))
        await until_it_stops(app)
        await pilot.pause()
        return here(app).control.run, at(app), app.failures

    run_left, (iteration, name), failures = run(act, opened(tmp_path, LONG))
    assert (run_left, name, failures) == (None, "x @ W1", [])
    assert iteration > 100


def test_q_during_a_run_quits(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[bool, int | None]:
        post_keys(app, ["c"])
        await until_it_runs(app, 1)
        await pilot.press("q")
        return app.leaving, app.return_code

    assert run(act, opened(tmp_path, LONG)) == (True, 0)
