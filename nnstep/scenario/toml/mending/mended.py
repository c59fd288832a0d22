"""What is wrong with each line of a text that is not TOML, and the text as it was meant.

The text is read from its beginning to its end, however it is written: what TOML would not take is noted, and written as
TOML has it into a second text, line for line. So all mistakes are found at once, each is shown as it is written, and
what else is wrong with the scenario can be found in the second text.
"""

from __future__ import annotations

import re
import tomllib
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.errors import Problem
from nnstep.scenario.toml.mending.scan import Scan
from nnstep.scenario.toml.mending.statements import Statements

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class Mended(NamedTuple):
    """What is wrong with a text, in the order of its lines; the text as it was meant, None where that is not sure."""

    problems: list[Problem]
    text: str | None


def mended(text: str, file: str | None, said: str) -> Mended:
    """Read a text that `tomllib` has refused, saying `said`."""
    plain = text.replace("\r\n", "\n")
    scan = Scan(plain.replace("\r", "\n"), file)
    if plain != scan.text:
        scan.note("line-ends", hint=say("toml.line-ends.hint"))
    if scan.text.lstrip().startswith("{"):
        scan.at = len(scan.text) - len(scan.text.lstrip())
        scan.note("json", hint=say("toml.json.hint"))
        return Mended(scan.problems(), None)
    Statements(scan).read()
    meant, problems = "".join(scan.out), scan.problems()
    left = _refusal(meant) if problems else _split(said, scan.text)
    if left is None:
        return Mended(problems, meant if scan.sure else None)
    message, line, column = left
    if all(problem.line != line for problem in problems):
        problems.append(Problem(say("toml.not", reason=message), file, line, column))
    return Mended(sorted(problems, key=lambda one: one.line or 0), None)


def _refusal(text: str) -> tuple[str, int, int] | None:
    """What `tomllib` says of a text, and where; None where it reads it."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return _split(str(error) or type(error).__name__, text)
    return None


def _split(said: str, text: str) -> tuple[str, int, int]:
    """What `tomllib` says, and the line and the column that it says it of."""
    place = _PLACE.search(said)
    message = said[: place.start()] if place else said
    if place and place[1]:
        line, column = int(place[1]), int(place[2])
    else:
        line, column = text.count("\n") + (not text.endswith("\n")), 1
        if place:
            return say("toml.at-end", reason=_small(message)), max(line, 1), column
    return _small(message), max(line, 1), column


def _small(text: str) -> str:
    """Without a capital at its beginning."""
    return f"{text[:1].lower()}{text[1:]}"
