"""Cross entropy of several classes: from logits, and from probabilities (nll).

The target is either class numbers, one for each row, or a row of probabilities (one-hot or not) for each row; their
shapes tell them apart. A prediction of shape (k,) is one sample, with a scalar class number or k probabilities.
The mean is over samples, as PyTorch has it, so `mean` and `batch_mean` are the same here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.nodes import Entry, Expression, Option
from nnstep.ops.cellrules import call, constant_cell, divided, entries_along
from nnstep.ops.classes import class_mask
from nnstep.ops.kernels import ZERO, constant, keeping, softmax_into
from nnstep.ops.losses import REDUCTION, check_reduction, over
from nnstep.ops.normalisation import log_softmax_cells
from nnstep.ops.operation import Array, Index, Kernel, Operation, Shape, Site, Text
from nnstep.ops.shapes import said


def _shape(names: tuple[str, str]) -> Callable[..., Shape]:
    def shape(o: Shape, y: Shape, *, reduction: Option) -> Shape:
        check_reduction(reduction)
        if not o or not all(o):
            raise OperationError(say("shape.probabilities", name=names[0], shape=said(o)))
        if y not in (o, o[:-1]):
            expected = say("shape.class-numbers", shape=said(o[:-1])) if len(o) == 2 else say("shape.class-number")
            hint = say("shape.class-list") if y == (*o[:-1], 1) else None
            found = say("shape.two", name=names[0], shape=said(o), other=names[1], other_shape=said(y))
            raise OperationError(say("shape.targets", found=found, expected=expected, shape=said(o)), hint)
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
    pick, picks = _picking(shape)
    flat_picks, flat_total = picks.reshape(-1), total.reshape(-1)
    ones, size, picked = np.ones(max(shape[-1] * flat_total.size, 1)), constant(count), np.empty(())
    ones_a_row = ones[: flat_total.size]
    log, dot, subtract, divide = np.log, np.dot, np.subtract, np.divide

    def kernel(logits: Array, y: Array, out: Array) -> None:
        run(logits, shifted, p)
        pick(y, shifted, chosen)
        log(total, total)
        dot(flat_picks, ones, picked)
        dot(flat_total, ones_a_row, out)
        subtract(out, picked, out)
        if count != 1:
            divide(out, size, out)

    return keeping(kernel, p, chosen)


def _picking(shape: Shape) -> tuple[Callable[[Array, Array, Array], None], Array]:
    """(run, picks): run(labels, values, chosen) puts the value of each row's class into `picks`, else 0, and the
    one-hot rows into `chosen`. No product with these rows, which would make NaN of 0 times an infinite value.
    """
    mark, mask = class_mask(shape)
    picks, putmask = np.empty(shape), np.putmask

    def run(labels: Array, values: Array, chosen: Array) -> None:
        mark(labels)
        chosen[...] = mask
        picks.fill(0.0)
        putmask(picks, mask, values)

    return run, picks


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


def _one_hot(site: Site) -> str:
    return f"one_hot(y, {_classes(site)})"


def _cross_entropy_body(site: Site) -> str:
    terms = f"where({_one_hot(site)}, logs, 0)" if _numbered(site) else "y * logs"
    return f"logs = log_softmax(logits)\nout = {over(f'-sum({terms})', _divisor(site))}"


def _prepare_nll(site: Site) -> Kernel:
    """The logarithm of a probability of 0 is infinite, and so is the loss where it is that of the row's class."""
    return _nll_by_number(site) if _numbered(site) else _nll_by_probability(site)


def _nll_by_number(site: Site) -> Kernel:
    shape, count = site.shapes[0], _divisor(site)
    logs, chosen = np.empty(shape), np.empty(shape)
    pick, picks = _picking(shape)
    flat, minus_ones, size = picks.reshape(-1), np.full(picks.size, -1.0), constant(count)
    log, dot, divide = np.log, np.dot, np.divide

    def kernel(p: Array, y: Array, out: Array) -> None:
        log(p, logs)
        pick(y, logs, chosen)
        dot(flat, minus_ones, out)
        if count != 1:
            divide(out, size, out)

    return keeping(kernel, chosen)


def _nll_by_probability(site: Site) -> Kernel:
    """A class whose target is 0 takes no part, as those that a class number leaves out: 0 * log(0) counts as 0."""
    shape, count = site.shapes[0], _divisor(site)
    products, none = np.empty(shape), np.empty(shape, dtype=np.bool_)
    flat, minus_ones, size = products.reshape(-1), np.full(products.size, -1.0), constant(count)
    log, multiply, equal, putmask, dot, divide = np.log, np.multiply, np.equal, np.putmask, np.dot, np.divide

    def kernel(p: Array, y: Array, out: Array) -> None:
        log(p, products)
        multiply(products, y, products)
        equal(y, ZERO, none)
        putmask(products, none, ZERO)
        dot(flat, minus_ones, out)
        if count != 1:
            divide(out, size, out)

    return kernel


def _nll_kept(site: Site) -> tuple[str, ...]:
    return (_one_hot(site),) if _numbered(site) else ()


def _nll_rule(site: Site) -> str:
    if _numbered(site):
        return over(f"where({_one_hot(site)}, -g / p, 0)", _divisor(site))
    return over("where(y == 0, 0, -g * y / p)", _divisor(site))


def _nll_body(site: Site) -> str:
    terms = f"where({_one_hot(site)}, log(p), 0)" if _numbered(site) else "where(y == 0, 0, y * log(p))"
    return "out = " + over(f"-sum({terms})", _divisor(site))


# how a cell is computed: a term for each row


def _cross_entropy_term(site: Site, row: tuple[Entry, ...], targets: tuple[Entry, ...]) -> Expression:
    if _numbered(site):
        return call("subtract", call("log_total_exp", *row), call("pick", *targets, *row))
    return _weighted(targets, log_softmax_cells(row))


def _nll_term(site: Site, row: tuple[Entry, ...], targets: tuple[Entry, ...]) -> Expression:
    logs = [call("log", entry) for entry in row]
    if _numbered(site):
        return call("negative", call("pick", *targets, *logs))
    products = [
        call("where", call("equal", target, constant_cell(0)), constant_cell(0), call("multiply", target, log))
        for target, log in zip(targets, logs, strict=True)
    ]
    return call("negative", call("total", *products))


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
        class_numbers="y",
        classes=lambda site: _classes(site) if _numbered(site) else None,
        compares="rows",
        term="Each row gives −log of the probability that its softmax gives its class.",
        expects="softmax",
        elsewhere="crossentropyloss ce celoss",
        type_elsewhere=(
            "categoricalcrossentropy sparsecategoricalcrossentropy softmaxcrossentropy softmaxcrossentropywithlogits "
            "crossentropywithlogits softmaxloss xent"
        ),
    ),
    Operation(
        name="nll",
        inputs=("p", "y"),
        symbol="NLL",
        sentence="The mean of -log of the probability that each row gives to its class; infinite where that is 0.",
        shape=_shape(("p", "y")),
        prepare=_prepare_nll,
        cell=_cell(("p", "y"), _nll_term),
        options=REDUCTION,
        derivative={"p": _nll_rule, "y": _probability_rule("log(p)")},
        body=_nll_body,
        kept=_nll_kept,
        class_numbers="y",
        classes=lambda site: _classes(site) if _numbered(site) else None,
        compares="rows",
        term="Each row gives −log of the probability that it gives its class.",
        expects="probabilities",
        type_elsewhere="negativeloglikelihood",
    ),
)
