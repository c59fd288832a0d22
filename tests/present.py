"""What may be missing, where a test knows that it is there."""

from __future__ import annotations

from typing import TypeVar

__all__ = ["present"]

T = TypeVar("T")


def present(value: T | None) -> T:
    """`value`, which must not be None: the test fails here if it is."""
    assert value is not None
    return value
