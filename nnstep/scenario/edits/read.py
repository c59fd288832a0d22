"""The [[edits]] of a file: what is changed as an iteration begins.

    [[edits]]
    iteration = 12
    cell = "W1[0, 1]"                            # or x[3, 0], b1[2], w, velocity(W1)[0, 1]
    value = 0.5

    [[edits]]
    iteration = 12
    optimizer = { type = "adam", lr = 0.01 }     # without a type, options of the one in force: { lr = 0.1 }

The tables may stand in any order: an edit is read as the run comes to it, after those of earlier iterations and, of its
own iteration, those above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nnstep.catalogue import say, say_count
from nnstep.errors import LanguageError, OperationError
from nnstep.language import REFERENCES, Call, Name, parse_expression
from nnstep.language.references import Vocabulary, read_reference
from nnstep.ops import Shape
from nnstep.optimizers import OPTIMIZERS, states_of
from nnstep.scenario.edits.edit_text import cell_text
from nnstep.scenario.edits.labels import Label, labels
from nnstep.scenario.hints import suggest
from nnstep.scenario.model import Edit, Optimizer, Scenario
from nnstep.scenario.toml.arrays import times
from nnstep.scenario.toml.fields import Field, real, required_field, table, text, whole_number
from nnstep.scenario.training import file_key, optimizer_keys, read_optimizer
from nnstep.text import clean

_KEYS = ("iteration", "cell", "value", "optimizer")
_MOST = 1_000  # edits of a scenario
_STATES = tuple(dict.fromkeys(state for one in OPTIMIZERS.values() for state in one.states))


class _Context(NamedTuple):
    """What is known where an edit is read.

    scenario  with the edits that were read so far; None where something else is wrong with it
    labels    where its values hold class numbers
    unsure    whether the optimizer in force is not known, since an edit of it cannot be read
    found     the edits that were read so far
    """

    scenario: Scenario | None
    labels: Mapping[str, list[Label]]
    unsure: bool = False
    found: tuple[Edit, ...] = ()

    def after(self, edit: Edit | None, changes_optimizer: bool) -> _Context:
        """For what is read next."""
        if edit is None:
            return self._replace(unsure=self.unsure or changes_optimizer)
        found = (*self.found, edit)
        if self.scenario is None:
            return self._replace(found=found)
        edits = (*self.scenario.edits, edit)
        if len(edits) > 1 and edits[-2].iteration > edit.iteration:
            return self._replace(scenario=self.scenario.with_edits(edits), found=found)
        return self._replace(scenario=self.scenario._replace(edits=edits), found=found)  # the last one changes no other

    def optimizer(self, iteration: int | None) -> Optimizer | None:
        """The one in force; None where there is none, or it is not known."""
        if self.scenario is None or self.unsure or iteration is None:
            return None
        return self.scenario.optimizer_at(iteration)


def read_edits(owner: Field, scenario: Scenario | None) -> tuple[Edit, ...]:
    """The edits of the field `edits` in the order of their iterations; those of one stay in the order of the file.

    `scenario` is the rest of the file. Where something is wrong with it (None), edits are only looked at by themselves.
    """
    if not isinstance(owner.value, list) or not all(isinstance(item, dict) for item in owner.value):
        hint = say("toml.double", name="edits") if isinstance(owner.value, dict) else None
        owner.expected(say("wanted.edits"), hint)
        return ()
    if len(owner.value) > _MOST:
        owner.wrong(say("edits.many", count=len(owner.value), most=f"{_MOST:,}"))
        return ()
    return tuple(read_all(owner.items(), scenario))


def read_all(items: list[Field], scenario: Scenario | None) -> list[Edit]:
    """The edits in the order in which they take effect."""
    context = _Context(scenario, labels(scenario) if scenario is not None else {})
    read: list[tuple[int | None, Field]] = []
    for item in items:
        iteration = _iteration_of(item, scenario)
        read.append((iteration, item))
        if iteration is None and "optimizer" in item.value:  # it may change any iteration
            context = context._replace(unsure=True)
    for iteration, item in sorted(read, key=lambda one: one[0] or 0):
        edit = _read(item, iteration, context)
        context = context.after(edit, "optimizer" in item.value)
    return list(context.found)


def _iteration_of(item: Field, scenario: Scenario | None) -> int | None:
    """With which iteration an edit takes effect; None, and a problem noted, where that is not said or not possible."""
    fields = table(item, _KEYS)
    return _iteration(required_field(fields, "iteration", item, say("edits.iteration")), scenario)


def _read(item: Field, iteration: int | None, context: _Context) -> Edit | None:
    """An edit whose keys were looked at, and its iteration."""
    fields = {key: item.child(key) for key in item.value if key in _KEYS}
    if ("cell" in fields) == ("optimizer" in fields):
        if "cell" in fields:
            item.wrong(say("edits.both"))
        elif len(fields) == len(item.value):  # else an unknown key is blamed already
            item.wrong(say("edits.neither"))
        return None
    if "optimizer" in fields:
        if "value" in fields:
            fields["value"].wrong(say("edits.value-of-optimizer"))
        optimizer = _optimizer(fields["optimizer"], iteration, context)
        if iteration is None or optimizer is None:
            return None
        changed = _changed_options(fields["optimizer"], optimizer)
        return Edit(iteration, optimizer=optimizer, options=changed, line=item.line, key=item.key)
    cell = _cell(fields["cell"], iteration, context)
    where = required_field(fields, "value", item, say("edits.value"))
    if where is not None and isinstance(where.value, bool):
        where = where._replace(value=float(where.value))  # as in the arrays of a file
    value = real(where, 0.0)
    if iteration is None or cell is None or where is None:
        return None
    _check_label(where, cell[0], value, context)
    return Edit(iteration, *cell, value, line=item.line, key=item.key)


def _iteration(field: Field | None, scenario: Scenario | None) -> int | None:
    number = whole_number(field, None, least=1, most=2**63)
    if field is None or number is None or scenario is None or number <= scenario.iterations:
        return number
    count = scenario.iterations
    field.wrong(say_count("edits.beyond", count, number=number, iterations=count))
    return None


def _optimizer(field: Field, iteration: int | None, context: _Context) -> Optimizer | None:
    if context.scenario is not None and context.scenario.optimizer is None:
        field.wrong(say("edits.no-optimizer"))
        return None
    if field.value == {}:
        field.expected(say("wanted.option"))
        return None
    before = context.optimizer(iteration)
    if before is None and isinstance(field.value, dict) and "type" not in field.value:
        table(field, optimizer_keys())  # whose options they are is not known
        return None
    return read_optimizer(field, before)


def _changed_options(field: Field, optimizer: Optimizer) -> Mapping[str, float | bool] | None:
    """The options that are changed of the optimizer in force; None where another one is given."""
    if "type" in field.value:
        return None
    return {name: value for name, value in optimizer.options.items() if file_key(name) in field.value}


def _check_label(field: Field, name: str, value: float, context: _Context) -> None:
    """Note where a class number is expected and the value is none."""
    try:
        for label in context.labels.get(name, ()):
            label.check(value)
    except OperationError as error:
        field.wrong(say("said.about", what=name, reason=error.message), error.hint)


# Cells.


def _cell(field: Field, iteration: int | None, context: _Context) -> tuple[str, tuple[int, ...]] | None:
    """The name and the index of a cell that there is."""
    written = text(field)
    if not isinstance(field.value, str):
        return None
    found = _meant(written, field, context)
    if found is None:
        return None
    name, numbers = found
    shape = _shape(field, name, iteration, context)
    if shape is None:
        return (name, numbers) if context.scenario is None else None
    if len(numbers) == len(shape) and all(0 <= at < size for at, size in zip(numbers, shape, strict=True)):
        return name, numbers
    hint = say("edits.row") if name in ("x", "y") else None
    ends = {"first": cell_text(name, (0,) * len(shape)), "last": cell_text(name, tuple(size - 1 for size in shape))}
    key = "edits.no-cell" if shape else "edits.no-cell.number"
    field.wrong(say(key, cell=clean(written, 40), name=name, shape=times(shape), **ends), hint)
    return None


def _meant(written: str, field: Field, context: _Context) -> tuple[str, tuple[int, ...]] | None:
    """The name and the index that are written, in whatever notation; None, and a problem noted, for what is no cell."""
    given = given_shapes(context.scenario) if context.scenario is not None else {}
    targets = [one.assignment.target for one in context.scenario.equations] if context.scenario is not None else []
    values = {*given, *targets}
    known = values | {f"{reference}({name})" for reference in REFERENCES for name in values}
    objective = (context.scenario.objective if context.scenario is not None else None) or "loss"
    named_value = read_reference(written, Vocabulary(known.__contains__, objective))
    if named_value is not None:
        return named_value
    try:
        match parse_expression(written):
            case Name(name):
                return name, ()
            case Call("slice", (Name(name),), ((_, tuple() as index),)):
                numbers = tuple(item for item in index if isinstance(item, int))
                if len(numbers) == len(index):
                    return name, numbers
                field.wrong(say("edits.several-cells", cell=clean(written, 40)))
            case _:
                field.wrong(say("found.expected", found=f"'{clean(written, 40)}'", wanted=say("wanted.cell")))
    except LanguageError as error:
        said = say("said.about", what=clean(written, 60), reason=error.message)
        field.wrong(said, error.hint or say("found.wanted", wanted=say("wanted.cell")))
    return None


def given_shapes(scenario: Scenario) -> dict[str, Shape]:
    """The shapes of the values that are given and not computed."""
    arrays = {parameter.name: parameter.value for parameter in scenario.parameters} | dict(scenario.constants)
    if scenario.data is not None:
        arrays["x"] = scenario.data.x
        if scenario.data.y is not None:
            arrays["y"] = scenario.data.y
    return {name: array.shape for name, array in arrays.items()}


def _shape(field: Field, name: str, iteration: int | None, context: _Context) -> Shape | None:
    """The shape of what can be edited; None where it cannot, and a problem noted, or where that is not known."""
    scenario = context.scenario
    if scenario is None:
        return None
    shapes = given_shapes(scenario)
    if name in shapes:
        return shapes[name]
    reference, inner = _reference(name)
    if reference in _STATES and inner in shapes:
        return shapes[inner] if _check_kept(field, reference, inner, iteration, context) else None
    targets = [one.assignment.target for one in scenario.equations]
    if name in targets or (reference in REFERENCES and inner in (*targets, *shapes)):
        field.wrong(say("edits.computed", name=clean(name, 40)), say("edits.computed.hint"))
        return None
    known = [*shapes, *(f"{state}({one.name})" for one in scenario.parameters for state in _STATES)]
    near = next((one for one in known if one.lower() == name.lower()), None)
    meant = suggest.hint(name, known, "value") if field.report.few else None
    hint = say("hint.slip", word=near) if near else meant or suggest.there([*shapes])
    field.wrong(say("names.undefined", name=clean(name, 40)), hint)
    return None


def _reference(name: str) -> tuple[str, str]:
    """("velocity", "W1") for velocity(W1); two empty texts for a name that refers to no other."""
    reference, bracket, inner = name.removesuffix(")").partition("(")
    return (reference, inner) if bracket else ("", "")


def is_kept(scenario: Scenario, name: str, iteration: int) -> bool:
    """Whether a name is no state of an optimizer, or one that the optimizer in force in that iteration has."""
    state, _ = _reference(name)
    optimizer = scenario.optimizer_at(iteration)
    return not state or (optimizer is not None and state in states_of(optimizer.type, optimizer.options))


def _check_kept(field: Field, state: str, name: str, iteration: int | None, context: _Context) -> bool:
    """Whether the optimizer in force keeps a state of the value; what is not known is not said."""
    assert context.scenario is not None
    parameter = next((one for one in context.scenario.parameters if one.name == name), None)
    if parameter is None or not parameter.trainable:
        field.wrong(say("edits.kept.no-parameter" if parameter is None else "edits.kept.not-trained", name=name))
        return False
    if context.scenario.optimizer is None:
        field.wrong(say("edits.kept.no-optimizer", state=f"{state}({name})"))
        return False
    optimizer = context.optimizer(iteration)
    if optimizer is None or state in states_of(optimizer.type, optimizer.options):
        return True
    kept = say("layout.and").join(f"{one}({name})" for one in states_of(optimizer.type, optimizer.options))
    key = "edits.kept.others" if kept else "edits.kept.nothing"
    field.wrong(say(key, state=f"{state}({name})", optimizer=optimizer.type, kept=kept))
    return False
