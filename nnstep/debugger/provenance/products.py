"""The chain rule for one number: the products, each along one path of cells, that add up to an entry of a gradient.

Every backward step is linear in the gradients above it: an entry of grad(z1) is a sum of coefficients times entries of
grad(h1), and so on up to a step that has no gradient above it. Multiplying this out from the chosen entry upwards gives
∂L/∂W1[0, 2] as a sum of products of numbers. Works for any graph; where a value is used several times, there are
several routes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, isnan, prod
from typing import NamedTuple

from nnstep.debugger.provenance.coefficients import Link, Links
from nnstep.engine import Record
from nnstep.ops import Index
from nnstep.program import Shape, factor

__all__ = ["EntryChain", "Level", "Link", "Product", "Route", "Span", "entry_chain"]

_WORK = 12_000  # entries that the coefficients of one step are worked out from, at most: about 50 ms


class Product(NamedTuple):
    """One product, from the top to the chosen entry.

    indices  the index at each level
    factors  as many: the number at the top, then the coefficient at each level below
    """

    indices: tuple[Index, ...]
    factors: tuple[float, ...]
    value: float


class Span(NamedTuple):
    """What the cells of a value are: "all", "entry" (one of several), "row" or "column" `at`, or "other"."""

    kind: str
    at: int = 0


@dataclass(frozen=True)
class Level:
    """One gradient on a route.

    slot         of the gradient, or of a contribution to one
    value        slot of the value that it is the gradient of
    kind         how it comes from the level above: the kinds of `Factor`, "start" at a start. "identity" and "add" hand
                 on what they get, "sum" adds it up: their factors are 1, and the level may be hidden
    index        of the step that assigns it
    needed_step  the step after which the forward values behind its coefficients are all there
    count, size  how many of the value's entries depend on the chosen entry along this route, and how many it has
    span         which these are
    """

    slot: int
    value: int
    kind: str
    index: int
    needed_step: int
    count: int
    size: int
    span: Span


class Route(NamedTuple):
    """One path through the graph.

    slots       of the gradients, from the top to the chosen one
    levels      the same, with what there is to say about each
    products    in reading order, those without a factor of exactly 0, and those that are no number: 0 times infinity
    total       their sum
    vanishing   (level, how many) for the products left out: the level, from the top, whose factor is the first 0
    stored_top  the top factor is the stored gradient, since going further up would give too many products
    """

    slots: tuple[int, ...]
    levels: tuple[Level, ...]
    products: tuple[Product, ...]
    total: float
    vanishing: tuple[tuple[int, int], ...]
    stored_top: bool


@dataclass(frozen=True)
class EntryChain:
    """All routes to one entry of a gradient: `total` is the sum of their totals, `stored` the gradient's number."""

    slot: int
    index: Index
    routes: tuple[Route, ...]
    total: float
    stored: float


class _Path(NamedTuple):
    """A product while it grows upwards: indices and coefficients from the chosen entry on."""

    indices: tuple[Index, ...]
    factors: tuple[float, ...]


def entry_chain(record: Record, gradient_slot: int, index: Index, most: int = 400) -> EntryChain:
    """Multiply the chain rule out for entry `index` of the gradient in a slot; at most `most` products, at least one.

    Every product is a product of stored forward values and of one number at the top. Levels are added from the chosen
    entry upwards as long as there are no more than `most` products, those that vanish included.
    """
    links = Links(record)
    growing: dict[tuple[int, ...], list[_Path]] = {(gradient_slot,): [_Path((index,), ())]}
    finished: list[Route] = []
    count = 1
    while growing:
        # The latest step first: it is nearest to the chosen entry.
        slots = max(growing, key=lambda path: (record.program.values[path[-1]].step, path))
        paths = growing.pop(slots)
        if not links.above(slots[-1]):
            finished.append(_route(links, slots, paths, False))
            continue
        grown = _grown(links, slots, paths, most - count + len(paths))
        if grown is None:
            finished.append(_route(links, slots, paths, True))
            continue
        count += sum(map(len, grown.values())) - len(paths)
        growing |= grown
    routes = tuple(sorted(finished, key=lambda route: route.slots[::-1], reverse=True))
    stored = float(record.value(gradient_slot)[index])
    return EntryChain(gradient_slot, index, routes, sum(route.total for route in routes), stored)


