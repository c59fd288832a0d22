"""The [loss] table written out as an equation, and whether the targets fit what they are compared with.

A loss is an operation that compares two values: what is asked about one here is in its entry.
"""

from __future__ import annotations

import numpy as np

from nnstep.catalogue import say, say_count
from nnstep.language import Call, Name, number_text, walk
from nnstep.ops import OPERATIONS, Array, facts
from nnstep.scenario.data.orientation import samples_in_columns
from nnstep.scenario.layers_table import Network, equation, read_options, write_call
from nnstep.scenario.model import Data, Equation
from nnstep.scenario.toml.arrays import times
from nnstep.scenario.toml.fields import Field, Report, choice, real, required_field, table
from nnstep.text import clean

LOSSES = {one.name: one for one in OPERATIONS if one.compares}
_MOST = 10  # wrong targets listed


def read_loss(owner: Field, network: Network) -> Equation | None:
    """`loss = ...` of the network's output and y; None when something is wrong."""
    kind = owner.value.get("type") if isinstance(owner.value, dict) else None
    known = LOSSES.get(kind) if isinstance(kind, str) else None
    possible = [known] if known else [*LOSSES.values()]  # of which the options are
    fields = table(owner, ("type", "scale", *dict.fromkeys(option for one in possible for option in one.options)))
    choice(required_field(fields, "type", owner, say("wanted.one-of", words=", ".join(LOSSES))), LOSSES)
    scale = real(fields.get("scale"), 1.0)
    written = read_options(fields, possible, 2)
    if known is None:
        return None
    of_rows = known.compares == "rows" and known.expects == "probabilities"
    if of_rows and facts(network.last_type).gives == "logarithms":
        said = say("loss.logarithms", loss=known.name, layer=network.last_type)
        owner.child("type").wrong(said, say("loss.logarithms.hint", loss=known.name))
    compared = network.output
    if known.expects == "softmax" == network.last_type:
        compared = network.taken  # the logits: a softmax is in it, and of its own no probability becomes 0
    text = write_call(known.name, f"{compared}, y", written)
    if scale != 1:
        text = f"{number_text(scale)} * {text}"
    return equation(f"loss = {text}", owner)


def compares_classes(equations: list[Equation]) -> bool:
    """Whether an operation takes y for class numbers somewhere."""
    for one in equations:
        for node in walk(one.assignment.expression):
            entry = facts(node.function) if isinstance(node, Call) else None
            if isinstance(node, Call) and entry is not None and entry.class_numbers:
                place = entry.inputs.index(entry.class_numbers)
                if node.arguments[place : place + 1] == (Name("y"),):
                    return True
    return False


def takes_class_numbers(kind: object) -> bool:
    """Whether the targets of a type of loss may be class numbers."""
    return isinstance(kind, str) and kind in LOSSES and bool(LOSSES[kind].class_numbers)


def check_targets(owner: Field, data_field: Field, data: Data, kind: str, network: Network) -> None:
    """In a network of layers: y against the output, before a shape is broadcast to one nobody meant."""
    report, path = data_field.report, _y_path(data_field)
    if data.y is None:
        owner.wrong(say("loss.no-y"), say("loss.no-y.hint"))
        return
    shape, width = data.y.shape, network.width
    if width is None:
        return
    output = (len(data.x), width)
    if takes_class_numbers(kind) and data.y.ndim == 1:
        check_y(report, path, data, width)
        return
    if shape == output:
        return
    hint = samples_in_columns(data.x, data.y, data.origin, width) or _targets_hint(data.origin, data.y, kind, width)
    key = "loss.targets.numbered" if takes_class_numbers(kind) else "loss.targets"
    said = say(key, found=times(shape), wanted=times(output), output=network.output, rows=len(data.x))
    report.add(path, said, hint)


def _y_path(data_field: Field) -> tuple[str | int, ...]:
    has_y = isinstance(data_field.value, dict) and "y" in data_field.value
    return (*data_field.path, "y") if has_y else data_field.path


def _targets_hint(origin: str, y: Array, kind: str, width: int) -> str | None:
    """What to write where targets have another shape than the output of `width` columns."""
    if y.ndim == 1 and width == 1:
        return _column_hint(origin, y)
    if takes_class_numbers(kind) and y.shape[1:] == (1,):
        return say("loss.class-list", list=_listed(y[:, 0], "{}"))
    if y.ndim == 1 and _is_labels(y):
        return say("loss.class-numbers")
    return None


def _column_hint(origin: str, y: Array) -> str:
    if origin == "inline":
        return say("loss.rows", rows=_listed(y, "[{}]"))
    return say("loss.column")


def _listed(values: Array, form: str) -> str:
    shown = ", ".join(form.format(number_text(float(value))) for value in values[:2])
    return f"[{shown}{', ...' if len(values) > 2 else ''}]"


def _is_labels(values: Array) -> bool:
    return bool((values == np.floor(values)).all() and (values >= 0).all())


def check_y(report: Report, path: tuple[str | int, ...], data: Data, classes: int | None) -> None:
    """Every y a whole number from 0 to classes - 1; each row that is not is a problem with its place."""
    assert data.y is not None
    fits = (data.y >= 0) & (data.y == np.floor(data.y))
    if classes is not None:
        fits &= data.y < classes
    wrong = np.flatnonzero(~fits)
    wanted = say("wanted.class-number.below", last=classes - 1) if classes is not None else say("wanted.class-number")
    for row in wrong[:_MOST].tolist():
        found = number_text(float(data.y[row]))
        place = (*path, row) if data.origin == "inline" else path
        if data.classes and data.y[row] < len(data.classes):
            name = clean(data.classes[int(data.y[row])], 40)
            said = say("loss.class.named", row=row, found=found, name=name, wanted=wanted)
        else:
            said = say("loss.class", row=row, found=found, wanted=wanted)
        report.add(place, said, say("loss.class.hint"))
    if len(wrong) > _MOST:
        report.add(path, say_count("loss.class.more", len(wrong) - _MOST))
