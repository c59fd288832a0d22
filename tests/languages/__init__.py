"""Languages of the tests: a folder that the catalogue is given for as long as one of them is spoken."""

from __future__ import annotations

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
        catalogue.use()
        assert catalogue.language() == language
        yield
    catalogue.use()
