"""Looking at the same entries in another arrangement: transpose, reshape, slice, concat, broadcast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language.latex_form import Form
from nnstep.language.nodes import Entry, Expression, Option
from nnstep.ops.cellrules import constant_cell
from nnstep.ops.kernels import copying
from nnstep.ops.operation import Array, Box, Index, Kernel, Operation, Shape, Site, broadcast_index
from nnstep.ops.reach import concatenated, placed, repeated, reshaped, taken, transposed_cells
from nnstep.ops.shapes import axis_of, broadcast_shape, said

_SIZES: Mapping[str, Option | None] = {"rows": "none", "cols": "none"}


def _sizes(options: Mapping[str, Option], smallest: int) -> Shape:
    """The shape that `rows` and `cols` say: two sizes, one, or none for a scalar."""
    sizes = [options["rows"], options["cols"]]
    if sizes[0] == "none" and sizes[1] != "none":
        raise OperationError(say("shape.cols"), say("shape.cols.hint"))
    given = [size for size in sizes if size != "none"]
    for size in given:
        if isinstance(size, bool) or not isinstance(size, int | float) or size != int(size) or size < smallest:
            raise OperationError(say("shape.size", size=size, smallest=max(smallest, 0)))
    return tuple(int(cast(float, size)) for size in given)


def _numbers(shape: Shape) -> str:
    return "".join(f", {size}" for size in shape)


# transpose


def _transpose_view(x: Array) -> Array:
    return x.T


def _transpose_cell(site: Site, index: Index) -> Expression:
    return Entry("x", index[::-1])


# reshape


def _reshape_shape(shape: Shape, **options: Option) -> Shape:
    wanted = _sizes(options, -1)
    count, known = int(np.prod(shape)), int(np.prod([size for size in wanted if size >= 0]))
    if wanted.count(-1) > 1:
        raise OperationError(say("shape.twice"))
    if -1 in wanted and known and count % known == 0:
        wanted = tuple(count // known if size < 0 else size for size in wanted)
    if -1 in wanted or int(np.prod(wanted)) != count:
        raise OperationError(
            say("shape.fill", shape=said(shape), count=count, wanted=said(wanted).replace("-1", "?")),
            say("shape.fill.hint"),
        )
    return wanted


def _reshape_view(x: Array, **options: Option) -> Array | None:
    view = x.reshape(_reshape_shape(x.shape, **options))
    return view if view.size == 0 or np.may_share_memory(view, x) else None


def _prepare_reshape(site: Site) -> Kernel:
    shape = site.shapes[0]

    def kernel(x: Array, out: Array) -> None:
        out.reshape(shape)[...] = x

    return kernel


def _reshape_cell(site: Site, index: Index) -> Expression:
    position = 0
    for i, size in zip(index, site.out, strict=True):
        position = position * size + i
    found: list[int] = []
    for size in reversed(site.shapes[0]):
        position, i = divmod(position, size)
        found.insert(0, i)
    return Entry("x", tuple(found))


# broadcast


def _broadcast_shape(shape: Shape, **options: Option) -> Shape:
    wanted = _sizes(options, 0)
    try:
        fits = broadcast_shape(wanted, shape) == wanted
    except OperationError:
        fits = False
    if not fits:
        raise OperationError(say("shape.repeat", shape=said(shape), wanted=said(wanted)))
    return wanted


def _broadcast_view(x: Array, **options: Option) -> Array:
    return np.broadcast_to(x, _sizes(options, 0))


def _prepare_broadcast(site: Site) -> Kernel:
    def kernel(x: Array, out: Array) -> None:
        out[...] = x

    return kernel


def _broadcast_cell(site: Site, index: Index) -> Expression:
    return Entry("x", broadcast_index(index, site.shapes[0]))


# slice and put


def _per_axis(shape: Shape, items: Option) -> list[int | range]:
    """For each axis the position, or the range of positions, that a subscript takes. Raises OperationError."""
    if not isinstance(items, tuple) or not items or len(items) > len(shape):
        count = len(items) if isinstance(items, tuple) else 0
        raise OperationError(say("shape.subscripts", shape=said(shape), count=len(shape), found=count))
    found: list[int | range] = []
    for axis, size in enumerate(shape):
        item = items[axis] if axis < len(items) else (None, None, None)
        if isinstance(item, tuple):
            start, stop, step = cast("tuple[int | None, int | None, int | None]", item)
            if step == 0:
                raise OperationError(say("shape.step"))
            found.append(range(size)[slice(start, stop, step)])
        elif isinstance(item, int) and -size <= item < size:
            found.append(item % size)
        else:
            raise OperationError(
                say("shape.entry", axis=axis, shape=said(shape), item=item), say("shape.entry.hint", last=size - 1)
            )
    return found


def _sliced(shape: Shape, items: Option) -> Shape:
    out = tuple(len(taken) for taken in _per_axis(shape, items) if isinstance(taken, range))
    if 0 in out:
        raise OperationError(say("shape.slice", shape=said(shape)))
    return out


def _slice_shape(shape: Shape, *, items: Option) -> Shape:
    return _sliced(shape, items)


def _subscript(items: Option) -> tuple[int | slice, ...]:
    assert isinstance(items, tuple)
    return tuple(slice(*item) if isinstance(item, tuple) else cast(int, item) for item in items)


def _slice_view(x: Array, *, items: Option) -> Array:
    return x[(*_subscript(items), ...)]  # with `...` one entry is a view of shape () as well


def _slice_cell(site: Site, index: Index) -> Expression:
    free = iter(index)
    taken = _per_axis(site.shapes[0], site.options["items"])
    return Entry("x", tuple(part[next(free)] if isinstance(part, range) else part for part in taken))


def _slice_reach(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    return taken(_per_axis(site.shapes[0], site.options["items"]), cells)


def _slice_rule(site: Site) -> str:
    items = site.options["items"]
    assert isinstance(items, tuple)
    return f"put(g, x[{', '.join(map(_item_text, items))}])"


def _item_text(item: Option | None) -> str:
    if not isinstance(item, tuple):
        return str(item)
    start, stop, step = ("" if part is None else str(part) for part in item)
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"


def _put_shape(g: Shape, *, items: Option, shape: Option) -> Shape:
    whole = cast(Shape, shape)
    place = _sliced(whole, items)
    if g != place:
        raise OperationError(say("shape.place", shape=said(g), place=said(place)))
    return whole


def _prepare_put(site: Site) -> Kernel:
    place = (*_subscript(site.options["items"]), ...)

    def kernel(g: Array, out: Array) -> None:
        out.fill(0.0)
        out[place] = g

    return kernel


def _put_cell(site: Site, index: Index) -> Expression:
    found: list[int] = []
    for part, i in zip(_per_axis(site.out, site.options["items"]), index, strict=True):
        if isinstance(part, range):
            if i not in part:
                return constant_cell(0)
            found.append(part.index(i))
        elif i != part:
            return constant_cell(0)
    return Entry("g", tuple(found))


def _put_reach(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    return placed(_per_axis(site.out, site.options["items"]), cells)


# concat


def _concat_shape(a: Shape, b: Shape, *, axis: Option) -> Shape:
    number = axis_of(a, axis)
    if number is None:
        raise OperationError(say("option.concat"))
    if len(a) != len(b) or any(i != number and p != q for i, (p, q) in enumerate(zip(a, b, strict=True))):
        raise OperationError(say("shape.join", a=said(a), b=said(b), axis=number))
    return (*a[:number], a[number] + b[number], *a[number + 1 :])


def _concat_axis(site: Site) -> int:
    return axis_of(site.shapes[0], site.options["axis"]) or 0


def _prepare_concat(site: Site) -> Kernel:
    axis, size = _concat_axis(site), site.shapes[0][_concat_axis(site)]
    before = (slice(None),) * axis
    first, second = (*before, slice(None, size)), (*before, slice(size, None))

    def kernel(a: Array, b: Array, out: Array) -> None:
        out[first] = a
        out[second] = b

    return kernel


def _concat_rule(site: Site, start: int, stop: int) -> str:
    taken = f"{start}:{stop}"
    if len(site.out) == 1:
        return f"g[{taken}]"
    return f"g[{taken}, :]" if _concat_axis(site) == 0 else f"g[:, {taken}]"


def _concat_first(site: Site) -> str:
    return _concat_rule(site, 0, site.shapes[0][_concat_axis(site)])


def _concat_second(site: Site) -> str:
    axis = _concat_axis(site)
    return _concat_rule(site, site.shapes[0][axis], site.out[axis])


def _concat_cell(site: Site, index: Index) -> Expression:
    axis = _concat_axis(site)
    size = site.shapes[0][axis]
    if index[axis] < size:
        return Entry("a", index)
    return Entry("b", (*index[:axis], index[axis] - size, *index[axis + 1 :]))


_ARRANGES: dict[str, Any] = {"inputs": ("x",), "affine": ("x",), "arranges": True, "within": True, "exact": True}

SHAPING = (
    Operation(
        name="transpose",
        symbol="ᵀ",
        sentence="Turns rows into columns; a vector stays as it is.",
        shape=lambda x: x[::-1],
        prepare=copying(_transpose_view),
        cell=_transpose_cell,
        derivative={"x": "g.T"},
        view=_transpose_view,
        reach=transposed_cells,
        said_backward=True,
        **_ARRANGES,
    ),
    Operation(
        name="reshape",
        symbol="reshape",
        sentence="Puts the entries, in reading order, into another shape.",
        shape=_reshape_shape,
        prepare=_prepare_reshape,
        cell=_reshape_cell,
        options=_SIZES,
        derivative={"x": lambda site: f"reshape(g{_numbers(site.shapes[0])})"},
        view=_reshape_view,
        reach=reshaped,
        said_backward=True,
        latex=Form(below=("rows", "cols")),
        elsewhere="view",
        **_ARRANGES,
    ),
    Operation(
        name="slice",
        symbol="[ ]",
        sentence="Takes some rows and columns.",
        shape=_slice_shape,
        prepare=copying(_slice_view),
        cell=_slice_cell,
        options={"items": None},
        derivative={"x": _slice_rule},
        view=_slice_view,
        reach=_slice_reach,
        said_backward=True,
        **_ARRANGES,
    ),
    Operation(
        name="concat",
        inputs=("a", "b"),
        symbol="concat",
        sentence="Joins two values along an axis, the second after the first.",
        shape=_concat_shape,
        prepare=_prepare_concat,
        cell=_concat_cell,
        options={"axis": 0},
        derivative={"a": _concat_first, "b": _concat_second},
        reach=concatenated,
        exact=True,
        joins=True,
        said_backward=True,
        affine=("a", "b"),
        elsewhere="concatenate cat",
    ),
    Operation(
        name="broadcast",
        symbol="broadcast",
        sentence="Repeats a scalar, a row or a column until it fills a shape.",
        shape=_broadcast_shape,
        prepare=_prepare_broadcast,
        cell=_broadcast_cell,
        options=_SIZES,
        view=_broadcast_view,
        where="rule",
        reach=repeated,
        latex=Form(below=("rows", "cols")),
        **_ARRANGES,
    ),
    Operation(
        name="put",
        inputs=("g",),
        symbol="put",
        sentence="Zeros in the shape of the whole, with the entries put back where they were taken from.",
        shape=_put_shape,
        prepare=_prepare_put,
        cell=_put_cell,
        options={"items": None, "shape": None},
        where="rule",
        reach=_put_reach,
        affine=("g",),
        latex=Form(inputs=2),
    ),
)
