"""A key that is held: thirty presses a second, as a keyboard repeats them.

    python -m tests.benchmarks.bench_held [--presses 150] [--rate 30] [--sizes 3x4 64x64]

A press is answered when something comes from the program before the next one; then its frame was painted, and its lag
is the time to the last byte of it, in presses: 1.0 is as long as it takes for the next key. `behind` is how long after
the last press the program was still writing. Printed beside the one-line application of bench_keypress.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.bench_keypress import ONE_LINE, REAL, scenario
from tests.benchmarks.terminal import Program


def held(program: Program, presses: int, rate: float) -> tuple[int, list[float], float]:
    """How many presses were answered before the next one, the lag of each of those, and what was left at the end."""
    period = 1 / rate
    lags: list[float] = []
    due = time.perf_counter()
    for _ in range(presses):
        pressed, last = time.perf_counter(), None
        program.send(b"n")
        due += period
        while (left := due - time.perf_counter()) > 0:
            if program.wait(left):
                program.take()
                last = time.perf_counter()
        if last is not None:
            lags.append((last - pressed) / period)
    end = time.perf_counter()
    last, _ = program.read(0.3)
    return len(lags), lags, max(0.0, last - end) / period


def main() -> None:
    """Hold the key on one program after the other and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=150)
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--sizes", nargs="+", default=["3x4", "64x64"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        commands = {"one line": ["-c", ONE_LINE]}
        for size in options.sizes:
            rows, columns = map(int, size.split("x"))
            commands[f"nnstep {size}"] = ["-c", REAL, str(scenario(Path(name), rows, columns))]
        print(f"{'':18}{'answered':>12}{'lag, median':>14}{'largest':>10}{'behind':>9}   in presses")
        for title, command in commands.items():
            program = Program([sys.executable, *command])
            program.read(2.0)
            answered, lags, behind = held(program, options.presses, options.rate)
            program.end()
            lag = f"{statistics.median(lags):14.2f}{max(lags):10.2f}"
            print(f"{title:18}{answered:6} / {options.presses:3}{lag}{behind:9.2f}")


if __name__ == "__main__":
    main()
