"""Random expressions about a run, and what they come to on its trace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from nnstep.engine import Timeline
from nnstep.errors import LanguageError
from nnstep.language import Expression, Name, names, parse_expression
from nnstep.ops import Array
from nnstep.program import Program
from nnstep.scenario import Scenario
from tests.engine.strategies import naive

COUNTERS = ("iteration", "epoch", "step")


class Writer:
    """Random expressions about a run; those that fit, unless `wild`."""

    def __init__(self, programs: Sequence[Program], rng: Random, wild: bool = False) -> None:
        self.rng, self.wild = rng, wild
        found = [one for one in programs[0].versions if written(one)]
        shapes = {name: {shape(one, name) for one in programs if name in one.versions} for name in found}
        self.values = sorted(found)
        self.kept = [name for name in self.values if wild or len(shapes[name]) == 1]

    def value(self) -> str:
        name, back = self.rng.choice(self.values), 0
        if self.kept and self.rng.random() < 0.4:
            name, back = self.rng.choice(self.kept), self.rng.choice((1, 1, 2, 3))
        return "prev(" * back + name + ")" * back

    def array(self) -> str:
        a, b = self.value(), self.value()
        if not self.wild:
            b = self.rng.choice((a, self.number()))
            if a.startswith("prev(") and self.rng.random() < 0.5:
                b = a.removeprefix("prev(")[:-1]
        forms = ("{a}", "abs({a} - {b})", "{a} * {b}", "{a} > {b}", "isnan({a})", "{a} != {b}", "not {a}", "{a}.T % 1")
        wild: tuple[str, ...] = (
            "{a}[0]",
            "{a} @ {b}",
            "{a}[1, 0]",
            "concat({a}, {b})",
            "softmax({a})",
            "sum({a}, axis=0)",
        )
        wild += ("one_hot({a}, 3)", "sum(one_hot({b}, 2))", "cross_entropy({a}, y)", "nll({a}, {b})", "argmax({a})")
        form = self.rng.choice((*forms, *wild) if self.wild else forms)
        return "(" + form.format(a=a, b=b) + ")"

    def number(self, deep: int = 1) -> str:
        rng = self.rng
        if deep and rng.random() < 0.3:
            sign = rng.choice("+-*/%")
            return f"({self.number(deep - 1)} {sign} {self.number(deep - 1)})"
        if rng.random() < 0.4:
            return rng.choice((*COUNTERS, "0.1", "-1", "2", "3"))
        return f"{rng.choice(('norm', 'max', 'min', 'sum', 'mean', 'any', 'all'))}({self.value()})"

    def truth(self, deep: int = 2) -> str:
        rng = self.rng
        if deep and rng.random() < 0.4:
            left, right = self.truth(deep - 1), self.truth(deep - 1)
            return rng.choice((f"({left} and {right})", f"({left} or {right})", f"not {left}"))
        if rng.random() < 0.4:
            return f"{rng.choice(('any', 'all', 'norm', 'max'))}({self.array()})"
        return f"({self.number()} {rng.choice(('<', '<=', '>', '>=', '==', '!='))} {self.number()})"

    def any(self) -> Expression:
        return parse_expression(self.rng.choice((self.array, self.number, self.truth))())


def written(name: str) -> bool:
    """Whether a person can write it as a name."""
    try:
        return parse_expression(name) == Name(name)
    except LanguageError:
        return False


def shape(program: Program, name: str) -> tuple[int, ...]:
    return program.values[program.versions[name][0]].shape


def programs_of(timeline: Timeline) -> list[Program]:
    return [program for era in timeline.eras for program in era.programs.values()]


class Trace:
    """What `nnstep trace --json` prints, and what the file gives: for each iteration the values of each name in order,
    with the steps after which they are there.
    """

    def __init__(self, scenario: Scenario, lines: Sequence[str]) -> None:
        header, *records = map(json.loads, lines)
        start = {name: array(one["value"]) for name, one in header["parameters"].items()} | dict(scenario.constants)
        optimizer = scenario.optimizer
        for one in scenario.parameters:
            if optimizer is None:
                break
            first = optimizer.options.get("initial_accumulator_value", 0.0)
            start |= {f"{name}({one.name})": np.full(one.value.shape, 0.0) for name in ("m", "velocity")}
            start[f"v({one.name})"] = np.full(one.value.shape, first)
        self.epochs: list[int] = []
        self.values: list[dict[str, list[tuple[int, Array]]]] = []
        steps: list[tuple[str, int, Array]] = []
        for record in records:
            if record["record"] == "step":
                steps.append((record["target"], record["step"], array(record["value"])))
                continue
            found = {name: [(0, value)] for name, value in start.items()}
            found["iteration"] = [(0, np.array(float(record["iteration"])))]
            if scenario.data is not None:
                found["x"] = [(0, scenario.data.x[record["rows"]])]
                found |= {} if scenario.data.y is None else {"y": [(0, scenario.data.y[record["rows"]])]}
            for name, step, value in steps:
                found.setdefault(name, []).append((step, value))
            self.values.append(found)
            self.epochs.append(record["epoch"])
            start, steps = {name: found[name][-1][1] for name in start}, []

    def lookup(self, name: str, iteration: int, step: int) -> Array | None:
        """What a name of an expression is once so many steps are done; None where it is not there."""
        if name in COUNTERS:
            return np.array(float({"iteration": iteration, "epoch": self.epochs[iteration - 1], "step": step}[name]))
        back = 0
        while name.startswith("prev("):
            name, back = name[5:-1], back + 1
        turn = sum(one <= step for one, _ in self.values[iteration - 1].get(name, ())) - 1
        return None if turn < 0 or iteration <= back else self.values[iteration - 1 - back][name][turn][1]

    def evaluate(self, expression: Expression, iteration: int, step: int) -> Array | None:
        found = {name: self.lookup(name, iteration, step) for name in names(expression)}
        there = {name: value for name, value in found.items() if value is not None}
        with np.errstate(all="ignore"):
            return naive(expression, there) if len(there) == len(found) else None


def array(value: Any) -> Array:
    return np.array(value, dtype=float)  # it reads "NaN" and "Infinity" too
