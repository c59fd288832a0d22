"""[[layers]] written out as equations, with the field's names.

The l-th linear layer gives `z{l} = h{l-1} @ W{l} + b{l}` and the activation after it `h{l}`; the last linear layer
gives `o` and the activation after it `p`. A linear layer without an activation feeds its `z{l}` on. A second activation
in a row is `h{l}_2` or `p_2`, one before the first linear layer is `h0`, and a network of activations only gives `p`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.errors import OperationError
from nnstep.language import number_text, parse_equations
from nnstep.ops import OPERATIONS, REDUCTIONS, Array, Operation
from nnstep.scenario.data.orientation import weight_transposed
from nnstep.scenario.hints import suggest
from nnstep.scenario.initialisers import INITIALISERS
from nnstep.scenario.model import Equation, Parameter
from nnstep.scenario.parameters import Budget, drawn
from nnstep.scenario.toml.arrays import array, times
from nnstep.scenario.toml.fields import Field, choice, describe, flag, real, required_field, table, whole_number

_MOST = 200  # layers of a network
_WIDEST = 100_000


class Network:
    """Layers written out so far.

    `output` is the name of the last value, `width` its columns (None: not known), `taken` the name of the value that
    the last layer was given, `weighted` how many layers with weights there are. Parameters are drawn with `seed`.
    """

    def __init__(self, width: int | None, seed: int, budget: Budget) -> None:
        self.width, self.seed, self.budget = width, seed, budget
        self.output, self.taken, self.last_type = "x", "", ""
        self.weighted = 0
        self.equations: list[Equation] = []
        self.parameters: list[Parameter] = []

    def drawn(self, letter: str, init: str, sizes: tuple[int, ...], field: Field, sized: Field) -> Array | None:
        """The first value of a parameter of this layer; see `nnstep.scenario.parameters.drawn`."""
        return drawn(f"{letter}{self.weighted}", init, sizes, self.seed, self.budget, field, sized)


class Layer(NamedTuple):
    """A type of layer.

    name      its `type` in a file
    sentence  what it is, for the docs
    keys      the keys that it may have beside `type`
    write     write(network, layer, fields, name) adds its equation, of `network.output`, which assigns `name`, and its
              parameters; a layer that gives another number of columns sets `network.width`
    weighted  whether it has weights: it is counted then, and what it assigns is not called an activation
    """

    name: str
    sentence: str
    keys: tuple[str, ...]
    write: Callable[[Network, Field, Mapping[str, Field], str], None]
    weighted: bool = False


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
    last = max((index for index, kind in enumerate(types) if kind is not None and kind.weighted), default=-1)
    network = Network(columns, seed, budget)
    in_a_row = 0
    for index, (layer, kind) in enumerate(zip(layers, types, strict=True)):
        if kind is None:
            network.width, network.last_type = None, ""
            continue
        if kind.weighted:
            network.weighted, in_a_row = network.weighted + 1, 0
            name = "o" if index == last else f"z{network.weighted}"
        else:
            in_a_row += 1
            name = "p" if index > last else f"h{network.weighted}"
            name = name if in_a_row == 1 else f"{name}_{in_a_row}"
        kind.write(network, layer, table(layer, ("type", *kind.keys)), name)
        network.taken, network.output, network.last_type = network.output, name, kind.name
    return network


def _type(layer: Field) -> Layer | None:
    where = required_field({"type": layer.child("type")} if "type" in layer.value else {}, "type", layer, _types_said())
    if where is None:
        return None
    if where.value == "layer_norm":
        where.wrong(say("layers.layer-norm"), say("layers.layer-norm.hint"))
        return None
    if not isinstance(where.value, str) or where.value not in LAYERS:
        hint = suggest.hint(where.value, LAYERS, "layer type") if isinstance(where.value, str) else None
        where.expected(_types_said(), hint)
        return None
    return LAYERS[where.value]


def _types_said() -> str:
    weighted = ", ".join(one.name for one in LAYERS.values() if one.weighted)
    others = ", ".join(one.name for one in LAYERS.values() if not one.weighted)
    return say("wanted.layer-type", weighted=weighted, activations=others)


def _activation(entry: Operation) -> Layer:
    def write(network: Network, layer: Field, fields: Mapping[str, Field], name: str) -> None:
        written = read_options(fields, (entry,), 1)
        network.equations.append(equation(f"{name} = {write_call(entry.name, network.output, written)}", layer))

    return Layer(entry.name, entry.sentence, tuple(entry.options), write)


def _linear(network: Network, layer: Field, fields: Mapping[str, Field], name: str) -> None:
    """`name = input @ W + b`, and the parameters of the layer."""
    number = network.weighted
    trainable = flag(fields.get("trainable"), True)
    units = whole_number(fields.get("units"), None, least=1, most=_WIDEST)
    init = choice(fields.get("init"), INITIALISERS, "xavier_uniform") or "xavier_uniform"
    weight = _weight(network, layer, fields, units, init)
    if weight is not None:
        units = weight.shape[1]
    elif "weight" in fields:
        units = _columns_of(fields["weight"].value) or units
    bias, has_bias = _bias(network, layer, fields, units)
    for letter, value, key, drawn_by in (("W", weight, "weight", init), ("b", bias, "bias", "zeros")):
        if value is not None:
            where = fields.get(key, layer)
            origin = "given" if isinstance(where.value, list) else drawn_by
            parameter = Parameter(f"{letter}{number}", value, trainable, origin, where.line, where.key)
            network.parameters.append(parameter)
    text = f"{name} = {network.output} @ W{number}" + (f" + b{number}" if has_bias else "")
    network.equations.append(equation(text, layer))
    network.width = units


def _columns_of(value: object) -> int | None:
    """How many columns a weight with something wrong in it means to have, so that nothing else is blamed for it."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return len(value[0]) or None
    return None


def _weight(network: Network, layer: Field, fields: Mapping[str, Field], units: int | None, init: str) -> Array | None:
    width = network.width
    if "weight" not in fields:
        if "units" not in fields:
            layer.wrong(say("layers.no-units"))
        if units is None or width is None:
            return None
        return network.drawn("W", init, (width, units), layer, fields["units"])
    where = fields["weight"]
    if "init" in fields:
        fields["init"].wrong(say("layers.weight-and-init"))
    value = array(where, (2,), say("layers.rows.inputs", inputs=width) if width else say("layers.rows"))
    if value is None or not network.budget.take(where, value.shape):
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


def _bias(network: Network, layer: Field, fields: Mapping[str, Field], units: int | None) -> tuple[Array | None, bool]:
    """(value, whether the layer has a bias)."""
    where = fields.get("bias")
    if where is None or where.value is True:
        if units is None:
            return None, True
        return network.drawn("b", "zeros", (units,), where or layer, fields.get("units", layer)), True
    if where.value is False:
        return None, False
    hint = None
    if isinstance(where.value, int | float):
        hint = say("layers.bias.hint" if units == 1 else "layers.bias.hint.more", number=describe(where.value))
    value = array(where, (1,), hint)
    if value is None or not network.budget.take(where, value.shape):
        return None, True
    if units is not None and value.shape != (units,):
        where.wrong(say("layers.bias", found=times(value.shape), units=units))
    return value, True


_TABLE = (
    Layer(
        "linear",
        "x @ W + b, with a row of W for each input and a column for each output.",
        ("units", "weight", "bias", "init", "trainable"),
        _linear,
        weighted=True,
    ),
    *(_activation(one) for one in OPERATIONS if one.activation),
)
LAYERS = {layer.name: layer for layer in _TABLE}
"""Every type of layer, in the order in which they are told."""
