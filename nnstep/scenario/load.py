"""A scenario file as a frozen Scenario, with all checked that can be before shapes flow through the equations.

Nothing raised here is anything but NnstepError, and that has all the problems of the file.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from nnstep.catalogue import say
from nnstep.errors import LanguageError, NnstepError, Problem
from nnstep.language import parse_equations
from nnstep.ops import OPERATIONS
from nnstep.scenario.conditions import read_conditions
from nnstep.scenario.data.data_table import read_data
from nnstep.scenario.edits.read import read_edits
from nnstep.scenario.hints import suggest
from nnstep.scenario.hints.equations import line_hint
from nnstep.scenario.layers_table import Network, read_layers
from nnstep.scenario.loss_table import (
    check_targets,
    check_y,
    compares_classes,
    read_loss,
    takes_class_numbers,
)
from nnstep.scenario.model import Data, Equation, Parameter, Scenario, Training
from nnstep.scenario.names import Names
from nnstep.scenario.parameters import Budget, read_parameters
from nnstep.scenario.toml.document import SCENARIO_BYTES, decode, parse_leniently, read_bytes
from nnstep.scenario.toml.fields import Field, Report, table, text, whole_number
from nnstep.scenario.toml.positions import Positions
from nnstep.scenario.training import read_optimizer, read_training
from nnstep.text import clean

_KEYS = (
    "title",
    "description",
    "seed",
    "objective",
    "data",
    "layers",
    "loss",
    "equations",
    "parameters",
    "constants",
    "optimizer",
    "training",
    "debug",
    "edits",
)
_LARGEST_SEED = 2**63 - 1  # the largest whole number of TOML
_EQUATIONS = 100_000  # characters
_LINES = 2_000


def load(path: str | os.PathLike[str]) -> Scenario:
    """Read the scenario file at `path`. Raises NnstepError with every problem found in it."""
    name = os.fspath(path)
    content = decode(read_bytes(name, SCENARIO_BYTES), name)
    return loads(content, name, os.path.dirname(name) or ".")  # noqa: PTH120 - the user's own way of writing it is kept


def loads(text: str, path: str | None = None, base: str | None = None) -> Scenario:
    """Read a scenario's text. `path` names it in messages; `base` is the folder that data files are in, if any may be.

    Raises NnstepError with every problem found.
    """
    try:
        read = parse_leniently(text, path)
        return _Reading(read.document, Report(path, Positions(read.text), read.problems), base).scenario()
    except (RecursionError, MemoryError, OverflowError) as error:
        raise NnstepError(Problem(say("scenario.large", reason=type(error).__name__), path)) from None


class _Contents(NamedTuple):
    """What a network is made of, whether it is written as layers or as equations."""

    data: Data | None = None
    equations: Sequence[Equation] = ()
    parameters: Sequence[Parameter] = ()
    constants: Sequence[Parameter] = ()


class _Reading:
    """One document while it is read. The order of the steps is the order in which they need each other."""

    def __init__(self, document: dict[str, Any], report: Report, base: str | None) -> None:
        self._report = report
        self._base = base
        self._fields = table(Field(document, (), report), _KEYS)
        self._seed = whole_number(self._fields.get("seed"), 0, least=0, most=_LARGEST_SEED) or 0
        self._names = Names(report, frozenset(one.name for one in OPERATIONS if one.where != "rule"))
        self._budget = Budget()

    def scenario(self) -> Scenario:
        """The scenario. Raises NnstepError with every problem found."""
        fields = self._fields
        title = text(fields.get("title"), longest=200) or self._file_name()
        description = text(fields.get("description"))
        contents = self._contents()
        objective = self._objective(contents.equations)
        optimizer = read_optimizer(fields["optimizer"]) if "optimizer" in fields else None
        training = read_training(fields["training"]) if "training" in fields else Training()
        names = None if self._report.problems else self._names.all()
        breakpoints, watches = read_conditions(fields["debug"], names, objective) if "debug" in fields else ((), ())
        scenario = Scenario(
            title=title,
            description=description.strip(),
            seed=self._seed,
            equations=tuple(contents.equations),
            parameters=tuple(contents.parameters),
            data=contents.data,
            constants=MappingProxyType({constant.name: constant.value for constant in contents.constants}),
            objective=objective,
            optimizer=optimizer,
            training=training,
            breakpoints=breakpoints,
            watches=watches,
            path=self._report.file,
        )
        if "edits" in fields:
            scenario = scenario._replace(edits=read_edits(fields["edits"], scenario if names is not None else None))
        self._report.finish()
        return scenario

    def _contents(self) -> _Contents:
        layers, equations = self._fields.get("layers"), self._fields.get("equations")
        if layers is not None and equations is not None:
            equations.wrong(say("scenario.two-networks", line=layers.line))
        elif layers is not None:
            return self._from_layers(layers)
        elif equations is not None:
            return self._from_equations(equations)
        else:
            self._report.add(("layers",), say("scenario.no-network"))
        return _Contents()

    def _file_name(self) -> str:
        """The file's name without folder and ".toml", to go by where there is no title."""
        return (self._report.file or "").replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".toml")

    def _data(self, *, class_numbers: bool) -> Data | None:
        field = self._fields.get("data")
        if field is None:
            return None
        data = read_data(field, self._base, self._seed, class_numbers=class_numbers)
        for name in ("x", "y"):
            if data is None or getattr(data, name) is not None:
                self._names.give(name, "data", (*field.path, name))
        return data

    def _from_layers(self, layers: Field) -> _Contents:
        for key in ("parameters", "constants"):
            if key in self._fields:
                self._fields[key].wrong(say("scenario.with-equations", table=key))
        loss = self._fields.get("loss")
        kind = loss.value.get("type") if loss and isinstance(loss.value, dict) else None
        data = self._data(class_numbers=takes_class_numbers(kind))
        network = read_layers(layers, self._columns(layers, data), self._seed, self._budget)
        if network is None:
            return _Contents(data)
        self._name(network, layers)
        compared = read_loss(loss, network) if loss is not None else None
        if compared is not None and loss is not None:
            network.equations.append(compared)
            self._names.give("loss", "loss", loss.path)
            if data is not None:
                check_targets(loss, self._fields["data"], data, str(kind), network)
        return _Contents(data, network.equations, network.parameters)

    def _columns(self, layers: Field, data: Data | None) -> int | None:
        """How many columns the first layer takes; None, and a problem noted, where that is not known."""
        if "data" not in self._fields:
            layers.wrong(say("scenario.layers-need-data"))
        elif data is not None and data.x.ndim == 2:
            return int(data.x.shape[1])
        elif data is not None:
            hint = say("scenario.x-list.hint") if data.origin == "inline" else None
            self._data_field("x").wrong(say("scenario.x-list", count=len(data.x)), hint)
        return None

    def _name(self, network: Network, layers: Field) -> None:
        for parameter in network.parameters:
            self._names.give(parameter.name, "parameter", layers.path, parameter.line)
        for one in network.equations:
            self._names.give(one.assignment.target, "layer", layers.path, one.line)

    def _data_field(self, name: str) -> Field:
        """Where x or y stands in [data], or [data] itself."""
        field = self._fields["data"]
        return field.child(name) if name in field.value else field

    def _from_equations(self, field: Field) -> _Contents:
        if "loss" in self._fields:
            self._fields["loss"].wrong(say("scenario.with-layers"), say("scenario.with-layers.hint"))
        equations = self._equations(field)
        classes = compares_classes(equations)
        data = self._data(class_numbers=classes)
        parameters, constants = self._parameters("parameters"), self._parameters("constants")
        for one in equations:
            self._names.give(one.assignment.target, "equation", field.path, one.line)
        if classes and data is not None and data.y is not None and data.x.ndim == 2 and data.y.ndim == 1:
            check_y(self._report, self._data_field("y").path, data, None)
        return _Contents(data, equations, parameters, constants)

    def _parameters(self, key: str) -> list[Parameter]:
        field = self._fields.get(key)
        if field is None:
            return []
        return read_parameters(field, self._names, self._seed, self._budget, constant=key == "constants")

    def _equations(self, field: Field) -> list[Equation]:
        value = field.value
        if not isinstance(value, str):
            field.expected(say("wanted.equations"))
            return []
        if len(value) > _EQUATIONS or value.count("\n") > _LINES:
            field.wrong(say("scenario.long-equations", count=len(value), most=_EQUATIONS, lines=_LINES))
            return []
        lines = self._report.positions.text_lines(field.path)
        try:
            assignments = parse_equations(value)
        except LanguageError as error:
            for one in (error, *error.others):
                said, hint = line_hint(one.source)
                line = lines[min(one.line, len(lines)) - 1]
                self._report.add(field.path, said or one.message, hint or one.hint, line=line)
            return []
        if not assignments:
            field.expected(say("wanted.equation"))
        return [Equation(one, lines[min(one.line, len(lines)) - 1], field.key) for one in assignments]

    def _objective(self, equations: Sequence[Equation]) -> str | None:
        """The scalar to differentiate: the one named, or `loss` where there is one."""
        field = self._fields.get("objective")
        targets = [one.assignment.target for one in equations]
        if field is None:
            return "loss" if "loss" in targets else None
        name = text(field)
        if isinstance(field.value, str) and equations and name not in targets:
            said = say(f"scenario.objective.{'given' if name in self._names else 'none'}", name=clean(name, 40))
            field.wrong(said, suggest.hint(name, targets, "value"))
        return name or None
