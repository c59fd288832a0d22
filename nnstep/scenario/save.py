"""A branch as a scenario of its own: the text of the original with the edits at its end, written once it is known to
give the same run.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nnstep.catalogue import say, say_known
from nnstep.errors import NnstepError, Problem
from nnstep.files import ChangedMeanwhileError, Stamp, rewrite, stamp, write_new
from nnstep.ops import Array
from nnstep.scenario.data.array_files import DataFileError, read_data_file
from nnstep.scenario.edits.edit_text import cell_text, optimizer_options
from nnstep.scenario.edits.read import is_kept
from nnstep.scenario.library import find
from nnstep.scenario.load import loads
from nnstep.scenario.model import Edit, Scenario
from nnstep.scenario.toml.document import SCENARIO_BYTES, decode, parse, read_bytes
from nnstep.text import clean

_MARK = "\ufeff"  # what some editors put before UTF-8


def branch_text(original: str, edits: Iterable[Edit]) -> str:
    """The text of a scenario as it is, with a table [[edits]] at its end for each of the edits.

    Read back, it gives the same numbers bit for bit. Raises NnstepError where the text cannot be continued so.
    """
    end = "\r\n" if "\r\n" in original else "\n"
    tables = [end.join(_table(edit)) + end for edit in edits]
    if not tables:
        return original
    start = original if not original or original.endswith("\n") else original + end
    text = end.join([start, *tables])
    try:
        parse(text.removeprefix(_MARK), None)
    except NnstepError:
        if "edits" not in parse(original.removeprefix(_MARK), None):
            raise
        raise NnstepError(Problem(say("save.other-form"), key="edits", hint=say("save.other-form.hint"))) from None
    return text


def _table(edit: Edit) -> list[str]:
    """The lines of an edit."""
    head = ["[[edits]]", f"iteration = {edit.iteration}"]
    if edit.optimizer is not None:
        options = [f"{key} = {value}" for key, value in optimizer_options(edit).items()]
        kind = [f'type = "{edit.optimizer.type}"'] if edit.options is None else []
        inside = ", ".join([*kind, *options])
        return [*head, f"optimizer = {{ {inside} }}"]
    return [*head, f'cell = "{cell_text(edit.name, edit.index)}"', f"value = {float(edit.value)!r}"]


def save_branch(
    scenario: Scenario, edits: Sequence[Edit], target: Path, *, replace: bool = False, expected: Stamp | None = None
) -> tuple[Path, ...]:
    """Save a branch as a scenario at `target`; the paths that were written.

    scenario  as its file has it
    edits     all of the branch: those of the file, and others among them in the order in which they take effect
    replace   whether a scenario that is at `target` may be replaced
    expected  the stamp of what may be replaced: what is there then, where it was said; None for any, but if `target`
              is the scenario's own file, only for what the edits were added to

    What was added to the file since it was read, such as comments, is kept. An edit of a state or of an option that the
    optimizer does not have at that time changes nothing and is left out. A data file is copied beside the new scenario,
    never over another one. All is written whole or not at all.

    Raises FileExistsError where `target` is taken and not to be replaced, and NnstepError for all else: a scenario that
    is not from a file or has changed in it since, a `target` that has changed too, an edit of the file that those of
    the branch have made impossible, a data file that is in the way, what cannot be written.
    """
    if scenario.path is None:
        raise NnstepError(Problem(say("save.no-file")))
    source = find(scenario.path)
    folder = os.path.dirname(source) or "."  # noqa: PTH120 - as it is loaded
    before = stamp(source)
    content = read_bytes(source, SCENARIO_BYTES)
    original = decode(content, source)
    now = loads(original, source, folder)
    changed = _differences(now, scenario)
    if changed:
        said = say("save.changed", parts=", ".join(changed))
        raise NnstepError(Problem(said, file=source, hint=say("save.changed.hint")))
    added = _effective(scenario, _added(scenario.edits, edits))
    _check_still_possible(scenario, added, source)
    try:
        text = branch_text(original, added)
    except NnstepError as error:
        raise NnstepError(problem.at(file=source) for problem in error.problems) from None
    if content.startswith(_MARK.encode()):
        text = _MARK + text
    wanted = scenario.with_edits((*scenario.edits, *added))
    _check(text, wanted, target, folder)
    if not replace and os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    if expected is None and before and stamp(target)[:2] == before[:2]:  # the same file, whatever it is called
        expected = before
    name = _data_file(original)
    copy = _copy_data(folder, name, target) if name is not None else None
    try:
        if copy is not None:
            _check(text, wanted, target, str(target.parent))
        _write(target, text, replace, expected)
    except BaseException:
        if copy is not None:
            with contextlib.suppress(OSError):
                copy.unlink()
        raise
    return (target,) if copy is None else (target, copy)


def _write(target: Path, text: str, replace: bool, expected: Stamp | None) -> None:
    try:
        if replace:
            rewrite(target, text, expected)
        else:
            write_new(target, text)
    except FileExistsError:
        raise
    except ChangedMeanwhileError as error:
        raise NnstepError(Problem(str(error.strerror), file=str(target), hint=say("save.meanwhile"))) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL or a lone surrogate in the path
        raise NnstepError(Problem(say("save.unwritten", reason=_reason(error)), file=str(target))) from None


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return say("data.impossible")
    return clean(say_known(error.strerror.lower() if error.strerror else str(error)))


def _added(before: Sequence[Edit], edits: Sequence[Edit]) -> list[Edit]:
    """The edits that are not among those of the file. Of equal ones the first are the file's."""
    left = [_written(edit) for edit in before]
    added = []
    for edit in edits:
        if _written(edit) in left:
            left.remove(_written(edit))
        else:
            added.append(edit)
    return added


