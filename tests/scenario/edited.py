"""Random edits of a scenario, each possible after those before it, and what makes two scenarios the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from nnstep.ops import Array
from nnstep.program import initial_states
from nnstep.scenario import Edit, Scenario, loads
from nnstep.scenario.edits.read import is_kept
from nnstep.scenario.edits.typed import read_edit
from tests.engine.random_programs import random_case

NUMBERS = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-3, 3).map(float))
OPTIMIZERS = st.sampled_from(
    [
        ("sgd", {"lr": NUMBERS.map(abs)}),
        ("sgd", {"lr": NUMBERS.map(abs), "momentum": st.just(0.9), "nesterov": st.booleans()}),
        ("adam", {"lr": NUMBERS.map(abs), "betas": st.tuples(*[st.floats(0, 1, exclude_max=True)] * 2)}),
        ("adamw", {"lr": NUMBERS.map(abs), "weight_decay": NUMBERS.map(abs)}),
        ("rmsprop", {"lr": NUMBERS.map(abs), "alpha": NUMBERS.map(abs), "momentum": st.sampled_from([0.0, 0.5])}),
        ("adagrad", {"lr": NUMBERS.map(abs), "initial_accumulator_value": NUMBERS.map(abs)}),
    ]
)


def written(value: object) -> str:
    """A value of an option as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(repr, value))}]" if isinstance(value, tuple) else repr(value)


def optimizer_table(draw: Any) -> str:
    """An optimizer of any type as an inline table."""
    kind, options = draw(OPTIMIZERS)
    return f'{{ type = "{kind}"' + "".join(f", {key} = {written(draw(one))}" for key, one in options.items()) + " }"


def editable(scenario: Scenario, iteration: int) -> dict[str, Array]:
    """Everything of which a cell can be edited, with a value of its shape."""
    arrays = {one.name: one.value for one in scenario.parameters} | dict(scenario.constants)
    optimizer = scenario.optimizer_at(iteration)
    for one in scenario.parameters:
        if one.trainable and optimizer is not None:
            arrays |= {f"{state}({one.name})": one.value for state in initial_states(optimizer)}
    if scenario.data is not None:
        arrays |= {"x": scenario.data.x} | ({} if scenario.data.y is None else {"y": scenario.data.y})
    return arrays


def with_edits(scenario: Scenario, edits: Sequence[Edit]) -> Scenario:
    """The scenario with edits added as a session adds them."""
    return scenario.with_edits((*scenario.edits, *edits))


def lasting(scenario: Scenario, edits: Sequence[Edit]) -> list[Edit]:
    """In the order of the run, without edits of states that a later edit of the optimizer has taken away."""
    found: list[Edit] = []
    for edit in sorted(edits, key=lambda one: one.iteration):
        if edit.optimizer is not None or is_kept(with_edits(scenario, found), edit.name, edit.iteration):
            found.append(edit)
    return found


@st.composite
def edits_of(draw: Any, scenario: Scenario, most: int = 5, numbers: st.SearchStrategy[float] = NUMBERS) -> list[Edit]:
    """Edits in the order in which they are made."""
    made: list[Edit] = []
    for _ in range(draw(st.integers(0, most))):
        iteration = draw(st.integers(1, scenario.iterations))
        if scenario.optimizer is not None and draw(st.integers(0, 7)) == 0:
            typed = f"optimizer lr = {written(draw(NUMBERS.map(abs)))}"
            made += read_edit(typed, with_edits(scenario, made), iteration)
            continue
        if scenario.optimizer is not None and draw(st.integers(0, 3)) == 0:
            base = '[data]\nx = [[1]]\n[[layers]]\ntype = "tanh"\n[optimizer]\ntype = "sgd"\n'
            text = f"{base}[[edits]]\niteration = 1\noptimizer = {optimizer_table(draw)}\n"
            made.append(loads(text).edits[0]._replace(iteration=iteration, line=None, key=None))
            continue
        arrays = editable(with_edits(scenario, made), iteration)
        name = draw(st.sampled_from(sorted(arrays)))
        index = tuple(draw(st.integers(0, size - 1)) for size in arrays[name].shape)
        classes = name == "y" and arrays[name].ndim == 1
        value = draw(st.sampled_from(sorted(set(arrays[name].ravel().tolist()))) if classes else numbers)
        made.append(Edit(iteration, name, index, value))
    return made


@st.composite
def edited(draw: Any, numbers: st.SearchStrategy[float] = NUMBERS) -> tuple[str, list[Edit]]:
    """The text of a random scenario, and edits of it in the order in which they are made."""
    text = random_case(Random(draw(st.integers(0, 2**32)))).text
    return text, draw(edits_of(loads(text), numbers=numbers))


def _bytes(options: Mapping[str, float | bool]) -> list[tuple[str, bytes]]:
    return [(name, np.float64(value).tobytes()) for name, value in sorted(options.items())]


def bare(edits: Sequence[Edit]) -> list[tuple[Any, ...]]:
    """Edits without their lines, told apart to the last bit."""
    return [
        (
            *(one.iteration, one.name, one.index, np.float64(one.value).tobytes()),
            one.optimizer and (one.optimizer.type, _bytes(one.optimizer.options)),
        )
        for one in edits
    ]


def without_edits(scenario: Scenario) -> list[Any]:
    """All that a scenario says but its edits, arrays as their bytes."""
    data = scenario.data
    return [
        *(scenario.title, scenario.description, scenario.seed, scenario.equations, scenario.objective),
        *(scenario.optimizer, scenario.training, scenario.breakpoints, scenario.watches),
        [one._replace(value=np.array(0)) for one in scenario.parameters],
        [(one.value.shape, one.value.tobytes()) for one in scenario.parameters],
        {name: (value.shape, value.tobytes()) for name, value in scenario.constants.items()},
        data and [(one.shape, one.tobytes()) for one in (data.x, data.y) if one is not None],
    ]
