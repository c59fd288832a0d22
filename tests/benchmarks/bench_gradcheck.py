"""A gradient check of all parameters, all entries at once, next to perturbing them one by one in a loop, in one run:

    python -m tests.benchmarks.bench_gradcheck

One by one is the same check with every entry looked at by itself: runs of the part of the network that depends on the
parameter, which is a straight line of calls bound to memory. The two take turns, and the ratio is the median of the
turns' ratios; above 1 is faster at once.
"""

from __future__ import annotations

import os

for _library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_library] = "1"  # before NumPy is loaded

import statistics  # noqa: E402
import time  # noqa: E402
from unittest import mock  # noqa: E402

import nnstep.engine.difference  # noqa: E402
from nnstep.engine import Timeline  # noqa: E402
from nnstep.engine.gradcheck import gradcheck  # noqa: E402
from tests.benchmarks.bench_engine import net  # noqa: E402

_NETS = (((2, 8, 8, 2), 4), ((2, 8, 8, 2), 32), ((16, 64, 10), 32))
_TURNS = 21


def one_by_one(timeline: Timeline) -> None:
    """The check without any part that can be done at once."""
    with mock.patch.object(nnstep.engine.difference, "part_of", return_value=None):
        gradcheck(timeline)


def main() -> None:
    print(f"{'net':>12} {'rows':>5} {'entries':>8} {'one by one':>12} {'at once':>10} {'ratio':>7}")
    for sizes, rows in _NETS:
        timeline = Timeline(net(sizes, rows, 1))
        loops, checks = [], []
        for _ in range(_TURNS):
            start = time.perf_counter()
            one_by_one(timeline)
            middle = time.perf_counter()
            found = gradcheck(timeline)
            checks.append(time.perf_counter() - middle)
            loops.append(middle - start)
        assert all(one.ok for one in found)
        ratio = statistics.median(loop / check for loop, check in zip(loops, checks, strict=True))
        times = f"{1e3 * statistics.median(loops):9.2f} ms {1e3 * statistics.median(checks):7.2f} ms"
        print(f"{'-'.join(map(str, sizes)):>12} {rows:>5} {sum(one.entries for one in found):>8} {times} {ratio:>7.1f}")


if __name__ == "__main__":
    main()
