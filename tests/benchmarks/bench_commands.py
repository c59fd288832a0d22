"""The commands as whole processes, next to the least that they can take:

    python -m tests.benchmarks.bench_commands [--runs 15] [--iteration 10000]

`check` stands beside a process that imports NumPy and nothing else; `trace --iteration N` beside one that loads the
same scenario, runs the interpreter up to iteration N with no debugger around it, and writes a record. All have one
BLAS thread, and their bytecode. The processes take turns; the ratio is that of the medians, of the clock and of the
processor's time, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from nnstep.scenario import find

SCENARIO = """title = "Benchmark"
[data]
x = [[0.5, -0.2], [0.1, 0.9], [-0.7, 0.3], [0.4, 0.8]]
y = [[0.1], [0.9], [0.2], [0.7]]
[[layers]]
type = "linear"
units = 3
init = "xavier_uniform"
[[layers]]
type = "tanh"
[[layers]]
type = "linear"
units = 1
init = "xavier_uniform"
[loss]
type = "mse"
[optimizer]
type = "sgd"
lr = 0.1
[training]
epochs = 100000
"""
BARE = """
import sys
import numpy as np
from nnstep.engine import Timeline
from nnstep.engine.machine import Machine
from nnstep.scenario import load
from nnstep.view.reports.records import json_lines
scenario, count = load(sys.argv[1]), int(sys.argv[2])
timeline = Timeline(scenario, records=1)
era = timeline.era(1)
machine = Machine(timeline.program(1))
machine.load_constants(era.scenario.constants)
machine.load_batch(era.samples, timeline.schedule.place(1))
machine.load_state(timeline.start(era))
machine.run()
losses = np.empty(count)
with np.errstate(all="ignore"):
    machine.repeat(2, count, losses, None)
sys.stdout.write("\\n".join(json_lines(timeline, 1, 1)) + "\\n")
"""


def taken(command: Sequence[str]) -> tuple[float, float]:
    """Seconds of the clock and of the processor that a process takes. Raises CalledProcessError where it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return clock, used.ru_utime + used.ru_stime


def main() -> None:
    """Run the pairs in turns and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--iteration", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        net = Path(folder) / "net.toml"
        net.write_text(SCENARIO, encoding="utf-8")
        last = str(options.iteration)
        nnstep = [sys.executable, "-m", "nnstep"]
        pairs = {
            "check / import numpy": ([*nnstep, "check", find("two_layer")], [sys.executable, "-c", "import numpy"]),
            f"trace --iteration {last} / bare loop": (
                [*nnstep, "trace", str(net), "--json", "--iteration", last],
                [sys.executable, "-c", BARE, str(net), last],
            ),
        }
        print(f"{'':42}{'clock':>18}{'ratio':>7}{'processor':>20}{'ratio':>7}")
        for name, commands in pairs.items():
            for command in commands:
                taken(command)  # writes the bytecode
            turns = [[taken(command) for command in commands] for _ in range(options.runs)]
            clocks, processors = (
                [statistics.median(turn[side][kind] for turn in turns) for side in (0, 1)] for kind in (0, 1)
            )
            print(
                f"{name:42}{clocks[0] * 1e3:7.0f} / {clocks[1] * 1e3:5.0f} ms{clocks[0] / clocks[1]:7.2f}"
                f"{processors[0] * 1e3:9.0f} / {processors[1] * 1e3:5.0f} ms{processors[0] / processors[1]:7.2f}"
            )


if __name__ == "__main__":
    main()
