"""Thousands of hostile scenarios through `check` and `trace`: `python -m tests.hostile.scenarios --count 20000`.

Each is the same in every run with the same `--seed`; `--show NUMBER` writes one out. Exit status 1 where there is a
fault: a traceback, an exit status other than 0 and 2, nothing said for two seconds, a control character in what is
said, a refusal that does not say where, or more than 512 MB.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.hostile.mutate import scenario
from tests.hostile.running import Outcome, faults, ran
from tests.hostile.sources import lay

__all__ = ["examined", "peak_megabytes", "prepared"]

FILE = "hostile.toml"
LIMIT = 512  # MB
_COMMANDS = (("check", FILE), ("trace", "--json", "--iteration", "1", FILE))


@contextlib.contextmanager
def prepared() -> Iterator[Path]:
    """A temporary folder with the data files of the sources, as the current one."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="nnstep-hostile-") as name:
        lay(Path(name))
        os.chdir(name)
        try:
            yield Path(name)
        finally:
            os.chdir(before)


def examined(content: bytes) -> list[tuple[str, Outcome, list[str]]]:
    """Both commands on a scenario in the current folder: (command, how it ended, what is wrong with that)."""
    Path(FILE).write_bytes(content)
    found = []
    for arguments in _COMMANDS:
        outcome = ran(arguments)
        found.append((arguments[0], outcome, faults(outcome, FILE)))
    if found[0][1].status == 0 != found[1][1].status and not found[1][2]:
        found[1][2].append("trace refuses what check accepts")
    return found


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _part(seed: int, first: int, end: int) -> dict[str, Any]:
    """Run the scenarios of a range of numbers; what came of them."""
    counts: Counter[str] = Counter()
    wrong, high = [], (0.0, -1)
    slowest = (0.0, -1)
    with prepared():
        for number in range(first, end):
            began = time.process_time()
            for command, outcome, found in examined(scenario(seed, number)):
                counts[f"{command} exit {outcome.status}"] += 1
                counts.update(found)
                wrong += [(number, command, fault, (outcome.crash or outcome.err)[-1_500:]) for fault in found]
            slowest = max(slowest, (time.process_time() - began, number))
            if peak_megabytes() > high[0] + 1:
                high = (peak_megabytes(), number)
    return {"counts": counts, "wrong": wrong, "high": high, "slowest": slowest}


def _in_a_child(seed: int, first: int, end: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.hostile.scenarios", "--seed", str(seed), "--part", f"{first}:{end}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return {"counts": {"a run that died": 1}, "wrong": [(first, "", "died", "")], "high": (0, 0), "slowest": (0, 0)}
    return dict(json.loads(done.stdout))


def main() -> int:
    """The whole run, in child processes of a thousand scenarios each; or one part of it, for the parent."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.scenarios", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--show", type=int, metavar="NUMBER", help="write that scenario to standard output")
    options = parser.parse_args()
    if options.show is not None:
        sys.stdout.buffer.write(scenario(options.seed, options.show))
        return 0
    if options.part:
        first, end = map(int, options.part.split(":"))
        sys.stdout.write(json.dumps(_part(options.seed, first, end)))
        return 0
    counts: Counter[str] = Counter()
    wrong: list[Any] = []
    high, slowest = (0.0, -1), (0.0, -1)
    for first in range(0, options.count, 1_000):
        part = _in_a_child(options.seed, first, min(first + 1_000, options.count))
        counts.update(part["counts"])
        wrong += part["wrong"]
        high, slowest = max(high, tuple(part["high"])), max(slowest, tuple(part["slowest"]))
    for number, command, fault, said in wrong[:40]:
        sys.stdout.write(f"--- {number} {command}: {fault}\n{said!a}\n")
    sys.stdout.write("".join(f"{name:40}{count:8,}\n" for name, count in sorted(counts.items())))
    sys.stdout.write(f"{'peak memory':40}{high[0]:8.0f} MB (scenario {high[1]})\n")
    sys.stdout.write(f"{'longest':40}{slowest[0]:8.2f} s (scenario {slowest[1]})\n")
    sys.stdout.write(f"{'faults':40}{len(wrong):8,}\n")
    return int(bool(wrong) or high[0] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
