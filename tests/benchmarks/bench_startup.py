"""From the start of the process to the first screen with data, against a bare "hello" that imports Textual and NumPy.

python -m tests.benchmarks.bench_startup [--runs 15] [--scenario two_layer]

Both are started as a user starts them. nnstep sets the BLAS library to one thread before it loads NumPy, which hello
does not.
"""

from __future__ import annotations

import argparse
import statistics
import sys

from tests.benchmarks.terminal import first_screens

HELLO = """
import numpy
from textual.app import App
from textual.widgets import Static

class Hello(App):
    def compose(self):
        yield Static("hello world")

Hello().run()
"""


def main() -> None:
    """Start both alternately and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--scenario", default="two_layer")
    options = parser.parse_args()
    programs = {
        "hello": ([sys.executable, "-c", HELLO], b"hello world"),
        "nnstep": ([sys.executable, "-m", "nnstep", options.scenario], "╰─".encode()),
    }
    times = first_screens(programs, options.runs)
    base = statistics.median(times["hello"])
    print(f"{'':10}{'median':>11}{'fastest':>11}{'ratio':>8}")
    for name, taken_all in times.items():
        median = statistics.median(taken_all)
        print(f"{name:10}{median * 1e3:8.1f} ms{min(taken_all) * 1e3:8.1f} ms{median / base:8.2f}")


if __name__ == "__main__":
    main()
