"""The chain rule for one number: the products, each along one path of cells, that add up to an entry of a gradient.

Every backward step is linear in the gradients above it: an entry of grad(z1) is a sum of coefficients times entries of
grad(h1), and so on up to a step that has no gradient above it. Multiplying this out from the chosen entry upwards gives
∂L/∂W1[0, 2] as a sum of products of numbers. Works for any graph; where a value is used several times, there are
several paths.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, isnan, prod
from typing import NamedTuple

from nnstep.debugger.provenance.coefficients import Coefficient, Coefficients
from nnstep.engine import Record
from nnstep.ops import Index
from nnstep.program import Shape, factor

_WORK = 12_000  # entries that the coefficients of one step are worked out from, at most: about 50 ms


class Product(NamedTuple):
    """One product, from the top to the chosen entry.

    indices  the index at each level
    factors  as many: the number at the top, then the coefficient at each level below
    """

    indices: tuple[Index, ...]
    factors: tuple[float, ...]
    value: float


class EntrySet(NamedTuple):
    """What the cells of a value are: "all", "entry" (one of several), "row" or "column" `at`, or "other"."""

    kind: str
    at: int = 0


@dataclass(frozen=True)
class PathGradient:
    """One gradient on a path.

    slot         of the gradient, or of a contribution to one
    value        slot of the value that it is the gradient of
    kind         how it comes from the level above: the kinds of `Factor`, "start" at a start. "identity" and "add" hand
                 on what they get, "sum" adds it up: their factors are 1, and the level may be hidden
    index        of the step that assigns it
    needed_step  the step after which the forward values behind its coefficients are all there
    count, size  how many of the value's entries depend on the chosen entry along this path, and how many it has
    span         which these are
    """

    slot: int
    value: int
    kind: str
    index: int
    needed_step: int
    count: int
    size: int
    span: EntrySet


class GradientPath(NamedTuple):
    """One path through the graph.

    slots       of the gradients, from the top to the chosen one
    levels      the same, with what there is to say about each
    products    in reading order, those without a factor of exactly 0, and those that are no number: 0 times infinity
    total       their sum
    vanishing   (level, how many) for the products left out: the level, from the top, whose factor is the first 0
    stored_top  the top factor is the stored gradient, since going further up would give too many products
    """

    slots: tuple[int, ...]
    levels: tuple[PathGradient, ...]
    products: tuple[Product, ...]
    total: float
    vanishing: tuple[tuple[int, int], ...]
    stored_top: bool


@dataclass(frozen=True)
class EntryChain:
    """All paths to one entry of a gradient: `total` is the sum of their totals, `stored` the gradient's number."""

    slot: int
    index: Index
    paths: tuple[GradientPath, ...]
    total: float
    stored: float


class _PartialProduct(NamedTuple):
    """A product while it grows upwards: indices and coefficients from the chosen entry on."""

    indices: tuple[Index, ...]
    factors: tuple[float, ...]


def entry_chain(record: Record, gradient_slot: int, index: Index, most: int = 400) -> EntryChain:
    """Multiply the chain rule out for entry `index` of the gradient in a slot; at most `most` products, at least one.

    Every product is a product of stored forward values and of one number at the top. Levels are added from the chosen
    entry upwards as long as there are no more than `most` products, those that vanish included.
    """
    coefficients = Coefficients(record)
    growing: dict[tuple[int, ...], list[_PartialProduct]] = {(gradient_slot,): [_PartialProduct((index,), ())]}
    finished: list[GradientPath] = []
    count = 1
    while growing:
        # The latest step first: it is nearest to the chosen entry.
        slots = max(growing, key=lambda path: (record.program.values[path[-1]].step, path))
        partials = growing.pop(slots)
        if not coefficients.above(slots[-1]):
            finished.append(_path(coefficients, slots, partials, False))
            continue
        grown = _grown(coefficients, slots, partials, most - count + len(partials))
        if grown is None:
            finished.append(_path(coefficients, slots, partials, True))
            continue
        count += sum(map(len, grown.values())) - len(partials)
        growing |= grown
    paths = tuple(sorted(finished, key=lambda path: path.slots[::-1], reverse=True))
    stored = float(record.value(gradient_slot)[index])
    return EntryChain(gradient_slot, index, paths, sum(path.total for path in paths), stored)


