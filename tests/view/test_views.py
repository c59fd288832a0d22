"""Every view of every program at every place can be painted, whatever the room, and fits it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.scenario.model import Scenario
from nnstep.view.lens.registry import lens_names
from nnstep.view.stepper import Stepper
from tests.engine.strategies import scenarios
from tests.view.test_stepper import MOVES

WAYS = st.sampled_from(sorted({*MOVES, "panel.focus", "row.down", "terms.all", "run.log"}))
VIEWS = st.sampled_from([f"lens.{lens}" for lens in lens_names() if lens not in ("step", "mine")])
FOCUS = st.sampled_from(["program", "operation", "chain", "gradients"])


@settings(max_examples=40)
@given(scenarios(), st.lists(WAYS | VIEWS, min_size=1, max_size=12), FOCUS, st.booleans(), st.data())
def test_every_view_of_every_program_can_be_painted(
    scenario: Scenario, commands: list[str], focus: str, ascii: bool, data: st.DataObject
) -> None:
    seen = Stepper(scenario, ascii)
    for command in commands:
        state = seen.do(command, focus if command == "panel.focus" else None)
        width, height = data.draw(st.tuples(st.integers(1, 130), st.integers(1, 40)))
        for key, panel in {"header": state.header, **state.panels}.items():
            assert len(panel.paint(width, height).lines) <= height, (key, command)
