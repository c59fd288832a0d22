"""Memory of the debugger on large matrices, beside its own on small ones and the numbers that it has to have.

    python -m tests.benchmarks.bench_memory [--size 1024] [--presses 60]

The data are all numbers of one iteration, and the scenario's own samples and parameters. `beyond` is what the process
has in memory more than the same debugger on 3×4 matrices and the data, in parts of the data: at the first screen, after
stepping through some iterations, and at the highest point, when the next iteration is run while the last one is shown.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from math import prod
from pathlib import Path

from nnstep.engine import Timeline
from nnstep.scenario import load
from tests.benchmarks.bench_keypress import REAL, scenario
from tests.benchmarks.terminal import Program


def kilobytes(program: Program) -> dict[str, int]:
    """What the system says about the memory of a process: VmRSS now, VmHWM at most."""
    status = Path(f"/proc/{program.pid}/status").read_text(encoding="ascii")
    return {name: int(number) for name, number in re.findall(r"(VmHWM|VmRSS):\s+(\d+)", status)}


def data(path: Path) -> int:
    """Bytes of the numbers of an iteration, samples and parameters once more as the scenario has them."""
    values = Timeline(load(str(path))).program(1).values
    sizes = [(value, 8 * prod(value.shape)) for value in values]
    return sum(size for _, size in sizes) + sum(size for value, size in sizes if value.step == 0)


def main() -> None:
    """Step through both, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--presses", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        small, large = scenario(Path(name), 3, 4), scenario(Path(name), options.size, options.size)
        known, taken = data(large), []
        for path in (small, large):
            program = Program([sys.executable, "-c", REAL, str(path)])
            program.read(2.0)
            first = kilobytes(program)["VmRSS"]
            for _ in range(options.presses):
                program.press(b"n", 0.3)
            later = kilobytes(program)
            taken.append((first, later["VmRSS"], later["VmHWM"]))
            program.end()
    print(f"data {known / 2**20:.0f} MiB{'3×4':>16}{f'{options.size}×{options.size}':>14}{'beyond':>10}")
    for title, own, all_ in zip(("first screen", "after steps", "at most"), *taken, strict=True):
        beyond = ((all_ - own) * 1024 - known) / known
        print(f"{title:14}{own / 1024:10.0f} MiB{all_ / 1024:10.0f} MiB{beyond:10.2f}")


if __name__ == "__main__":
    main()
