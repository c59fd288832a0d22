"""`nnstep gradcheck`: gradients beside central differences, or beside numbers of somebody else."""

from __future__ import annotations

import argparse
import math

from nnstep.catalogue import say
from nnstep.cli.loading import run_of
from nnstep.cli.output import carries_unicode, complain, show
from nnstep.engine import Timeline
from nnstep.engine.gradcheck import gradcheck
from nnstep.errors import NnstepError, Problem
from nnstep.text import clean
from nnstep.view.reports.against import against
from nnstep.view.reports.check import gradcheck_report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of which iteration, and what the gradients are compared with."""
    parser.add_argument("scenario", metavar=say("cli.metavar.scenario"))
    parser.add_argument(
        "--against", action="append", metavar=say("cli.metavar.file"), help=say("cli.gradcheck.against")
    )
    parser.add_argument(
        "--tolerance",
        type=_tolerance,
        default=0.0,
        metavar=say("cli.metavar.tolerance"),
        help=say("cli.gradcheck.tolerance"),
    )
    parser.add_argument(
        "--iteration", type=int, default=1, metavar=say("cli.metavar.number"), help=say("cli.gradcheck.iteration")
    )


def run(options: argparse.Namespace) -> int:
    """Check the gradients of one iteration: 1 where one is wrong, else 0."""
    timeline = run_of(options.scenario, records=1)
    if not 1 <= options.iteration <= timeline.iterations:
        said = say("message.no-iteration", iteration=options.iteration, last=timeline.iterations)
        raise NnstepError(Problem(said, key="--iteration"))
    if options.against:
        return _against(timeline, options.iteration, options.against, options.tolerance)
    checks = gradcheck(timeline, options.iteration)
    if not checks:
        show([say("report.nothing-to-check")])
        return 0
    show(gradcheck_report(checks, timeline.record(options.iteration).loss), plain=not carries_unicode())
    return 0 if all(check.ok for check in checks) else 1


def _against(timeline: Timeline, iteration: int, paths: list[str], tolerance: float) -> int:
    plain = not carries_unicode()
    found = against(timeline, iteration, paths, tolerance, plain)
    show(found.lines, plain=plain)
    if found.problems:
        complain(NnstepError(found.problems))
        return 2
    return 0 if found.ok else 1


def _tolerance(text: str) -> float:
    """A number from 0 up."""
    try:
        found = float(text) if text.isascii() else -1.0
    except ValueError:
        found = -1.0
    if not 0 <= found < math.inf:
        raise argparse.ArgumentTypeError(say("cli.not-a-tolerance", text=repr(clean(text))))
    return found
