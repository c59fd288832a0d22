"""Numbers, rows and matrices out of what people type and programs print: where reading begins."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.pasted.model import NotNumbersError, PastedNumbers
from nnstep.text import clean


def read_numbers(text: str) -> PastedNumbers:
    """Read a number, a row or a matrix. Raises NotNumbersError, also for several."""
    found = read_arrays(text)
    if len(found) > 1:
        names = ", ".join(clean(name, 30) for name, _ in found[:4])
        raise NotNumbersError(say("typed.several", count=len(found), names=names))
    return found[0][1]


def read_arrays(text: str) -> list[tuple[str, PastedNumbers]]:
    """Read one or several arrays, each with the name that stands before it, or "".

    Raises NotNumbersError with the place.
    """
    from nnstep.pasted.arrays import arrays_in  # its patterns take 6 ms to compile, and most sessions paste nothing

    return arrays_in(text)
