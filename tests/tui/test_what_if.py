"""Branches, the line of the run and reading the file again, by keys and mouse on the real stepper."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from nnstep.debugger import Position
from nnstep.engine import Timeline
from nnstep.scenario import load
from nnstep.tui.app import NnstepApp
from nnstep.tui.screens.ask import Ask
from nnstep.tui.screens.problems import Problems
from tests.present import present
from tests.tui.driving import post_keys, press_at_once, run, screen_text
from tests.tui.real import LAYERS, LONG, again, at, footer, here, lines, opened, typed, until_it_runs

# What if.


def test_an_edit_of_the_chosen_cell_begins_a_branch_and_u_takes_it_back(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str, str, tuple[str, float, str], str, int]:
        here(app).do("iteration.goto", "5")
        await pilot.press("4", "l", "j", "l", "e")
        await pilot.pause()
        asked, suggested = screen_text(app), app.screen.query_one(Input).value
        wrong = await again(app, pilot, "W1[7, 0] = 1")
        await again(app, pilot, "W1[0, 1] = 0.25")
        session = here(app).session
        edited = session.branches.current.name, float(present(session.record.at("W1", 0))[0, 1]), footer(app).strip()
        await pilot.press("u")
        return asked, suggested, wrong, edited, session.branches.current.name, len(session.branches.all)

    stepper = opened(tmp_path)
    asked, suggested, wrong, edited, after, count = run(act, stepper)
    stepper.do("iteration.goto", "5")
    number = present(stepper.session.record.at("W1", 0))[1, 1]
    assert "from iteration 5 on" in asked
    assert re.fullmatch(r"W1\[1, 1\] = (.*)", suggested)
    assert float(suggested.split("=")[1]) == number
    assert "W1" in wrong
    assert edited == ("branch 1", 0.25, "branch 1, from iteration 5 on: W1[0, 1] = 0.25")
    assert (after, count) == ("main", 1)


def test_the_list_of_branches_leads_to_each(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, list[str], str, list[BaseException]]:
        await typed(app, pilot, "e", "lr = 0.1")
        here(app).do("iteration.goto", "4")
        await typed(app, pilot, "e", "W1[0, 0] = 1")
        await press_at_once(app, pilot, ["z", "A"])
        listed = "\n".join(lines(app, "operation"))
        names = [here(app).session.branches.current.name]
        for keys in (("up", "up", "enter"), ("down", "enter"), ("down", "down", "down", "enter")):
            await press_at_once(app, pilot, keys)
            names.append(here(app).session.branches.current.name)
        return listed, names, footer(app).strip(), app.failures

    listed, names, said, failures = run(act, opened(tmp_path))
    for text in ("main", "branch 1", "branch 2", "optimizer lr=0.1", "W1[0, 0] = 1"):
        assert text in listed
    assert names == ["branch 2", "main", "branch 1", "branch 2"]
    assert said == "now in branch 2"
    assert failures == []


def test_a_branch_is_saved_and_a_file_that_is_there_is_replaced_on_a_second_enter_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "two_branch_1.toml"
    there.write_text("mine", encoding="utf-8")

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, tuple[str, bool], bool, str, Timeline]:
        here(app).do("iteration.goto", "4")
        await typed(app, pilot, "e", "W1[0, 0] = 1")
        first = await typed(app, pilot, "W")
        kept = there.read_text(encoding="utf-8"), isinstance(app.screen, Ask)
        await again(app, pilot)
        return first, kept, app.screen is app.stepping, footer(app).strip(), here(app).session.timeline

    first, kept, closed, said, timeline = run(act, opened(tmp_path))
    assert first == "two_branch_1.toml: there is a file of this name. Enter again replaces it"
    assert kept == ("mine", True)
    assert closed
    assert said == "saved as two_branch_1.toml"
    assert "lr = 0.5  # large" in there.read_text(encoding="utf-8")
    saved = Timeline(load(there))
    for iteration in (3, 4, 12):
        assert saved.record(iteration).arena.tobytes() == timeline.record(iteration).arena.tobytes()


def test_a_first_enter_on_another_name_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(name, encoding="utf-8")

    async def act(app: NnstepApp, pilot: Pilot[None]) -> list[str]:
        await typed(app, pilot, "e", "lr = 0.1")
        for said in (await typed(app, pilot, "W", "a.toml"), await again(app, pilot, "b.toml")):
            assert "Enter again replaces it" in said
        assert "Enter again replaces it" in await again(app, pilot, "a.toml")
        return [(tmp_path / name).read_text(encoding="utf-8") for name in ("a.toml", "b.toml")]

    assert run(act, opened(tmp_path)) == ["a.toml", "b.toml"]


def test_a_branch_gets_another_name_from_the_palette(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str, str, list[str]]:
        await typed(app, pilot, "e", "lr = 0.1")
        await app.stepping.action_perform("branch.rename")
        await pilot.pause()
        begins = app.screen.query_one(Input).value
        wrong = await again(app, pilot, "main")
        await again(app, pilot, "slow")
        offered = [one for one in app.get_system_commands(app.screen) if "Rename" in one.title]
        return begins, wrong, here(app).session.branches.current.name, [one.help for one in offered]

    begins, wrong, name, helps = run(act, opened(tmp_path))
    assert begins == "branch 1"
    assert "there is a branch main already" in wrong
    assert name == "slow"
    assert helps == ["Give the current branch another name.  (F2)"]


# The line of the run.


async def mouse(app: NnstepApp, pilot: Pilot[None], kind: type[events.MouseEvent], x: int, y: int) -> None:
    """The mouse, as the terminal tells of it: clicks come of its going down and up."""
    app.post_message(kind(None, x, y, 0, 0, 0 if kind is events.MouseUp else 1, False, False, False, x, y))
    await pilot.pause()


async def drag(app: NnstepApp, pilot: Pilot[None], *places: tuple[int, int]) -> list[Position]:
    """Press at the first place, move over the others, let go at the last one; where the session is after each."""
    seen = []
    await mouse(app, pilot, events.MouseDown, *places[0])
    for place in places[1:]:
        await mouse(app, pilot, events.MouseMove, *place)
        seen.append(here(app).session.position)
    await mouse(app, pilot, events.MouseUp, *places[-1])
    await pilot.pause()
    return [*seen, here(app).session.position]


def test_dragging_along_the_line_of_the_run_goes_to_iterations(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[int], set[int], str]:
        await pilot.press("n", "n")
        strip = range(5, 119)
        seen = await drag(app, pilot, *((x, 2) for x in (strip[0], strip[40], strip[60], strip[-1], strip[20])))
        return [one.iteration for one in seen], {one.step for one in seen}, screen_text(app).splitlines()[2]

    iterations, steps, line = run(act, opened(tmp_path))
    assert iterations[0] < iterations[1] < iterations[2] == 12
    assert iterations[3] == iterations[4] == 3
    assert steps == {2}, "the step stays"
    assert line.startswith(" run ")
    assert "▲" in line


def test_a_drag_that_leaves_the_line_goes_on_along_it_and_does_nothing_else_where_it_ends(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[Position], str, int]:
        await pilot.press("n", "n")
        pane = app.stepping.board._panes["program"]
        there = (pane.inner.x + 8, pane.inner.y + 6)
        seen = await drag(app, pilot, (100, 2), (60, 2), there)
        focused = app.stepping.board.focused
        await pilot.click(offset=there)  # and a click there is a click again
        await pilot.pause()
        return seen, focused, here(app).session.position.step

    (first, second, last), focused, step = run(act, opened(tmp_path))
    assert first.iteration > second.iteration == last.iteration
    assert (first.step, second.step, last.step) == (2, 2, 2)
    assert focused == "operation"
    assert step != 2


def test_a_click_on_the_line_of_the_run_goes_there(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[int, int]:
        await pilot.click(offset=(118, 2))
        await pilot.pause()
        last = here(app).session.position.iteration
        await mouse(app, pilot, events.MouseMove, 30, 2)  # nothing is dragged
        return last, here(app).session.position.iteration

    assert run(act, opened(tmp_path)) == (12, 12)


# The file changed on disk.

ABOVE = LAYERS.replace('[[layers]]\ntype = "linear"\nunits = 2\n', '[[layers]]\ntype = "linear"\nunits = 3\n\n' * 2, 1)
GRADIENT = "grad(W2)"


def test_a_file_that_was_changed_is_noticed_once(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[bool], list[BaseException]]:
        def looked() -> bool:
            app.stepping._look_at_file()
            return "changed on disk" in footer(app)

        seen = [looked()]
        Path(here(app).path).write_text(LAYERS + "# more\n", encoding="utf-8")
        seen.append(looked())
        await pilot.press("n")
        seen += ["changed on disk" in footer(app), looked()]
        Path(here(app).path).unlink()
        seen.append(looked())
        return seen, app.failures

    assert run(act, opened(tmp_path)) == ([False, True, False, False, False], [])


def test_a_file_is_not_looked_at_while_a_run_is_under_way(tmp_path: Path) -> None:
    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[str, str]:
        post_keys(app, ["c"])
        await until_it_runs(app, 1)
        Path(here(app).path).write_text(LONG + "# more\n", encoding="utf-8")
        app.stepping._look_at_file()
        during = footer(app)
        await pilot.press("n")
        app.stepping._look_at_file()
        return during, footer(app)

    during, after = run(act, opened(tmp_path, LONG))
    assert "any key stops" in during
    assert "changed on disk" in after


def test_reading_the_file_again_keeps_place_breakpoints_watches_focus_and_zoom(tmp_path: Path) -> None:
    stepper = opened(tmp_path)
    stepper.do("stop.add", (GRADIENT, 2))
    stepper.do("stop.add", "loss < 0.1")
    stepper.do("watch.add", "norm(W2)")
    stepper.do("mark.enable", 2)
    stepper.do("step.goto", "7:1")
    stepper.do("step.goto", GRADIENT)

    async def act(
        app: NnstepApp, pilot: Pilot[None]
    ) -> tuple[
        tuple[int, str], tuple[int, str], list[tuple[str, int, bool, str]], float, tuple[str, bool, int, str], str
    ]:
        await pilot.press("3", "z", "+")
        before, was = at(app), here(app).session.position.step
        Path(here(app).path).write_text(ABOVE, encoding="utf-8")
        await pilot.press("r")
        board, control = app.stepping.board, here(app).control
        marks = [(one.text, one.hits, one.enabled, one.problem) for one in control.breakpoints]
        watched = present(control.watched(control.watches[0]).now)
        weight = present(here(app).session.record.at("W2", here(app).session.position.step))
        assert "W3" in here(app).session.program.versions
        assert here(app).session.position.step != was
        look = (board.focused, board.zoomed, here(app).digits, here(app).choice.focus)
        return before, at(app), marks, float(watched) - float(np.linalg.norm(weight)), look, footer(app)

    before, after, marks, difference, look, said = run(act, stepper)
    assert before == after == (7, GRADIENT)
    assert marks == [(GRADIENT, 2, True, ""), ("loss < 0.1", 1, False, "")]
    assert abs(difference) < 1e-12
    assert look == ("chain", True, 5, "chain")
    assert "Read again: two.toml" in said


def test_what_the_new_file_has_not_any_more_stays_in_watch_with_the_reason(tmp_path: Path) -> None:
    stepper = opened(tmp_path, ABOVE)
    stepper.do("stop.add", "grad(W3)")
    stepper.do("watch.add", "W3")

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[list[str], int, list[BaseException]]:
        Path(here(app).path).write_text(LAYERS, encoding="utf-8")
        await pilot.press("r", "c")
        return lines(app, "watch"), here(app).session.position.iteration, app.failures

    watch, iteration, failures = run(act, stepper)
    assert re.fullmatch(r"✘ \d grad\(W3\)", watch[0])
    assert re.fullmatch(r"✘ \d W3", watch[2])
    assert "W3" in watch[1]
    assert (iteration, failures) == (12, [])


def test_a_file_that_cannot_be_used_any_more_leaves_all_as_it_was(tmp_path: Path) -> None:
    stepper = opened(tmp_path)
    stepper.do("stop.add", GRADIENT)

    async def act(app: NnstepApp, pilot: Pilot[None]) -> tuple[tuple[bool, str], bool, tuple[int, str]]:
        await pilot.press("c", "c")
        before = here(app).session
        Path(here(app).path).write_text(LAYERS.replace("mse", "msee"), encoding="utf-8")
        await pilot.press("r")
        await pilot.pause()
        shown = isinstance(app.screen, Problems), screen_text(app)
        await pilot.press("escape", "c")
        return shown, here(app).session is before, at(app)

    (shown, text), same, place = run(act, stepper)
    assert shown
    assert "did you mean 'mse'?" in text
    assert same
    assert place == (3, GRADIENT)
