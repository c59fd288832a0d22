"""Array files of arrays whose names are not known in advance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["save_npz"]


def save_npz(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the arrays into an npz file under their names."""
    named: dict[str, Any] = dict(arrays)  # by its types one of them might be the option `allow_pickle`
    np.savez(path, **named)