def _grown(
    links: Links, slots: tuple[int, ...], paths: list[_Path], most: int
) -> dict[tuple[int, ...], list[_Path]] | None:
    """The paths one level further up, by route; None where there would be more than `most`, or it is too much work."""
    ends = Counter(path.indices[-1] for path in paths)
    if links.work(slots[-1]) * len(ends) > _WORK:
        return None
    found: dict[Index, list[Link]] = {}
    for index, times in ends.items():
        found[index] = links.of(slots[-1], index)
        most -= times * len(found[index])
        if most < 0:
            return None
    grown: dict[tuple[int, ...], list[_Path]] = {}
    for path in paths:
        for link in found[path.indices[-1]]:
            longer = _Path((*path.indices, link.index_above), (*path.factors, link.factor))
            grown.setdefault((*slots, link.above), []).append(longer)
    return grown


def _route(links: Links, upwards: tuple[int, ...], paths: list[_Path], stored_top: bool) -> Route:
    """A route that has grown to its top."""
    slots = upwards[::-1]
    top = links.record.value(slots[0])
    products = []
    vanishing: Counter[int] = Counter()
    for path in sorted(paths, key=lambda path: path.indices):
        factors = (float(top[path.indices[-1]]), *path.factors[::-1])
        value = prod(factors)
        if 0.0 in factors and not _lost(links, slots, path.indices[::-1], factors):
            vanishing[factors.index(0.0)] += 1
            continue
        products.append(Product(path.indices[::-1], factors, value))
    return Route(
        slots,
        tuple(_levels(links, slots, paths)),
        tuple(products),
        sum(product.value for product in products),
        tuple(sorted(vanishing.items())),
        stored_top,
    )


def _lost(links: Links, slots: tuple[int, ...], indices: tuple[Index, ...], factors: tuple[float, ...]) -> bool:
    """Whether a product with a factor of 0 is no number for another that is infinite or none.

    Not where the 0 is that of a choice, as of relu: nothing is multiplied there, as the gradient at that level shows.
    """
    value = factors[0]
    for slot, index, factor_here in zip(slots[1:], indices[1:], factors[1:], strict=True):
        chosen = factor_here == 0.0 and not isfinite(value) and not isnan(links.record.value(slot)[index])
        value = 0.0 if chosen else value * factor_here
    return isnan(value)


def _levels(links: Links, slots: tuple[int, ...], paths: list[_Path]) -> Iterator[Level]:
    program = links.program
    for level, slot in enumerate(slots):
        step, value = links.step(slot), program.values[slot]
        above = links.above(slot)
        needed = max((program.values[at].step for name, at in step.operands if name not in above), default=0)
        indices = {path.indices[len(slots) - 1 - level] for path in paths}
        size = prod(value.shape)
        of = program.versions[value.of][0]
        kind = factor(program, step).kind
        yield Level(slot, of, kind, step.index, needed, len(indices), size, _span(indices, value.shape, size))


def _span(indices: set[Index], shape: Shape, size: int) -> Span:
    if len(indices) == size:
        return Span("all")
    if len(indices) == 1:
        return Span("entry")
    if len(shape) == 2:
        rows, columns = {index[0] for index in indices}, {index[1] for index in indices}
        if len(rows) == 1 and len(columns) == shape[1]:
            return Span("row", min(rows))
        if len(columns) == 1 and len(rows) == shape[0]:
            return Span("column", min(columns))
    return Span("other")
