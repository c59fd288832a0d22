"""What a recorded iteration costs, next to NumPy written by hand and to PyTorch, in one run:

    python -m tests.benchmarks.bench_engine            # one BLAS thread, as the program runs
    python -m tests.benchmarks.bench_engine 2          # two

An iteration is forward, backward and SGD on one batch. `by hand` allocates nothing and keeps only what it needs;
`machine` is the interpreter alone; `kept` also keeps every number of the iteration; `record` is `Timeline.record`, with
the schedule, the batch, the loss, checkpoints and all; `torch` is PyTorch eager (forward, backward, optimizer.step)
where it is installed. The runs take turns, and a figure is the median of the turns' ratios, so that a busy machine
hurts all alike; torch has its turns after the others. A second table has the costs around it: compiling, binding to
memory, `Timeline.record` onwards, a replay of many iterations (for each), and `Timeline.record` backwards.
"""

from __future__ import annotations

import os
import sys

_THREADS = sys.argv[1] if len(sys.argv) > 1 else "1"
for _library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_library] = _THREADS  # before NumPy is loaded

import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from itertools import pairwise  # noqa: E402

import numpy as np  # noqa: E402

from nnstep.engine import Timeline  # noqa: E402
from nnstep.engine.gradcheck import gradcheck  # noqa: E402
from nnstep.engine.machine import Machine  # noqa: E402
from nnstep.language import parse_equations  # noqa: E402
from nnstep.program import compile_program  # noqa: E402
from nnstep.scenario.model import Data, Equation, Optimizer, Parameter, Scenario, Training  # noqa: E402

NETS = (((2, 3, 1), 4), ((2, 8, 8, 2), 32), ((784, 128, 10), 32), ((784, 512, 512, 10), 128))
_COLUMNS = ("machine", "kept", "record", "torch")
_AROUND = ("compile", "bind", "next", "replay", "back", "gradcheck")
_RATE = 0.1
_TURNS = 31
_TURN_SECONDS = 0.02
Run = Callable[[], object]


