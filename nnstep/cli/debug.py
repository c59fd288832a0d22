"""`nnstep [SCENARIO]`: open the debugger, or the scenario library."""

from __future__ import annotations

import argparse
import re

from nnstep.catalogue import say
from nnstep.cli.dispatch import COMMANDS
from nnstep.nearest import nearest
from nnstep.text import clean
from nnstep.tui.start import run as open_debugger


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much memory a run may take, and whether it asks before it shows."""
    parser.add_argument("scenarios", nargs="*", metavar=say("cli.metavar.scenario"))
    parser.add_argument("--memory", type=_megabytes, metavar=say("cli.metavar.memory"), help=say("cli.memory"))
    parser.add_argument("--quiz", action="store_true", help=say("cli.quiz"))
    parser.add_argument("--results", metavar=say("cli.metavar.file"), help=say("cli.quiz.results"))
    parser.set_defaults(error=parser.error)


def run(options: argparse.Namespace) -> int:
    """Open one scenario: with more arguments, the first was probably meant as a command."""
    scenarios, quiz = options.scenarios, options.quiz or options.results is not None
    if len(scenarios) > 1:
        hint = nearest(scenarios[0], COMMANDS) or say("cli.commands", commands=", ".join(COMMANDS))
        options.error(say("cli.one-scenario", count=len(scenarios), hint=hint))
    if not scenarios and (quiz or options.memory is not None):
        options.error(say("cli.no-scenario"))
    scenario = scenarios[0] if scenarios else None
    return open_debugger(scenario, quiz=quiz, results=options.results, memory=options.memory)


def _megabytes(text: str) -> int:
    """A whole number of MiB."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65_536:
        raise argparse.ArgumentTypeError(say("cli.not-megabytes", text=repr(clean(text))))
    return int(text)
