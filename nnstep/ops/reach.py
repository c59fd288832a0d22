"""Which cells of a result read given cells of an input: the exact inverse of the cell rules, by structure alone.

Sets of cells are boxes, a range of positions for each axis. They stay small where the sets do not: an entry of the left
side of a product reaches a whole row, which is one box.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from nnstep.ops.operation import Box, Shape, Site, broadcast_box
from nnstep.ops.shapes import axis_of


def _whole(shape: Shape) -> Box:
    return tuple(map(range, shape))


def along_rows(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    """Every entry goes into each result of its row, however many those are."""
    return ((*cells[:-1], range(site.out[-1])),)


def layer_normed(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    """An entry of x goes into its row, one of gain and bias into its column."""
    if name == "x":
        return along_rows(site, name, cells)
    return ((*_whole(site.out[:-1]), *cells),)


def multiplied(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    """An entry of the left side of a matrix product goes into its row, one of the right side into its column."""
    left, right = site.shapes
    if name == "a":
        return ((*cells[:-1], *_whole(right[1:])),)
    return ((*_whole(left[:-1]), *cells[1:]),)


def reduced_over(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    """Every entry goes into the result that its line along the axis is reduced to."""
    axis, keepdims = axis_of(site.shapes[0], site.options["axis"]), bool(site.options.get("keepdims", False))
    if axis is None:
        return (_whole(site.out),)
    return ((*cells[:axis], *([range(1)] if keepdims else []), *cells[axis + 1 :]),)


def labelled(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    """A class number goes into each entry of its one-hot row."""
    return ((*cells, range(site.out[-1])),)


def transposed_cells(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    """Rows become columns."""
    return (cells[::-1],)


def repeated(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    """Every entry goes wherever it is repeated to."""
    return (broadcast_box(cells, site.shapes[0], site.out),)


def concatenated(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    """Entries of the second value stand behind those of the first."""
    if name == "a":
        return (cells,)
    axis = axis_of(site.shapes[0], site.options["axis"]) or 0
    size, part = site.shapes[0][axis], cells[axis]
    moved = range(part.start + size, part.stop + size, part.step)
    return ((*cells[:axis], moved, *cells[axis + 1 :]),)


def taken(parts: Sequence[int | range], cells: Box) -> tuple[Box, ...]:
    """What a subscript makes of `cells`; `parts` has the position or the positions that it takes of each axis."""
    found: list[range] = []
    for part, wanted in zip(parts, cells, strict=True):
        if isinstance(part, int):
            if part not in wanted:
                return ()
            continue
        places = _progression([place for place, i in enumerate(part) if i in wanted])
        if not places:
            return ()
        found.append(places)
    return (tuple(found),)


def placed(parts: Sequence[int | range], cells: Box) -> tuple[Box, ...]:
    """Where `cells` of what is put back go: the inverse of `taken`."""
    free = iter(cells)
    found = []
    for part in parts:
        if isinstance(part, int):
            found.append(range(part, part + 1))
        else:
            own = next(free)
            found.append(_progression(sorted(part[i] for i in own)))
    return (tuple(found),)


def _progression(places: Sequence[int]) -> range:
    """Equally spaced places, in order, as a range."""
    if len(places) < 2:
        return range(places[0], places[0] + 1) if places else range(0)
    return range(places[0], places[-1] + 1, places[1] - places[0])


def reshaped(site: Site, name: str, cells: Box) -> tuple[Box, ...]:
    """The same entries in reading order, in lines of another length."""
    if cells == _whole(site.shapes[0]):
        return (_whole(site.out),)
    return tuple(box for run in _runs(cells, site.shapes[0]) for box in _folded(run, site.out))


def _runs(cells: Box, shape: Shape) -> list[range]:
    """The positions of the cells in reading order, as few ranges as it takes."""
    if not shape:
        return [range(1)]
    runs: list[range] = []
    last = cells[-1]
    for index in product(*cells[:-1]):
        row = 0
        for i, size in zip(index, shape, strict=False):
            row = row * size + i
        start = row * shape[-1]
        run = range(start + last.start, start + last.stop, last.step)
        if runs and run.step == 1 and runs[-1].stop == run.start and runs[-1].step == 1:
            runs[-1] = range(runs[-1].start, run.stop)
        else:
            runs.append(run)
    return runs


def _folded(run: range, out: Shape) -> list[Box]:
    """A range of positions in reading order as boxes of a shape of at most two axes."""
    if not out:
        return [()]
    if len(out) == 1:
        return [(run,)]
    size = out[1]
    if run.step != 1:
        return [(range(k // size, k // size + 1), range(k % size, k % size + 1)) for k in run]
    boxes: list[Box] = []
    start, stop = run.start, run.stop
    while start < stop:
        row, column = divmod(start, size)
        rows = (stop - start) // size if column == 0 else 0
        if rows:  # whole rows at once
            boxes.append((range(row, row + rows), range(size)))
            start += rows * size
        else:
            end = min(size, column + stop - start)
            boxes.append((range(row, row + 1), range(column, end)))
            start += end - column
    return boxes
