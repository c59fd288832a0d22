"""Mistakes with what the backward pass begins with: one sample alone, or the output in place of the loss."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from nnstep.debugger.answers.mistakes.samples import before_parameters, row_by_row, sample_count
from nnstep.debugger.answers.mistakes.variant import After, Variant
from nnstep.engine import Record
from nnstep.engine.evaluation import ValueLookup
from nnstep.ops import Array
from nnstep.program import Step

_WORK = 20_000_000  # numbers of an iteration times its samples, up to which each sample is tried


def one_sample(record: Record) -> Iterator[Variant]:
    """Only one of the samples: with the 1/n of all of them, and as the mean over one. The last and the first come
    first; of many samples only they are tried.
    """
    program = record.program
    count = sample_count(program)
    names = row_by_row(record)
    if count < 2 or not names:
        return
    every = count * record.arena.size <= _WORK
    order = dict.fromkeys((count - 1, 0, *(range(1, count - 1) if every else ())))
    for sample in order:
        for factor in (1.0, float(count)):
            yield Variant("one-sample", 0, (), None, place=sample, after=_only(record, names, sample, factor))


def _only(record: Record, names: frozenset[str], sample: int, factor: float) -> After:
    """All rows but one of every gradient of a value with samples in its rows are 0."""
    program = record.program
    first: set[int] = set()  # the steps where the factor comes in: no gradient before them has rows

    of_rows = {
        value.slot
        for value in program.values
        if value.role in ("gradient", "contribution") and value.of in names and value.shape[:1] != ()
    }
    for step in program.steps:
        reads = any(slot in of_rows for _, slot in step.operands)
        if step.phase == "backward" and step.target in of_rows and not reads:
            first.add(step.index)

    def after(step: Step, made: Array) -> Array | None:
        if step.target not in of_rows:
            return None
        kept = np.zeros_like(made)
        kept[sample] = made[sample] * (factor if step.index in first else 1.0)
        return kept

    return after


def output_not_loss(record: Record) -> Iterator[Variant]:
    """Ones for the gradient of an output, as that of its sum; also as that of its mean over the samples or over all."""
    program = record.program
    count = sample_count(program)
    for slot in before_parameters(record):
        value = program.values[slot]
        gradient = program.versions.get(f"grad({value.name})")
        if gradient is None:
            continue
        target = gradient[-1]
        for factor in dict.fromkeys((1.0, 1.0 / count, 1.0 / max(1, prod(value.shape)))):

            def change(step: Step, lookup: ValueLookup, target: int = target, factor: float = factor) -> Array | None:
                return np.full(record.value(target).shape, factor) if step.target == target else None

            yield Variant("output-not-loss", program.values[target].step, (value.name,), change)
