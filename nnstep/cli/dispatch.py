"""The command line: a table of commands, each in a module of its own that is loaded when it is asked for.

So `check` loads no Textual, and `--version` no NumPy. The module of a command has two functions:

    add_arguments(parser)  its arguments and options
    run(options)           does it and returns the exit status
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, NoReturn

import nnstep
from nnstep.catalogue import say, say_known
from nnstep.cli.output import complain
from nnstep.errors import NnstepError
from nnstep.text import clean

COMMANDS = ("check", "trace", "gradcheck", "list", "new")
_DEBUG = "debug"  # the module of what is done where no command is named; nobody types this word


def main(argv: Sequence[str]) -> int:
    """Run the command line `argv` (without the program's name); returns the exit status.

    Raises SystemExit for --help, --version and wrong usage, and OutputError.
    """
    arguments = list(argv)
    if not arguments or arguments[0] not in (*COMMANDS, "-h", "--help", "--version"):
        arguments = [_DEBUG, *arguments]
    try:
        options = _parser(arguments[0]).parse_args(arguments)
        return int(options.run(options))
    except NnstepError as error:
        complain(error)
        return 2


class _Formatter(argparse.HelpFormatter):
    """argparse's own, in the language that is spoken."""

    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, say("cli.usage") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(heading and say_known(heading))


class _Parser(argparse.ArgumentParser):
    """argparse's own, with its words from the catalogue, and messages in which what was typed is fit for a terminal."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, formatter_class=_Formatter, add_help=False, allow_abbrev=False)
        self.add_argument("-h", "--help", action="help", help=say("cli.help"))

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {say('cli.error')}: {clean(say_known(message), 400)}\n")


def _parser(asked: str) -> _Parser:
    """The parser of all commands; only the one that is asked for has its arguments."""
    usage = f"{say('cli.usage.debug')}\n       nnstep {{{','.join(COMMANDS)}}} ..."
    parser = _Parser(prog="nnstep", usage=usage, description=say("cli.about"), epilog=say("cli.arguments"))
    parser.add_argument("--version", action="version", version=f"nnstep {nnstep.__version__}", help=say("cli.version"))
    commands = parser.add_subparsers(
        title=say("cli.title"), metavar=say("cli.metavar.command"), required=True, prog="nnstep"
    )
    for name in COMMANDS:
        about = say(f"cli.{name}")
        _add(asked, name, commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + "."))
    _add(asked, _DEBUG, commands.add_parser(_DEBUG, prog="nnstep", usage=usage))
    return parser


def _add(asked: str, name: str, parser: argparse.ArgumentParser) -> None:
    if name == asked:
        module = import_module(f"nnstep.cli.{name}")
        module.add_arguments(parser)
        parser.set_defaults(run=module.run)
