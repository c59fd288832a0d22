"""Arrays in JSON: an object of names and matrices, nested or not, one matrix, or the steps of a trace line by line."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from nnstep.catalogue import say, say_known, say_reason
from nnstep.errors import NnstepError, Problem
from nnstep.scenario.answers.given import Answers, Given, given_twice, with_rounding
from nnstep.scenario.data.array_files import DataFileError
from nnstep.scenario.toml.arrays import frozen
from nnstep.text import clean

_NAMES = 256  # in a file
_DEEPEST = 4  # objects of JSON within each other
_NOT_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}  # as a trace has them
_OF_GRADIENTS = re.compile(r"grad", re.IGNORECASE)
_GRADIENT = re.compile(r"d|∂|∇|.*grad", re.IGNORECASE)


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
        said = say("answers.not-json", reason=clean(say_known(error.msg)))
        raise NnstepError(Problem(said, line=error.lineno)) from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of thousands of digits
        reason = clean(say_reason(error), 120) or say("answers.deep")
        raise DataFileError(say("answers.unusable", reason=reason)) from None
    if not isinstance(found, dict):
        return Answers({stem: _given(found)})
    if len(found) > _NAMES:
        raise DataFileError(say("answers.names", count=f"{len(found):,}", most=_NAMES))
    problems, arrays = [], {}
    for name, value in _flat(found, _DEEPEST):
        if name in arrays:
            problems.append(given_twice(name))
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
            found = (
                say(f"answers.kind.{type(entry).__name__}")
                if isinstance(entry, list | dict)
                else clean(json.dumps(entry), 60)
            )
            raise DataFileError(say("found.expected", found=found, wanted=say("wanted.number")), say("answers.rows"))
    if not flat:
        raise DataFileError(say("answers.empty"))
    if nested and len({len(row) for row in rows}) > 1:
        raise DataFileError(say("answers.uneven"))
    try:
        array = np.array(rows if isinstance(value, list) else rows[0], dtype=np.float64)
    except OverflowError:
        raise DataFileError(say("answers.beyond")) from None
    return with_rounding(frozen(array))
