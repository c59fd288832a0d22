"""A person's own numbers from files: `.npz`, `.npy`, `.json`, and text with one matrix (`.csv`, `.txt`).

Nothing in a file is unpickled or run, sizes are checked first, and all that is wrong with a file is said at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import NnstepError, Problem
from nnstep.pasted import TypedError, read_arrays
from nnstep.scenario.data.array_files import DataFileError, array_names, read_npy, read_npz
from nnstep.scenario.data.rounding import rounding
from nnstep.scenario.model import Array
from nnstep.scenario.toml.arrays import frozen
from nnstep.scenario.toml.document import read_bytes
from nnstep.text import clean

__all__ = ["Answers", "Given", "given", "read_all", "read_answers", "read_text"]

_BYTES = 64 << 20
_NAMES = 256  # in a file
_JSON = re.compile(r'\s*\{\s*(?:"|\})')
_UNNAMED = ("", "ans", "Out", "_")  # what a program calls what was not named
_AXES = (0, 1, 2)
_DEEPEST = 4  # objects of JSON within each other
_NOT_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}  # as a trace has them
_OF_GRADIENTS = re.compile(r"grad", re.IGNORECASE)
_GRADIENT = re.compile(r"d|∂|∇|.*grad", re.IGNORECASE)


class Given(NamedTuple):
    """An array as a person gives it.

    decimals  how many it was rounded to; None where it has all its digits
    units     one unit of the last digit that was written, entry by entry; None where it has all its digits, or where
              all are whole and mean what they are
    """

    array: Array
    decimals: int | None = None
    units: Array | None = None


class Answers(NamedTuple):
    """What a file has: its arrays by the names that stand in it, and what is wrong with others in it."""

    arrays: dict[str, Given]
    problems: tuple[Problem, ...] = ()


def read_answers(path: str) -> Answers:
    """The arrays of a file; an array without a name goes by the file's.

    Raises NnstepError where nothing of the file can be used.
    """
    content = read_bytes(path, _BYTES)
    kind, stem = Path(path).suffix.lower(), Path(path).stem
    try:
        if kind == ".npz":
            found = _members(content)
        elif kind == ".npy":
            found = Answers({stem: given(read_npy(content, _AXES, finite=False))})
        else:
            text = content.decode("utf-8-sig")
            if kind == ".json":
                found = read_json_text(text, stem)
            else:
                found = read_text(_separated(text) if kind == ".csv" else text, stem)
    except UnicodeDecodeError:
        raise NnstepError(Problem(say("answers.not-text"), file=path, hint=say("answers.kinds"))) from None
    except (DataFileError, TypedError) as error:
        hint = error.hint if isinstance(error, DataFileError) else None
        raise NnstepError(Problem(str(error), file=path, hint=hint)) from None
    except NnstepError as error:
        raise NnstepError(problem.at(file=path) for problem in error.problems) from None
    return Answers(found.arrays, tuple(problem.at(file=path) for problem in found.problems))


def read_all(paths: Iterable[str]) -> tuple[list[tuple[str, str, Given]], list[Problem]]:
    """The arrays of several files, each with its file and its name, and what is wrong with any file or array."""
    found, problems = [], list[Problem]()
    for path in paths:
        try:
            one = read_answers(path)
        except NnstepError as error:
            problems += error.problems
        else:
            found += [(path, name, array) for name, array in one.arrays.items()]
            problems += one.problems
    return found, problems


def given(array: Array) -> Given:
    """An array with what its numbers show of how they were rounded."""
    return Given(array, *rounding(array))


def _members(content: bytes) -> Answers:
    """The arrays of an `.npz` file. Raises DataFileError for the file."""
    found, problems = {}, []
    for name in array_names(content):
        try:
            found[name] = given(read_npz(content, (name,), _AXES, finite=False)[name])
        except DataFileError as error:
            problems.append(Problem(error.message, key=clean(name), hint=error.hint))
    return Answers(found, tuple(problems))


def _separated(text: str) -> str:
    """The text of a CSV file, with a comma or a semicolon between numbers; both together are left to be refused."""
    if ";" in text:
        return text if "," in text else text.replace(";", " ")
    return text.replace(",", ", ")


def read_text(text: str, stem: str = "") -> Answers:
    """One or several arrays, as people type them and programs print them; one without a name is called `stem`.

    Raises TypedError; NnstepError for what is JSON and cannot be used.
    """
    if _JSON.match(text):
        try:
            return read_json_text(text, stem)
        except NnstepError as error:
            if not error.problems[0].line:  # it is JSON
                raise
    arrays: dict[str, Given] = {}
    problems = []
    for name, typed in read_arrays(text):
        called = stem if name in _UNNAMED else name
        if called in arrays:
            problems.append(_twice(called))
            continue
        array = frozen(np.array(typed.rows).reshape(typed.shape))
        units = np.array(typed.units).reshape(typed.shape) if typed.units else None
        arrays[called] = Given(array, typed.decimals, units)
    return Answers(arrays, tuple(problems))


def _twice(name: str) -> Problem:
    return Problem(say("answers.twice", name=clean(name, 40)), key=clean(name))


def read_json_text(text: str, stem: str = "") -> Answers:
    """An object of names and matrices, or one matrix, which is called `stem`. Raises NnstepError for anything else."""
    try:
        return _by_name(text, stem)
    except DataFileError as error:
        raise NnstepError(Problem(error.message, hint=error.hint)) from None


def _by_name(text: str, stem: str) -> Answers:
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        lines = _json_lines(text) if error.msg == "Extra data" else None
        if lines is not None:
            return lines
        raise NnstepError(Problem(say("answers.not-json", reason=clean(error.msg)), line=error.lineno)) from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of thousands of digits
        raise DataFileError(say("answers.unusable", reason=clean(error, 120) or say("answers.deep"))) from None
    if not isinstance(found, dict):
        return Answers({stem: _given(found)})
    if len(found) > _NAMES:
        raise DataFileError(say("answers.names", count=f"{len(found):,}", most=_NAMES))
    problems, arrays = [], {}
    for name, value in _flat(found, _DEEPEST):
        if name in arrays:
            problems.append(_twice(name))
            continue
        try:
            arrays[name] = _given(value)
        except DataFileError as error:
            problems.append(Problem(error.message, key=clean(name), hint=error.hint))
    return Answers(arrays, tuple(problems))


def _flat(found: dict[str, Any], deepest: int) -> list[tuple[str, Any]]:
    """The entries of an object, and in their place those of the objects in it: {"gradients": {"W1": ...}} has the
    gradient of W1, and so has {"W1": {"grad": ...}}.
    """
    entries: list[tuple[str, Any]] = []
    for name, value in found.items():
        if not isinstance(value, dict) or not value or not deepest:
            entries.append((str(name), value))
            continue
        for inner, one in _flat(value, deepest - 1):
            if inner in ("grad", "gradient"):
                entries.append((f"{name}.grad", one))
            elif _OF_GRADIENTS.search(name) and not _GRADIENT.match(inner):
                entries.append((f"grad({inner})", one))
            else:
                entries.append((inner, one))
    return entries


def _json_lines(text: str) -> Answers | None:
    """An object in each line: arrays by name, or the steps of a trace, of which the first of each name counts. None
    where the lines are something else.
    """
    arrays: dict[str, Given] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(found, dict):
            return None
        if "record" in found:
            found = {found["target"]: found.get("value")} if isinstance(found.get("target"), str) else {}
        for name, value in _flat(found, _DEEPEST):
            try:
                arrays.setdefault(name, _given(value))
            except DataFileError as error:
                problems.append(Problem(error.message, key=clean(name), line=number, hint=error.hint))
    return Answers(arrays, tuple(problems))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that comes twice would silently be the last one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(say("answers.twice-in-object", name=clean(twice, 40)))
    return found


def _number(entry: Any) -> Any:
    """An entry, with the words that a trace has for numbers that JSON lacks as those numbers."""
    return _NOT_FINITE.get(entry, entry) if isinstance(entry, str) else entry


def _given(value: Any) -> Given:
    """A number, a list of numbers, or a list of rows. Raises DataFileError."""
    rows = value if isinstance(value, list) else [value]
    nested = bool(rows) and all(isinstance(row, list) for row in rows)
    rows = [[_number(entry) for entry in row] for row in rows] if nested else [_number(entry) for entry in rows]
    flat = [entry for row in rows for entry in row] if nested else rows
    for place, entry in enumerate(flat):
        if entry is None:
            where = divmod(place, max(1, len(rows[0]))) if nested else (place,)
            said = (
                say("answers.null.at", place=", ".join(map(str, where)))
                if isinstance(value, list)
                else say("answers.null")
            )
            raise DataFileError(said, say("answers.null.hint"))
        if isinstance(entry, bool) or not isinstance(entry, int | float):
            found = type(entry).__name__ if isinstance(entry, list | dict) else clean(json.dumps(entry), 60)
            raise DataFileError(say("found.expected", found=found, wanted=say("wanted.number")), say("answers.rows"))
    if not flat:
        raise DataFileError(say("answers.empty"))
    if nested and len({len(row) for row in rows}) > 1:
        raise DataFileError(say("answers.uneven"))
    try:
        array = np.array(rows if isinstance(value, list) else rows[0], dtype=np.float64)
    except OverflowError:
        raise DataFileError(say("answers.beyond")) from None
    return given(frozen(array))
