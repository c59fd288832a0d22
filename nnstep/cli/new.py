"""`nnstep new`: a commented scenario to start from."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from nnstep.catalogue import say, say_reason
from nnstep.cli.output import show
from nnstep.errors import NnstepError, Problem
from nnstep.files import write_new
from nnstep.scenario.library import template
from nnstep.text import clean


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the file is called."""
    parser.add_argument("name", metavar=say("cli.metavar.name"))


def run(options: argparse.Namespace) -> int:
    """Write the file into the current folder; one that is there is left alone. Raises NnstepError."""
    name = options.name.removesuffix(".toml")
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", name):
        said = say("cli.new.name", text=repr(clean(options.name)))
        raise NnstepError(Problem(said, key=say("cli.metavar.name"), hint=say("cli.new.hint")))
    path = Path(f"{name}.toml")
    try:
        write_new(path, template(name))
    except FileExistsError:
        raise NnstepError(Problem(say("cli.new.exists"), file=str(path))) from None
    except OSError as error:
        raise NnstepError(Problem(say("cli.new.failed", reason=say_reason(error)), file=str(path))) from None
    show(say("cli.new.done", path=path).splitlines())
    return 0
