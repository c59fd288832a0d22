"""[[layers]] written out as equations, with the field's names.

The l-th linear layer gives `z{l} = h{l-1} @ W{l} + b{l}` and the activation after it `h{l}`; the last linear layer
gives `o` and the activation after it `p`. A linear layer without an activation feeds its `z{l}` on. A second activation
in a row is `h{l}_2` or `p_2`, one before the first linear layer is `h0`, and a network of activations only gives `p`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language import number_text, parse_equations
from nnstep.ops import OPERATIONS, REDUCTIONS, Operation, operation
from nnstep.scenario.data.orientation import weight_transposed
from nnstep.scenario.hints import suggest
from nnstep.scenario.initialisers import INITIALISERS
from nnstep.scenario.model import Array, Equation, Parameter
from nnstep.scenario.parameters import Budget, drawn
from nnstep.scenario.toml.arrays import array, times
from nnstep.scenario.toml.fields import Field, choice, describe, flag, real, required_field, table, whole_number

__all__ = ["ACTIVATIONS", "Network", "equation", "read_layers", "read_options", "write_call"]

ACTIVATIONS = tuple(one.name for one in OPERATIONS if one.activation)
_TYPES = ("linear", *ACTIVATIONS)
_LINEAR = ("type", "units", "weight", "bias", "init", "trainable")
_MOST = 200  # layers of a network
_WIDEST = 100_000


class Network:
    """Layers written out so far.

    `output` is the name of the last value, `width` its columns (None: not known), `taken` the name of the value that
    the last layer was given.
    """

    def __init__(self, width: int | None) -> None:
        self.width = width
        self.output, self.taken, self.last_type = "x", "", ""
        self.equations: list[Equation] = []
        self.parameters: list[Parameter] = []


def equation(text: str, place: Field) -> Equation:
    """An equation that stands for what the file says at `place`."""
    return Equation(parse_equations(text)[0], place.line, place.key)


def write_call(name: str, arguments: str, options: Mapping[str, str]) -> str:
    """A call as it is typed; `options` are written texts."""
    return f"{name}({', '.join([arguments, *(f'{key}={value}' for key, value in options.items())])})"


def read_options(fields: Mapping[str, Field], possible: Sequence[Operation], inputs: int) -> dict[str, str]:
    """The options among the fields as they are written in a call, those of one of the `possible` operations."""
    written = {}
    for option, where in fields.items():
        entry = next((one for one in possible if option in one.options), None)
        if entry is None:
            continue
        default = entry.options[option]
        value = real(where, default) if isinstance(default, float) else choice(where, REDUCTIONS, str(default))
        try:
            entry.shape(*[(1, 1)] * inputs, **{**entry.options, option: value})
        except OperationError as error:
            where.wrong(error.message, error.hint)
        if value != default or isinstance(value, float):
            written[option] = number_text(value) if isinstance(value, float) else str(value)
    return written


def read_layers(owner: Field, columns: int | None, seed: int, budget: Budget) -> Network | None:
    """The network that the layers say, for samples of `columns` columns (None: not known); None without layers."""
    if not isinstance(owner.value, list) or not all(isinstance(layer, dict) for layer in owner.value):
        hint = say("toml.double", name="layers") if isinstance(owner.value, dict) else None
        owner.expected(say("wanted.layers"), hint)
        return None
    if not 1 <= len(owner.value) <= _MOST:
        owner.expected(say("wanted.layers.count", most=_MOST))
        return None
    layers = owner.items()
    types = [_type(layer) for layer in layers]
    last = max((index for index, kind in enumerate(types) if kind == "linear"), default=-1)
    network = Network(columns)
    linears = in_a_row = 0
    for index, (layer, kind) in enumerate(zip(layers, types, strict=True)):
        if kind == "linear":
            linears, in_a_row = linears + 1, 0
            _linear(network, layer, linears, "o" if index == last else f"z{linears}", seed, budget)
        elif kind is not None:
            in_a_row += 1
            name = "p" if index > last else f"h{linears}"
            _activation(network, layer, kind, name if in_a_row == 1 else f"{name}_{in_a_row}")
        else:
            network.width = None
        network.last_type = kind or ""
    return network


def _type(layer: Field) -> str | None:
    where = required_field({"type": layer.child("type")} if "type" in layer.value else {}, "type", layer, _types_said())
    if where is None:
        return None
    if where.value == "layer_norm":
        where.wrong(say("layers.layer-norm"), say("layers.layer-norm.hint"))
        return None
    if not isinstance(where.value, str) or where.value not in _TYPES:
        hint = suggest.hint(where.value, _TYPES, "layer type") if isinstance(where.value, str) else None
        where.expected(_types_said(), hint)
        return None
    return where.value


def _types_said() -> str:
    return say("wanted.layer-type", activations=", ".join(ACTIVATIONS))


def _activation(network: Network, layer: Field, kind: str, name: str) -> None:
    entry = operation(kind)
    written = read_options(table(layer, ("type", *entry.options)), (entry,), 1)
    network.equations.append(equation(f"{name} = {write_call(kind, network.output, written)}", layer))
    network.taken, network.output = network.output, name


def _linear(network: Network, layer: Field, number: int, name: str, seed: int, budget: Budget) -> None:
    """`name = input @ W + b`, and the parameters of the layer."""
    fields = table(layer, _LINEAR)
    trainable = flag(fields.get("trainable"), True)
    units = whole_number(fields.get("units"), None, least=1, most=_WIDEST)
    init = choice(fields.get("init"), INITIALISERS, "xavier_uniform") or "xavier_uniform"
    weight = _weight(network.width, layer, fields, units, init, f"W{number}", seed, budget)
    if weight is not None:
        units = weight.shape[1]
    elif "weight" in fields:
        units = _columns_of(fields["weight"].value) or units
    bias, has_bias = _bias(layer, fields, units, f"b{number}", seed, budget)
    for letter, value, key, drawn_by in (("W", weight, "weight", init), ("b", bias, "bias", "zeros")):
        if value is not None:
            where = fields.get(key, layer)
            origin = "given" if isinstance(where.value, list) else drawn_by
            parameter = Parameter(f"{letter}{number}", value, trainable, origin, where.line, where.key)
            network.parameters.append(parameter)
    text = f"{name} = {network.output} @ W{number}" + (f" + b{number}" if has_bias else "")
    network.equations.append(equation(text, layer))
    network.taken, network.output, network.width = network.output, name, units


def _columns_of(value: object) -> int | None:
    """How many columns a weight with something wrong in it means to have, so that nothing else is blamed for it."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return len(value[0]) or None
    return None


