"""Numbers as people type or paste them, or as Python and other programs print them. Nothing is evaluated.

Every pattern here takes time in proportion to the text: none can read the same characters in two ways.
"""

from nnstep.catalogue import say
from nnstep.pasted.model import NotNumbersError, PastedNumbers
from nnstep.text import clean

__all__ = ["NotNumbersError", "PastedNumbers", "read_arrays", "read_numbers"]


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
    from nnstep.pasted.reader import read  # its patterns take 6 ms to compile, and most sessions paste nothing

    return read(text)
