"""Numbers as people type or paste them, or as Python and other programs print them. Nothing is evaluated.

Every pattern here takes time in proportion to the text: none can read the same characters in two ways.
"""

from nnstep.pasted.model import NotNumbersError, PastedNumbers
from nnstep.pasted.reader import read_arrays, read_numbers

__all__ = ["NotNumbersError", "PastedNumbers", "read_arrays", "read_numbers"]
