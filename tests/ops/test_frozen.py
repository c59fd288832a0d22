"""Every operation's values and gradients are PyTorch's, and each of their cells is what its cell rule says."""

from __future__ import annotations

import numpy as np
import pytest

from nnstep.language import Entry, walk
from nnstep.ops import NAMES, Array, entries_read, evaluate_cell
from tests.ops.apply import gradient, run
from tests.ops.frozen import CASES, Case

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # infinities among the frozen values

CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)


def close(found: Array, expected: Array, rtol: float = 1e-12) -> None:
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-13)


def test_every_operation_has_frozen_values() -> None:
    assert {case.entry.name for case in CASES} == set(NAMES)


def test_every_rule_has_frozen_gradients() -> None:
    covered = {(case.entry.name, name) for case in CASES for name in case.gradients}
    assert covered == {(case.entry.name, name) for case in CASES for name in case.entry.derivative}


@CASE
def test_value(case: Case) -> None:
    close(run(case.entry, case.inputs, case.site), case.out)


@CASE
def test_gradients(case: Case) -> None:
    for name, expected in case.gradients.items():
        found = gradient(case.entry, name, case.inputs, case.site, case.g)
        assert found is not None
        close(found, expected)


POWERS = [case for case in CASES if case.entry.name == "power" and case.inputs["b"].shape == ()]


@pytest.mark.parametrize("case", POWERS, ids=lambda case: case.label)
def test_power_with_a_known_exponent_means_the_same(case: Case) -> None:
    """A number written out has kernels and rules of its own, 2 * a and not b * a ** (b - 1)."""
    site = case.entry.site(case.site.shapes, case.site.options, (None, float(case.inputs["b"])))
    close(run(case.entry, case.inputs, site), case.out)
    if "a" in case.gradients:
        found = gradient(case.entry, "a", case.inputs, site, case.g)
        assert found is not None
        close(found, case.gradients["a"])


def test_the_square_has_the_rule_of_a_student() -> None:
    power = POWERS[0].entry
    assert power.rule("a", power.site(((3,), ()), {}, (None, 2.0))) == "g * 2 * a"
    assert power.rule("a", power.site(((3,), ()), {}, (None, 0.5))) == "g * 0.5 * a ** -0.5"


@CASE
def test_cells(case: Case) -> None:
    """Each cell comes from entries that exist, and re-evaluates to the kernel's value."""

    def lookup(name: str, index: tuple[int, ...]) -> float:
        assert len(index) == case.inputs[name].ndim
        assert all(i >= 0 for i in index)
        return float(case.inputs[name][index])

    values = run(case.entry, case.inputs, case.site)
    for index in np.ndindex(case.site.out):
        rule = case.entry.cell_at(case.site, index)
        np.testing.assert_allclose(evaluate_cell(rule, lookup), values[index], rtol=1e-12, atol=1e-13)
        assert entries_read(rule) == tuple(dict.fromkeys(node for node in walk(rule) if isinstance(node, Entry)))
