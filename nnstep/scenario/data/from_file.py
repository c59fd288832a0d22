"""Samples out of a file beside the scenario: columns of a `.csv`, arrays of an `.npz`, or an `.npy`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnstep.catalogue import say
from nnstep.ops import Array
from nnstep.scenario.data.array_files import DataFileError, array_names, read_data_file, read_npy, read_npz
from nnstep.scenario.data.csv import Table, classes, column, read_table
from nnstep.scenario.model import Data
from nnstep.scenario.toml.arrays import SAMPLES, frozen, times
from nnstep.scenario.toml.fields import Field, required_field, text, texts, whole_number
from nnstep.text import clean


def from_file(owner: Field, fields: Mapping[str, Field], base: str | None, class_numbers: bool) -> Data | None:
    """The samples that `file`, `x` and `y` of [data] name, or None when something is wrong with them."""
    where = fields["file"]
    name = text(where)
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if not isinstance(where.value, str):
        return None
    if suffix not in (".csv", ".npy", ".npz"):
        where.expected(say("wanted.data-file"))
        return None
    if base is None:
        where.wrong(say("data.no-folder"))
        return None
    try:
        content = read_data_file(base, name)
        if suffix == ".csv":
            return _from_table(owner, fields, read_table(content), class_numbers)
        if suffix == ".npz":
            return _from_npz(fields, content)
        return _from_npy(fields, read_npy(content))
    except DataFileError as error:
        _blame(where, fields, error)
        return None


def _origin(fields: Mapping[str, Field]) -> str:
    return str(fields["file"].value)


def _from_table(owner: Field, fields: Mapping[str, Field], read: Table, class_numbers: bool) -> Data | None:
    where = required_field(fields, "x", owner, say("data.x-columns"))
    x = None if where is None else _columns(where, fields, read)
    y: Array | None = None
    names: tuple[str, ...] = ()
    if "y" in fields:
        if class_numbers and isinstance(fields["y"].value, str):
            try:
                y, names = classes(read, fields["y"].value)
            except DataFileError as error:
                _blame(fields["y"], fields, error)
        else:
            y = _columns(fields["y"], fields, read)
    if where is None or x is None or ("y" in fields and y is None):
        return None
    header = (where.value,) if isinstance(where.value, str) else tuple(where.value)
    return Data(x, y, _origin(fields), header, names)


def _columns(field: Field, fields: Mapping[str, Field], read: Table) -> Array | None:
    """One column by its name, (n,), or several by a list of names, (n, d)."""
    if isinstance(field.value, str):
        try:
            return column(read, field.value)
        except DataFileError as error:
            _blame(field, fields, error)
            return None
    items = texts(field, say("wanted.columns"))
    if not items or len(items) < len(field.value):
        if field.value == []:
            field.expected(say("wanted.column"))
        return None
    found = []
    for item in items:
        try:
            found.append(column(read, item.value))
        except DataFileError as error:
            _blame(item, fields, error)
    if len(found) < len(items):
        return None
    if len(found) * len(read.rows) > SAMPLES:
        field.wrong(say("data.large", rows=len(read.rows), columns=len(found), most=f"{SAMPLES:,}"))
        return None
    return frozen(np.stack(found, axis=1))


def _blame(field: Field, fields: Mapping[str, Field], error: DataFileError) -> None:
    field.wrong(say("said.about", what=clean(_origin(fields), 80), reason=error.message), error.hint)


def _from_npz(fields: Mapping[str, Field], content: bytes) -> Data | None:
    wanted = {}
    for key in ("x", "y"):
        if key in fields:
            if not isinstance(fields[key].value, str):
                fields[key].expected(say("wanted.array-name", name=key))
                return None
            wanted[key] = fields[key].value
    wanted.setdefault("x", "x")
    if "y" not in fields and "y" in array_names(content):
        wanted["y"] = "y"
    arrays = read_npz(content, tuple(wanted.values()))
    return Data(arrays[wanted["x"]], arrays[wanted["y"]] if "y" in wanted else None, _origin(fields))


def _from_npy(fields: Mapping[str, Field], read: Array) -> Data | None:
    """Without x and y the array is x; else x and y are columns of it by number, from 0."""
    if "x" not in fields and "y" not in fields:
        return Data(read, None, _origin(fields))
    if read.ndim != 2:
        where = fields["x"] if "x" in fields else fields["y"]
        _blame(where, fields, DataFileError(say("data.no-columns", shape=times(read.shape))))
        return None
    y = _numbered(fields["y"], read) if "y" in fields else None
    if "x" in fields:
        x = _numbered(fields["x"], read)
    else:
        x = frozen(np.delete(read, np.atleast_1d(fields["y"].value), axis=1)) if y is not None else None
        if x is not None and x.shape[1] == 0:
            fields["y"].wrong(say("data.none-left"))
            return None
    if x is None or ("y" in fields and y is None):
        return None
    return Data(x, y, _origin(fields))


def _numbered(field: Field, read: Array) -> Array | None:
    """Columns by number: 2 gives (n,), [2] gives (n, 1)."""
    listed = isinstance(field.value, list)
    items = field.items() if listed else [field]
    if not items:
        field.expected(say("wanted.column"))
        return None
    numbers = [whole_number(item, None, least=0, most=read.shape[1] - 1) for item in items]
    if any(number is None for number in numbers):
        return None
    return frozen(read[:, [number for number in numbers if number is not None]] if listed else read[:, numbers[0]])
