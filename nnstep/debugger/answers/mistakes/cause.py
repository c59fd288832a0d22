"""A mistake that a person's numbers come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """A mistake that makes the person's numbers.

    kind      what went wrong; a sentence of the catalogue, `mine.cause.KIND`, says it:

              of whole arrays: "transposed", "flattened", "flattened-columns", "sign", "missing-rows" (no 1/n),
              "missing-entries" (no mean over all entries), "missing-columns", "extra-rows" (1/n once too often),
              "extra-columns", "extra-entries" (the mean taken twice), "twice", "two-passes" (gradients added up),
              "half", "learning-rate", "multiple" (of another factor), "decay" (an L2 term is in it), "unsummed",
              "one-row", "other-axis" and "summed-over-all" (of a bias), "update" (what is subtracted), "weight",
              "accumulated" (the gradients of earlier iterations are in it)

              of a step: "slope" and "slopes" (left out), "slope-at-output" and "slopes-at-output" (the derivative taken
              at h, not at z), "slope-of-input" and "slopes-of-input" (z in the formula for h, as z(1 - z)),
              "softmax-diagonal", "extra-slope", "sign-at", "missing-path", "one-sample", "entrywise" (in place of the
              matrix product), "not-transposed", "input-before", "output-not-loss", "softmax-twice", "sequential"
    step      where it happens; 0 for what concerns whole arrays
    names     the arrays, or the value, that it concerns
    factor    what the right numbers were multiplied by, for a factor; the number of the term, for "decay"
    place     which sample, row or iteration it is, from 0; -1 where that means nothing
    whole     it explains every array that was given, not only the first wrong one
    together  other mistakes that were made as well: all of them together make the numbers
    """

    kind: str
    step: int
    names: tuple[str, ...]
    factor: float = 1.0
    place: int = -1
    whole: bool = True
    together: tuple[Cause, ...] = ()