def net(sizes: tuple[int, ...], rows: int, iterations: int = 1000) -> Scenario:
    """Sigmoid layers; one output is compared by mse, several by cross entropy with class numbers."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, sizes[0]))
    y = rng.normal(size=(rows, 1)) if sizes[-1] == 1 else rng.integers(0, sizes[-1], rows).astype(float)
    parameters, lines, value = [], [], "x"
    for number, (inputs, units) in enumerate(pairwise(sizes), 1):
        weight = rng.normal(size=(inputs, units)) / np.sqrt(inputs)
        parameters += [Parameter(f"W{number}", weight), Parameter(f"b{number}", np.zeros(units))]
        last = number == len(sizes) - 1
        lines.append(f"{'o' if last else f'z{number}'} = {value} @ W{number} + b{number}")
        if not last:
            lines.append(f"h{number} = sigmoid(z{number})")
            value = f"h{number}"
    lines.append("loss = mse(o, y)" if sizes[-1] == 1 else "loss = cross_entropy(o, y)")
    options = {"lr": _RATE, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0}
    return Scenario(
        title="a network",
        description="",
        seed=0,
        equations=tuple(Equation(one) for one in parse_equations("\n".join(lines))),
        parameters=tuple(parameters),
        data=Data(x, y),
        objective="loss",
        optimizer=Optimizer("sgd", options),
        training=Training(epochs=iterations),
    )


def by_hand(scenario: Scenario) -> Callable[[], float]:
    """The same iteration in straight NumPy with `out` everywhere, numbers as arrays of shape (), sums as products."""
    assert scenario.data is not None
    assert scenario.data.y is not None
    x, y = scenario.data.x, scenario.data.y
    rows = len(x)
    values = [parameter.value.copy() for parameter in scenario.parameters]
    weights, biases = values[::2], values[1::2]
    turned = [weight.T for weight in weights]
    gw, gb = [np.empty_like(one) for one in weights], [np.empty_like(one) for one in biases]
    h = [np.empty((rows, len(bias))) for bias in biases]
    g, slopes = [np.empty_like(one) for one in h], [np.empty_like(one) for one in h[:-1]]
    inputs = [x, *h[:-1]]
    inputs_turned = [one.T for one in inputs]
    o, last = h[-1], len(weights) - 1
    ones_row, ones_column = np.ones(rows), np.ones((o.shape[1], 1))
    one, rate, share, loss = np.array(1.0), np.array(_RATE), np.array(1.0 / rows), np.empty(())
    classes, top, total, p = np.empty_like(o), np.empty((rows, 1)), np.empty((rows, 1)), np.empty_like(o)
    mask, numbers, picked = np.empty(o.shape, dtype=bool), np.arange(o.shape[1]), np.empty(())
    labels = y.reshape(rows, 1)
    two_share, flat = np.array(2.0 / o.size), p.reshape(-1)
    dot, add, subtract, multiply, divide = np.dot, np.add, np.subtract, np.multiply, np.divide
    negative, exp, log, maximum, equal = np.negative, np.exp, np.log, np.maximum.reduce, np.equal

    def squares() -> None:
        subtract(o, y, p)
        dot(flat, flat, loss)
        multiply(loss, share, loss)
        multiply(p, two_share, g[last])

    def entropy() -> None:
        maximum(o, axis=1, out=top, keepdims=True)
        subtract(o, top, o)
        exp(o, p)
        dot(p, ones_column, total)
        divide(p, total, p)
        equal(labels, numbers, mask)
        classes[...] = mask
        log(total, total)
        dot(ones_row, total.reshape(-1), loss)
        dot(o.reshape(-1), classes.reshape(-1), picked)
        subtract(loss, picked, loss)
        multiply(loss, share, loss)
        subtract(p, classes, g[last])
        multiply(g[last], share, g[last])

    criterion = squares if o.shape[1] == 1 else entropy

    def run() -> float:
        for layer in range(last + 1):
            out = h[layer]
            dot(inputs[layer], weights[layer], out)
            add(out, biases[layer], out)
            if layer < last:
                negative(out, out)
                exp(out, out)
                add(out, one, out)
                divide(one, out, out)
        criterion()
        for layer in range(last, -1, -1):
            dot(inputs_turned[layer], g[layer], gw[layer])
            dot(ones_row, g[layer], gb[layer])
            if layer:
                slope, before = slopes[layer - 1], g[layer - 1]
                dot(g[layer], turned[layer], before)
                subtract(one, h[layer - 1], slope)
                multiply(slope, h[layer - 1], slope)
                multiply(before, slope, before)
        for layer in range(last + 1):
            multiply(gw[layer], rate, gw[layer])
            subtract(weights[layer], gw[layer], weights[layer])
            multiply(gb[layer], rate, gb[layer])
            subtract(biases[layer], gb[layer], biases[layer])
        return float(loss)

    return run


def by_torch(scenario: Scenario) -> Callable[[], float] | None:
    """The same in PyTorch eager, or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    assert scenario.data is not None
    assert scenario.data.y is not None
    torch.set_num_threads(int(_THREADS))
    layers: list[torch.nn.Module] = []
    for position in range(0, len(scenario.parameters), 2):
        weight, bias = (torch.tensor(one.value) for one in scenario.parameters[position : position + 2])
        layer = torch.nn.Linear(*weight.shape, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(weight.T)
            layer.bias.copy_(bias)
        layers += [layer, torch.nn.Sigmoid()]
    model = torch.nn.Sequential(*layers[:-1])
    criterion: torch.nn.Module = torch.nn.CrossEntropyLoss()
    x, y = torch.tensor(scenario.data.x), torch.tensor(scenario.data.y)
    if y.ndim == 2:
        criterion = torch.nn.MSELoss()
    else:
        y = y.long()
    optimizer = torch.optim.SGD(model.parameters(), lr=_RATE)

    def run() -> float:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return run


def compare(sizes: tuple[int, ...], rows: int) -> str:
    """One line of the first table."""
    scenario = net(sizes, rows, 10**9)
    start = Timeline(scenario)
    two = [start.scratch_machine(start.record(1)) for _ in range(2)]
    now, number = two[0], 1
    objective = now.program.objective
    assert objective is not None

    def run() -> float:
        now.run()
        loss = float(now.values[objective])
        now.follow(now, 1)
        return loss

    kept: object = None

    def keep() -> float:
        nonlocal now, kept
        now.run()
        loss = float(now.values[objective])
        kept = now.keep()
        following = now if not now.lent else next(one for one in two if one is not now)
        following.follow(now, 1)
        now = following
        return loss

    timeline = Timeline(scenario, records=1)

    def record() -> float:
        nonlocal number
        number += 1
        loss = timeline.record(number - 1).loss
        assert loss is not None
        return loss

    runs: dict[str, Callable[[], float]] = {"by hand": by_hand(scenario), "machine": run, "record": record}
    torch = by_torch(scenario)
    for _ in range(3):
        losses = [one() for one in (*runs.values(), *([torch] if torch else []))]
        assert np.ptp(losses) < 1e-9, f"not the same iteration: {losses}"
    seconds = side_by_side({**runs, "kept": keep})
    ratios = {name: float(np.median(taken / seconds["by hand"])) for name, taken in seconds.items()}
    if torch is not None:  # apart from the others: its waiting threads would take the processors from them
        alone = side_by_side({"torch": torch})["torch"]
        ratios["torch"] = float(np.median(alone) / np.median(seconds["by hand"]))
    cells = [f"{float(np.median(seconds['by hand'])) * 1e6:9.1f} us"]
    cells += [f"{ratios[name]:9.2f}" if name in ratios else "        -" for name in _COLUMNS]
    return f"{'-'.join(map(str, sizes)):>16} {rows:>5}  " + "  ".join(cells)


def side_by_side(runs: dict[str, Callable[[], float]]) -> dict[str, np.ndarray]:
    """Seconds of each run in each turn."""
    start = time.perf_counter()
    next(iter(runs.values()))()
    repeats = max(1, int(_TURN_SECONDS / (time.perf_counter() - start) / 4))
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(_TURNS):
        for name, run in runs.items():
            start = time.perf_counter()
            for _ in range(repeats):
                run()
            taken[name].append((time.perf_counter() - start) / repeats)
    return {name: np.array(values) for name, values in taken.items()}


def timed(run: Run, least: float = 0.2) -> float:
    """Median seconds of a run."""
    taken: list[float] = []
    while sum(taken) < least or len(taken) < 3:
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


def each(run: Callable[[int], object], numbers: range) -> float:
    """Seconds of a run over all numbers, on average."""
    start = time.perf_counter()
    for number in numbers:
        run(number)
    return (time.perf_counter() - start) / len(numbers)


def around(sizes: tuple[int, ...], rows: int) -> str:
    """One line of the second table, in milliseconds."""
    scenario = net(sizes, rows, 100_000)
    compiling = timed(lambda: compile_program(scenario))
    program = compile_program(scenario)
    binding = timed(lambda: Machine(program))
    timeline = Timeline(scenario)
    last = max(10, int(0.2 / max(1e-5, timed(lambda: timeline.record(1), 0.0))))
    last = min(last, 2000) if rows < 100 else 20
    onwards = each(timeline.record, range(1, last + 1))
    timeline = Timeline(scenario)
    start = time.perf_counter()
    timeline.record(last)
    replay = (time.perf_counter() - start) / last
    backwards = each(timeline.record, range(last - 1, 0, -1))
    checking = timed(lambda: gradcheck(timeline, 1)) if sum(p.value.size for p in scenario.parameters) < 2000 else None
    cells = [f"{one * 1e3:9.3f}" for one in (compiling, binding, onwards, replay, backwards)]
    cells.append("        -" if checking is None else f"{checking * 1e3:9.3f}")
    return f"{'-'.join(map(str, sizes)):>16} {rows:>5}  " + "  ".join(cells)


def main() -> None:
    """Print both tables."""
    print(f"An iteration with {_THREADS} BLAS thread(s): ratios to NumPy by hand\n")
    print(f"{'net':>16} {'rows':>5}  {'by hand':>12}  " + "  ".join(f"{name:>9}" for name in _COLUMNS))
    for sizes, rows in NETS:
        print(compare(sizes, rows), flush=True)
    print("\nAround it, in milliseconds\n")
    print(f"{'net':>16} {'rows':>5}  " + "  ".join(f"{name:>9}" for name in _AROUND))
    for sizes, rows in NETS:
        print(around(sizes, rows), flush=True)


if __name__ == "__main__":
    main()
