"""The commands. Each imports the rooms it needs when it runs: `check` loads no Textual, `--version` no NumPy."""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import nnstep
from nnstep.catalogue import say
from nnstep.errors import NnstepError, OutputError, Problem, RunError
from nnstep.nearest import nearest
from nnstep.text import clean, padded, width

if TYPE_CHECKING:
    from nnstep.engine import Timeline
    from nnstep.program import Program
    from nnstep.scenario import Scenario

__all__ = ["COMMANDS", "main"]

COMMANDS = ("check", "trace", "gradcheck", "list", "new")

_OWN = ("--quiz", "--results", "--memory")  # options of the debugger itself
_OWN_USAGE = "SCENARIO [--memory MIB] [--quiz [--results FILE]]"
_CHUNK = 1 << 16  # characters of output that are written at once


def main(argv: Sequence[str]) -> int:
    """Run the command line `argv` (without the program's name); returns the exit status.

    Raises SystemExit for --help, --version and wrong usage, and OutputError.
    """
    arguments = list(argv)
    try:
        if not arguments:
            return _open(None)
        if arguments[0] not in COMMANDS and any(one.partition("=")[0] in _OWN for one in arguments):
            return _debug(arguments)
        if arguments[0] not in COMMANDS and (not arguments[0].startswith("-") or arguments[0] == "--"):
            return _open(_only_scenario(arguments[arguments[0] == "--" :]))
        options = _parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except NnstepError as error:
        _complain(error)
        return 2


def _only_scenario(arguments: list[str]) -> str | None:
    """`nnstep FILE` has one argument; with more, the first was probably meant as a command."""
    if len(arguments) > 1:
        hint = nearest(arguments[0], COMMANDS) or say("cli.commands", commands=", ".join(COMMANDS))
        _parser().error(say("cli.one-scenario", count=len(arguments), hint=hint))
    return arguments[0] if arguments else None


class _Parser(argparse.ArgumentParser):
    """argparse, with what the user typed made fit for a terminal in its messages."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {say('cli.error')}: {clean(message, 400)}\n")


def _debug(arguments: list[str]) -> int:
    """The debugger with options: how much memory a run may take, whether it asks before it shows."""
    parser = _Parser(prog="nnstep", usage=f"nnstep {_OWN_USAGE}", allow_abbrev=False)
    parser.add_argument("scenario", metavar="SCENARIO")
    parser.add_argument("--memory", type=_megabytes, metavar="MIB", help=say("cli.memory"))
    parser.add_argument("--quiz", action="store_true", help=say("cli.quiz"))
    parser.add_argument("--results", metavar="FILE", help=say("cli.quiz.results"))
    options = parser.parse_args(arguments)
    from nnstep.tui.start import run

    quiz = options.quiz or options.results is not None
    return run(options.scenario, quiz=quiz, results=options.results, memory=options.memory)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="nnstep",
        usage=f"nnstep [SCENARIO]\n       nnstep {_OWN_USAGE}\n       nnstep {{{','.join(COMMANDS)}}} ...",
        description=say("cli.about"),
        epilog=say("cli.arguments"),
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"nnstep {nnstep.__version__}")
    commands = parser.add_subparsers(title=say("cli.title"), metavar="COMMAND", required=True, prog="nnstep")

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        about = say(f"cli.{name}")
        added = commands.add_parser(
            name, help=about, description=about[0].upper() + about[1:] + ".", allow_abbrev=False
        )
        added.set_defaults(run=run)
        return added

    check = command("check", _check)
    check.add_argument("scenarios", nargs="+", metavar="SCENARIO")
    check.add_argument("--format", choices=("text", "latex"), default="text", help=say("cli.check.format"))
    check.add_argument("--train", action="store_true", help=say("cli.check.train"))
    trace = command("trace", _trace)
    trace.add_argument("scenario", metavar="SCENARIO")
    trace.add_argument("--json", action="store_true", help=say("cli.trace.json"))
    trace.add_argument("--iteration", type=_span, metavar="N|A:B", help=say("cli.trace.iteration"))
    trace.add_argument("--explain", metavar="CELL", help=say("cli.trace.explain"))
    gradcheck = command("gradcheck", _gradcheck)
    gradcheck.add_argument("scenario", metavar="SCENARIO")
    gradcheck.add_argument("--against", action="append", metavar="FILE", help=say("cli.gradcheck.against"))
    gradcheck.add_argument(
        "--tolerance", type=_tolerance, default=0.0, metavar="T", help=say("cli.gradcheck.tolerance")
    )
    gradcheck.add_argument("--iteration", type=int, default=1, metavar="N", help=say("cli.gradcheck.iteration"))
    command("list", _list)
    new = command("new", _new)
    new.add_argument("name", metavar="NAME")
    return parser


def _span(text: str) -> tuple[int, int]:
    """`N` or `A:B`, both included."""
    found = re.fullmatch(r"([0-9]{1,18})(?::([0-9]{1,18}))?", text)
    if not found:
        raise argparse.ArgumentTypeError(say("cli.not-a-span", text=repr(clean(text))))
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last:
        raise argparse.ArgumentTypeError(say("cli.wrong-span", text=clean(text)))
    return first, last


def _megabytes(text: str) -> int:
    """A whole number of MiB."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65_536:
        raise argparse.ArgumentTypeError(say("cli.not-megabytes", text=repr(clean(text))))
    return int(text)


