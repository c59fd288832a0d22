"""Random scenarios for hypothesis, and what an equation comes to without any of the machinery."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import numpy as np
from hypothesis import strategies as st

from nnstep.language import Call, Expression, Name, Number
from nnstep.ops import Array, operation
from nnstep.scenario import loads
from nnstep.scenario.model import Scenario
from tests.engine.random_programs import equations_case, layers_case, random_case, scalars_case


def scenarios(of: str = "any") -> st.SearchStrategy[Scenario]:
    """Loaded random scenarios; `of` is any, equations, layers or scalars."""
    makers = {"any": random_case, "equations": equations_case, "layers": layers_case, "scalars": scalars_case}

    def made(rng: Random) -> Scenario:
        return loads(makers[of](rng).text)

    return st.randoms(use_true_random=False).map(made)


def naive(expression: Expression, values: Mapping[str, Array]) -> Array:
    """The expression's value: each operation applied to new arrays, in the order in which it is written."""
    match expression:
        case Name(id):
            return values[id]
        case Number(value):
            return np.array(value)
        case Call(function, arguments, options):
            entry = operation(function)
            count = len(entry.inputs)
            filled = dict(options)
            for name, extra in zip(entry.options, arguments[count:], strict=False):
                assert isinstance(extra, Number)
                filled[name] = int(extra.value) if extra.value.is_integer() else extra.value
            return entry.evaluate(*(naive(argument, values) for argument in arguments[:count]), **filled)
    raise TypeError(expression)


def naive_values(
    scenario: Scenario, given: Mapping[str, Array], held: Mapping[str, Array] | None = None
) -> dict[str, Array]:
    """Every named value of the forward pass; a value in `held` is that, whatever its equation says."""
    values = {**given, **(held or {})}
    with np.errstate(all="ignore"):
        for equation in scenario.equations:
            assignment = equation.assignment
            if assignment.target not in (held or {}):
                values[assignment.target] = naive(assignment.expression, values)
    return values
