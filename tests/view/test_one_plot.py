"""One entry is all that a plot needs: a toy one of the step and a toy one of the run show where they can be drawn."""

from __future__ import annotations

import pytest

from nnstep.scenario import loads
from nnstep.view.lens.picture import PICTURES
from nnstep.view.lens.plot import Plot, of_moment
from nnstep.view.lens.run import RUN_PLOTS
from nnstep.view.stepper import Stepper
from nnstep.view.text.blocks import wrap
from nnstep.view.text.canvas import Target, line_text
from tests.view.samples import LAYERS

TOY = Plot(
    title=lambda moment: "toy plot",
    draw=of_moment(lambda moment, width, height: wrap(f"at step {moment.session.position.step}", width, "dim")),
    when=lambda moment: moment.session.position.step != 2,
    over_iterations=True,
)
TABLES = {"picture": (PICTURES, "picture.choose"), "run": (RUN_PLOTS, "run.choose")}


def shown(stepper: Stepper) -> tuple[str, list[Target]]:
    canvas = stepper.view().panels["operation"].paint(100, 30)
    return "\n".join(map(line_text, canvas.lines)), [
        hit.target for hit in canvas.hits if isinstance(hit.target, Target)
    ]


@pytest.mark.parametrize("lens", TABLES)
def test_it_has_a_tab_and_is_drawn_where_it_can_be(lens: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table, command = TABLES[lens]
    monkeypatch.setitem(table, "toy", TOY)
    stepper = Stepper(loads(LAYERS))
    stepper.do("step.next", None)
    stepper.do(f"lens.{lens}", None)
    text, targets = shown(stepper)
    assert "toy plot" in text
    assert Target(command, "toy") in targets
    stepper.do(command, "toy")
    text, targets = shown(stepper)
    assert "at step 1" in text
    assert (Target("run.log") in targets) == (lens == "run")
    stepper.do("step.next", None)
    text, targets = shown(stepper)
    assert "toy plot" not in text
    assert Target(command, "toy") not in targets


@pytest.mark.parametrize("lens", TABLES)
def test_the_key_of_the_view_goes_through_it_too(lens: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES[lens][0], "toy", TOY)
    stepper = Stepper(loads(LAYERS))
    seen = []
    for _ in range(2 + len(TABLES[lens][0])):
        stepper.do(f"lens.{lens}", None)
        seen.append("at step 0" in shown(stepper)[0])
    assert any(seen)