def _effective(scenario: Scenario, added: Iterable[Edit]) -> list[Edit]:
    """Without edits of states and options that are not there, since the optimizer was edited at an earlier iteration
    later on.
    """
    found: list[Edit] = []
    for edit in added:
        possible = _possible(scenario.with_edits((*scenario.edits, *found)), edit)
        if possible is not None:
            found.append(possible)
    return found


def _possible(scenario: Scenario, edit: Edit) -> Edit | None:
    """What of an edit there is to be changed when it takes effect, after those of the scenario; None for nothing."""
    if edit.options is None:
        return edit if edit.optimizer is not None or is_kept(scenario, edit.name, edit.iteration) else None
    now = scenario.optimizer_at(edit.iteration)
    options = {name: value for name, value in edit.options.items() if now is not None and name in now.options}
    return edit._replace(options=options, optimizer=now) if options else None


def _check_still_possible(scenario: Scenario, added: Sequence[Edit], source: str) -> None:
    """Raise NnstepError for edits of the file that are of what the optimizer of a branch has not: its text stays."""
    problems = []
    for number, edit in enumerate(scenario.edits):
        before = (*scenario.edits[:number], *(one for one in added if one.iteration < edit.iteration))
        left = _possible(scenario.with_edits(before), edit)
        if left is None or left.options != edit.options:
            optimizer = scenario.with_edits(before).optimizer_at(edit.iteration)
            what = edit.name or ", ".join(edit.options or ())
            kind = optimizer.type if optimizer is not None else ""
            said = say("save.impossible-edit", optimizer=kind, iteration=edit.iteration, what=clean(what, 40))
            hint = say("save.impossible-edit.hint", optimizer=kind)
            problems.append(Problem(said, file=source, line=edit.line, key=edit.key, hint=hint))
    if problems:
        raise NnstepError(problems)


# Whether two scenarios have the same run.


def _differences(one: Scenario, other: Scenario) -> list[str]:
    """The parts of a run in which two scenarios differ, down to the bits of their numbers, as messages call them."""
    mine, its = _parts(one), _parts(other)
    return [say(f"save.part.{name}") for name in mine if mine[name] != its[name]]


def _parts(scenario: Scenario) -> dict[str, Any]:
    data = scenario.data
    return {
        "seed": scenario.seed,
        "equations": [(one.assignment.target, one.assignment.expression) for one in scenario.equations],
        "parameters": [(one.name, _bits(one.value), one.trainable) for one in scenario.parameters],
        "constants": {name: _bits(value) for name, value in scenario.constants.items()},
        "data": data and (_bits(data.x), None if data.y is None else _bits(data.y)),
        "objective": scenario.objective,
        "optimizer": scenario.optimizer and scenario.optimizer.bits,
        "training": scenario.training,
        "edits": [edit.bits for edit in scenario.edits],
    }


def _bits(array: Array) -> tuple[tuple[int, ...], bytes]:
    return array.shape, array.tobytes()


def _written(edit: Edit) -> tuple[object, ...]:
    """What an edit says, whatever the edits before it make of it."""
    if edit.options is None:
        return edit.bits
    return edit.iteration, {name: float(value).hex() for name, value in edit.options.items()}


def _check(text: str, wanted: Scenario, target: Path, folder: str) -> None:
    """Raise NnstepError unless the text is that of the wanted scenario, with data files in `folder`."""
    if len(text.encode()) > SCENARIO_BYTES:
        raise NnstepError(Problem(say("save.large", most=SCENARIO_BYTES), str(target)))
    different = _differences(loads(text.removeprefix(_MARK), str(target), folder), wanted)
    if different:
        raise NnstepError(Problem(say("save.read-back", parts=", ".join(different)), file=str(target)))


# The data file.


def _data_file(text: str) -> str | None:
    """The data file that a scenario names."""
    data = parse(text, None).get("data", {})
    return str(data["file"]) if isinstance(data, dict) and "file" in data else None


def _copy_data(folder: str, name: str, target: Path) -> Path | None:
    """Copy a data file of the scenarios in `folder` beside `target`; the copy, or None where the file is there already.

    Raises NnstepError; a file that is there is never changed.
    """
    source, copy = (Path(os.path.normpath(Path(base) / name)) for base in (folder, target.parent))
    inside = os.path.realpath(target.parent)
    if os.path.realpath(copy) == os.path.realpath(target):
        raise NnstepError(Problem(say("save.data-name"), file=str(target)))
    if os.path.commonpath([inside, os.path.realpath(copy)]) != inside:
        raise NnstepError(Problem(say("save.data-elsewhere", copy=clean(copy)), file=str(target)))
    if os.path.realpath(copy) == os.path.realpath(source):
        return None
    try:
        content = read_data_file(folder, name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_new(copy, content)
    except DataFileError as error:
        raise NnstepError(Problem(error.message, file=str(source))) from None
    except FileExistsError:
        if _holds(copy, content):
            return None
        said = say("save.data-taken", source=clean(source))
        raise NnstepError(Problem(said, file=str(copy), hint=say("save.data-taken.hint"))) from None
    except OSError as error:
        raise NnstepError(Problem(say("save.unwritten", reason=_reason(error)), file=str(copy))) from None
    return copy


def _holds(path: Path, content: bytes) -> bool:
    """Whether a file has that content."""
    try:
        return read_bytes(str(path), len(content)) == content
    except NnstepError:
        return False
