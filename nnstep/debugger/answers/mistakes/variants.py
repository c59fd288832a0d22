"""The common mistakes of a backward pass: each as the pass done again with that one thing wrong."""

from __future__ import annotations

from collections.abc import Iterator

from nnstep.debugger.answers.mistakes.early import sequential
from nnstep.debugger.answers.mistakes.paths import paths
from nnstep.debugger.answers.mistakes.seeds import one_sample, output_not_loss
from nnstep.debugger.answers.mistakes.slopes import slopes
from nnstep.debugger.answers.mistakes.softmax_twice import softmax_twice
from nnstep.debugger.answers.mistakes.variant import Variant
from nnstep.debugger.answers.mistakes.wrong_products import products
from nnstep.engine import Record


def variants(record: Record) -> Iterator[Variant]:
    """Every variant of a record's backward pass."""
    yield from slopes(record)
    yield from paths(record)
    yield from products(record)
    yield from output_not_loss(record)
    yield from softmax_twice(record)
    yield from sequential(record)
    yield from one_sample(record)
