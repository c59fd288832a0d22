"""Whether numbers look transposed: samples in columns, as in several courses, or weights as PyTorch keeps them.

Here a sample is a row of x and of y, and a weight has a row for each input and a column for each output.
"""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.language import number_text
from nnstep.ops import Array
from nnstep.scenario.toml.arrays import times

_WIDEST = 60  # characters of an array that is written out in a hint


def samples_in_columns(x: Array, y: Array, origin: str, outputs: int | None = None) -> str | None:
    """A hint where x, y or both have their samples in columns; None where turning them would not make them fit.

    x and y are (n,) or (n, k); `outputs` is how many columns y is compared with, where that is known.
    """
    columns = x.shape[1] if x.ndim == 2 else 0
    if outputs is not None and y.shape != (columns, outputs)[: y.ndim] and y.shape != (outputs, columns):
        return None
    both = y.ndim == 2 and columns == y.shape[1] and (columns > 1 or len(x) != len(y))
    turned: list[tuple[str, Array]]
    if both:
        turned, shapes = [("x", x), ("y", y)], say("layout.both", x=times(x.shape), y=times(y.shape))
    elif y.ndim == 2 and y.shape[1] == len(x) != len(y) and (columns != len(y) or len(y) == 1):
        # where either could be turned, a column x beside a row y is many samples of one feature, not one of many
        turned, shapes = [("y", y)], say("layout.one", name="y", shape=times(y.shape))
    elif columns == len(y) != len(x):
        turned, shapes = [("x", x)], say("layout.one", name="x", shape=times(x.shape))
    else:
        return None
    said = say("layout.rows", shapes=shapes)
    written = [f"{name} = {_rows(array.T)}" for name, array in turned if array.size <= _WIDEST // 3]
    if origin != "inline" or len(written) < len(turned) or any(len(one) > _WIDEST for one in written):
        return said
    return f"{said}: {say('toml.write', meant=say('layout.and').join(written))}"


def weight_transposed(found: tuple[int, ...], inputs: int, outputs: int | None) -> str | None:
    """A hint where a weight is (outputs, inputs); None where it is not that."""
    if len(found) != 2 or found[1] != inputs or (outputs is not None and found[0] != outputs):
        return None
    return say("layout.weight")


def _rows(array: Array) -> str:
    rows = (", ".join(number_text(float(number)) for number in row) for row in array)
    return f"[{', '.join(f'[{row}]' for row in rows)}]"
