"""Languages of the tests: a folder that the catalogue is given for as long as one of them is spoken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nnstep import catalogue

__all__ = ["speaking"]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """A language of this folder, asked for by the environment, as one of the catalogue's own would be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "__path__", [*catalogue.__path__, str(Path(__file__).parent)])
        patch.setenv("NNSTEP_LANGUAGE", language)
        _use()
        assert catalogue.language() == language
        yield
    _use()


def _use() -> None:
    """Speak the language that is asked for now. What is kept was made in another one, which no process ever changes."""
    catalogue.use()
    for module in [module for name, module in sys.modules.items() if name.startswith("nnstep")]:
        for kept in vars(module).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()