def _tolerance(text: str) -> float:
    """A number from 0 up."""
    try:
        found = float(text) if text.isascii() else -1.0
    except ValueError:
        found = -1.0
    if not 0 <= found < math.inf:
        raise argparse.ArgumentTypeError(say("cli.not-a-tolerance", text=repr(clean(text))))
    return found


def _open(scenario: str | None) -> int:
    from nnstep.tui.start import run

    return run(scenario)


def _check(options: argparse.Namespace) -> int:
    from nnstep.engine.eras import eras
    from nnstep.view.reports.check import check_report, first_program, later_updates
    from nnstep.view.reports.latex import latex_report

    latex = options.format == "latex"
    report = latex_report if latex else check_report
    status = 0
    separator: list[str] = []
    for name in options.scenarios:
        try:
            scenario = _load(name)
            parts = eras(scenario)
            _check_debug(scenario, [program for era in parts for program in era.programs.values()])
        except NnstepError as error:
            _complain(error)
            status = 2
            continue
        start = scenario._replace(optimizer=parts[0].scenario.optimizer)  # as it is once the run has begun
        lines = report(start, first_program(parts[0]), name, later_updates(parts))
        _print([*separator, *lines], plain=not _carries_unicode())
        separator = [""]
        if options.train:
            status = max(status, _train(scenario, "% " if latex else ""))
    return status


def _check_debug(scenario: Scenario, programs: Sequence[Program]) -> None:
    """Raise NnstepError for breakpoints and watches that cannot be used."""
    if scenario.breakpoints or scenario.watches:
        from nnstep.debugger.breakpoints.control import debug_problems

        if wrong := debug_problems(scenario, programs):
            raise NnstepError(wrong)


def _train(scenario: Scenario, comment: str) -> int:
    """Train a scenario and print what is wrong with its run: 1 where there is a problem, else 0."""
    from nnstep.debugger.health.examine import examine
    from nnstep.debugger.health.finding import PROBLEM
    from nnstep.engine import Timeline
    from nnstep.view.reports.health import training_report

    timeline = Timeline(scenario, records=1)
    found = examine(timeline)
    unicode = _carries_unicode()
    lines = training_report(timeline, found, unicode)
    _print((f"{comment}{line}".rstrip() for line in lines), plain=not unicode)
    return int(any(one.severity == PROBLEM for one in found))


def _trace(options: argparse.Namespace) -> int:
    if options.explain is not None:
        return _explain(options)
    timeline = _timeline(options.scenario, records=1)
    first, last = options.iteration or (1, timeline.iterations)
    if last > timeline.iterations:
        said = say("message.no-iteration", iteration=last, last=timeline.iterations)
        raise NnstepError(Problem(said, key="--iteration"))
    if options.json:
        from nnstep.view.reports.records import json_lines

        _print(json_lines(timeline, first, last))
    else:
        from nnstep.view.reports.transcript import transcript

        unicode = _carries_unicode()
        _print(transcript(timeline, first, last, unicode=unicode), plain=not unicode)
    return 0


