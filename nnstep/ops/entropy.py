"""Cross entropy of several classes: from logits, and from probabilities (nll).

The target is either class numbers, one for each row, or a row of probabilities (one-hot or not) for each row; their
shapes tell them apart. A prediction of shape (k,) is one sample, with a scalar class number or k probabilities.
The mean is over samples, as PyTorch has it, so `mean` and `batch_mean` are the same here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from nnstep.errors import OperationError
from nnstep.language.nodes import Entry, Expression, Option
from nnstep.ops.cellrules import call, divided, entries_along, number
from nnstep.ops.classes import check_labels, one_hot_into
from nnstep.ops.kernels import TINY, constant, keeping, softmax_into
from nnstep.ops.losses import REDUCTION, check_reduction, over
from nnstep.ops.normalisation import log_softmax_cells
from nnstep.ops.operation import Array, Index, Kernel, Operation, Shape, Site, Text
from nnstep.ops.reach import to_scalar
from nnstep.ops.shapes import said

__all__ = ["ENTROPY"]

_LEAST = repr(float(TINY))


def _shape(names: tuple[str, str]) -> Callable[..., Shape]:
    def shape(o: Shape, y: Shape, *, reduction: Option) -> Shape:
        check_reduction(reduction)
        if not o or not all(o):
            raise OperationError(f"{names[0]} is {said(o)}, expected a row with one entry for each class")
        if y not in (o, o[:-1]):
            expected = f"{said(o[:-1])} of class numbers" if len(o) == 2 else "a class number"
            hint = "write class numbers as a list, [0, 1] in place of [[0], [1]]" if y == (*o[:-1], 1) else None
            found = f"{names[0]} is {said(o)} and {names[1]} is {said(y)}"
            raise OperationError(f"{found}, expected {expected} or {said(o)} of probabilities", hint)
        return ()

    return shape


def _numbered(site: Site) -> bool:
    """Whether the target is class numbers, not rows of probabilities."""
    return len(site.shapes[1]) < len(site.shapes[0])


def _divisor(site: Site) -> int:
    shape = site.shapes[0]
    return 1 if site.options["reduction"] == "sum" or len(shape) == 1 else shape[0]


def _classes(site: Site) -> int:
    return site.shapes[0][-1]


def _prepare_cross_entropy(site: Site) -> Kernel:
    return _by_number(site) if _numbered(site) else _by_probability(site)


def _by_number(site: Site) -> Kernel:
    """The sum of log(total) over the rows, less the shifted logit of each row's class."""
    shape, count = site.shapes[0], _divisor(site)
    shifted, p, chosen = np.empty(shape), np.empty(shape), np.empty(shape)
    run, total = softmax_into(shape)
    mark = one_hot_into(shape)
    flat_chosen, flat_shifted, flat_total = chosen.reshape(-1), shifted.reshape(-1), total.reshape(-1)
    ones, size, picked = np.ones(flat_total.size), constant(count), np.empty(())
    log, dot, subtract, divide = np.log, np.dot, np.subtract, np.divide

    def kernel(logits: Array, y: Array, out: Array) -> None:
        run(logits, shifted, p)
        mark(y, chosen)
        log(total, total)
        dot(flat_chosen, flat_shifted, picked)
        dot(flat_total, ones, out)
        subtract(out, picked, out)
        if count != 1:
            divide(out, size, out)

    return keeping(kernel, p, chosen)


def _by_probability(site: Site) -> Kernel:
    shape, count = site.shapes[0], _divisor(site)
    logs, p, products = np.empty(shape), np.empty(shape), np.empty(shape)
    run, total = softmax_into(shape)
    flat, minus_ones, size = products.reshape(-1), np.full(products.size, -1.0), constant(count)
    log, subtract, multiply, dot, divide = np.log, np.subtract, np.multiply, np.dot, np.divide

    def kernel(logits: Array, y: Array, out: Array) -> None:
        run(logits, logs, p)
        log(total, total)
        subtract(logs, total, logs)
        multiply(logs, y, products)
        dot(flat, minus_ones, out)
        if count != 1:
            divide(out, size, out)

    return keeping(kernel, p, logs)


def _cross_entropy_kept(site: Site) -> tuple[str, ...]:
    if _numbered(site):
        return ("softmax(logits)", f"one_hot(y, {_classes(site)})")
    return ("softmax(logits)", "log_softmax(logits)")


def _cross_entropy_rule(site: Site) -> str:
    if _numbered(site):
        return over(f"g * (softmax(logits) - one_hot(y, {_classes(site)}))", _divisor(site))
    # The sum is 1 for probabilities; with it the rule is right for any y, as PyTorch's is.
    return over("g * (softmax(logits) * sum(y, axis=-1, keepdims=True) - y)", _divisor(site))


