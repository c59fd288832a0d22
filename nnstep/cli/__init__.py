"""The command line: `main` runs one."""

from nnstep.cli.dispatch import COMMANDS, main

__all__ = ["COMMANDS", "main"]
