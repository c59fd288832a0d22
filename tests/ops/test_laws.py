"""Laws over the whole table: body equals kernel, rule equals differences, and what a kernel promises about memory."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.language import Option, parse_expression
from nnstep.ops import NAMES, OPERATIONS, Array, Operation, Site, evaluate_cell, operation
from tests.ops.apply import body, evaluate, gradient, named, run, site_of
from tests.ops.strategies import SMOOTH, Application, applications, up_to

COMPOSITES = [entry.name for entry in OPERATIONS if entry.body is not None]
DIFFERENTIABLE = [entry.name for entry in OPERATIONS if entry.derivative]
# Losses and reductions of huge numbers are infinite; between these, body and kernel may overflow at different steps.
STABLE = [
    *("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "softmax", "log_softmax"),
    *("bce", "bce_with_logits", "cross_entropy", "nll", "normal_cdf", "normal_pdf"),
]
QUICK = settings(max_examples=25, deadline=None)


def sized(inputs: Any) -> float:
    """The size of the largest number among the inputs, at least 1."""
    return max(1.0, *(float(np.abs(value).max(initial=0.0)) for value in inputs.values()))


def tolerance(entry: Operation, inputs: Any, site: Site) -> float:
    """Rounding of sums and differences is relative to their largest term, and a deviation near 0 enlarges it."""
    size = min(sized(inputs), 1e150) ** (2 if entry.name in ("mse", "huber", "bce_with_logits", "cross_entropy") else 1)
    eps = site.options.get("eps")
    return 1e-13 * size * (sized(inputs) / float(eps) if isinstance(eps, float) else 1.0)


@pytest.mark.parametrize("name", COMPOSITES)
@QUICK
@given(data=st.data())
def test_kernel_equals_body(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    size = 1e300 if name in STABLE else 1e3
    inputs, options = data.draw(applications(name, up_to(size)))
    site = site_of(entry, inputs, options)
    with np.errstate(all="ignore"):
        kernel, defined = run(entry, inputs, site), body(entry, inputs, site)
        atol = tolerance(entry, inputs, site)
    assert defined.shape == site.out
    np.testing.assert_allclose(kernel, defined, rtol=1e-12, atol=min(atol, 1e288))


@pytest.mark.parametrize("name", DIFFERENTIABLE)
@QUICK
@given(data=st.data())
def test_rule_equals_central_differences(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, SMOOTH))
    site = site_of(entry, inputs, options)
    g = np.asarray(np.cos(np.arange(np.prod(site.out, dtype=int))).reshape(site.out))  # any fixed upstream gradient
    for label in entry.derivative:
        found = gradient(entry, label, inputs, site, g)
        if found is None:
            assert label == "y"
            continue
        np.testing.assert_allclose(found, differences(entry, label, inputs, site, g), rtol=1e-5, atol=1e-5)


def differences(entry: Operation, label: str, inputs: Any, site: Site, g: Array) -> Array:
    """The derivative of sum(g * out) by central differences, entry by entry."""
    step, slopes = 1e-6, np.empty(inputs[label].shape)
    for index in np.ndindex(slopes.shape):
        sides = []
        for change in (step, -step):
            moved = inputs[label].copy()
            moved[index] += change
            sides.append(float((g * run(entry, {**inputs, label: moved}, site)).sum()))
        slopes[index] = (sides[0] - sides[1]) / (2 * step)
    return slopes


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(data=st.data())
def test_cells_equal_the_kernel(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, up_to(50.0)))
    site = site_of(entry, inputs, options)
    with np.errstate(all="ignore"):
        values = run(entry, inputs, site)
        atol = tolerance(entry, inputs, site)
    for index in np.ndindex(site.out):
        cell = evaluate_cell(entry.cell_at(site, index), lambda label, place: float(inputs[label][place]))
        np.testing.assert_allclose(cell, values[index], rtol=1e-11, atol=atol)


@pytest.mark.parametrize("name", NAMES)
@QUICK
@given(data=st.data())
def test_memory_layout_does_not_matter(name: str, data: st.DataObject) -> None:
    """Inputs that are transposes, or every second column of something wider, give what fresh arrays give."""
    entry = operation(name)
    inputs, options = data.draw(applications(name, up_to(50.0)))
    site = site_of(entry, inputs, options)
    turned = {label: np.array(value, order="F") for label, value in inputs.items()}
    spread = {label: spread_out(value) for label, value in inputs.items()}
    with np.errstate(all="ignore"):
        values = run(entry, inputs, site)
        for other in (turned, spread):
            np.testing.assert_allclose(run(entry, other, site), values, rtol=1e-12, atol=tolerance(entry, inputs, site))


def spread_out(value: Array) -> Array:
    if not value.ndim:
        return value
    wide = np.full((*value.shape[:-1], 2 * value.shape[-1]), np.nan)
    wide[..., ::2] = value
    return wide[..., ::2]


@pytest.mark.parametrize("name", [entry.name for entry in OPERATIONS if entry.elementwise])
@QUICK
@given(data=st.data())
def test_an_elementwise_kernel_may_write_over_an_input(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, up_to(50.0)))
    site = site_of(entry, inputs, options)
    with np.errstate(all="ignore"):
        expected = run(entry, inputs, site)
        for label in entry.inputs:
            if inputs[label].shape == site.out:
                copies = {other: value.copy() for other, value in inputs.items()}
                entry.prepare(site)(*copies.values(), copies[label])
                np.testing.assert_array_equal(copies[label], expected)


@pytest.mark.parametrize("exponent", [2.0, 3.0, 0.5, -1.0, -0.5, -2.0, 1.5])
def test_a_power_with_a_known_exponent_may_write_over_its_base(exponent: float) -> None:
    entry, a = operation("power"), np.array([0.5, 2.0, 3.0])
    kernel = entry.prepare(entry.site(((3,), ()), {}, (None, exponent)))
    expected = a**exponent
    kernel(a, np.array(exponent), a)
    np.testing.assert_allclose(a, expected, rtol=1e-15)


@pytest.mark.parametrize("name", [entry.name for entry in OPERATIONS if entry.kept])
@QUICK
@given(data=st.data())
def test_what_a_kernel_keeps_is_what_its_text_says_bit_for_bit(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, up_to(50.0)))
    site = site_of(entry, inputs, options)
    kernel, out = entry.prepare(site), np.empty(site.out)
    with np.errstate(all="ignore"):
        for _ in range(2):  # a second run keeps the same
            kernel(*(inputs[label] for label in entry.inputs), out)
    kept = getattr(kernel, "kept", ())
    assert len(kept) == len(entry.keeps(site))
    for text, array in zip(entry.keeps(site), kept, strict=True):
        np.testing.assert_array_equal(array, evaluate(parse_expression(text), named(entry, inputs, site)))


@pytest.mark.parametrize("name", [entry.name for entry in OPERATIONS if entry.view])
@QUICK
@given(data=st.data())
def test_a_view_is_the_kernel_without_the_copy(name: str, data: st.DataObject) -> None:
    entry = operation(name)
    inputs, options = data.draw(applications(name, up_to(50.0)))
    site = site_of(entry, inputs, options)
    assert entry.view is not None
    view = entry.view(*inputs.values(), **site.options)
    assert view is not None
    assert view.shape == site.out
    assert np.shares_memory(view, next(iter(inputs.values())))
    np.testing.assert_array_equal(view, run(entry, inputs, site))


def test_a_reshape_that_has_to_copy_is_no_view() -> None:
    reshape, turned = operation("reshape"), np.arange(6.0).reshape(2, 3).T
    assert reshape.view is not None
    assert reshape.view(turned, rows=6, cols="none") is None
    np.testing.assert_array_equal(reshape.evaluate(turned, rows=6), [0, 3, 1, 4, 2, 5])


SIDE = 300


def large(name: str) -> Application:
    """The operation applied to matrices of 300 x 300."""
    entry = operation(name)
    share: Array = (np.arange(SIDE * SIDE, dtype=np.float64).reshape(SIDE, SIDE) % 97 + 1) / 99.0
    inputs = {label: share.copy() for label in entry.inputs}
    options: dict[str, Option] = {}
    if name == "layer_norm":
        inputs |= {"gain": share[0].copy(), "bias": share[1].copy()}
    elif name == "one_hot":
        inputs, options = {"labels": np.arange(SIDE, dtype=np.float64) % 7}, {"classes": SIDE}
    elif name == "reshape":
        options = {"rows": SIDE * SIDE}
    elif name == "broadcast":
        options = {"rows": SIDE, "cols": SIDE}
    elif name == "slice":
        options = {"items": ((0, SIDE, None), (None, None, None))}
    elif name == "put":
        options = {"items": ((0, SIDE, None),), "shape": (SIDE, SIDE)}
    return inputs, options


@pytest.mark.parametrize("name", NAMES)
def test_a_run_allocates_no_arrays(name: str) -> None:
    """An array of this size is 720 kB; NumPy buffers 8192 entries (64 kB) of an operand it repeats, at any size."""
    entry = operation(name)
    inputs, options = large(name)
    site = site_of(entry, inputs, options)
    kernel, out, arguments = entry.prepare(site), np.empty(site.out), [inputs[label] for label in entry.inputs]
    kernel(*arguments, out)
    tracemalloc.start()
    try:
        kernel(*arguments, out)
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()
