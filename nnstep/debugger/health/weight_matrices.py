"""The weights of a program in the order of its layers, and the parts of a layer: what feeds a unit."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.language import Call, Name, Number, to_text
from nnstep.memo import memoized
from nnstep.program import Program, Step


class WeightMatrix(NamedTuple):
    """A trainable parameter that has a gradient.

    before, after  its slots at the start and at the end of an iteration; equal where it is not updated
    gradient       the slot of its gradient
    step           the first forward step that multiplies with it; 0 for what no product of matrices reads
    given          the slot of the other matrix of that product
    following      the weights that come later on the way to the objective, by their numbers in the list
    """

    name: str
    before: int
    after: int
    gradient: int
    step: int
    given: int
    following: tuple[int, ...] = ()


@memoized()
def weight_matrices(program: Program) -> tuple[WeightMatrix, ...]:
    """The weight matrices in the order in which they are multiplied with; where there are none, all that is trained."""
    every = []
    for start, end in program.carried:
        value = program.values[start]
        gradient = program.versions.get(f"grad({value.name})")
        if value.role == "parameter" and value.trainable and gradient:
            step, given = _product_with(program, start)
            every.append(WeightMatrix(value.name, start, end, gradient[-1], step, given))
    matrices = sorted((one for one in every if one.step), key=lambda one: one.step)
    if not matrices:
        return tuple(every)
    behind = [_behind(program, one.step) for one in matrices]
    return tuple(
        one._replace(following=tuple(k for k, other in enumerate(matrices) if other.given in behind[number]))
        for number, one in enumerate(matrices)
    )


def _product_with(program: Program, slot: int) -> tuple[int, int]:
    """The first step that multiplies with a parameter, as it is or transposed, and the slot of the other matrix."""
    same = {slot}
    for step in program.steps:
        if step.phase != "forward":
            break
        reads = [operand for _, operand in step.operands if operand in same]
        if reads and isinstance(step.expression, Call):
            if step.expression.function == "transpose":
                same.add(step.target)
            elif step.expression.function == "matmul":
                others = [operand for _, operand in step.operands if operand not in same]
                return step.index, others[0] if others else reads[0]
    return 0, 0


def _behind(program: Program, step: int) -> set[int]:
    """The slots that depend on what a forward step assigns, that one among them."""
    found = {program.steps[step - 1].target}
    for one in program.steps[step:]:
        if one.phase != "forward":
            break
        if any(slot in found for _, slot in one.operands):
            found.add(one.target)
    return found


def between(program: Program, first: WeightMatrix, last: WeightMatrix) -> tuple[Step, ...]:
    """The forward steps from right after the product with `first` to that with `last`, along which a gradient flows."""
    behind = _behind(program, first.step)
    needed = {last.given}
    found = [program.steps[last.step - 1]]
    for step in reversed(program.steps[first.step : last.step - 1]):
        if step.target in needed and step.target in behind:
            found.append(step)
            needed.update(slot for _, slot in step.operands)
    return tuple(reversed(found))


def argument(step: Step, number: int) -> int | None:
    """The slot of an argument of a step's operation; None where it is a number, or there is none."""
    if not isinstance(step.expression, Call):
        return step.operands[0][1] if step.operands and number == 0 else None
    one = step.expression.arguments[number] if number < len(step.expression.arguments) else None
    return dict(step.operands)[one.id] if isinstance(one, Name) else None


def said_argument(step: Step, number: int) -> Name | float:
    """An argument of a step's operation as a sentence has it: a name, or a number."""
    given = step.expression.arguments[number] if isinstance(step.expression, Call) else step.expression
    if isinstance(given, Number):
        return given.value
    return given if isinstance(given, Name) else Name(to_text(given))


class Fed(NamedTuple):
    """What the units of a layer are made of: h @ W + b.

    weights  the slot of W, of shape (inputs, units), or None
    inputs   the slot of h, or None
    biases   the slots of parameters of shape (units,) that are added
    """

    weights: int | None
    inputs: int | None
    biases: tuple[int, ...]


def fed(program: Program, slot: int) -> Fed:
    """What feeds the columns of the value in `slot`, as far as it is a sum of a product with a parameter and biases."""
    units = program.values[slot].shape[-1:]
    weight: int | None = None
    inputs: int | None = None
    biases = []
    stack = [slot]
    while stack:
        one = stack.pop()
        value = program.values[one]
        if not value.step:
            if value.role == "parameter" and value.shape == units:
                biases.append(one)
            continue
        expression = program.steps[value.step - 1].expression
        slots = dict(program.steps[value.step - 1].operands)
        match expression:
            case Call("add", (Name(left), Name(right))):
                stack += [slots[right], slots[left]]
            case Call("matmul", (Name(left), Name(right))) if weight is None:
                given = program.values[slots[right]]
                if given.role == "parameter" and given.shape[-1:] == units:
                    weight, inputs = slots[right], slots[left]
    return Fed(weight, inputs, tuple(biases))
