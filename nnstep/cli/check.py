"""`nnstep check`: whether scenarios can be used, and what their programs are."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from nnstep.catalogue import say
from nnstep.cli.loading import load_scenario
from nnstep.cli.output import carries_unicode, complain, show
from nnstep.debugger.breakpoints.control import debug_problems
from nnstep.debugger.health.examine import examine
from nnstep.debugger.health.finding import PROBLEM
from nnstep.engine import Timeline
from nnstep.engine.eras import eras
from nnstep.errors import NnstepError
from nnstep.program import Program
from nnstep.scenario import Scenario
from nnstep.view.reports.check import check_report, first_program, later_updates
from nnstep.view.reports.health import training_report
from nnstep.view.reports.latex import latex_report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which scenarios, how they are written, and whether they are trained."""
    parser.add_argument("scenarios", nargs="+", metavar=say("cli.metavar.scenario"))
    parser.add_argument("--format", choices=("text", "latex"), default="text", help=say("cli.check.format"))
    parser.add_argument("--train", action="store_true", help=say("cli.check.train"))


def run(options: argparse.Namespace) -> int:
    """Check one scenario after the other: 2 where one cannot be used, 1 where its training has a problem, else 0."""
    latex = options.format == "latex"
    report = latex_report if latex else check_report
    status = 0
    separator: list[str] = []
    for name in options.scenarios:
        try:
            scenario = load_scenario(name)
            parts = eras(scenario)
            _check_debug(scenario, [program for era in parts for program in era.programs.values()])
        except NnstepError as error:
            complain(error)
            status = 2
            continue
        start = scenario._replace(optimizer=parts[0].scenario.optimizer)  # as it is once the run has begun
        lines = report(start, first_program(parts[0]), name, later_updates(parts))
        show([*separator, *lines], plain=not carries_unicode())
        separator = [""]
        if options.train:
            status = max(status, _train(scenario, "% " if latex else ""))
    return status


def _check_debug(scenario: Scenario, programs: Sequence[Program]) -> None:
    """Raise NnstepError for breakpoints and watches that cannot be used."""
    if wrong := debug_problems(scenario, programs):
        raise NnstepError(wrong)


def _train(scenario: Scenario, comment: str) -> int:
    """Train a scenario and print what is wrong with its run: 1 where there is a problem, else 0."""
    timeline = Timeline(scenario, records=1)
    found = examine(timeline)
    unicode = carries_unicode()
    lines = training_report(timeline, found, unicode)
    show((f"{comment}{line}".rstrip() for line in lines), plain=not unicode)
    return int(any(one.severity == PROBLEM for one in found))
