"""Analytic gradients against central differences: (L(w + h) - L(w - h)) / 2h, entry by entry and for many widths h.

At a corner, such as relu's at 0, there is no derivative, and a central difference is the mean of the slopes on both
sides. There any slope between the two is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan, log10
from typing import Literal, NamedTuple

import numpy as np

from nnstep import clock
from nnstep.engine.corner_crossings import CornerCrossing, corner_between, stands_at_corner
from nnstep.engine.probe import Probe
from nnstep.engine.record import Record
from nnstep.ops import Array, Index

Verdict = Literal["ok", "corner", "differs", "not-finite"]

TOLERANCE = 1e-6  # of the larger number, or of 1; central differences in float64 are good to about 1e-9
_WIDTH = 6e-6  # near the cube root of the rounding unit, where truncation and rounding are about equal
_BEND = 1e-3  # relative difference of the slopes on both sides; the curvature of a smooth loss makes about 1e-5
_STRAIGHT = 1e-4  # the same for a width that was chosen since a wider one was bent: then truncation is below rounding
_NARROWER = 6  # how many narrower widths are tried, each a tenth of the one before
_MOST = 1_000  # entries of one value that are looked at
_SECONDS = 2.0  # that the entries of one value may take
_LOOK = 500_000  # numbers between two looks at the clock: less than a thousandth of a second
_CALLS = 10_000  # numbers that are read in the time that one evaluation takes whatever its size
_SWEEP = 0.3  # seconds that a sweep may take
_WIDTHS = tuple(10.0 ** (-k / 3) for k in range(3, 46))  # 0.1 down to 1e-15
_FEWEST = 5  # widths that tell anything
_COARSE = (*_WIDTHS[::9], *_WIDTHS[3::9], *_WIDTHS[6::9])  # one for each power of ten, far apart ones first
_ROUNDING = 1.1e-16  # half the distance from 1 to the next float64
_NOISE = 50  # times the rounding of the objective, in a slope of three points
_SMOOTH = 1e-6  # relative difference of two one-sided slopes of three points, where nothing has a corner
_GOLDEN = (5**0.5 - 1) / 2  # whose multiples leave no large gap between 0 and 1
_LUCK = 10  # rounding may come out this many times smaller or larger than is expected


def verdict_of(analytic: float, numeric: float, error: float, at_corner: bool) -> Verdict:
    """What a check says of two numbers and their error.

    "not-finite" where one of the two is not finite, "differs" where the error is too large (NaN is), "corner" where
    both sides have slopes of their own and the analytic one is between them: there is no derivative to compare with.
    """
    if not (isfinite(analytic) and isfinite(numeric)):
        return "not-finite"
    if not error <= TOLERANCE:
        return "differs"
    return "corner" if at_corner else "ok"


@dataclass(frozen=True)
class Difference:
    """An entry of a gradient and its central difference.

    numeric  the central difference
    below    the slope from w - h to w; `above` that from w to w + h (exactly at a corner, where the sides begin)
    width    h
    nearest  what the analytic one is compared with: the central difference; where both sides differ, as at a corner,
             the slope nearest to the analytic one between them
    error    |analytic - nearest| / max(1, |analytic|, |nearest|)
    corner   why both sides differ, where a function with a corner is the reason
    """

    index: Index
    analytic: float
    numeric: float
    below: float
    above: float
    width: float
    nearest: float
    error: float
    corner: CornerCrossing | None = None

    @property
    def ok(self) -> bool:
        """Whether the error is within TOLERANCE; NaN is not."""
        return self.error <= TOLERANCE

    @property
    def verdict(self) -> Verdict:
        """What the check says of the entry."""
        return verdict_of(self.analytic, self.numeric, self.error, self.at_corner)

    @property
    def at_corner(self) -> bool:
        """Whether both sides have slopes of their own, or an operand stands where a function has a corner."""
        return self.corner is not None or self.nearest != self.numeric

    @property
    def slopes(self) -> dict[str, float]:
        """The slopes "below" and "above" and the one "taken", as they are said: 0 is not what rounding leaves of it."""
        noise = 1e-9 * max(abs(self.below), abs(self.above))
        numbers = {"below": self.below, "above": self.above, "taken": self.analytic}
        return {key: number if abs(number) > noise else 0.0 for key, number in numbers.items()}

    @property
    def apart(self) -> float:
        """The error beside the central difference itself, also at a corner."""
        return _error(self.analytic, self.numeric)


class Point(NamedTuple):
    """The central difference of one width, and how far off it is (see `Sweep.relative`); an error of 0 is exact."""

    width: float
    numeric: float
    error: float


class Sweep(NamedTuple):
    """Central differences from wide to narrow: first the curve's bend makes the error, in the end rounding does.

    points    three for each power of ten; in a large network fewer, as far as there is time
    best      the place in `points` of the smallest error; not where much rounding happened to come out as little
    turn      the first place where rounding makes the error; before it the function's bend does (truncation: an error
              that falls with h²), from it on rounding (that rises with 1/h). 0 where a central difference has no
              truncation, as for a parabola; len(points) where no width is narrow enough, as at a corner
    relative  whether errors are relative to the larger of both numbers; they are not where the analytic one is 0
    """

    points: tuple[Point, ...]
    best: int
    turn: int
    relative: bool

    @property
    def rounding(self) -> range:
        """The places whose error is rounding."""
        return range(self.turn, len(self.points))


@dataclass(frozen=True)
class Worst:
    """The entry of a value with the largest error; `checked` of `entries` were looked at, evenly spread.

    An entry that is not a finite number is always among them, and worse than any error. `corners` are the entries for
    which a function has a corner there, so that any slope between those of both sides is right.
    """

    difference: Difference
    checked: int
    entries: int
    corners: tuple[Difference, ...] = ()

    @property
    def index(self) -> Index:
        """Which entry it is."""
        return self.difference.index


def difference(record: Record, gradient_slot: int, index: Index, width: float | None = None) -> Difference:
    """Check one entry of a gradient, a contribution to one, or a stage of one.

    `width` is h, chosen by the entry's size if not given. Raises ValueError for a slot that has no gradient in it.
    """
    return _difference(_Centre(Probe(record, gradient_slot), record.value(gradient_slot)), index, width)


def worst(record: Record, gradient_slot: int, most: int = _MOST, seconds: float = _SECONDS) -> Worst:
    """The worst entry of a gradient; of a large one at most `most` entries are looked at, for about `seconds`.

    NaN is worse than any error. Raises ValueError for a slot that has no gradient in it.
    """
    search = Search(record, gradient_slot, most)
    search.advance(seconds)
    return search.found


class Search:
    """The search for the worst entry of a gradient, in slices of time."""

    def __init__(self, record: Record, gradient_slot: int, most: int = _MOST) -> None:
        """Raises ValueError for a slot that has no gradient in it."""
        self._analytic = record.value(gradient_slot)
        self._centre = _Centre(Probe(record, gradient_slot), self._analytic)
        self._left = _order(self._analytic, most)[::-1]
        self._found: dict[int, Difference] = {}

    def difference(self, index: Index) -> Difference:
        """The check of one entry."""
        return _difference(self._centre, index)

    def sweeping(self, index: Index) -> Sweeping:
        """A sweep for one entry, which goes on apart from the search."""
        return Sweeping(self._centre.probe, self._analytic, index)

    def advance(self, seconds: float) -> None:
        """Look at more entries, at least one as long as any are left, for about that long."""
        end, work = clock.now() + seconds, 0
        while self._left:
            number = self._left.pop()
            index = tuple(map(int, np.unravel_index(number, self._analytic.shape)))
            self._found[number] = self.difference(index)
            work += 2 * (self._centre.probe.work + _CALLS)
            if work > _LOOK:
                work = 0
                if clock.now() > end:
                    break

    @property
    def done(self) -> bool:
        """Whether all entries were looked at that are to be."""
        return not self._left

    @property
    def found(self) -> Worst:
        """The worst one so far; some must have been looked at."""
        found = [self._found[number] for number in sorted(self._found)]
        corners = tuple(one for one in found if one.at_corner and isfinite(one.analytic) and isfinite(one.numeric))
        return Worst(_largest(found), len(found), self._analytic.size, corners)


def _order(array: Array, most: int) -> list[int]:
    """At most `most` entries, at least one, evenly spread over an array, by their places in a row, in an order in which
    the first few are spread over it too. One that is not a finite number comes first: it is never passed over.
    """
    chosen = np.arange(array.size)
    if most < array.size:
        chosen = np.unique(np.linspace(0, array.size - 1, max(1, most)).round().astype(int))
    spread = np.argsort((np.arange(len(chosen)) * _GOLDEN) % 1.0, kind="stable")
    bad = np.flatnonzero(~np.isfinite(array))[:1]
    return list(dict.fromkeys([*bad.tolist(), *chosen[spread].tolist()]))


def _largest(differences: Sequence[Difference]) -> Difference:
    """The first one with the largest error; NaN is larger than any."""
    return max(differences, key=lambda one: (isnan(one.error), one.error))


def sweep(record: Record, gradient_slot: int, index: Index) -> Sweep:
    """The central difference of an entry for widths from 0.1 down to 1e-15 (of the entry where that is above 1).

    Raises ValueError for a slot that has no gradient in it.
    """
    sweeping = Sweeping(Probe(record, gradient_slot), record.value(gradient_slot), index)
    while sweeping.found is None:
        sweeping.advance(_SWEEP)
    return sweeping.found


class Sweeping:
    """A sweep over the widths, in slices of time; those that are far apart come first."""

    def __init__(self, probe: Probe, gradient: Array, index: Index) -> None:
        self._probe, self._index = probe, index
        self._analytic = float(gradient[index])
        self._left = [*dict.fromkeys((*_COARSE, *_WIDTHS))][::-1]
        self._points: list[Point] = []
        self._largest = 0.0  # of the objective

    def advance(self, seconds: float) -> None:
        """Try more widths, at least one as long as any are left, for about that long."""
        end = clock.now() + seconds
        while self._left:
            self._try(self._left.pop())
            if clock.now() > end:
                break

    def _try(self, width: float) -> None:
        probe, analytic, entry = self._probe, self._analytic, self._probe.entry(self._index)
        width *= max(1.0, abs(entry)) if isfinite(entry) else 1.0  # what is infinite stays so, however far it is moved
        above, below = entry + width, entry - width
        high, low = probe.at(self._index, above), probe.at(self._index, below)
        numeric = (high - low) / (above - below)
        size = max(abs(analytic), abs(numeric)) if analytic else 1.0
        self._points.append(Point(width, numeric, abs(analytic - numeric) / size))
        self._largest = max(self._largest, abs(high))

    @property
    def done(self) -> bool:
        """Whether all widths were tried."""
        return not self._left

    @property
    def found(self) -> Sweep | None:
        """What is known so far; None as long as that is too little to tell truncation from rounding."""
        if len(self._points) < _FEWEST:
            return None
        points, relative = sorted(self._points, reverse=True), self._analytic != 0
        errors = [point.error if isfinite(point.error) else np.inf for point in points]
        noise = max(_noise(points), _ROUNDING * self._largest / (abs(self._analytic) if relative else 1.0))
        rounding = [noise / point.width for point in points] if noise == noise else [np.inf] * len(points)
        turn = next((k for k, error in enumerate(errors) if error <= _LUCK * rounding[k]), len(points))
        likely = min(map(max, errors, rounding))
        best = min((k for k in range(len(points)) if rounding[k] <= _LUCK * likely), key=errors.__getitem__)
        return Sweep(tuple(points), best, turn, relative)


def _noise(points: list[Point]) -> float:
    """The error that rounding makes, times the width: measured where widths are so small that it makes all of it.

    At the smallest widths both numbers are the same or next to each other, which tells nothing about its size.
    """
    measured = [point.error * point.width for point in points if point.error < 0.5 and log10(point.width) < -9]
    return float(np.median(measured)) if measured else 0.0


class _Centre:
    """Where differences start from: a value and its gradient as they are in a record.

    here       the objective as it is
    at_corner  whether an operand of what depends on the value stands exactly at a corner
    """

    def __init__(self, probe: Probe, gradient: Array) -> None:
        self.probe, self.gradient = probe, gradient
        start: Index = (0,) * gradient.ndim
        self.here = probe.at(start, probe.entry(start))
        self.at_corner = stands_at_corner(probe)


def _noise_of(here: float, width: float | Array) -> float | Array:
    """How far two slopes may be apart by rounding alone."""
    return _NOISE * _ROUNDING * abs(here) / width


def _difference(centre: _Centre, index: Index, width: float | None = None) -> Difference:
    """The check of one entry.

    Where the slopes on both sides differ and no corner is the reason, the function bends within the width, or is not
    defined on one side of it: then narrower ones are tried.
    """
    if width is not None:
        return _at_width(centre, index, width)
    here = centre.here
    width = _WIDTH * max(1.0, abs(centre.probe.entry(index)))
    found = _at_width(centre, index, width)
    for _ in range(_NARROWER):
        bent = _apart(found.below, found.above) > (_BEND if found.width == width else _STRAIGHT)
        rounding = 10 * _ROUNDING * abs(here) / found.width / max(1.0, abs(found.numeric))  # at the next width
        if found.corner is not None or not (bent or (not found.ok and rounding < TOLERANCE / 10)):
            break
        found = _at_width(centre, index, found.width / 10)
    return found


def _at_width(centre: _Centre, index: Index, width: float) -> Difference:
    probe, here = centre.probe, centre.here
    analytic, entry = float(centre.gradient[index]), probe.entry(index)
    high, low = entry + width, entry - width
    above = (probe.at(index, high) - here) / (high - entry)
    below = (here - probe.at(index, low)) / (entry - low)
    numeric = nearest = (below + above) / 2
    error, corner = _error(analytic, numeric), None
    apart = _apart(below, above) > _BEND
    if isfinite(below) and isfinite(above) and (apart or error > TOLERANCE or centre.at_corner):
        corner = corner_between(probe, index, low, high)
        closer = (-_one_sided(probe, index, here, -width), _one_sided(probe, index, here, width))
        if not apart and error <= TOLERANCE and not _kinked(closer, here, width):
            corner = None  # an operand stands at a corner, and the objective has none there
        sides = [below, above]
        if all(map(isfinite, closer)):
            exactly = corner is not None and corner.at == 0
            sides = [*closer] if exactly or not apart else [*sides, *closer]
            below, above = closer if exactly else (below, above)
        if apart or corner is not None:
            nearest = min(max(analytic, min(sides)), max(sides))
            error = _error(analytic, nearest)
    return Difference(index, analytic, numeric, below, above, width, nearest, error, corner)


def _kinked(slopes: tuple[float, float], here: float, width: float) -> bool:
    """Whether two one-sided slopes, good to the second order, differ by more than rounding and truncation make."""
    below, above = slopes
    return abs(above - below) > float(_noise_of(here, width)) + _SMOOTH * max(abs(below), abs(above))


def _apart(below: float, above: float) -> float:
    """How far two slopes are apart, relative to their size where that is above 1; infinity where one is not finite."""
    if not (isfinite(below) and isfinite(above)):
        return np.inf
    return abs(above - below) / max(1.0, abs(below), abs(above))


def _one_sided(probe: Probe, index: Index, here: float, width: float) -> float:
    """The slope on one side, away from the entry, from three points: right for a parabola, as two are for a line."""
    entry = probe.entry(index)
    near, far = probe.at(index, entry + width), probe.at(index, entry + 2 * width)
    return (4 * near - 3 * here - far) / (2 * abs(width))


def _error(analytic: float, numeric: float) -> float:
    return abs(analytic - numeric) / max(1.0, abs(analytic), abs(numeric))
