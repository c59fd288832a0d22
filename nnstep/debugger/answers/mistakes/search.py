"""What probably went wrong: the backward pass done again with one thing wrong, and compared with a person's numbers.

A cause is named where the wrong numbers that it makes are the person's. Several may make the same numbers; then all of
them are named. Where no single mistake makes them, two together are tried. Nothing is named that does not explain
the first wrong array.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import prod

import numpy as np

from nnstep.debugger.answers.closeness import Closeness
from nnstep.debugger.answers.mistakes.additions import by_addition, decay_and_another
from nnstep.debugger.answers.mistakes.alterations import Alteration, of_array, scaled
from nnstep.debugger.answers.mistakes.cause import Cause
from nnstep.debugger.answers.mistakes.compared import ComparedArrays, Key, certain, expected, searchable
from nnstep.debugger.answers.mistakes.variant import gradients_with
from nnstep.engine import Record
from nnstep.ops import Array

_PAIRS = 60_000_000  # the same times the pairs of mistakes, up to which two mistakes in the pass are tried together
_STEPS = 600_000  # steps of all these passes together
_SAMPLES = 16  # mistakes with a single sample that are tried beside another mistake
_MOST = 6  # causes that are named


@np.errstate(all="ignore")
def causes(
    record: Record,
    given: Mapping[str, Array],
    closeness: Mapping[str, Closeness],
    wrong: tuple[str, ...],
    earlier: Sequence[Record] = (),
) -> tuple[Cause, ...]:
    """The causes that explain the arrays that are `wrong`, in the order of the program; () when none is found."""
    search = ComparedArrays(record, given, closeness, wrong, earlier)
    found = [*_by_array(search), *_by_sum_of_iterations(search)]
    if searchable(record):
        found += _by_variant(search)
    whole = [cause for cause in found if cause.whole]
    if not whole:
        whole = [*by_addition(search)]
    if not whole:
        whole = [*_two_of_arrays(search)]
        if searchable(record):
            whole += _variant_and_array(search)
            whole = whole or [*_two_variants(search)]
        whole = whole or [*decay_and_another(search)]
    if not whole:
        whole = [cause for cause in _multiple(search) if cause.whole or not found]
    best = whole or found
    unique: dict[tuple[object, ...], Cause] = {}
    for cause in best:
        unique.setdefault(_identity(cause), cause)
    return tuple(unique.values())[:_MOST]


def _identity(cause: Cause) -> tuple[object, ...]:
    """What makes two causes the same for a person: of two factors together only their product shows."""
    every = (cause, *cause.together)
    if len(every) > 1 and all(one.factor != 1.0 for one in every):
        return ("factors", round(prod(one.factor for one in every), 9), *(one.names for one in every))
    return tuple((one.kind, one.step) for one in every)


# What is wrong with an array as a whole.


def _by_array(search: ComparedArrays) -> Iterator[Cause]:
    """One mistake with the first wrong array, and with which of the others it was made as well."""
    value = search.record.value
    found = {name: {one.key: one for one in search.alterations(name, value)} for name in search.wrong}
    first = search.wrong[0]
    for key, one in found[first].items():
        names = tuple(name for name in search.wrong if key in found[name])
        yield Cause(one.kind, 0, names, one.factor, one.place, whole=names == search.wrong)


def _by_sum_of_iterations(search: ComparedArrays) -> Iterator[Cause]:
    """Gradients of earlier iterations that are in it, as where they are not set to zero in between."""
    total = {name: np.array(search.right(name)) for name in search.wrong if search.is_of_the_loss(name)}
    if len(total) < len(search.wrong):
        return
    for record in search.earlier:
        for name in search.wrong:
            if name not in record.program.versions or record[name].shape != total[name].shape:
                return
            total[name] = total[name] + record[name]
        if all(search.tells(name, array) for name, array in total.items()):
            yield Cause("accumulated", 0, search.wrong, place=record.iteration - 1)
            return


def _multiple(search: ComparedArrays) -> Iterator[Cause]:
    """Another factor, the same for every entry of the wrong arrays: of all of them, or else of the first."""
    wrong = search.wrong
    alike = tuple(name for name in wrong if search.given[name].shape == search.right(name).shape)
    for names in (alike, wrong[:1]) if wrong[0] in alike else ():
        ours = np.concatenate([search.right(name).ravel() for name in names])
        theirs = np.concatenate([search.given[name].ravel() for name in names])
        largest = max(float(np.max(search.closeness[name].allowed(search.right(name)))) for name in names)
        if np.count_nonzero(np.abs(ours) > 10 * largest) < 2:
            continue  # of one number anything is a multiple
        factor = float(np.vdot(ours, theirs) / np.vdot(ours, ours))  # by least squares
        made = tuple(name for name in wrong if search.tells(name, factor * search.right(name)))
        if np.isfinite(factor) and factor and wrong[0] in made:
            yield Cause("multiple", 0, made, factor, whole=made == wrong)
            return


# What is wrong with one step of the backward pass, and with all that comes of it.


def _by_variant(search: ComparedArrays) -> Iterator[Cause]:
    for variant, values in search.variants:
        made = {name: expected(search, values, name) for name in search.given}
        if not _explains(search, made, search.wrong[0]):
            continue
        whole = all(search.agrees(name, array) for name, array in made.items())
        yield Cause(variant.kind, variant.step, variant.names, place=variant.place, whole=whole)


def _explains(search: ComparedArrays, made: Mapping[str, Array], first: str) -> bool:
    """Whether the first wrong array is what a mistake makes of it, and not only since both are nearly nothing."""
    if not search.agrees(first, made[first]):
        return False
    return any(search.tells(name, made[name]) for name in search.wrong)


# Two mistakes together.


def _two_of_arrays(search: ComparedArrays) -> Iterator[Cause]:
    """Two mistakes with whole arrays: both with each of them, or one with some and another with the rest."""
    value = search.record.value
    single = {name: {one.key: one for one in search.alterations(name, value)} for name in search.wrong}
    keys = list(dict.fromkeys(key for found in single.values() for key in found))
    for one, other in combinations(keys, 2):
        halves = [tuple(name for name in search.wrong if key in single[name]) for key in (one, other)]
        if all(halves) and set(halves[0]) | set(halves[1]) == set(search.wrong):
            made = {n: single[n][one if n in halves[0] else other].array for n in search.wrong}
            if certain(search, made):
                second = Cause(other[0], 0, halves[1], other[1], other[2])
                yield Cause(one[0], 0, halves[0], one[1], one[2], together=(second,))
    both: list[dict[tuple[Key, Key], Array]] = []
    for name in search.wrong:
        found = {}
        if search.is_of_the_loss(name):
            for before in of_array(search.record, name, search.given[name], value):
                for after in scaled(before.array, search.given[name], search.factors):
                    if search.tells(name, after.array):
                        found[before.key, after.key] = after.array
        both.append(found)
    for pair in both[0]:
        if all(pair in found for found in both):
            made = {name: found[pair] for name, found in zip(search.wrong, both, strict=True)}
            if certain(search, made):
                (one, other) = pair
                second = Cause(other[0], 0, search.wrong, other[1], other[2])
                yield Cause(one[0], 0, search.wrong, one[1], one[2], together=(second,))


def _factor_variants(search: ComparedArrays) -> list[tuple[Cause, dict[int, Array]]]:
    """Every gradient times a factor that is forgotten or put in twice, as where the loss has it wrong."""
    program = search.record.program
    gradients = [value.slot for value in program.values if value.role in ("gradient", "contribution")]
    return [
        (Cause(kind, 0, (), factor), {slot: factor * search.record.value(slot) for slot in gradients})
        for kind, factor in search.factors
    ]


def _variant_and_array(search: ComparedArrays) -> Iterator[Cause]:
    """A mistake in the pass, or a factor of all gradients, and one with some of the arrays that come of it."""
    passes = [*_factor_variants(search)]
    for variant, values in search.variants:
        passes.append((Cause(variant.kind, variant.step, variant.names, place=variant.place), values))
    for cause, values in passes:
        made = {name: expected(search, values, name) for name in search.given}
        left = [name for name in search.given if not search.agrees(name, made[name])]
        touched = [name for name in search.wrong if search.slot(name) in values]
        if not left or not touched:
            continue

        def value(slot: int, values: dict[int, Array] = values) -> Array:
            return values[slot] if slot in values else search.record.value(slot)

        common: dict[Key, Alteration] | None = None
        chosen: dict[str, dict[Key, Array]] = {}
        for name in left:
            found = {one.key: one for one in search.alterations(name, value)}
            chosen[name] = {key: one.array for key, one in found.items()}
            common = found if common is None else {key: one for key, one in common.items() if key in found}
            if not common:
                break
        for key in common or {}:
            whole = {**made, **{name: chosen[name][key] for name in left}}
            if cause.factor != 1.0 != key[1] and len(left) == len(search.given) and _is_one(search, key, cause):
                continue
            if _needed(search, whole, values) and certain(search, whole):
                second = Cause(key[0], 0, tuple(left), key[1], key[2])
                names = cause.names or tuple(name for name in search.given if search.slot(name) in values)
                yield replace(cause, names=names, together=(second,))


def _is_one(search: ComparedArrays, key: Key, cause: Cause) -> bool:
    """Whether two factors together are nothing, or one that is known."""
    known = (1.0, *(factor for _, factor in search.factors))
    return key[0] == cause.kind or key[1] * cause.factor in known


def _needed(search: ComparedArrays, made: Mapping[str, Array], values: Mapping[int, Array]) -> bool:
    """Whether the mistake in the pass makes a difference to what was given, and what it makes can be told."""
    return any(
        search.slot(name) in values and not search.agrees(name, search.right(name)) and search.tells(name, made[name])
        for name in search.wrong
    )


def _alone(search: ComparedArrays, values: Mapping[int, Array]) -> dict[str, bool | None]:
    """For each array whether a mistake alone makes it what the person has; None where it does not change it."""
    return {
        name: search.agrees(name, values[search.slot(name)]) if search.slot(name) in values else None
        for name in search.given
    }


def _may_explain(one: bool | None, other: bool | None, wrong: bool) -> bool:
    """Whether two mistakes together may make an array what it is: what one of them does not change is the other's."""
    if one is None and other is None:
        return not wrong
    if one is None or other is None:
        return bool(one or other)
    return True


def _two_variants(search: ComparedArrays) -> Iterator[Cause]:
    """Two mistakes in the pass, at different steps."""
    record = search.record
    single = [one for one, _ in search.variants if one.done is None and one.kind != "one-sample"]
    single += [one for one, _ in search.variants if one.kind == "one-sample"][:_SAMPLES]
    pairs = len(single) * (len(single) - 1) // 2
    if pairs * record.arena.size > _PAIRS or pairs * len(record.program.steps) > _STEPS:
        return
    known = {id(one): values for one, values in search.variants}
    alone = [_alone(search, known[id(one)]) for one in single]
    for (one, mine), (other, its) in combinations(zip(single, alone, strict=True), 2):
        if one.kind == other.kind and (one.step == other.step or not one.step or not other.step):
            continue
        if not all(_may_explain(mine[name], its[name], name in search.wrong) for name in search.given):
            continue
        values = gradients_with(record, (one, other))
        made = {name: expected(search, values, name) for name in search.given}
        if not all(search.agrees(name, array) for name, array in made.items()):
            continue
        if _explains(search, made, search.wrong[0]) and certain(search, made):
            second = Cause(other.kind, other.step, other.names, place=other.place)
            yield Cause(one.kind, one.step, one.names, place=one.place, together=(second,))
