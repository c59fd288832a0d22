"""Beside other programs of its kind, where they are installed: harlequin's first screen, and `n` in pudb.

    python -m tests.benchmarks.bench_others [--harlequin COMMAND] [--pudb COMMAND] [--runs 9] [--presses 60]

harlequin 2, an SQL client on Textual, is on its first screen once its editor is named. pudb 2026, a debugger of Python
programs, steps through a loop over lists of twelve numbers; the press lasts until the last byte of its repaint, as
nnstep's does. Neither is needed for anything else here; what is not installed is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.terminal import Program, first_screens

SCRIPT = """x = list(range(12))
w = [1.0] * 12
total = 0.0
turn = 0
while turn < 10000:
    h = [a * b for a, b in zip(x, w)]
    g = sum(h)
    d = [g * a for a in x]
    w = [b - 1e-6 * a for a, b in zip(d, w)]
    turn = turn + 1
    total = total + g
"""
PUDB = "[pudb]\nseen_welcome = e999\nprompt_on_quit = False\n"
NNSTEP = [sys.executable, "-m", "nnstep"]


def beside_harlequin(harlequin: str, runs: int) -> None:
    """Start nnstep and harlequin in turns."""
    programs = {
        "nnstep": ([*NNSTEP, "two_layer"], "╰─".encode()),
        "harlequin": ([harlequin, "--locale", "C", ":memory:"], b"Query Editor"),
    }
    report("first screen", first_screens(programs, runs), "harlequin")


def beside_pudb(pudb: str, count: int, folder: Path) -> None:
    """Press `n` in nnstep, and in pudb, in turns."""
    script = folder / "loop.py"
    script.write_text(SCRIPT, encoding="utf-8")
    programs = {"nnstep": Program([*NNSTEP, "two_layer"]), "pudb": Program([pudb, str(script)])}
    for program in programs.values():
        program.read(2.0, 10.0)
    times: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(count + 5):
        for name, program in programs.items():
            seconds, size = program.press(b"n")
            if size and turn >= 5:
                times[name].append(seconds)
    for name, program in programs.items():
        program.end()
        if len(times[name]) < count:
            raise SystemExit(f"{name} answered {len(times[name])} of {count} presses")
    report("press of n", times, "pudb")


def report(what: str, times: dict[str, list[float]], base: str) -> None:
    """Print the medians and their ratio."""
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, median in medians.items():
        late = sorted(times[name])[len(times[name]) * 19 // 20]
        print(f"{what:14}{name:12}{median * 1e3:9.2f} ms, p95 {late * 1e3:9.2f} ms{median / medians[base]:8.2f}")


def main() -> None:
    """Run what can be run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--harlequin", default=shutil.which("harlequin"))
    parser.add_argument("--pudb", default=shutil.which("pudb"))
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--presses", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:  # neither asks its first questions, nor finds anyone's settings
        folder = Path(name)
        (folder / "pudb").mkdir()
        (folder / "pudb" / "pudb.cfg").write_text(PUDB, encoding="utf-8")
        os.environ |= {"HOME": name, "XDG_CONFIG_HOME": name, "XDG_CACHE_HOME": name, "XDG_DATA_HOME": name}
        if options.harlequin:
            beside_harlequin(options.harlequin, options.runs)
        else:
            print("harlequin is not installed")
        if options.pudb:
            beside_pudb(options.pudb, options.presses, folder)
        else:
            print("pudb is not installed")


if __name__ == "__main__":
    main()
