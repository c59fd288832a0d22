"""The [parameters] and [constants] tables: values written out, or a shape with an initialiser.

    a = 2                                             a scalar
    W1 = [[1, 2], [3, 4]]                             rows
    b1 = { value = [0, 0], trainable = false }        the same with options
    W2 = { shape = [2, 3], init = "he_normal" }       drawn from the seed and the parameter's name

Without `init`, rows are drawn by xavier_uniform, and lists and scalars are zeros.
"""

from __future__ import annotations

import math

from nnstep.catalogue import say
from nnstep.ops import Array
from nnstep.scenario.initialisers import INITIALISERS, NEEDS_FANS, initial
from nnstep.scenario.model import Parameter
from nnstep.scenario.names import Names
from nnstep.scenario.toml.arrays import array, shape
from nnstep.scenario.toml.fields import Field, choice, flag, table

_MOST = 1_000  # parameters of a scenario
_ENTRIES = 1 << 23  # of all of them: 64 MiB


class Budget:
    """How many entries the parameters of a scenario may still have together."""

    def __init__(self, entries: int = _ENTRIES) -> None:
        self._left = entries
        self._all = entries

    def take(self, field: Field, sizes: tuple[int, ...]) -> bool:
        """Take the entries of one array. False, and a problem noted, where too few are left."""
        self._left -= math.prod(sizes)
        if self._left >= 0:
            return True
        shown = " × ".join(map(str, sizes)) or "1"
        field.wrong(say("parameters.entries", sizes=shown, most=f"{self._all:,}"))
        self._left += math.prod(sizes)
        return False


def read_parameters(
    field: Field, names: Names, seed: int, budget: Budget, *, constant: bool = False
) -> list[Parameter]:
    """The entries of [parameters], or of [constants] (`constant`), in the file's order."""
    if not isinstance(field.value, dict):
        field.expected(say("wanted.table.lines", name=field.key))
        return []
    if len(field.value) > _MOST:
        field.wrong(say("parameters.many", count=len(field.value), most=_MOST))
        return []
    read = []
    kind = "constant" if constant else "parameter"
    for name in field.value:
        one = field.child(name)
        fits = names.give(name, kind, one.path)
        parameter = _parameter(name, one, kind, seed, budget)
        if fits and parameter is not None:
            read.append(parameter)
    return read


def _parameter(name: str, field: Field, kind: str, seed: int, budget: Budget) -> Parameter | None:
    trainable, origin = kind == "parameter", "given"
    infinite = not trainable  # of constants: a mask of attention may be −∞
    value: Array | None = None
    if isinstance(field.value, dict):
        keys = ("value", "shape", "init", "trainable") if trainable else ("value", "shape", "init")
        fields = table(field, keys)
        trainable = flag(fields.get("trainable"), trainable)
        if "value" in fields:
            for key in ("shape", "init"):
                if key in fields:
                    fields[key].wrong(say("parameters.value-and", name=key))
            value = array(fields["value"], infinite=infinite)
        elif "shape" in fields:
            sizes = shape(fields["shape"])
            default = "xavier_uniform" if sizes is not None and len(sizes) == 2 else "zeros"
            origin = choice(fields.get("init"), INITIALISERS, default) or default
            value = drawn(name, origin, sizes, seed, budget, fields.get("init", field), fields["shape"])
        else:
            field.wrong(say(f"parameters.empty.{kind}"), say("parameters.empty.hint", name=name))
    else:
        value = array(field, infinite=infinite)
    if value is None or (origin == "given" and not budget.take(field, value.shape)):
        return None
    return Parameter(name, value, trainable, origin, field.line, field.key)


def drawn(
    name: str, init: str, sizes: tuple[int, ...] | None, seed: int, budget: Budget, field: Field, sized: Field
) -> Array | None:
    """An initialised value, or None with a problem noted at `field` (the initialiser) or `sized` (the shape)."""
    if sizes is None:
        return None
    if init in NEEDS_FANS and len(sizes) < 2:
        others = ", ".join(one for one in INITIALISERS if one not in NEEDS_FANS)
        field.wrong(say("parameters.rows", init=init), say("parameters.rows.hint", others=others))
        return None
    return initial(name, init, sizes, seed) if budget.take(sized, sizes) else None