def _explain(options: argparse.Namespace) -> int:
    """One number, at the end of one iteration: the last of those asked for, by default the first of the run."""
    from nnstep.view.reports.explain import asked, explain, explain_record
    from nnstep.view.text.ascii_signs import text_in_ascii

    plain = not _carries_unicode()
    found = asked(_load(options.scenario), options.explain, (options.iteration or (1, 1))[1], plain)
    if options.json:
        _print([json.dumps(explain_record(found), allow_nan=False)])
    else:
        _print(map(text_in_ascii, explain(found)) if plain else explain(found))
    return 0


def _gradcheck(options: argparse.Namespace) -> int:
    from nnstep.engine.gradcheck import gradcheck
    from nnstep.view.reports.check import gradcheck_report

    timeline = _timeline(options.scenario, records=1)
    if not 1 <= options.iteration <= timeline.iterations:
        said = say("message.no-iteration", iteration=options.iteration, last=timeline.iterations)
        raise NnstepError(Problem(said, key="--iteration"))
    if options.against:
        return _against(timeline, options.iteration, options.against, options.tolerance)
    checks = gradcheck(timeline, options.iteration)
    if not checks:
        _print([say("report.nothing-to-check")])
        return 0
    _print(gradcheck_report(checks, timeline.record(options.iteration).loss), plain=not _carries_unicode())
    return 0 if all(check.ok for check in checks) else 1


def _against(timeline: Timeline, iteration: int, paths: list[str], tolerance: float) -> int:
    from nnstep.view.reports.against import against

    plain = not _carries_unicode()
    found = against(timeline, iteration, paths, tolerance, plain)
    _print(found.lines, plain=plain)
    if found.problems:
        _complain(NnstepError(found.problems))
        return 2
    return 0 if found.ok else 1


def _list(options: argparse.Namespace) -> int:
    from nnstep.scenario import bundled

    found = bundled()
    longest = max((width(one.name) for one in found), default=0)
    _print(f"{padded(one.name, longest)}  {clean(one.title)}" for one in found)
    return 0


def _new(options: argparse.Namespace) -> int:
    from nnstep.files import write_new
    from nnstep.scenario.library import template

    name = options.name.removesuffix(".toml")
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", name):
        said = say("cli.new.name", text=repr(clean(options.name)))
        raise NnstepError(Problem(said, key="NAME", hint=say("cli.new.hint")))
    path = Path(f"{name}.toml")
    try:
        write_new(path, template(name))
    except FileExistsError:
        raise NnstepError(Problem(say("cli.new.exists"), file=str(path))) from None
    except OSError as error:
        raise NnstepError(Problem(say("cli.new.failed", reason=error.strerror or error), file=str(path))) from None
    _print(say("cli.new.done", path=path).splitlines())
    return 0


def _load(name: str) -> Scenario:
    """Load a scenario by its path or name. Raises NnstepError."""
    from nnstep.scenario import find, load

    if not gc.isenabled():  # see nnstep.__main__.run
        gc.freeze()
        gc.enable()
    return load(find(name))


def _timeline(name: str, records: int) -> Timeline:
    from nnstep.engine import Timeline

    return Timeline(_load(name), records=records)


def _complain(error: NnstepError) -> None:
    # Without anyone to complain to, the exit status still says it.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        for problem in error.problems:
            sys.stderr.write(f"{problem}\n")


def _carries_unicode() -> bool:
    """Whether standard output's encoding has the signs of mathematics."""
    from nnstep.view.text.notation import SIGNS

    try:
        SIGNS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _print(lines: Iterable[str], *, plain: bool = False) -> None:
    """Write lines to standard output, many at a time; with `plain`, signs in ASCII. Raises OutputError."""
    if plain:
        from nnstep.view.text.notation import ascii_text

        lines = map(ascii_text, lines)
    chunk: list[str] = []
    size = 0
    try:
        for line in lines:
            chunk.append(line)
            size += len(line) + 1
            if size >= _CHUNK:
                _write(chunk)
                chunk, size = [], 0
    except RunError:  # what came before it is printed
        _write(chunk)
        raise
    _write(chunk)


def _write(lines: list[str]) -> None:
    if lines:
        try:
            sys.stdout.write("\n".join(lines) + "\n")
        except (OSError, ValueError) as error:  # ValueError: it is closed
            raise OutputError from error