def _weight(
    width: int | None,
    layer: Field,
    fields: Mapping[str, Field],
    units: int | None,
    init: str,
    name: str,
    seed: int,
    budget: Budget,
) -> Array | None:
    if "weight" not in fields:
        if "units" not in fields:
            layer.wrong(say("layers.no-units"))
        if units is None or width is None:
            return None
        return drawn(name, init, (width, units), seed, budget, layer, fields["units"])
    where = fields["weight"]
    if "init" in fields:
        fields["init"].wrong(say("layers.weight-and-init"))
    value = array(where, (2,), say("layers.rows.inputs", inputs=width) if width else say("layers.rows"))
    if value is None or not budget.take(where, value.shape):
        return None
    turned = weight_transposed(value.shape, width, units) if width is not None else None
    if width is not None and value.shape[0] != width:
        key = "layers.weight-rows" if turned is None else "layers.weight-turned"
        wanted = times((width, value.shape[0]))
        where.wrong(say(key, found=times(value.shape), wanted=wanted, inputs=width), turned)
        return value.T if turned is not None else value
    if units is not None and value.shape[1] != units:
        where.wrong(say("layers.weight-columns", found=times(value.shape), units=units))
    return value


def _bias(
    layer: Field, fields: Mapping[str, Field], units: int | None, name: str, seed: int, budget: Budget
) -> tuple[Array | None, bool]:
    """(value, whether the layer has a bias)."""
    where = fields.get("bias")
    if where is None or where.value is True:
        if units is None:
            return None, True
        return drawn(name, "zeros", (units,), seed, budget, where or layer, fields.get("units", layer)), True
    if where.value is False:
        return None, False
    hint = None
    if isinstance(where.value, int | float):
        hint = say("layers.bias.hint" if units == 1 else "layers.bias.hint.more", number=describe(where.value))
    value = array(where, (1,), hint)
    if value is None or not budget.take(where, value.shape):
        return None, True
    if units is not None and value.shape != (units,):
        where.wrong(say("layers.bias", found=times(value.shape), units=units))
    return value, True
