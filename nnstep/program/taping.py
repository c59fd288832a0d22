"""The memory of the tape: which values are held at each step, by the forward pass alone and with the backward pass.

The model is that of a run which frees as early as it can:

- A value is held from the step that makes it to the last step that reads it. While a step is done, what it reads and
  what it makes are both held; right after its last reader a value is freed.
- The forward pass alone knows of no later reader, and so frees as it goes. With the backward pass behind it, a value
  that a derivative rule reads again has to wait for that step.
- What a pass is done for is held to the end: the objective and what else no later step of the forward pass reads (a
  prediction), and the gradient of a parameter where no update takes it.
- A value that only looks at the numbers of another (a transpose, a slice, another name) has no bytes of its own. A use
  of it is a use of what it looks at.
- An update writes the new numbers of a parameter or an optimizer state over the old ones, unless a later step
  reads these: they may be the gradient of another.
- What is there before the first step (data, constants, parameters, optimizer states) is held throughout. It is counted
  apart and is in no other figure.
- A number is a float64 of 8 bytes. What a kernel needs while it works is not counted.

nnstep itself keeps the numbers of a whole iteration, so that it can show any of them at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from nnstep.language import Call, Expression, Name, names
from nnstep.memo import memoized
from nnstep.ops import Array, operation
from nnstep.program.bind import bind, computed
from nnstep.program.model import Program, Step

NUMBER = 8  # bytes of a float64


class Lifetime(NamedTuple):
    """The memory of one value, and how long it is held.

    slot      the value; others may look at the same memory
    bytes     8 times its entries
    made      the step that makes it, from 1
    forward   the last step during which the forward pass alone holds it; 0 for what no forward step makes
    last      the last step during which it is held when all steps are done
    readers   the steps that read it, itself or through what looks at it, in order
    returned  whether the forward pass returns it, and so holds it to its end
    kept      whether it is held to the end of all steps, whatever reads it
    """

    slot: int
    bytes: int
    made: int
    forward: int
    last: int
    readers: tuple[int, ...]
    returned: bool
    kept: bool


class Peak(NamedTuple):
    """The most that is held at once, and the first step during which it is."""

    step: int
    bytes: int


class Share(NamedTuple):
    """What a layer has in memory once the forward pass is done.

    A layer begins with the step that first reads a parameter and has all that is computed from there to the next one;
    what is only added on (a bias) begins none. A value begins a layer where a parameter is used again (tied weights),
    and where layers come together that do not follow one another, as those of queries and keys do.

    name   slot of the parameter that begins it, or where a value does, of the first one that has a name
    bytes  of the values that are still held
    slots  those values, in order
    """

    name: int
    bytes: int
    slots: tuple[int, ...]


class Instant(NamedTuple):
    """The memory during one step.

    held    slots that are held, in the order in which they were made
    freed   slots that were made and are freed by now
    needed  for each later step of the backward pass that reads any of the held ones, its index and which
    """

    held: tuple[int, ...]
    freed: tuple[int, ...]
    needed: tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Tape:
    """The memory of one iteration. All sizes are in bytes; position k of a tuple over steps belongs to step k + 1.

    fixed      what is there before the first step, held throughout and counted nowhere else
    lifetimes  every value with memory of its own that a step makes, in order
    looks      the slots without memory of their own -> the slot that they look at, which has
    forward    how many steps the forward pass has
    alone      held during each forward step, by the forward pass alone
    values     held during each step of the whole: values of the forward pass
    whole      held during each step of the whole: those and gradients, contributions, the update's own values
    shares     by layer, what is held once the forward pass is done and all else is to come
    """

    program: Program
    fixed: int
    lifetimes: tuple[Lifetime, ...]
    looks: Mapping[int, int]
    forward: int
    alone: tuple[int, ...]
    values: tuple[int, ...]
    whole: tuple[int, ...]
    shares: tuple[Share, ...]

    @cached_property
    def by_slot(self) -> Mapping[int, Lifetime]:
        """The memory of each slot that has its own."""
        return MappingProxyType({one.slot: one for one in self.lifetimes})

    @cached_property
    def alone_peak(self) -> Peak:
        """The most that the forward pass alone holds."""
        return _peak(self.alone)

    @cached_property
    def peak(self) -> Peak:
        """The most that the whole holds: forward, backward and update."""
        return _peak(self.whole)

    @cached_property
    def returned(self) -> int:
        """What the forward pass alone still holds when it is done."""
        return sum(one.bytes for one in self.lifetimes if one.returned)

    @cached_property
    def waiting(self) -> tuple[Lifetime, ...]:
        """Values that the forward pass alone would have freed, and that the backward pass still reads, as made."""
        return tuple(one for one in self.lifetimes if one.forward and not one.returned and self.later(one))

    def later(self, one: Lifetime) -> tuple[int, ...]:
        """The steps of the backward pass that read a value."""
        return tuple(index for index in one.readers if self.program.steps[index - 1].phase == "backward")

    def at(self, step: int) -> Instant:
        """The memory during step `step`; with 0, before the first one."""
        made = [one for one in self.lifetimes if one.made <= step]
        needed: dict[int, list[int]] = {}
        for one in made:
            for index in self.later(one):
                if index > step:
                    needed.setdefault(index, []).append(one.slot)
        return Instant(
            tuple(one.slot for one in made if step <= one.last),
            tuple(one.slot for one in made if step > one.last),
            tuple((index, tuple(needed[index])) for index in sorted(needed)),
        )


@memoized()
def tape(program: Program) -> Tape:
    """The memory of one iteration of a program."""
    looks = _looks(program)
    reads = [tuple(dict.fromkeys(looks.get(slot, slot) for slot in _read(step))) for step in program.steps]
    forward = sum(step.phase == "forward" for step in program.steps)
    lifetimes = _lifetimes(program, looks, reads, forward)
    alone = _totals(forward, ((one.made, one.forward, one.bytes) for one in lifetimes if one.forward))
    values = _totals(len(program.steps), ((one.made, one.last, one.bytes) for one in lifetimes if one.forward))
    whole = _totals(len(program.steps), ((one.made, one.last, one.bytes) for one in lifetimes))
    fixed = sum(_bytes(program, value.slot) for value in program.values if not value.step)
    shares = _shares(program, looks, reads, lifetimes, forward)
    return Tape(program, fixed, lifetimes, MappingProxyType(looks), forward, alone, values, whole, shares)


def _bytes(program: Program, slot: int) -> int:
    return NUMBER * prod(program.values[slot].shape)


def _peak(held: tuple[int, ...]) -> Peak:
    most = max(held, default=0)
    return Peak(held.index(most) + 1 if held else 0, most)


def _totals(steps: int, spans: Iterable[tuple[int, int, int]]) -> tuple[int, ...]:
    """The bytes during each step, from (first step, last step, bytes) of what is held."""
    change = [0] * (steps + 2)
    for first, last, size in spans:
        change[first] += size
        change[last + 1] -= size
    totals, now = [], 0
    for index in range(1, steps + 1):
        now += change[index]
        totals.append(now)
    return tuple(totals)


def _lifetimes(
    program: Program, looks: Mapping[int, int], reads: list[tuple[int, ...]], forward: int
) -> tuple[Lifetime, ...]:
    """How long each value with memory of its own is held."""
    readers: dict[int, list[int]] = {}
    for step, slots in zip(program.steps, reads, strict=True):
        for slot in slots:
            readers.setdefault(slot, []).append(step.index)
    returned, kept = ({looks.get(slot, slot) for slot in found} for found in _results(program, forward))
    end = len(program.steps)
    found = []
    for step in program.steps:
        slot, index = step.target, step.index
        if slot in looks:
            continue
        uses = readers.get(slot, [])
        during = 0
        if index <= forward:
            during = forward if slot in returned else max((use for use in uses if use <= forward), default=index)
        last = end if slot in kept else max(uses, default=index)
        size = _bytes(program, slot)
        found.append(Lifetime(slot, size, index, during, last, tuple(uses), slot in returned, slot in kept))
    return tuple(found)


def _results(program: Program, forward: int) -> tuple[set[int], set[int]]:
    """What the forward pass returns, and what is held to the end of all steps: that, the gradients of parameters that
    nothing reads, and what the next iteration begins with.
    """
    made, read = program.steps[:forward], {slot for step in program.steps for slot in _read(step)}
    returned = {step.target for step in made} - {slot for step in made for slot in _read(step)}
    if program.objective is not None:
        returned.add(program.objective)
    parameters = {program.values[start].name for start, _ in program.carried}
    gradients = {value.slot for value in program.values if value.role == "gradient" and value.of in parameters}
    return returned, returned | (gradients - read) | {end for start, end in program.carried if start != end}


# Who reads whose memory.


def _read(step: Step) -> tuple[int, ...]:
    """The slots whose numbers a step works on. Of `put(g, x[0:2])` it needs only the shape of x."""
    slots = dict(step.operands)
    return tuple(slots[name] for name in _worked_on(step.expression))


def _worked_on(expression: Expression) -> tuple[str, ...]:
    if isinstance(expression, Call):
        return tuple(dict.fromkeys(name for part in computed(expression) for name in _worked_on(part)))
    return names(expression)


def _looks(program: Program) -> dict[int, int]:
    """The slots without memory of their own, each with the slot whose memory it is."""
    found: dict[int, int] = {}
    samples: dict[int, Array] = {}  # memory of no content, to try a view on: some reshapes have to copy
    for step in program.steps:
        shapes = {name: program.values[slot].shape for name, slot in step.operands}
        match step.expression:
            case Name():
                source = step.operands[0][1]
                found[step.target] = found.get(source, source)
                if source in samples:
                    samples[step.target] = samples[source]
            case Call(function, (Name(), *_)) as call if (look := operation(function).view) is not None:
                source = step.operands[0][1]
                if source not in samples:
                    samples[source] = np.empty(program.values[source].shape)
                view = look(samples[source], **bind(call, shapes.__getitem__).site.options)
                if view is not None:
                    samples[step.target] = view
                    found[step.target] = found.get(source, source)
    return found | _written_over(program, found)


def _written_over(program: Program, looks: Mapping[int, int]) -> dict[int, int]:
    """New parameters and states, each with the old one that it is written over: nothing reads that any more."""
    last: dict[int, int] = {}
    for step in program.steps:
        for slot in _read(step):
            last[looks.get(slot, slot)] = step.index
    return {
        end: start
        for start, end in program.carried
        if start != end and end not in looks and last.get(start, 0) <= program.values[end].step
    }


# Layers.


class _Layer(NamedTuple):
    """A layer while layers are found: the parameter that begins it, or -1, and the layers it follows, with itself."""

    parameter: int
    after: frozenset[int]


def _shares(
    program: Program,
    looks: Mapping[int, int],
    reads: list[tuple[int, ...]],
    lifetimes: tuple[Lifetime, ...],
    forward: int,
) -> tuple[Share, ...]:
    """What each layer has in memory when the forward pass is done."""
    layers, layer_of = _layers(program, looks, reads, forward)
    made: list[list[Lifetime]] = [[] for _ in layers]
    for one in lifetimes:
        if one.made <= forward:
            made[layer_of[one.slot]].append(one)
    shares = []
    for layer, members in zip(layers, made, strict=True):
        name = layer.parameter
        if name < 0:
            named = [one.slot for one in members if program.values[one.slot].role == "activation"]
            name = named[0] if named else members[0].slot
        held = [one for one in members if one.last > forward or one.kept]
        shares.append(Share(name, sum(one.bytes for one in held), tuple(one.slot for one in held)))
    return tuple(shares)


def _layers(
    program: Program, looks: Mapping[int, int], reads: list[tuple[int, ...]], forward: int
) -> tuple[list[_Layer], dict[int, int]]:
    """The layers in order, and which one each value with memory of its own and each parameter belongs to."""
    layers: list[_Layer] = []
    layer_of: dict[int, int] = {}
    waiting: dict[int, tuple[int, ...]] = {}  # made of data and numbers only: of the layer that reads it
    for step, slots in zip(program.steps[:forward], reads[:forward], strict=True):
        if step.target in looks:
            continue
        parameters = [slot for slot in slots if program.values[slot].role == "parameter"]
        fresh = [slot for slot in parameters if slot not in layer_of]
        before = {layer_of[slot] for slot in slots if slot in layer_of}
        early = _with_parts([slot for slot in slots if slot in waiting], waiting)
        if not fresh and not before:
            waiting[step.target] = tuple(early)
            continue
        after = frozenset().union(*(layers[one].after for one in before))
        last = next((one for one in before if layers[one].after == after), None)
        added = bool(before) and step.operation in ("add", "subtract")
        again = bool(parameters) and any(slot in layer_of for slot in slots if slot not in parameters)
        if last is None or (not added and (fresh or again)):
            last = len(layers)
            layers.append(_Layer(fresh[0] if fresh and not added else -1, after | {last}))
        for slot in (*fresh, *early, step.target):
            layer_of.setdefault(slot, last)
    left = [slot for slot in waiting if slot not in layer_of]
    if left:  # nothing with a parameter reads it
        layer_of |= dict.fromkeys(left, len(layers))
        layers.append(_Layer(-1, frozenset()))
    return layers, layer_of


def _with_parts(slots: Iterable[int], parts: Mapping[int, tuple[int, ...]]) -> list[int]:
    """The slots, and what they are made of."""
    return list(dict.fromkeys(one for slot in slots for one in (*parts[slot], slot)))