def _grown(
    coefficients: Coefficients, slots: tuple[int, ...], partials: list[_PartialProduct], most: int
) -> dict[tuple[int, ...], list[_PartialProduct]] | None:
    """The products one level up, by path; None where there would be more than `most`, or it is too much work."""
    ends = Counter(partial.indices[-1] for partial in partials)
    if coefficients.work(slots[-1]) * len(ends) > _WORK:
        return None
    found: dict[Index, list[Coefficient]] = {}
    for index, times in ends.items():
        found[index] = coefficients.of(slots[-1], index)
        most -= times * len(found[index])
        if most < 0:
            return None
    grown: dict[tuple[int, ...], list[_PartialProduct]] = {}
    for partial in partials:
        for coefficient in found[partial.indices[-1]]:
            longer = _PartialProduct(
                (*partial.indices, coefficient.index_above), (*partial.factors, coefficient.factor)
            )
            grown.setdefault((*slots, coefficient.above), []).append(longer)
    return grown


def _path(
    coefficients: Coefficients, upwards: tuple[int, ...], partials: list[_PartialProduct], stored_top: bool
) -> GradientPath:
    """A path that has grown to its top."""
    slots = upwards[::-1]
    top = coefficients.record.value(slots[0])
    products = []
    vanishing: Counter[int] = Counter()
    for partial in sorted(partials, key=lambda partial: partial.indices):
        factors = (float(top[partial.indices[-1]]), *partial.factors[::-1])
        value = prod(factors)
        if 0.0 in factors and not _lost(coefficients, slots, partial.indices[::-1], factors):
            vanishing[factors.index(0.0)] += 1
            continue
        products.append(Product(partial.indices[::-1], factors, value))
    return GradientPath(
        slots,
        tuple(_levels(coefficients, slots, partials)),
        tuple(products),
        sum(product.value for product in products),
        tuple(sorted(vanishing.items())),
        stored_top,
    )


def _lost(
    coefficients: Coefficients, slots: tuple[int, ...], indices: tuple[Index, ...], factors: tuple[float, ...]
) -> bool:
    """Whether a product with a factor of 0 is no number for another that is infinite or none.

    Not where the 0 is that of a choice, as of relu: nothing is multiplied there, as the gradient at that level shows.
    """
    value = factors[0]
    for slot, index, factor_here in zip(slots[1:], indices[1:], factors[1:], strict=True):
        chosen = factor_here == 0.0 and not isfinite(value) and not isnan(coefficients.record.value(slot)[index])
        value = 0.0 if chosen else value * factor_here
    return isnan(value)


def _levels(
    coefficients: Coefficients, slots: tuple[int, ...], partials: list[_PartialProduct]
) -> Iterator[PathGradient]:
    program = coefficients.program
    for level, slot in enumerate(slots):
        step, value = coefficients.step(slot), program.values[slot]
        above = coefficients.above(slot)
        needed = max((program.values[at].step for name, at in step.operands if name not in above), default=0)
        indices = {partial.indices[len(slots) - 1 - level] for partial in partials}
        size = prod(value.shape)
        of = program.versions[value.of][0]
        kind = factor(program, step).kind
        yield PathGradient(slot, of, kind, step.index, needed, len(indices), size, _span(indices, value.shape, size))


def _span(indices: set[Index], shape: Shape, size: int) -> EntrySet:
    if len(indices) == size:
        return EntrySet("all")
    if len(indices) == 1:
        return EntrySet("entry")
    if len(shape) == 2:
        rows, columns = {index[0] for index in indices}, {index[1] for index in indices}
        if len(rows) == 1 and len(columns) == shape[1]:
            return EntrySet("row", min(rows))
        if len(columns) == 1 and len(rows) == shape[0]:
            return EntrySet("column", min(columns))
    return EntrySet("other")
