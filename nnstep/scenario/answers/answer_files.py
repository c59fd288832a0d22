"""A person's own numbers from files: `.npz`, `.npy`, `.json`, and text with one matrix (`.csv`, `.txt`).

Nothing in a file is unpickled or run, sizes are checked first, and all that is wrong with a file is said at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from nnstep.catalogue import say
from nnstep.errors import NnstepError, Problem
from nnstep.pasted import NotNumbersError, read_arrays
from nnstep.scenario.answers.given import Answers, Given, given_twice, with_rounding
from nnstep.scenario.answers.json_text import read_json_text
from nnstep.scenario.data.array_files import DataFileError, array_names, read_npy, read_npz
from nnstep.scenario.toml.arrays import frozen
from nnstep.scenario.toml.document import read_bytes
from nnstep.text import clean

_BYTES = 64 << 20
_JSON = re.compile(r'\s*\{\s*(?:"|\})')
_UNNAMED = ("", "ans", "Out", "_")  # what a program calls what was not named
_AXES = (0, 1, 2)


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
            found = Answers({stem: with_rounding(read_npy(content, _AXES, finite=False))})
        else:
            text = content.decode("utf-8-sig")
            if kind == ".json":
                found = read_json_text(text, stem)
            else:
                found = read_text(_separated(text) if kind == ".csv" else text, stem)
    except UnicodeDecodeError:
        raise NnstepError(Problem(say("answers.not-text"), file=path, hint=say("answers.kinds"))) from None
    except (DataFileError, NotNumbersError) as error:
        hint = error.hint if isinstance(error, DataFileError) else None
        raise NnstepError(Problem(str(error), file=path, hint=hint)) from None
    except NnstepError as error:
        raise NnstepError(problem.at(file=path) for problem in error.problems) from None
    return Answers(found.arrays, tuple(problem.at(file=path) for problem in found.problems))


def read_answer_files(paths: Iterable[str]) -> tuple[list[tuple[str, str, Given]], list[Problem]]:
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


def _members(content: bytes) -> Answers:
    """The arrays of an `.npz` file. Raises DataFileError for the file."""
    found, problems = {}, []
    for name in array_names(content):
        try:
            found[name] = with_rounding(read_npz(content, (name,), _AXES, finite=False)[name])
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

    Raises NotNumbersError; NnstepError for what is JSON and cannot be used.
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
            problems.append(given_twice(called))
            continue
        array = frozen(np.array(typed.rows).reshape(typed.shape))
        units = np.array(typed.units).reshape(typed.shape) if typed.units else None
        arrays[called] = Given(array, typed.decimals, units)
    return Answers(arrays, tuple(problems))
