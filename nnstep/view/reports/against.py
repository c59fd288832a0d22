"""What `gradcheck --against` prints: a person's own numbers out of files beside those of an iteration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.debugger.answers.compare import by_value_name, compare, wanted_names
from nnstep.engine import Timeline
from nnstep.errors import Problem
from nnstep.program.naming import objective_letter
from nnstep.scenario.answers.answer_files import read_answer_files
from nnstep.text import clean
from nnstep.view.lens.mine import diagnosis_lines
from nnstep.view.text.canvas import line_text

_SHOWN = 8  # names in a line


class Against(NamedTuple):
    """What is printed, what of the files cannot be used, and whether all that was compared agrees."""

    lines: tuple[str, ...]
    problems: tuple[Problem, ...]
    ok: bool


def against(timeline: Timeline, iteration: int, paths: Sequence[str], tolerance: float, plain: bool) -> Against:
    """The arrays of some files compared with an iteration; `tolerance` is one that was asked for, or 0.

    What of them cannot be used is a problem, and does not keep the rest from being compared. Where nothing is compared
    that the program computes, that is one, with the names that were looked for. `plain` leaves out what ASCII has not.
    """
    record = timeline.record(iteration)
    given, problems = read_answer_files(paths)
    files = {name: path for path, name, _ in reversed(given)}
    arrays, wrong = by_value_name(record.program, [(name, one) for _, name, one in given])
    problems += [Problem(reason, file=files[name], key=clean(name)) for name, reason in wrong]
    wanted = wanted_names(record.program)
    found = compare(record, arrays, tolerance, timeline.record, wanted)
    lines: tuple[str, ...] = ()
    if found.results:
        found = replace(found, partial=bool(problems))
        lines = tuple(map(line_text, diagnosis_lines(found, objective_letter(record.program), plain)))
    if not found.computed and found.ok:
        looked = _listed(wanted) or say("mine.looked-for.none")
        there = _listed([name for _, name, _ in given]) or say("mine.looked-for.none")
        said = say("mine.looked-for", names=looked, found=there)
        file = paths[0] if len(paths) == 1 else None
        problems.append(Problem(said, file=file, hint=say("mine.looked-for.hint")))
        lines = ()
    return Against(lines, tuple(problems), found.ok)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(clean(name, 40) for name in names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
