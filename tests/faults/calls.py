"""Every fallible call of `check` and `trace` is made to fail in turn, and each run ends with a status and one line.

A call is fallible where it asks the system for something (a file, a stream) or is a function of NumPy, `zipfile` or
`tomllib` that takes memory. They are found by the profiling hook of Python, which sees every call, also those in C: the
k-th of them in a run raises instead.

    python -m tests.faults.calls            # every call, every fault, all the runs
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from nnstep.__main__ import guarded
from nnstep.cli import main as command

ALLOWED = (0, 2, 70, 74, 130, 141)
FAULTS: dict[str, Callable[[], BaseException]] = {
    "an error of the disk": lambda: OSError(5, "Input/output error"),
    "no memory": lambda: MemoryError(),
    "Ctrl+C": lambda: KeyboardInterrupt(),
    "no reader": lambda: BrokenPipeError(32, "Broken pipe"),
}
_MODULES = ("posix", "io", "_io", "zipfile", "tomllib", "numpy", "nnstep", "json", "zlib")
_PACKAGE = str(Path(__file__).parents[2] / "nnstep")

SCENARIO = """\
seed = 1
[data]
file = "samples.npz"
[[layers]]
type = "linear"
units = 3
[[layers]]
type = "tanh"
[[layers]]
type = "linear"
units = 2
[loss]
type = "cross_entropy"
[optimizer]
type = "adam"
lr = 0.1
[training]
epochs = 2
"""


class Ended(NamedTuple):
    """How a run ended, with what was in the streams; `call` is what was made to fail, "" where the run had no such."""

    status: int
    out: str
    err: str
    call: str


class Injector:
    """Raises at the k-th call of the package or out of it."""

    def __init__(self, at: int, fault: Callable[[], BaseException]) -> None:
        self._at, self._fault = at, fault
        self.count = 0
        self.failed = ""

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "c_call":
            name = getattr(argument, "__qualname__", repr(argument))
            if not frame.f_code.co_filename.startswith(_PACKAGE) or not _asks(argument):
                return
        elif event == "call":
            outer = frame.f_back
            inside = frame.f_code.co_filename.startswith(_PACKAGE)
            if inside or outer is None or not outer.f_code.co_filename.startswith(_PACKAGE):
                return
            if frame.f_code.co_filename.startswith("<"):
                return  # the parts of a NamedTuple being put together
            name = frame.f_code.co_qualname
            if name in ("<module>", "_handle_fromlist", "_find_and_load") or name.endswith("__del__"):
                return  # what is raised in a destructor goes nowhere
        else:
            return
        self.count += 1
        if self.count == self._at:
            self.failed = f"{name} in {Path(frame.f_code.co_filename).name}"
            sys.setprofile(None)
            raise self._fault()


def _asks(function: object) -> bool:
    """Whether a function in C asks the system for something, or is one of NumPy."""
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None) or type(owner).__module__
    return str(module).partition(".")[0] in _MODULES


def run(arguments: Sequence[str], at: int = 0, fault: Callable[[], BaseException] = MemoryError) -> tuple[Ended, int]:
    """Run a command line with its `at`-th call failing (0: none); how it ended, and how many calls there were."""
    before = sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=False) for _ in range(2))
    injector = Injector(at, fault)

    def injected(given: Sequence[str]) -> int:
        sys.setprofile(injector)
        try:
            return command(given)
        finally:
            sys.setprofile(None)

    sys.stdout, sys.stderr = out, err
    try:
        status = guarded(injected, arguments)
    finally:
        sys.stdout, sys.stderr = before
    said = []
    for stream in (out, err):
        stream.flush()
        said.append(stream.buffer.getvalue().decode())
    return Ended(status, said[0], said[1], injector.failed), injector.count


def wrong(ended: Ended) -> str:
    """What is wrong with how a run ended, or ""."""
    if ended.status not in ALLOWED:
        return f"status {ended.status}"
    lines = ended.err.count("\n")
    if "Traceback" in ended.err + ended.out:
        return "a traceback"
    if ended.status in (2, 70, 74) and lines != 1:
        return f"{lines} lines: {ended.err!r}"
    if ended.status in (0, 130, 141) and lines:
        return f"status {ended.status}, and said {ended.err!r}"
    return ""


def make_scenario(folder: Path) -> Path:
    """A scenario with a data file, which all kinds of reading are in."""
    import numpy as np

    np.savez(folder / "samples.npz", x=np.arange(8.0).reshape(4, 2), y=np.array([0, 1, 1, 0]))
    (folder / "net.toml").write_text(SCENARIO, encoding="utf-8")
    return folder / "net.toml"


def lines_of(path: Path) -> list[list[str]]:
    """The command lines that are tried."""
    return [
        ["check", str(path)],
        ["trace", str(path)],
        ["trace", str(path), "--json"],
        ["check", str(path), "--format", "latex"],
        ["trace", str(path), "--explain", "loss"],
    ]


def fail_each(arguments: Sequence[str], fault: str, most: int | None = None) -> tuple[Counter[int], list[str]]:
    """Make each call of a run fail (of very many only `most`, evenly); how often each status, and what was wrong."""
    plain, calls = run(arguments)
    if plain.status or not plain.out:
        raise RuntimeError(f"{arguments}: {plain}")
    step = 1 if most is None else max(1, -(-calls // most))
    statuses: Counter[int] = Counter()
    found = []
    for at in range(1, calls + 1, step):
        ended, _ = run(arguments, at, FAULTS[fault])
        statuses[ended.status] += 1
        if said := wrong(ended):
            found.append(f"{' '.join(arguments)}: {fault} at call {at}, {ended.call}: {said}")
    return statuses, found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--most", type=int, help="calls of each run, by default all")
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        path = make_scenario(Path(folder))
        for arguments in lines_of(path):
            for fault in FAULTS:
                statuses, found = fail_each(arguments, fault, options.most)
                sys.stdout.write(f"{' '.join(arguments[:1] + arguments[2:])}, {fault}: {dict(statuses)}\n")
                sys.stdout.write("".join(f"  {line}\n" for line in found))
                sys.stdout.flush()
                bad += len(found)
    sys.stdout.write(f"{bad} wrong\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
