"""The commands. Each imports what it needs when it runs, so that `check` loads no Textual and `--version` no NumPy.

The debugger is opened without `argparse`, which is only imported for a command, an option or a wrong usage.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import nnstep
from nnstep.errors import NnstepError, Problem, nearest
from nnstep.text import clean

if TYPE_CHECKING:
    import argparse

    from nnstep.engine import Timeline
    from nnstep.scenario import Scenario

__all__ = ["COMMANDS", "OutputError", "main"]

COMMANDS = ("check", "trace", "gradcheck", "list", "new")

_CHUNK = 1 << 16  # characters of output that are written at once


class OutputError(Exception):
    """Standard output cannot be written; the OSError is its cause."""


def main(argv: Sequence[str]) -> int:
    """Run the command line `argv` (without the program's name); returns the exit status.

    Raises SystemExit for --help, --version and wrong usage, and OutputError.
    """
    arguments = list(argv)
    try:
        if not arguments:
            return _open(None)
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
        hint = nearest(arguments[0], COMMANDS) or f"commands: {', '.join(COMMANDS)}"
        _parser().error(f"found {len(arguments)} arguments, expected one scenario ({hint})")
    return arguments[0] if arguments else None


def _parser() -> argparse.ArgumentParser:
    import argparse

    class Parser(argparse.ArgumentParser):
        """argparse, with what the user typed made fit for a terminal in its messages."""

        def error(self, message: str) -> NoReturn:
            self.print_usage(sys.stderr)
            self.exit(2, f"{self.prog}: error: {clean(message, 400)}\n")

    parser = Parser(
        prog="nnstep",
        usage="nnstep [SCENARIO]\n       nnstep {" + ",".join(COMMANDS) + "} ...",
        description="A step-through debugger for forward and backward propagation. "
        "Without a command it opens SCENARIO (without one, the scenario library).",
        epilog="SCENARIO is a file or the name of a bundled scenario (see `nnstep list`). "
        "Exit status: 0 done, 1 a check failed, 2 usage or a scenario that cannot be used.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"nnstep {nnstep.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog="nnstep")

    def command(name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name, help=about, description=about[0].upper() + about[1:] + ".", allow_abbrev=False
        )
        added.set_defaults(run=run)
        return added

    check = command("check", _check, "validate scenarios; print shapes, parameters, equations and their derivative")
    check.add_argument("scenarios", nargs="+", metavar="SCENARIO")
    check.add_argument("--format", choices=("text", "latex"), default="text", help="how equations are written")
    trace = command("trace", _trace, "print every step of a run with its numbers")
    trace.add_argument("scenario", metavar="SCENARIO")
    trace.add_argument("--json", action="store_true", help="one JSON object a line, numbers in full")
    trace.add_argument("--iteration", type=_span, metavar="N|A:B", help="only iteration N, or A to B (from 1)")
    gradcheck = command("gradcheck", _gradcheck, "compare every gradient with central differences")
    gradcheck.add_argument("scenario", metavar="SCENARIO")
    command("list", _list, "list the bundled scenarios")
    new = command("new", _new, "write NAME.toml, a commented scenario to start from")
    new.add_argument("name", metavar="NAME")
    return parser


def _span(text: str) -> tuple[int, int]:
    """`N` or `A:B`, both included."""
    import argparse
    import re

    found = re.fullmatch(r"([0-9]{1,18})(?::([0-9]{1,18}))?", text)
    if not found:
        raise argparse.ArgumentTypeError(f"found {clean(text)!r}, expected N or A:B, as in 3 or 1:10")
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last:
        raise argparse.ArgumentTypeError(f"found {clean(text)}; iterations count from 1, and A is at most B")
    return first, last


def _open(scenario: str | None) -> int:
    from nnstep.tui import run

    return run(scenario)


def _check(options: argparse.Namespace) -> int:
    from nnstep.engine import compile_run
    from nnstep.view.report import check_report, latex_report

    report = check_report if options.format == "text" else latex_report
    status = 0
    separator: list[str] = []
    for name in options.scenarios:
        try:
            scenario = _load(name)
            program, *_ = compile_run(scenario).values()
        except NnstepError as error:
            _complain(error)
            status = 2
            continue
        _print([*separator, *report(scenario, program, name)], plain=not _carries_unicode())
        separator = [""]
    return status


def _trace(options: argparse.Namespace) -> int:
    timeline = _timeline(options.scenario, records=1)
    first, last = options.iteration or (1, timeline.iterations)
    if last > timeline.iterations:
        said = f"there is no iteration {last}; the run has 1 to {timeline.iterations}"
        raise NnstepError(Problem(said, key="--iteration"))
    if options.json:
        from nnstep.view.records import json_lines

        _print(json_lines(timeline, first, last))
    else:
        from nnstep.view.transcript import transcript

        unicode = _carries_unicode()
        _print(transcript(timeline, first, last, unicode=unicode), plain=not unicode)
    return 0


def _gradcheck(options: argparse.Namespace) -> int:
    from nnstep.engine.gradcheck import gradcheck
    from nnstep.view.report import gradcheck_report

    checks = gradcheck(_timeline(options.scenario, records=1))
    if not checks:
        _print(["nothing to check: no gradient reaches a trainable parameter"])
        return 0
    _print(gradcheck_report(checks))
    return 0 if all(check.ok for check in checks) else 1


def _list(options: argparse.Namespace) -> int:
    from nnstep.scenario import bundled

    found = bundled()
    longest = max((len(one.name) for one in found), default=0)
    _print(f"{one.name.ljust(longest)}  {clean(one.title)}" for one in found)
    return 0


def _new(options: argparse.Namespace) -> int:
    import re

    from nnstep.files import write_new
    from nnstep.scenario.template import template

    name = options.name.removesuffix(".toml")
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", name):
        said = f"found {clean(options.name)!r}, expected a plain name of letters, digits, _ and -"
        raise NnstepError(Problem(said, key="NAME", hint="the file goes into the current folder, as NAME.toml"))
    path = Path(f"{name}.toml")
    try:
        write_new(path, template(name))
    except FileExistsError:
        raise NnstepError(Problem("there is such a file already; nothing was written", file=str(path))) from None
    except OSError as error:
        raise NnstepError(Problem(f"cannot be written: {error.strerror or error}", file=str(path))) from None
    _print([f"wrote {path}", f"look at it:      nnstep check {path}", f"step through it: nnstep {path}"])
    return 0


def _load(name: str) -> Scenario:
    from nnstep.scenario import find, load

    return load(find(name))


def _timeline(name: str, records: int) -> Timeline:
    from nnstep.engine import Timeline

    return Timeline(_load(name), records=records)


def _complain(error: NnstepError) -> None:
    with contextlib.suppress(OSError, AttributeError):  # without anyone to complain to, the exit status still says it
        for problem in error.problems:
            sys.stderr.write(f"{problem}\n")


def _carries_unicode() -> bool:
    """Whether standard output's encoding has the signs of mathematics."""
    from nnstep.view.notation import SIGNS

    try:
        SIGNS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _print(lines: Iterable[str], *, plain: bool = False) -> None:
    """Write lines to standard output, many at a time; with `plain`, signs in ASCII. Raises OutputError."""
    if plain:
        from nnstep.view.notation import ascii_text

        lines = map(ascii_text, lines)
    chunk: list[str] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line) + 1
        if size >= _CHUNK:
            _write(chunk)
            chunk, size = [], 0
    _write(chunk)


def _write(lines: list[str]) -> None:
    if lines:
        try:
            sys.stdout.write("\n".join(lines) + "\n")
        except OSError as error:
            raise OutputError from error
