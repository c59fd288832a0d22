"""What importing NumPy can do without: a fifth of the time, which every command waits for.

Its docstrings, which it attaches one by one, the types it annotates a few results with, and ctypes, which it works
without. Only the process of a command leaves them out; whoever imports nnstep has NumPy whole.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from types import ModuleType

__all__ = ["import_numpy"]

_TRIED = ("2.0.", "2.1.", "2.2.", "2.3.", "2.4.", "2.5.")  # another NumPy is imported as it is
_DOCSTRINGS = ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars")  # modules that add them and do no more
_TYPES = "numpy._typing"
_VERSION = "\nversion = "


class _Types(ModuleType):
    """A module whose every name is a type that can be subscripted."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return list


def import_numpy() -> None:
    """Import NumPy without what is never asked for here. Where it is loaded already, nothing is done."""
    if "numpy" in sys.modules or not _version().startswith(_TRIED):
        return
    stand_ins: dict[str, ModuleType | None] = {name: ModuleType(name) for name in _DOCSTRINGS}
    stand_ins[_TYPES] = _Types(_TYPES)
    if "ctypes" not in sys.modules:
        stand_ins["ctypes"] = None  # the import system's sign for "not to be found"
    sys.modules.update(stand_ins)  # type: ignore[arg-type]
    try:
        import numpy  # noqa: F401
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)


def _version() -> str:
    """The version of the NumPy that would be imported, without importing it; "" where that cannot be told."""
    found = PathFinder.find_spec("numpy")
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        try:
            with open(f"{folder}/version.py", encoding="utf-8") as file:
                text = file.read(4096)
        except (OSError, ValueError):
            continue
        return text.partition(_VERSION)[2].strip().lstrip("\"'")
    return ""
