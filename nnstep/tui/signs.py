"""Which signs the terminal gets: those of Unicode, or only those that every terminal has."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from nnstep.view.text.ascii_signs import needs_ascii


class Signs:
    """`ascii` says that only signs of ASCII are to be written.

    setting  "auto", "ascii" or "unicode"; with "auto" also a terminal that gives signs of ambiguous width two columns
             gets none of them, which is measured when it is taken
    changed  is called when that comes out
    """

    def __init__(self, setting: str, changed: Callable[[], None]) -> None:
        encoding = getattr(sys.__stderr__, "encoding", None)  # of the stream that the terminal is written to by
        self.ascii = setting == "ascii" or (setting == "auto" and needs_ascii(encoding, os.environ))
        self.to_be_measured = setting == "auto" and not self.ascii
        self._changed = changed

    def measured(self, columns: int) -> None:
        """How many columns the terminal gives two signs of ambiguous width."""
        if self.to_be_measured and columns > 2 and not self.ascii:
            self.ascii = True
            self._changed()
