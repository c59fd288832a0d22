"""What is added to gradients, or stands in their place: weights, and an L2 term, alone or beside another mistake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from nnstep.debugger.answers.mistakes.alterations import transposed
from nnstep.debugger.answers.mistakes.cause import Cause
from nnstep.debugger.answers.mistakes.compared import ComparedArrays, certain, expected, searchable
from nnstep.ops import Array


def by_addition(search: ComparedArrays) -> Iterator[Cause]:
    """What is added to a gradient, or pasted in its place: an L2 term, the weight itself, what it loses."""
    slots = _parameters(search)
    alike = all(search.right(name).shape == search.given[name].shape for name in search.wrong)
    if len(slots) < len(search.wrong) or not alike:
        return
    weights = {name: search.record.value(of[0]) for name, of in slots.items()}
    updates = {name: weights[name] - search.record.value(of[-1]) for name, of in slots.items()}
    for kind, arrays in (("weight", weights), ("update", updates)):
        if all(search.tells(name, array) for name, array in arrays.items()):
            yield Cause(kind, 0, search.wrong)
    term = _decay(search, weights, {name: search.right(name) for name in search.wrong}, 2)
    if term is not None:
        yield Cause("decay", 0, search.wrong, term)


def _parameters(search: ComparedArrays) -> dict[str, tuple[int, ...]]:
    """Of the wrong arrays those that are the gradients of parameters, with the versions of the parameter."""
    program = search.record.program
    found = {}
    for name in search.wrong:
        value = program.values[search.slot(name)]
        slots = program.versions.get(value.of, ()) if value.role == "gradient" else ()
        if slots and program.values[slots[0]].role == "parameter":
            found[name] = slots
    return found


def _decay(
    search: ComparedArrays, weights: Mapping[str, Array], without: Mapping[str, Array], least: int
) -> float | None:
    """The number that the weights were added times to what is `without` it, the same for all; None where there is none.

    `least` numbers have to say so: of one any is right.
    """
    extra = np.concatenate([(search.given[name] - without[name]).ravel() for name in weights])
    weight = np.concatenate([weights[name].ravel() for name in weights])
    allowed = np.concatenate(
        [
            np.broadcast_to(search.closeness[name].allowed(without[name]), search.given[name].shape).ravel()
            for name in weights
        ]
    )
    if not np.isfinite(extra).all() or np.count_nonzero(np.abs(extra) > 10 * allowed) < least:
        return None
    term = float(np.vdot(weight, extra) / np.vdot(weight, weight))
    if not np.isfinite(term) or not term:
        return None
    added = {name: without[name] + term * weights[name] for name in weights}
    return term if all(search.agrees(name, array) for name, array in added.items()) else None


def decay_and_another(search: ComparedArrays) -> Iterator[Cause]:
    """An L2 term, of the matrices or of all parameters, beside another mistake."""
    slots = _parameters(search)
    if len(slots) < len(search.wrong):
        return
    weights = {name: search.record.value(of[0]) for name, of in slots.items()}
    for cause, made, terms in _beside_decay(search, weights):
        for names in dict.fromkeys((tuple(n for n in terms if weights[n].ndim == 2), tuple(terms))):
            if not names or any(made[name].shape != search.given[name].shape for name in search.given):
                continue
            term = _decay(search, {name: terms[name] for name in names}, made, 4)
            if term is None:
                continue
            whole = {name: array + term * terms[name] if name in names else array for name, array in made.items()}
            explained = all(search.agrees(name, array) for name, array in whole.items())
            if explained and certain(search, whole):
                yield replace(cause, together=(Cause("decay", 0, names, term),))
                return


def _beside_decay(
    search: ComparedArrays, weights: Mapping[str, Array]
) -> Iterator[tuple[Cause, dict[str, Array], dict[str, Array]]]:
    """Another mistake, what it makes of the arrays, and what an L2 term is a multiple of in the shapes of these."""
    right = {name: search.right(name) for name in search.given}
    for kind in ("transposed", "flattened", "flattened-columns"):
        made, terms, names = dict(right), dict(weights), []
        for name in search.wrong:
            theirs = search.given[name]
            of = [{one.key: one.array for one in transposed(base, theirs)} for base in (right[name], weights[name])]
            key = (kind, 1.0, -1)
            if right[name].ndim == 2 and key in of[0] and key in of[1]:
                made[name], terms[name] = of[0][key], of[1][key]
                names.append(name)
        if names:
            yield Cause(kind, 0, tuple(names)), made, terms
    for kind, factor in search.factors:
        scaled_ = {name: factor * array if search.is_of_the_loss(name) else array for name, array in right.items()}
        yield Cause(kind, 0, search.wrong, factor), scaled_, dict(weights)
    for variant, values in search.variants if searchable(search.record) else ():
        made = {name: expected(search, values, name) for name in search.given}
        if any(search.slot(name) in values for name in search.wrong):
            yield Cause(variant.kind, variant.step, variant.names, place=variant.place), made, dict(weights)
