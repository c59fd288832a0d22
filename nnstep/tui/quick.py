"""What starting can do without."""

from __future__ import annotations

import sys
from abc import ABC, ABCMeta
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

__all__ = ["give_back_palette", "import_textual", "without_ssl"]

_stand_ins: dict[str, type] = {}  # for what Textual takes from its command palette while it is left out


@contextmanager
def without_ssl() -> Iterator[None]:
    """Import asyncio without `ssl`, which it can do without and this program never needs: 6 ms of every start.

    asyncio takes a missing `ssl` for a Python that was built without it. Afterwards `ssl` can be imported as ever.
    Where either is loaded already nothing is done.
    """
    if "ssl" in sys.modules or "asyncio" in sys.modules:
        yield
        return
    sys.modules["ssl"] = None  # type: ignore[assignment] # the import system's sign for "not to be found"
    try:
        yield
    finally:
        del sys.modules["ssl"]


def import_textual() -> None:
    """Import `textual.app` without Textual's command palette, which brings a dozen widgets: a twelfth of every start.

    At import Textual only names what is in it, and makes a subclass of one class. `give_back_palette` puts all of it
    in its place before it is used. A Textual that asks for more than that is imported as it is, and so is one whose
    palette is there already.
    """
    if "textual.command" not in sys.modules and "textual.app" not in sys.modules:
        sys.modules["textual.command"] = _StandIn("textual.command")
        try:
            import textual.app
        except Exception:  # another Textual than the one tested
            for name in [name for name in sys.modules if name.partition(".")[0] == "textual"]:
                del sys.modules[name]
            _stand_ins.clear()
        sys.modules.pop("textual.command", None)
    import textual.app  # noqa: F401


class _StandIn(ModuleType):
    """A module of empty classes, each made when it is asked for."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_ins.setdefault(name, ABCMeta(name, (ABC,), {}))  # as Textual's are: their places can be exchanged


def give_back_palette() -> None:
    """Whatever was left out is there from now on."""
    if not _stand_ins:
        return
    from textual import app, command, theme

    for module in (app, theme):
        for name, found in list(vars(module).items()):
            if found is _stand_ins.get(name):
                setattr(module, name, getattr(command, name))
    theme.ThemeProvider.__bases__ = tuple(
        getattr(command, base.__name__) if base is _stand_ins.get(base.__name__) else base
        for base in theme.ThemeProvider.__bases__
    )
    _stand_ins.clear()
