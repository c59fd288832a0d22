"""Pictures of values, made once and kept as long as they are of use."""

from __future__ import annotations

from collections.abc import Callable

from nnstep.engine import Record
from nnstep.language import Name, label, tokens
from nnstep.ops import Array, Shape
from nnstep.program import Value
from nnstep.view.matrix import MatrixView
from nnstep.view.numbers import DIGITS
from nnstep.view.symbols import SYMBOLS

__all__ = ["Gallery"]


class Gallery:
    """Makes the picture of a value of a record, or of an expression over its values; a second time gives the same one.

    Pictures of the two records last looked at are kept, so that stepping back over the border of an iteration is as
    quick as any step and memory stays that of two records.
    """

    def __init__(self, objective: str) -> None:
        self.objective = objective
        self.digits = DIGITS
        self._kept: dict[tuple[object, ...], tuple[Record, MatrixView]] = {}
        self._recent: tuple[Record, ...] = ()

    def value(self, record: Record, value: Value, computed: bool) -> MatrixView:
        """The picture of a value of the program; of dots while it is not computed."""

        def make() -> MatrixView:
            array = record.value(value.slot) if computed else None
            name = label(value.name, self.objective)
            return MatrixView(value.name, name, _role(value), value.shape, array, self.digits)

        return self._once((id(record), value.slot, computed, self.digits), record, make)

    def expression(self, record: Record, key: str, step: int, shape: Shape, array: Callable[[], Array]) -> MatrixView:
        """The picture of something that has no slot, called `key` at step `step`."""
        return self._once(
            (id(record), key, step, self.digits),
            record,
            lambda: MatrixView(key, self._written(key), "name", shape, array(), self.digits),
        )

    def _written(self, key: str) -> str:
        return "".join(token.text for token in tokens(Name(key), SYMBOLS, self.objective))

    def _once(self, key: tuple[object, ...], record: Record, make: Callable[[], MatrixView]) -> MatrixView:
        found = self._kept.get(key)
        if found is not None and found[0] is record:  # the record is kept with it, so its id is not used again
            return found[1]
        if all(record is not recent for recent in self._recent):
            self._recent = (record, *self._recent[:1])
            self._kept = {
                kept: pair for kept, pair in self._kept.items() if any(pair[0] is one for one in self._recent)
            }
        made = make()
        self._kept[key] = (record, made)
        return made


def _role(value: Value) -> str:
    if value.role in ("gradient", "contribution"):
        return "gradient"
    return "parameter" if value.role in ("parameter", "state") else "name"
