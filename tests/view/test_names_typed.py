"""One reader of names: go to, find, watch, break, explain, check mine and what-if take the same notations."""

from __future__ import annotations

import numpy as np
import pytest

from nnstep.debugger import destination
from nnstep.debugger.answers.compare import value_name
from nnstep.debugger.session import Session
from nnstep.engine import Timeline
from nnstep.errors import NnstepError
from nnstep.program import parameters_with_gradient
from nnstep.program.naming import objective_letter
from nnstep.scenario import bundled, find, load, loads
from nnstep.scenario.edits.typed import read_edit
from nnstep.view.reports.explain import asked
from nnstep.view.scene.chain_plan import plan
from nnstep.view.stepper import Stepper

NOTATIONS = ("grad(W1)", "∂L/∂W1", "dL/dW1", "W1.grad", "dW1", "grad_W1", "∂𝓛/∂W1", "dloss/dW1", "∂L / ∂W1")
DEBUG = '\n[debug]\nbreakpoints = ["{0}", "{0}[0,0] > 1e9"]\nwatch = ["{0}[0][1]", "norm({0})"]\n'


def two_layer() -> Stepper:
    return Stepper(load(find("two_layer")))


@pytest.mark.parametrize("written", NOTATIONS)
def test_every_place_that_asks_for_a_name_takes_it(written: str) -> None:
    stepper = two_layer()
    program = stepper.session.program
    step = program.values[program.versions["grad(W1)"][-1]].step

    stepper.do("step.goto", f"{written}[1, 2]")
    assert (stepper.session.position.step, stepper.choice.name, stepper.choice.cell) == (step, "grad(W1)", (1, 2))
    assert stepper.names(written)[0] == "grad(W1)"

    assert stepper.control.add_breakpoint(written).text == "grad(W1)"
    assert stepper.control.add_breakpoint(f"{written}[0,1] > 0.5").kind == "condition"
    watch = stepper.control.add_watch(f"{written}[0,1]")
    now = stepper.control.watched(watch).now
    assert now is not None
    assert float(now) == stepper.session.record["grad(W1)"][0, 1]
    assert float(stepper.control.watched(stepper.control.add_watch(f"norm({written})")).now or 0) == pytest.approx(
        float(np.linalg.norm(stepper.session.record["grad(W1)"]))
    )

    found = asked(stepper.session.scenario, f"{written}[1,2]", 1)
    assert (found.record.program.values[found.cell.slot].name, found.cell.index) == ("grad(W1)", (1, 2))
    assert value_name(program, written) == "grad(W1)"


@pytest.mark.parametrize("written", NOTATIONS)
def test_a_file_may_say_where_to_stop_and_what_to_watch_in_any_notation(written: str) -> None:
    with open(find("two_layer"), encoding="utf-8") as file:  # noqa: PTH123
        text = file.read().partition("[debug]")[0]
    stepper = Stepper(loads(text + DEBUG.format(written)))
    assert [one.text for one in stepper.control.breakpoints] == ["grad(W1)", f"{written}[0,0] > 1e9"]
    stepper.do("run.forward")
    while stepper.control.run is not None:
        stepper.do("run.advance", 1.0)
    assert stepper.session.step is not None
    assert stepper.session.program.values[stepper.session.step.target].name == "grad(W1)"


def test_a_cell_that_there_is_not_is_said() -> None:
    stepper = two_layer()
    before = stepper.session.position
    stepper.do("step.goto", "dL/dW1[9,9]")
    assert stepper.session.position == before
    assert "no entry of grad(W1), which is 2×3" in "".join(piece.text for piece in stepper.view().message)
    with pytest.raises(NnstepError, match=r"grad\(W1\) is 2×3"):
        asked(stepper.session.scenario, "dW1[9,9]", 1)
    with pytest.raises(ValueError, match="one entry"):
        value_name(stepper.session.program, "dW1[0,0]")


@pytest.mark.parametrize("cell", ["W1[0,1]", "W1[0, 1]", "W1[0][1]", "W1 [0,1]", "W₁[0,1]", "W1′[0,1]"])
def test_a_cell_that_is_changed(cell: str) -> None:
    (edit,) = read_edit(f"{cell} = 0.5", Session(load(find("two_layer"))).scenario, 1)
    assert (edit.name, edit.index, edit.value) == ("W1", (0, 1), 0.5)


@pytest.mark.parametrize("written", NOTATIONS)
def test_a_gradient_cannot_be_changed(written: str) -> None:
    scenario = load(find("two_layer"))
    assert Timeline(scenario).iterations >= 1
    with pytest.raises(NnstepError, match="computed anew in each iteration"):
        read_edit(f"{written}[0,1] = 0.5", scenario, 1)


@pytest.mark.parametrize("name", [one.name for one in bundled()])
def test_every_factor_that_the_chain_rule_shows_can_be_gone_to(name: str) -> None:
    """By its symbol as the panel prints it, where it is not that of a gradient, which is gone to itself."""
    session = Session(load(find(name)))
    program = session.program
    for parameter in parameters_with_gradient(program):
        for row in plan(program, parameter, objective_letter(program)).words:
            there = program.steps[destination(session, row.symbol).step - 1]
            assert there.phase == "backward", row.symbol
            expected = program.steps[row.step - 1]
            assert program.values[there.target].of == program.values[expected.target].of, row.symbol


def test_a_factor_as_in_a_book() -> None:
    session = Session(load(find("two_layer")))
    for text in ("∂o/∂h", "do/dh", "∂o / ∂h", " do/dh "):
        assert (
            session.program.values[session.program.steps[destination(session, text).step - 1].target].name == "grad(h)"
        )
    with pytest.raises(ValueError, match="nothing is called"):
        destination(session, "∂h/∂o")
