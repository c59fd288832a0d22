"""The [data] table: samples written in the scenario, out of a file beside it, or generated."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnstep.catalogue import say
from nnstep.scenario.data.generate import GENERATORS, MANY_CLASSES, generated
from nnstep.scenario.data.orientation import samples_in_columns
from nnstep.scenario.model import Data
from nnstep.scenario.toml.arrays import LARGEST, array
from nnstep.scenario.toml.fields import Field, choice, real, required_field, table, unquoted, whole_number

_GENERATED = ("samples", "noise", "classes")
_KEYS = ("x", "y", "file", "generate", *_GENERATED)


def read_data(field: Field, base: str | None, seed: int, *, class_numbers: bool) -> Data | None:
    """The samples, or None when something is wrong with them.

    `base` is the folder that data files are relative to. `class_numbers`: y is what a cross entropy compares with, so
    generated labels are numbers rather than a column, and a column of a file may hold the names of classes.
    """
    fields = table(field, _KEYS)
    if not isinstance(field.value, dict):
        return None
    if "file" in fields and "generate" in fields:
        fields["generate"].wrong(say("data.two-sources"))
        return None
    if "generate" not in fields:
        for key in _GENERATED:
            if key in fields:
                fields[key].wrong(say("data.of-generated", name=key), say("data.of-generated.hint"))
    if "generate" in fields:
        data = _generated(fields, seed, class_numbers)
    elif "file" in fields:
        from nnstep.scenario.data.from_file import from_file  # csv and zipfile take 20 ms to import

        data = from_file(field, fields, base, class_numbers)
    else:
        data = _inline(field, fields)
    if data is not None and data.y is not None and len(data.x) != len(data.y):
        hint = samples_in_columns(data.x, data.y, data.origin)
        fields.get("y", field).wrong(say("data.lengths", y=len(data.y), x=len(data.x)), hint)
        return None
    return data


def _inline(owner: Field, fields: Mapping[str, Field]) -> Data | None:
    where = required_field(fields, "x", owner, say("data.sources"))
    x = None
    if where is not None:
        if _has_names(where.value):
            columns = say("data.columns")
            where.expected(
                say("wanted.numbers"),
                (_in_quotes(where.value) if isinstance(where.value, list) else unquoted(where.value)) or columns,
            )
        else:
            x = array(where, (1, 2))
    y = array(fields["y"], (1, 2)) if "y" in fields else None
    if x is None or ("y" in fields and y is None):
        return None
    return Data(x, y)


def _has_names(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and bool(value) and isinstance(value[0], str))


def _in_quotes(items: list[object]) -> str | None:
    """A hint for a list of numbers that all stand in quotes."""
    return say("data.quotes") if all(unquoted(item) for item in items) else None


def _generated(fields: Mapping[str, Field], seed: int, class_numbers: bool) -> Data | None:
    for key in ("x", "y"):
        if key in fields:
            fields[key].wrong(say("data.generated", name=key), say("data.sources"))
    kind = choice(fields["generate"], GENERATORS)
    samples = whole_number(fields.get("samples"), 4 if kind == "xor" else 100, least=1, most=LARGEST // 10)
    noise = real(fields.get("noise"), 1.0 if kind == "blobs" else 0.0, least=0.0)
    count = whole_number(fields.get("classes"), 2, least=2, most=100)
    if "classes" in fields and kind is not None:
        if kind not in MANY_CLASSES:
            fields["classes"].wrong(say("data.classes", kinds=say("layout.and").join(MANY_CLASSES)))
        elif count is not None and count > 2 and not class_numbers:
            fields["classes"].wrong(say("data.many-classes", count=count))
    if kind is None or samples is None or count is None:
        return None
    x, y = generated(kind, seed, samples, noise, count, numbers=class_numbers)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        fields["noise"].expected(say("wanted.noise"))
        return None
    return Data(x, y, kind)
