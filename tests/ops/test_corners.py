"""At the corners of float64 too, a kernel has the value of its body, of plain NumPy and of PyTorch; cells too.

Corners are 0 and -0, numbers so small or large that something under- or overflows, infinities and NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.language import Option
from nnstep.ops import NAMES, OPERATIONS, Array, Site, evaluate_cell, operation
from tests.ops.apply import body, gradient, run, site_of
from tests.ops.frozen import CORNERS, Case
from tests.ops.strategies import Values, applications
from tests.present import present

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

QUICK = settings(max_examples=40, deadline=None)
CORNER = st.sampled_from([0.0, -0.0, 5e-324, 1e-300, -1e-10, 1.0, -2.0, 40.0, -745.0, 1e150, -1e300, math.nan])
SHARE = st.sampled_from([0.0, 5e-324, 1e-300, 1e-17, 0.5, 1.0, math.nan])
INFINITE = st.sampled_from([math.inf, -math.inf])
AT_CORNERS = Values(CORNER | INFINITE, CORNER | INFINITE, SHARE)
PICKED = [case.entry.name for case in CORNERS]


def known(case: Case) -> Site:
    """The site, with the exponent of a power as it is when it is written out: PyTorch's kernels look at it too."""
    exponent = case.inputs["b"] if case.entry.name == "power" else None
    if exponent is None or exponent.ndim or not case.inputs["a"].ndim:
        return case.site
    return case.entry.site(case.site.shapes, case.site.options, (None, float(exponent)))


# Where nnstep is other than PyTorch, or has other last digits: (relative, absolute) tolerance and why.
APART = {
    "softplus": (1e-12, 1e-300),  # PyTorch's log1p has 0 for the smallest numbers
    "log1p": (1e-12, 1e-300),
    "log_softmax": (1e-12, 1e-16),  # a gradient that is 0, rounded
    "layer_norm": (1e-9, 1e-13),
    "bce_with_logits": (1e-12, 1e-14),  # PyTorch loses digits of small losses: 0 for 4.2e-18 at -40
}


def same(case: Case, what: str, found: Array, expected: Array) -> None:
    assert found.shape == expected.shape
    rtol, atol = APART.get(case.entry.name, (1e-12, 0.0))
    said = f"{case.label} {what} of {dict(case.inputs)} {dict(case.site.options)}"
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol, err_msg=said)


@pytest.mark.parametrize("name", sorted(set(PICKED)))
def test_values_and_gradients_are_those_of_pytorch(name: str) -> None:
    for case in CORNERS:
        if case.entry.name != name:
            continue
        site = known(case)
        same(case, "value", run(case.entry, case.inputs, site), case.out)
        for label, expected in case.gradients.items():
            found = present(gradient(case.entry, label, case.inputs, site, case.g))
            if name == "divide" and np.isinf(case.g).all():  # -g * out / b, where g * (out / b) is inf * 0 far out
                expected = np.where(np.isnan(expected) & np.isinf(found), found, expected)
            same(case, f"gradient of {label}", found, expected)


def test_all_that_pytorch_has_is_tried_at_corners() -> None:
    shapes = {"transpose", "reshape", "slice", "concat", "broadcast", "put", "one_hot"}  # these compute nothing
    parts = {"normal_cdf", "normal_pdf", "standardise", "deviation", "remainder"}  # only inside of others, or in NumPy
    assert set(NAMES) - set(PICKED) == shapes | parts
    covered = {(case.entry.name, label) for case in CORNERS for label in case.gradients}
    every = {(entry.name, label) for entry in OPERATIONS for label in entry.derivative if entry.name not in shapes}
    assert every - covered == {("nll", "y")}  # PyTorch takes class numbers only


def close(found: Any, expected: Any, rtol: float = 1e-12, atol: float = 0.0) -> None:
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol)


@pytest.mark.parametrize("name", [entry.name for entry in OPERATIONS if entry.body is not None])
@QUICK
@given(data=st.data())
def test_kernel_equals_body(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, AT_CORNERS))
    site = site_of(entry, inputs, options)
    close(run(entry, inputs, site), body(entry, inputs, site))


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(data=st.data())
def test_cells_equal_the_kernel(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, AT_CORNERS))
    site = site_of(entry, inputs, options)
    values = run(entry, inputs, site)
    rounding = 0.0
    if name in ("log_softmax", "cross_entropy"):  # a cell is x - log Σ exp(x), which is rounded as x is
        rounding = 1e-13 * max(float(np.abs(x[np.isfinite(x)]).max(initial=0.0)) for x in inputs.values())
    for index in np.ndindex(site.out):
        cell = evaluate_cell(entry.cell_at(site, index), lambda label, place: float(inputs[label][place]))
        close(cell, values[index], rtol=1e-11, atol=rounding)


PLAIN: dict[str, Callable[..., Any]] = {
    "matmul": lambda a, b: a @ b,
    "add": lambda a, b: a + b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "where": lambda condition, a, b: np.where(condition != 0, a, b),
}


@pytest.mark.parametrize("name", PLAIN)
@QUICK
@given(data=st.data())
def test_kernel_is_what_numpy_has(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, AT_CORNERS))
    found, plain = run(entry, inputs, site_of(entry, inputs, options)), PLAIN[name](*inputs.values())
    np.testing.assert_array_equal(found, plain)
    assert (np.signbit(found) == np.signbit(plain))[np.isinf(found)].all()


