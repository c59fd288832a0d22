"""Breakpoints, watches, runs and branches by the commands of the screen, and what the panels say of them."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep import clock
from nnstep.engine import Timeline
from nnstep.engine.expressions import value_at
from nnstep.errors import NnstepError
from nnstep.language import parse_expression
from nnstep.scenario import load, loads
from nnstep.text import width as text_width
from nnstep.view.state import ViewState
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text
from tests.present import present
from tests.view.samples import LAYERS, stepper

LONG = LAYERS.replace("epochs = 3", "epochs = 40")


def lines(view: ViewState, key: str, width: int = 60, height: int = 40) -> list[str]:
    return [line_text(line).rstrip() for line in view.panels[key].paint(width, height).lines]


def said(view: ViewState) -> str:
    return line_text(view.message)


def opened(text: str, tmp_path: Path) -> Stepper:
    path = tmp_path / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return Stepper.open(str(path))


def test_a_breakpoint_here_is_set_and_taken_away() -> None:
    seen = stepper("layers")
    assert "step" in said(seen.do("stop.line")), "nothing is done yet"
    seen.do("step.next")
    view = seen.do("stop.line")
    assert "x @ W1" in said(view)
    assert lines(view, "watch") == ["● 1 x @ W1" + " " * 46 + "here"]
    assert next(line for line in lines(view, "program") if line.startswith("●")).startswith("●▶")
    view = seen.do("stop.line")
    assert "x @ W1" in said(view)
    assert seen.control.breakpoints == ()
    assert view.watching == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("los < 1", "did you mean 'loss'"),
        ("W1 > 0", "a condition is one number, this is 2×3"),
        ("loss <", "not an expression"),
        ("x", "x is there before the first step"),
        ("h1 @ W1", "the left side has 3 columns"),
        ("put(loss, 1)", "derivative rules only"),
        ("changes(loss, o)", "changes(...) takes one expression"),
        ("prev(z1) == z1", "another shape in the smaller last batch"),
        ("__import__('os')", "expected a number"),
        ("9 ** 9 ** 9 > loss.real", "only `.T`"),
    ],
)
def test_a_wrong_breakpoint_is_refused_with_the_reason(text: str, reason: str) -> None:
    seen = stepper("layers")
    view = seen.do("stop.add", (text, 1))
    assert view.message[0].role == "error"
    assert reason in said(view), said(view)
    assert seen.control.breakpoints == ()


def test_a_run_stops_and_says_where() -> None:
    seen = stepper("layers")
    seen.do("stop.add", ("iteration == 3 and loss > 0", 1))
    view = seen.do("run.forward")
    assert not view.running
    assert (seen.session.position.iteration, present(seen.session.step).target) == (3, seen.session.program.objective)
    assert "breakpoint 1" in said(view)
    view = seen.do("run.forward")
    assert "end of the run" in said(view)
    assert seen.session.position.iteration == 9
    seen.do("run.backward")
    assert seen.session.position.iteration == 3
    view = seen.do("run.backward")
    assert "start of the run" in said(view)
    assert seen.session.position == (1, 0, ())


def test_a_breakpoint_waits_for_its_hit() -> None:
    seen = stepper("layers")
    seen.do("stop.add", ("loss", 4))
    seen.do("run.forward")
    assert seen.session.position.iteration == 4
    assert any("from hit 4 on" in line for line in lines(seen.view(), "watch"))
    seen.do("iteration.goto", "9")
    seen.do("run.backward")
    seen.do("run.backward")
    assert [line for line in lines(seen.view(), "watch") if "loss" in line]
    while seen.session.position.iteration > 4:
        seen.do("run.backward")
    seen.do("run.backward")
    assert seen.session.position == (1, 0, ()), "hits before the fourth do not count, whichever way one comes"


def test_a_long_run_goes_on_in_slices_and_is_interrupted() -> None:
    seen = Stepper(loads(LAYERS.replace("epochs = 3", "epochs = 30000000")))
    seen.do("stop.add", ("loss < 0", 1))
    view = seen.do("run.forward")
    assert view.running
    assert "any key stops" in said(view)
    for _ in range(3):
        view = seen.do("run.advance")
        assert view.running
    reached = seen.control.progress
    assert reached is not None
    view = seen.do("run.stop")
    assert not view.running
    assert "interrupted" in said(view)
    assert seen.session.position.iteration == reached.iteration
    view = seen.do("step.goto", "29999999:3")
    assert view.running
    assert not seen.do("step.next").running, "another command ends a run"


def test_a_watch_has_value_shape_and_change() -> None:
    seen = stepper("layers")
    seen.do("watch.add", "W1")
    seen.do("watch.add", "norm(grad(W1)) + prev(loss)")
    view = seen.do("step.last")
    first, second, third, fourth = lines(view, "watch")
    assert first.split() == ["·", "1", "W1", "2×3"]
    assert second.split()[0] == f"{seen.session.record['W1'][0, 0]:.4f}".replace("-", "−")
    assert third.endswith("prev(loss)")
    assert "not computed" in fourth, "there is no iteration before the first"
    seen.do("iteration.next")
    seen.do("step.goto", "W1")
    change = lines(seen.view(), "watch")[1]
    record = seen.session.record
    before, now = (record.value(slot) for slot in record.program.versions["W1"])
    most = float(np.max(np.abs(now - before)))
    assert f"(Δ {most:.4f}".rstrip("0") in change


def test_a_trend_is_the_values_at_the_ends_of_iterations() -> None:
    seen = Stepper(loads(LONG))
    seen.do("watch.add", "norm(W1 - prev(W1))")
    seen.do("iteration.goto", "100")
    timeline = seen.session.timeline
    expression = parse_expression("norm(W1 - prev(W1))")
    points = seen.control.trend(seen.control.watches[0])
    assert 10 <= len(points) <= 40
    assert points[-1][0] == 100
    for iteration, number in points:
        last = len(timeline.program(iteration).steps)
        assert number == float(present(value_at(expression, timeline.record, iteration, last))), iteration


def test_rows_of_the_panel_are_chosen_switched_and_removed() -> None:
    seen = stepper("layers")
    for text in ("loss < 1", "backward", "grad(W1)"):
        seen.do("stop.add", (text, 1))
    seen.do("panel.focus", "watch")
    seen.do("row.down", 1)
    view = seen.do("cell.follow")
    assert [one.enabled for one in seen.control.breakpoints] == [True, False, True]
    assert any(line.startswith("○ 2 backward") and line.endswith("off") for line in lines(view, "watch"))
    seen.do("mark.remove")
    assert [one.text for one in seen.control.breakpoints] == ["loss < 1", "grad(W1)"]
    seen.do("row.down", 9)
    seen.do("mark.enable")
    assert [one.enabled for one in seen.control.breakpoints] == [True, False]


@given(st.integers(20, 70), st.integers(3, 12))
@settings(max_examples=30, deadline=None)
def test_the_panel_keeps_within_its_width(width: int, height: int) -> None:
    seen = stepper("layers")
    seen.do("stop.add", ("norm(grad(W1)) > 10 * norm(grad(W2)) and iteration > 2 and epoch < 100", 12))
    seen.do("watch.add", "max(abs(W1 - prev(W1))) / max(abs(W1)) + norm(grad(W1))")
    seen.do("watch.add", "W1 * 1e9")
    seen.do("iteration.goto", "4")
    view = seen.do("step.last")
    canvas = view.panels["watch"].paint(width, height)
    assert len(canvas.lines) <= height
    assert all(text_width(line_text(line)) <= width for line in canvas.lines)


def test_what_the_scenario_has_is_there_and_what_is_wrong_there_is_an_error() -> None:
    debug = '[debug]\nbreakpoints = ["grad(W1)", { when = "loss < 9", hits = 2, enabled = false }]\nwatch = ["W1"]\n'
    seen = Stepper(loads(LAYERS + debug))
    assert [(one.text, one.hits, one.enabled) for one in seen.control.breakpoints] == [
        ("grad(W1)", 1, True),
        ("loss < 9", 2, False),
    ]
    assert [one.text for one in seen.control.watches] == ["W1"]
    with pytest.raises(NnstepError, match=r"25: debug.breakpoints\[0\]: W1 > 0: a condition is one number"):
        Stepper(loads(LAYERS + '[debug]\nbreakpoints = ["W1 > 0"]\n'))


# -- branches


def test_a_branch_is_made_compared_named_and_left() -> None:
    seen = Stepper(loads(LONG))
    seen.do("iteration.goto", "20")
    view = seen.do("edit.make", "W1[0, 1] = 0.5; lr = 0.1")
    assert "branch 1, from iteration 20 on" in said(view)
    assert seen.session.position.iteration == 20
    assert float(present(seen.session.record.at("W1", 0))[0, 1]) == 0.5
    seen.do("run.forward")
    view = seen.do("lens.branches")
    text = "\n".join(lines(view, "operation", 70, 60))
    assert "W1[0, 1] = 0.5; optimizer lr=0.1" in text
    assert "part as iteration 20 begins: W1 differs by up to" in text
    assert view.rows == 2
    assert "there is a branch branch 1 already" in said(seen.do("branch.rename", "branch 1"))
    seen.do("branch.rename", "slower")
    seen.do("row.up", 5)
    seen.do("cell.follow")
    assert seen.session.branches.current.name == "main"
    assert seen.session.position.iteration == 120
    assert "branch" in said(seen.do("edit.undo")), "nothing of the file can be taken back"
    seen.do("branch.switch", "slower")
    seen.do("edit.undo")
    assert [edit.name for edit in seen.session.branches.current.edits] == ["W1"]
    seen.do("edit.undo")
    assert [one.name for one in seen.session.branches.all] == ["main"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("W1[7, 0] = 1", "W1"), ("z1[0, 0] = 1", "z1"), ("W1[0, 0] = big", "big"), ("lr = -1", "lr"), ("adm", "adam")],
)
def test_a_wrong_edit_is_refused_with_the_reason(text: str, reason: str) -> None:
    seen = stepper("layers")
    view = seen.do("edit.make", text)
    assert view.message[0].role == "error"
    assert reason in said(view)
    assert len(seen.session.branches.all) == 1


def test_the_chosen_cell_is_what_an_edit_begins_with() -> None:
    seen = stepper("layers")
    seen.do("step.next")
    seen.do("cell.choose", ("W1", 1, 2))
    assert seen.suggestion("edit") == "W1[1, 2] = -0.5"
    seen.do("cell.choose", ("x", 1, 0))
    row = seen.session.record.rows[1]
    assert seen.suggestion("edit").startswith(f"x[{row}, 0] = ")
    seen.do("cell.choose", ("x @ W1", 0, 0))
    assert seen.suggestion("edit") == "", "what is computed cannot be edited"


def test_a_saved_branch_is_the_branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen = opened("# a comment\n" + LONG.replace("lr = 0.5", "lr = 0.5 # fast"), tmp_path)
    seen.do("iteration.goto", "20")
    seen.do("edit.make", "W1[0, 1] = 0.1; x[3, 0] = 2")
    seen.do("iteration.goto", "50")
    seen.do("edit.make", "adam lr = 0.02")
    view = seen.do("branch.save", seen.suggestion("save"))
    assert "saved as" in said(view), said(view)
    (saved,) = tmp_path.glob("scenario_*.toml")
    text = saved.read_text(encoding="utf-8")
    assert text.startswith("# a comment\n")
    assert "lr = 0.5 # fast" in text
    again, branch = Timeline(load(str(saved))), seen.session.timeline
    for iteration in (1, 19, 20, 21, 49, 50, 51, 120, 33):
        assert again.record(iteration).arena.tobytes() == branch.record(iteration).arena.tobytes(), iteration
    assert "there is a file of this name" in said(seen.do("branch.save", str(saved)))
    assert "saved as" in said(seen.do("branch.save", (str(saved), True)))


# -- the file


def test_a_reload_keeps_the_place_breakpoints_and_watches_by_name(tmp_path: Path) -> None:
    seen = opened(LAYERS, tmp_path)
    assert not seen.changed_on_disk()
    seen.do("iteration.goto", "5")
    seen.do("step.goto", "grad(o)")
    seen.do("stop.add", ("grad(W1)", 1))
    seen.do("stop.add", ("norm(h1) > 2", 3))
    seen.do("watch.add", "h1")
    seen.do("panel.focus", "chain")
    path = tmp_path / "scenario.toml"
    more = '[[layers]]\ntype = "tanh"\n[[layers]]\ntype = "linear"\nunits = 2\n[[layers]]\ntype = "relu"\n[[layers]]\n'
    path.write_text(LAYERS.replace('[[layers]]\ntype = "linear"\nweight = [[1.0]', more + 'type = "linear"\n#', 1))
    text = path.read_text().replace("#, [-0.5], [0.25]]", "units = 1")
    path.write_text(text)
    assert seen.changed_on_disk()
    assert not seen.changed_on_disk(), "it is said once"
    seen.reload()
    record = seen.session.record
    assert record.iteration == 5
    assert record.program.values[present(seen.session.step).target].name == "grad(o)"
    assert [(one.text, one.hits, one.problem) for one in seen.control.breakpoints] == [
        ("grad(W1)", 1, ""),
        ("norm(h1) > 2", 3, ""),
    ]
    assert seen.choice.focus == "chain"
    path.write_text(text.replace("sigmoid", "sigmoidd"))
    with pytest.raises(NnstepError, match="sigmoidd"):
        seen.reload()
    assert seen.session.record is record
    path.write_text(text + '[debug]\nwatch = ["W1 @ W1"]\n')
    with pytest.raises(NnstepError, match="the left side has 3 columns"):
        seen.reload()
    assert seen.session.record is record
    path.write_text("equations = 'loss = w ** 2'\n[parameters]\nw = 1.0\n")
    view = seen.reload()
    assert all(one.problem for one in seen.control.breakpoints)
    assert any("not defined" in line for line in lines(view, "watch"))
    assert not seen.do("run.forward").running
    path.unlink()
    assert not seen.changed_on_disk()


def test_a_reload_that_takes_many_slices_comes_to_the_same_place(tmp_path: Path) -> None:
    seen = opened(LONG, tmp_path)
    seen.do("iteration.goto", "100")
    seen.do("step.goto", "grad(o)")
    there = seen.session.position
    path = tmp_path / "scenario.toml"
    path.write_text("# another\n" + path.read_text())
    hours = itertools.count()
    with clock.reading(lambda: 3600.0 * next(hours)):  # the slowest machine there is
        view, slices = seen.reload(), 0
        while view.running:
            view, slices = seen.do("run.advance"), slices + 1
    assert slices > 50
    assert seen.session.position == there


def test_a_reload_keeps_the_branches_that_are_still_possible(tmp_path: Path) -> None:
    seen = opened(LONG, tmp_path)
    seen.do("iteration.goto", "20")
    seen.do("edit.make", "W2[2, 0] = 0.5; lr = 0.1")
    seen.do("iteration.goto", "30")
    seen.do("edit.make", "adam lr = 0.01")
    seen.do("branch.rename", "other way")
    path = tmp_path / "scenario.toml"
    path.write_text(LONG.replace("sigmoid", "tanh"))
    view = seen.reload()
    assert "Read again" in said(view)
    assert [one.name for one in seen.session.branches.all] == ["main", "branch 1", "other way"]
    assert seen.session.branches.current.name == "other way"
    assert seen.session.position.iteration == 30
    scenario = seen.session.timeline.scenario
    again = Timeline(load(str(path))._replace(edits=scenario.edits))
    assert seen.session.record.arena.tobytes() == again.record(30).arena.tobytes()
    path.write_text(
        LONG.replace("weight = [[1.0], [-0.5], [0.25]]", "units = 1")
        .replace("0.25], [1.5, 0.75, -0.5]", "], [1.5, 0.75]")
        .replace("-1.0, ]", "-1.0]")
    )
    view = seen.reload()
    assert "not possible any more: branch 1, other way" in said(view)
    assert [one.name for one in seen.session.branches.all] == ["main"]
