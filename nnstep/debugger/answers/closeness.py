"""When two numbers are the same: how many digits a person wrote, and what the last bits of a float32 are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnstep.ops import Array

LOOSEST = 0.02  # of the largest entry: within more than that, agreeing says little
_RELATIVE = 1e-6  # of the largest entry, or of 1 where that is less
_SMALL = 1e-3  # of the largest entry at most, or a small gradient would agree with anything
_MOST_DIGITS = 12.0  # of an agreement: more are luck


def size_of_largest(array: Array) -> float:
    """The size of the largest finite entry; 0 where there is none."""
    return float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array)))


@dataclass(frozen=True)
class Closeness:
    """How far off a person's numbers may be.

    unit   one unit of the last digit that was written, entry by entry; 0 for all digits
    least  how far apart they may always be: what rounding leaves where gradients cancel out
    asked  the tolerance that was asked for; 0 for none
    """

    unit: Array
    least: float = 0.0
    asked: float = 0.0

    def tight(self, expected: Array) -> float:
        """The tolerance for numbers that have all their digits: a millionth of the largest entry, or of 1 where that is
        less, but at most a thousandth of the largest.
        """
        size = size_of_largest(expected)
        return max(min(_RELATIVE * max(1.0, size), _SMALL * size), self.least, self.asked)

    def allowed(self, expected: Array) -> Array:
        """The tolerance, in the shape of the person's numbers: a unit of the last digit written where that is more."""
        return np.maximum(self.unit, self.tight(expected))

    @np.errstate(all="ignore")
    def agrees(self, theirs: Array, expected: Array) -> bool:
        """Whether two arrays are one, in shape and numbers; NaN is the same as NaN."""
        if theirs.shape != expected.shape:
            return False
        same = (theirs == expected) | (np.isnan(theirs) & np.isnan(expected))
        return bool(np.all(same | (np.abs(theirs - expected) <= self.allowed(expected))))

    def tells(self, theirs: Array, expected: Array) -> bool:
        """Whether they agree, and as closely as it takes to tell one number from another."""
        if theirs.shape != expected.shape or not np.isfinite(expected).all():
            return False
        size = size_of_largest(expected)
        if not size or float(np.max(self.allowed(expected), initial=0.0)) > LOOSEST * size:
            return False
        return self.agrees(theirs, expected)

    @np.errstate(all="ignore")
    def digits(self, theirs: Array, expected: Array) -> float:
        """To how many decimal digits they agree, all entries taken together: how unlikely it is that this is chance."""
        off = np.maximum(np.abs(theirs - expected), self.unit)
        found = np.log10(np.abs(expected) / np.maximum(off, 1e-300))
        return float(np.sum(np.clip(np.nan_to_num(found), 0.0, _MOST_DIGITS)))