def _probability_rule(logs: str) -> Text:
    """The rule for targets that are probabilities; class numbers pass no gradient."""
    return lambda site: None if _numbered(site) else over(f"-g * {logs}", _divisor(site))


def _targets(site: Site) -> str:
    return f"one_hot(y, {_classes(site)})" if _numbered(site) else "y"


def _cross_entropy_body(site: Site) -> str:
    total = over(f"-sum({_targets(site)} * logs)", _divisor(site))
    return f"logs = log_softmax(logits)\nout = {total}"


def _prepare_nll(site: Site) -> Kernel:
    """A probability of 0 counts as the smallest normal number, so that its logarithm is finite."""
    shape, count, numbered = site.shapes[0], _divisor(site), _numbered(site)
    logs, products, chosen = np.empty(shape), np.empty(shape), np.empty(shape)
    mark = one_hot_into(shape)
    flat, minus_ones, size = products.reshape(-1), np.full(products.size, -1.0), constant(count)
    maximum, log, multiply, dot, divide = np.maximum, np.log, np.multiply, np.dot, np.divide

    def kernel(p: Array, y: Array, out: Array) -> None:
        maximum(p, TINY, out=logs)
        log(logs, logs)
        if numbered:
            mark(y, chosen)
            multiply(chosen, logs, products)
        else:
            multiply(y, logs, products)
        dot(flat, minus_ones, out)
        if count != 1:
            divide(out, size, out)

    return keeping(kernel, chosen) if numbered else kernel


def _nll_kept(site: Site) -> tuple[str, ...]:
    return (_targets(site),) if _numbered(site) else ()


def _nll_rule(site: Site) -> str:
    return over(f"-g * {_targets(site)} / maximum(p, {_LEAST})", _divisor(site))


def _nll_body(site: Site) -> str:
    return "out = " + over(f"-sum({_targets(site)} * log(maximum(p, {_LEAST})))", _divisor(site))


# how a cell is computed: a term for each row


def _cross_entropy_term(site: Site, row: tuple[Entry, ...], targets: tuple[Entry, ...]) -> Expression:
    if _numbered(site):
        return call("subtract", call("log_total_exp", *row), call("pick", *targets, *row))
    return _weighted(targets, log_softmax_cells(row))


def _nll_term(site: Site, row: tuple[Entry, ...], targets: tuple[Entry, ...]) -> Expression:
    logs = [call("log", call("maximum", entry, number(float(TINY)))) for entry in row]
    return call("negative", call("pick", *targets, *logs)) if _numbered(site) else _weighted(targets, logs)


def _weighted(targets: Sequence[Expression], logs: Sequence[Expression]) -> Expression:
    products = (call("multiply", target, log) for target, log in zip(targets, logs, strict=True))
    return call("negative", call("total", *products))


_Term = Callable[[Site, tuple[Entry, ...], tuple[Entry, ...]], Expression]


def _cell(names: tuple[str, str], term: _Term) -> Callable[[Site, Index], Expression]:
    """The cell rule, given the term of one row: term(site, entries of the row, entries of its target)."""

    def cell(site: Site, index: Index) -> Expression:
        shape = site.shapes[0]
        rows: list[Index] = [()] if len(shape) == 1 else [(i,) for i in range(shape[0])]
        terms = []
        for row in rows:
            places = [(*row, k) for k in range(shape[-1])]
            targets = [row] if _numbered(site) else places
            terms.append(term(site, entries_along(names[0], places), entries_along(names[1], targets)))
        return divided(call("total", *terms), _divisor(site))

    return cell


def _check(site: Site, inputs: Mapping[str, Array]) -> None:
    if _numbered(site) and "y" in inputs:
        check_labels(inputs["y"], _classes(site))


ENTROPY = (
    Operation(
        name="cross_entropy",
        inputs=("logits", "y"),
        symbol="CE",
        sentence="The mean of -log softmax at each row's class; from logits, so that no probability becomes 0.",
        shape=_shape(("logits", "y")),
        prepare=_prepare_cross_entropy,
        cell=_cell(("logits", "y"), _cross_entropy_term),
        options=REDUCTION,
        derivative={"logits": _cross_entropy_rule, "y": _probability_rule("log_softmax(logits)")},
        body=_cross_entropy_body,
        kept=_cross_entropy_kept,
        check=_check,
        reach=to_scalar,
    ),
    Operation(
        name="nll",
        inputs=("p", "y"),
        symbol="NLL",
        sentence="The mean of -log of the probability that each row gives to its class.",
        shape=_shape(("p", "y")),
        prepare=_prepare_nll,
        cell=_cell(("p", "y"), _nll_term),
        options=REDUCTION,
        derivative={"p": _nll_rule, "y": _probability_rule(f"log(maximum(p, {_LEAST}))")},
        body=_nll_body,
        kept=_nll_kept,
        check=_check,
        reach=to_scalar,
    ),
)