REDUCED: dict[str, Callable[..., Array]] = {"sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min}


@pytest.mark.parametrize("name", REDUCED)
@QUICK
@given(data=st.data())
def test_a_reduction_is_what_numpy_has(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, AT_CORNERS))
    axis, keepdims = options["axis"], options["keepdims"]
    plain = REDUCED[name](inputs["x"], axis=axis if axis != "all" else None, keepdims=keepdims)
    close(run(entry, inputs, site_of(entry, inputs, options)), plain)


@pytest.mark.parametrize("lost", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((1, 1), (1, 3)),
        ((3, 1), (1, 1)),
        ((1, 1), (1, 1)),
        ((1,), (1, 3)),
        ((3, 1), (1,)),
        ((1,), (1,)),
        ((1, 1), (1,)),
    ],
)
def test_a_product_with_a_single_zero_keeps_what_is_not_finite(lost: float, left: Any, right: Any) -> None:
    for a, b in ((np.zeros(left), np.full(right, lost)), (np.full(left, lost), np.zeros(right))):
        assert np.isnan(operation("matmul").evaluate(a, b)).all()


# A choice is no multiplication by 0: what was not chosen gets 0, whatever comes from above.


def choices() -> Iterator[tuple[str, dict[str, list[float]], dict[str, list[float]]]]:
    """The operation, its inputs, and 1 where the gradient goes."""
    yield "relu", {"x": [-1.0, 0.0, 2.0, math.inf]}, {"x": [0, 0, 1, 1]}
    yield "maximum", {"a": [1.0, 2.0, 3.0], "b": [2.0, 2.0, 2.0]}, {"a": [0, 0.5, 1], "b": [1, 0.5, 0]}
    yield "minimum", {"a": [1.0, 2.0, 3.0], "b": [2.0, 2.0, 2.0]}, {"a": [1, 0.5, 0], "b": [0, 0.5, 1]}
    yield "max", {"x": [1.0, 3.0, 3.0]}, {"x": [0, 0.5, 0.5]}
    yield "min", {"x": [1.0, 3.0, -3.0]}, {"x": [0, 0, 1]}


@pytest.mark.parametrize("upstream", [1.0, -0.3, math.inf, -math.inf, 1e300])
@pytest.mark.parametrize(("name", "inputs", "shares"), list(choices()))
def test_what_is_not_chosen_gets_nothing(name: str, inputs: Any, shares: Any, upstream: float) -> None:
    entry, arrays = operation(name), {label: np.array(value) for label, value in inputs.items()}
    site = site_of(entry, arrays, {})
    for label, share in shares.items():
        found = gradient(entry, label, arrays, site, np.full(site.out, upstream))
        np.testing.assert_array_equal(found, [part * upstream if part else 0.0 for part in share])


@pytest.mark.parametrize("axis", [0, 1])
def test_the_largest_of_a_line_takes_an_infinite_gradient_alone(axis: int) -> None:
    entry, x = operation("max"), np.array([[1.0, 5.0], [7.0, 2.0]])
    options: dict[str, Option] = {"axis": axis}
    site = site_of(entry, {"x": x}, options)
    found = gradient(entry, "x", {"x": x}, site, np.full(site.out, math.inf))
    np.testing.assert_array_equal(found, [[0, math.inf], [math.inf, 0]])


@pytest.mark.parametrize(
    ("options", "x", "slope"),
    [
        ({}, -40.0, 4.248354255291589e-18),
        ({}, -20.0, 2.061153622438558e-09),
        ({"alpha": 2.5}, -100.0, 9.3001899400521e-44),
    ],
)
def test_the_slope_of_elu_keeps_its_digits_far_below_zero(options: dict[str, Option], x: float, slope: float) -> None:
    entry, inputs = operation("elu"), {"x": np.array([x])}
    found = gradient(entry, "x", inputs, site_of(entry, inputs, options), np.array([1.0]))
    close(found, [slope], rtol=1e-13)


@pytest.mark.parametrize("kind", ["sigmoid", "silu"])
def test_the_tail_of_a_sigmoid_is_zero_and_its_logarithm_infinite(kind: str) -> None:
    out = operation(kind).evaluate(np.array([-740.0, -1000.0, -1e300]))
    np.testing.assert_array_equal(out, [0, 0, 0])
    assert (operation("log").evaluate(operation("sigmoid").evaluate(np.array([-740.0, -1e4]))) == -math.inf).all()


# A class that is not the row's has no part in the loss: a logit of -inf masks it, a probability of 0 does nothing.


def test_a_masked_class_leaves_the_loss_finite() -> None:
    logits, y = np.array([[0.0, -math.inf, 1.0]]), np.array([0.0])
    close(operation("cross_entropy").evaluate(logits, y), 1.3132616875182228)
    assert operation("cross_entropy").evaluate(logits, np.array([1.0])) == math.inf


@pytest.mark.parametrize("soft", [False, True])
def test_nll_of_a_class_with_probability_zero_is_infinite_and_the_others_have_no_part(soft: bool) -> None:
    entry = operation("nll")
    for label, loss, slope in ((0, math.inf, [-math.inf, 0, 0]), (1, math.log(2), [0, -2, 0])):
        y = np.eye(3)[[label]] if soft else np.array([float(label)])
        inputs = {"p": np.array([[0.0, 0.5, 0.5]]), "y": y}
        site = site_of(entry, inputs, {})
        close(run(entry, inputs, site), loss)
        close(gradient(entry, "p", inputs, site, np.array(1.0)), [slope])
