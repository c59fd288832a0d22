"""`nnstep trace`: every step of a run with its numbers, or where one number comes from."""

from __future__ import annotations

import argparse
import json
import re

from nnstep.catalogue import say
from nnstep.cli.loading import load_scenario, run_of
from nnstep.cli.output import carries_unicode, show
from nnstep.errors import NnstepError, Problem
from nnstep.text import clean
from nnstep.view.reports.explain import asked, explain
from nnstep.view.reports.explained import as_data
from nnstep.view.reports.records import json_lines
from nnstep.view.reports.transcript import transcript
from nnstep.view.text.ascii_signs import text_in_ascii


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which iterations, and what is printed of them."""
    parser.add_argument("scenario", metavar=say("cli.metavar.scenario"))
    parser.add_argument("--json", action="store_true", help=say("cli.trace.json"))
    parser.add_argument("--iteration", type=_span, metavar=say("cli.metavar.span"), help=say("cli.trace.iteration"))
    parser.add_argument("--explain", metavar=say("cli.metavar.cell"), help=say("cli.trace.explain"))


def run(options: argparse.Namespace) -> int:
    """Print the steps of the iterations asked for, by default of all; or where one number comes from."""
    if options.explain is not None:
        return _explain(options)
    timeline = run_of(options.scenario, records=1)
    first, last = options.iteration or (1, timeline.iterations)
    if last > timeline.iterations:
        said = say("message.no-iteration", iteration=last, last=timeline.iterations)
        raise NnstepError(Problem(said, key="--iteration"))
    if options.json:
        show(json_lines(timeline, first, last))
    else:
        unicode = carries_unicode()
        show(transcript(timeline, first, last, unicode=unicode), plain=not unicode)
    return 0


def _explain(options: argparse.Namespace) -> int:
    """One number, at the end of one iteration: the last of those asked for, by default the first of the run."""
    plain = not carries_unicode()
    found = asked(load_scenario(options.scenario), options.explain, (options.iteration or (1, 1))[1], plain)
    if options.json:
        show([json.dumps(as_data(found), allow_nan=False)])
    else:
        show(map(text_in_ascii, explain(found)) if plain else explain(found))
    return 0


def _span(text: str) -> tuple[int, int]:
    """`N` or `A:B`, both included."""
    found = re.fullmatch(r"([0-9]{1,18})(?::([0-9]{1,18}))?", text)
    if not found:
        raise argparse.ArgumentTypeError(say("cli.not-a-span", text=repr(clean(text))))
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last:
        raise argparse.ArgumentTypeError(say("cli.wrong-span", text=clean(text)))
    return first, last
