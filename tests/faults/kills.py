"""A process that saves a file over and over is killed at any moment: the file is always one of those it has written.

python -m tests.faults.kills --count 1000
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from nnstep.files import rewrite

_SIZES = (1, 4_000, 300_000)


class Count(NamedTuple):
    """Of all the kills: files that were neither the old nor the new one, kills that left a temporary file, and those
    files that were still there after the next save.
    """

    kills: int
    torn: int
    left: int
    stale: int


def content(number: int) -> str:
    """What the save of that number writes: any part of it is not the whole."""
    return f"{number}\n" + f"{number % 10}" * _SIZES[number % len(_SIZES)] + f"\n{number}\n"


def is_whole(text: str) -> bool:
    number = text.partition("\n")[0]
    return number.isdecimal() and text == content(int(number))


def kill_savers(folder: Path, count: int, seed: int) -> Count:
    """Kill `count` savers of one file, each within some ms of its first save."""
    path, chance = folder / "scenario.toml", random.Random(seed)
    torn = left = stale = 0
    rewrite(path, content(0))
    for kill in range(count):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            try:
                os.write(writing, b".")
                number = 10 * kill
                while True:
                    number += 1
                    rewrite(path, content(number))
            finally:
                os._exit(1)
        os.read(reading, 1)
        end = time.perf_counter() + chance.random() * 0.008
        while time.perf_counter() < end:
            pass
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
        if not os.WIFSIGNALED(status):
            raise RuntimeError("a saver has ended by itself")
        torn += not is_whole(path.read_text(encoding="utf-8"))
        left += len(list(folder.iterdir())) > 1
        rewrite(path, content(10 * kill))
        stale += len(list(folder.iterdir())) > 1
    return Count(count, torn, left, stale)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = kill_savers(Path(folder), options.count, options.seed)
    sys.stdout.write(
        f"{found.kills} kills: {found.torn} torn files, {found.left} temporary files left, "
        f"{found.stale} still there after the next save\n"
    )
    return int(found.torn + found.stale > 0)


if __name__ == "__main__":
    sys.exit(main())
