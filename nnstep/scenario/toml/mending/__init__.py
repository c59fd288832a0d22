"""A text that is not TOML: takes it as a person has written it; gives what is wrong with each line, and what was meant.

`statements`, `values`, `strings` and `keys` read it; `page` has what was written anew, and the mistakes.
"""

from nnstep.scenario.toml.mending.mended import Mended, mended

__all__ = ["Mended", "mended"]
