"""Nothing that was looked at holds the numbers of an iteration longer than they are kept."""

from __future__ import annotations

import gc
import weakref
from unittest import mock

import pytest

from nnstep.ops import Array
from nnstep.view.lens.registry import lens_names
from nnstep.view.text.canvas import Panel
from tests.view.samples import stepper

LOOKED_AT = ("cell.right", "cell.down", "lens.cell", "cell.follow", "cell.return", "lens.uses", "lens.step")


@pytest.mark.parametrize("name", ["layers", "tied"])
@mock.patch("nnstep.engine.timeline._RECORDS", 1)
def test_an_iteration_that_was_left_is_given_up_at_once_and_not_when_garbage_is_collected(name: str) -> None:
    seen = stepper(name)
    arenas: list[weakref.ref[Array]] = []
    was = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        while seen.session.position.iteration < 3 and "step.next" in seen.view().enabled:
            for command in ("step.next", *LOOKED_AT):
                for panel in dict[str, Panel](seen.do(command).panels).values():
                    panel.paint(60, 20)
            if len(arenas) < seen.session.position.iteration:
                arenas.append(weakref.ref(seen.session.record.arena))
        for command in ("step.next", "step.next"):
            seen.do(command)
        assert len(arenas) > 1
        assert [arena() is None for arena in arenas[:-1]] == [True] * (len(arenas) - 1)
    finally:
        if was:
            gc.enable()


@pytest.mark.parametrize("name", ["layers", "tied"])
def test_a_run_that_was_left_is_held_by_nothing(name: str) -> None:
    """Whatever was asked of it: its results are kept with it, and go with it."""
    seen = stepper(name)
    seen.do("watch.add", "norm(loss)")
    for command in ("iteration.next", "iteration.next", "step.last", "step.back"):
        seen.do(command)
        for lens in lens_names():
            state = seen.do(f"lens.{lens}")
            for panel in dict[str, Panel](state.panels).values():
                panel.paint(60, 20)
    timeline, record = weakref.ref(seen.session.timeline), weakref.ref(seen.session.record)
    del seen, state, panel
    gc.collect()
    assert (timeline(), record()) == (None, None)
