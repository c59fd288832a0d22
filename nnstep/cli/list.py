"""`nnstep list`: the bundled scenarios."""

from __future__ import annotations

import argparse

from nnstep.cli.output import show
from nnstep.scenario import bundled
from nnstep.text import clean, padded, width


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_options: argparse.Namespace) -> int:
    """Print the name and the title of each."""
    found = bundled()
    longest = max((width(one.name) for one in found), default=0)
    show(f"{padded(one.name, longest)}  {clean(one.title)}" for one in found)
    return 0
