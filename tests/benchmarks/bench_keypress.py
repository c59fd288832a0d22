"""From a key's byte to the last byte of the repaint, side by side with the least that Textual can do.

    python -m tests.benchmarks.bench_keypress [--presses 60] [--sizes 3x4 64x64] [--keys n nlNh] [--screen 200x60]

The other application has one widget of forty lines and changes one of them at each press. Presses alternate between
the programs, so that whatever else the machine does slows all of them alike. The debugger steps through a network
whose matrices have the given size; `--fake` replaces the network by panels of numbers that all change at every step.
Every sequence of keys is pressed over and over: `ts` chooses another weight matrix and opens a body each time.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.terminal import Program

ONE_LINE = """
from rich.segment import Segment
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

class Lines(Widget):
    DEFAULT_CSS = "Lines { width: 1fr; height: 1fr; }"
    count = 0
    def render_line(self, y):
        text = f"line {y} {self.count if y == 5 else ''}"
        return Strip([Segment(text.ljust(self.size.width), self.rich_style)], self.size.width)

class OneLine(App):
    BINDINGS = [("n", "step", "Step")]
    def compose(self):
        yield Lines()
    def action_step(self):
        lines = self.query_one(Lines)
        lines.count += 1
        lines.refresh(Region(0, 5, lines.size.width, 1))

OneLine().run()
"""
FAKE = """
import sys
from nnstep.tui.app import NnstepApp
from tests.tui.fakes import FakeStepper
NnstepApp(FakeStepper(int(sys.argv[1]), int(sys.argv[2]), steps=100000)).run()
"""
REAL = "import sys; from nnstep.tui.start import run; sys.exit(run(sys.argv[1]))"


def scenario(folder: Path, rows: int, columns: int) -> Path:
    """A network of two layers whose matrices have `rows` × `columns` entries."""
    rng = np.random.default_rng(0)
    np.savez(folder / f"data_{rows}.npz", x=rng.normal(size=(rows, columns)), y=rng.normal(size=(rows, columns)))
    path = folder / f"net_{rows}.toml"
    path.write_text(
        f"""title = "Benchmark"
[data]
file = "data_{rows}.npz"
x = "x"
y = "y"
[[layers]]
type = "linear"
units = {columns}
init = "xavier_uniform"
[[layers]]
type = "tanh"
[[layers]]
type = "linear"
units = {columns}
init = "xavier_uniform"
[loss]
type = "mse"
[optimizer]
type = "sgd"
lr = 0.01
[training]
epochs = 50
""",
        encoding="utf-8",
    )
    return path


def main() -> None:
    """Run the programs side by side and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presses", type=int, default=60)
    parser.add_argument("--sizes", nargs="+", default=["3x4", "64x64", "1024x1024"])
    parser.add_argument("--keys", nargs="+", default=["n", "nN", "l", "nlNh", "ts"])
    parser.add_argument("--screen", default="120x40", help="columns x lines")
    parser.add_argument("--fake", action="store_true")
    options = parser.parse_args()
    screen = tuple(map(int, options.screen.split("x")))
    with tempfile.TemporaryDirectory() as name:
        programs = {"one line": Program([sys.executable, "-c", ONE_LINE], *screen)}
        for size in options.sizes:
            rows, columns = map(int, size.split("x"))
            if options.fake:
                command = ["-c", FAKE, str(rows), str(columns)]
            else:
                command = ["-c", REAL, str(scenario(Path(name), rows, columns))]
            programs[f"nnstep {size}"] = Program([sys.executable, *command], *screen)
        report(programs, options.presses, options.keys)


def report(programs: dict[str, Program], presses: int, sequences: list[str]) -> None:
    """Press, measure, print."""
    for program in programs.values():
        program.read(2.0)
    for program in programs.values():
        for _ in range(12):
            program.press(b"n")
    print(f"{'':28}{'median':>9}{'p95':>9}{'ratio':>8}{'CPU':>9}{'bytes':>8}   per press")
    for keys in sequences:
        before = {name: program.cpu() for name, program in programs.items()}
        times: dict[str, list[float]] = {name: [] for name in programs}
        sizes: dict[str, list[int]] = {name: [] for name in programs}
        for turn in range(presses):
            key = keys[turn % len(keys)].encode()
            for name, program in programs.items():
                seconds, count = program.press(b"n" if name == "one line" else key)
                if count:
                    times[name].append(seconds)
                    sizes[name].append(count)
        base = statistics.median(times["one line"])
        for name, program in programs.items():
            taken = sorted(times[name])
            median = statistics.median(taken)
            cpu = (program.cpu() - before[name]) / presses
            print(
                f"{keys if name != 'one line' else '':8}{name:20}{median * 1e3:6.2f} ms"
                f"{taken[len(taken) * 19 // 20] * 1e3:6.2f} ms{median / base:8.2f}"
                f"{cpu * 1e3:6.2f} ms{statistics.median(sizes[name]):8.0f}"
            )
    for program in programs.values():
        program.end()


if __name__ == "__main__":
    main()
