"""A person's own numbers from files: `.npz`, `.npy`, `.json`, and text with one matrix (`.csv`, `.txt`).

Nothing in a file is unpickled or run, sizes are checked first, and all that is wrong with a file is said at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nnstep.errors import NnstepError, Problem
from nnstep.scenario.arrays import frozen
from nnstep.scenario.datafiles import DataFileError, array_names, read_npy, read_npz
from nnstep.scenario.model import Array
from nnstep.scenario.reading import read_bytes
from nnstep.text import clean
from nnstep.typed import TypedError, read_numbers

__all__ = ["Given", "given_text", "read_all", "read_answers", "read_json_text"]

_BYTES = 64 << 20
_NAMES = 256  # in a file
_AXES = (0, 1, 2)


class Given(NamedTuple):
    """An array as a person gives it, and with how many decimals it was written; None where it has all its digits."""

    array: Array
    decimals: int | None = None


def read_answers(path: str) -> dict[str, Given]:
    """The arrays of a file, by the names that stand in it; an array without one goes by the file's name.

    Raises NnstepError.
    """
    content = read_bytes(path, _BYTES)
    kind, stem = Path(path).suffix.lower(), Path(path).stem
    try:
        if kind == ".npz":
            return _members(content)
        if kind == ".npy":
            return {stem: Given(read_npy(content, _AXES))}
        text = content.decode("utf-8-sig")
        if kind == ".json":
            return read_json_text(text, stem)
        return {stem: _finite(given_text(_separated(text) if kind == ".csv" else text))}
    except UnicodeDecodeError:
        raise NnstepError(Problem("not text in UTF-8", file=path, hint=_KINDS)) from None
    except (DataFileError, TypedError) as error:
        hint = error.hint if isinstance(error, DataFileError) else None
        raise NnstepError(Problem(str(error), file=path, hint=hint)) from None
    except NnstepError as error:
        raise NnstepError(problem.at(file=path) for problem in error.problems) from None


def read_all(paths: Iterable[str]) -> list[tuple[str, str, Given]]:
    """The arrays of several files, each with its file and its name. Raises NnstepError with what is wrong in any."""
    found, problems = [], list[Problem]()
    for path in paths:
        try:
            found += [(path, name, one) for name, one in read_answers(path).items()]
        except NnstepError as error:
            problems += error.problems
    if problems:
        raise NnstepError(problems)
    return found


_KINDS = "a file is .npz, .npy, .json, or text with one matrix (.csv, .txt)"


def _members(content: bytes) -> dict[str, Given]:
    """The arrays of an `.npz` file. Raises DataFileError for the file, NnstepError for arrays in it."""
    found, problems = {}, []
    for name in array_names(content):
        try:
            found[name] = Given(read_npz(content, (name,), _AXES)[name])
        except DataFileError as error:
            problems.append(Problem(error.message, key=clean(name), hint=error.hint))
    if problems:
        raise NnstepError(problems)
    return found


def _finite(given: Given) -> Given:
    """As it is, if all its numbers are finite. Raises DataFileError with the place of the first that is not."""
    bad = np.argwhere(~np.isfinite(given.array))
    if len(bad):
        place = ", ".join(map(str, bad[0]))
        raise DataFileError(f"entry [{place}] is {given.array[tuple(bad[0])]}, expected a finite number")
    return given


def _separated(text: str) -> str:
    """The text of a CSV file, with a comma or a semicolon between numbers; both together are left to be refused."""
    if ";" in text:
        return text if "," in text else text.replace(";", " ")
    return text.replace(",", ", ")


def given_text(text: str) -> Given:
    """One matrix, as typed or pasted. Raises TypedError."""
    typed = read_numbers(text)
    return Given(frozen(np.array(typed.rows).reshape(typed.shape)), typed.decimals)


def read_json_text(text: str, stem: str = "") -> dict[str, Given]:
    """An object of names and matrices, or one matrix, which is called `stem`. Raises NnstepError."""
    try:
        return _by_name(text, stem)
    except DataFileError as error:
        raise NnstepError(Problem(error.message, hint=error.hint)) from None


def _by_name(text: str, stem: str) -> dict[str, Given]:
    try:
        found = json.loads(text, parse_constant=_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise NnstepError(Problem(f"not JSON: {clean(error.msg)}", line=error.lineno)) from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of thousands of digits; NaN
        raise DataFileError(f"not usable JSON: {clean(error, 120) or 'nested too deeply'}") from None
    if not isinstance(found, dict):
        return {stem: _given(found)}
    if len(found) > _NAMES:
        raise DataFileError(f"{len(found):,} names; at most {_NAMES} are read")
    problems, arrays = [], {}
    for name, value in found.items():
        try:
            arrays[str(name)] = _given(value)
        except DataFileError as error:
            problems.append(Problem(error.message, key=clean(name), hint=error.hint))
    if problems:
        raise NnstepError(problems)
    return arrays


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that comes twice would silently be the last one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"'{clean(twice, 40)}' is given twice")
    return found


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that can be compared")


def _given(value: Any) -> Given:
    """A number, a list of numbers, or a list of rows. Raises DataFileError."""
    rows = value if isinstance(value, list) else [value]
    nested = bool(rows) and all(isinstance(row, list) for row in rows)
    flat = [entry for row in rows for entry in row] if nested else rows
    wrong = next((entry for entry in flat if isinstance(entry, bool) or not isinstance(entry, int | float)), None)
    if wrong is not None:
        found = type(wrong).__name__ if isinstance(wrong, list | dict) else clean(json.dumps(wrong), 60)
        raise DataFileError(f"found {found}, expected a number", "a matrix is a list of rows of numbers")
    if not flat:
        raise DataFileError("found no numbers, expected a matrix")
    if nested and len({len(row) for row in rows}) > 1:
        raise DataFileError("found rows of different lengths, expected a matrix")
    try:
        array = np.array(value, dtype=np.float64)
    except OverflowError:
        raise DataFileError("found a number beyond float64") from None
    if not np.isfinite(array).all():
        raise DataFileError("found a number beyond float64")
    return Given(frozen(array), _decimals(flat))


def _decimals(entries: list[int | float]) -> int | None:
    """The most decimals of the numbers as they print; None where that is as many as a float64 has."""
    most = 0
    for entry in entries:
        mantissa, _, exponent = repr(float(entry)).partition("e")
        places = len(mantissa.partition(".")[2].rstrip("0")) - int(exponent or 0)
        if places > 12 or not math.isfinite(entry):
            return None
        most = max(most, places)
    return most
