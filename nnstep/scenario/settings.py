"""The [optimizer], [training] and [debug] tables. Defaults and ranges of the optimizers are those of `torch.optim`."""

from __future__ import annotations

from types import MappingProxyType

from nnstep.errors import LanguageError, nearest
from nnstep.language import REFERENCES, Expression, Name, parse_expression, walk
from nnstep.scenario.fields import Field, choice, flag, given, real, table, texts, whole
from nnstep.scenario.model import Condition, Optimizer, Training
from nnstep.text import clean

__all__ = ["OPTIMIZERS", "read_conditions", "read_optimizer", "read_training"]

# Options with their defaults. `betas` is a pair in the file; the scenario has it as beta1 and beta2.
OPTIMIZERS: dict[str, dict[str, float | bool]] = {
    "sgd": {"lr": 0.001, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0},
    "adam": {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0},
    "adamw": {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01},
    "rmsprop": {"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0},
    "adagrad": {"lr": 0.01, "lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0, "eps": 1e-10},
}
_BETAS = ("beta1", "beta2")
_EPOCHS = 10**9
_CONDITIONS = 200
_COUNTERS = ("iteration", "epoch", "step")


def read_optimizer(owner: Field) -> Optimizer | None:
    """The optimizer with every option filled in; None when its type is not known."""
    kind_value = owner.value.get("type") if isinstance(owner.value, dict) else None
    known = kind_value if isinstance(kind_value, str) and kind_value in OPTIMIZERS else None
    possible = [OPTIMIZERS[known]] if known else list(OPTIMIZERS.values())
    keys = dict.fromkeys(_file_key(option) for options in possible for option in options)
    fields = table(owner, ("type", *keys), what="a table [optimizer]")
    kind = choice(given(fields, "type", owner, f"one of {', '.join(OPTIMIZERS)}"), OPTIMIZERS)
    if kind is None:
        return None
    options: dict[str, float | bool] = {}
    for option, default in OPTIMIZERS[kind].items():
        field = fields.get(option)
        if option in _BETAS:
            options[option] = _beta(fields.get("betas"), _BETAS.index(option), default)
        elif isinstance(default, bool):
            options[option] = flag(field, default)
        else:
            options[option] = real(field, default, least=0.0)
    if options.get("nesterov") and not options["momentum"]:
        fields["nesterov"].wrong("nesterov looks ahead along the momentum, and momentum is 0", "set momentum = 0.9")
    return Optimizer(kind, MappingProxyType(options))


def _file_key(option: str) -> str:
    return "betas" if option in _BETAS else option


def _beta(field: Field | None, index: int, default: float) -> float:
    if field is None:
        return default
    if not isinstance(field.value, list) or len(field.value) != 2:
        if index == 0:  # said once for the pair
            field.expected("two numbers, such as [0.9, 0.999]")
        return default
    return real(field.child(index), default, least=0.0, below=1.0)


def read_training(owner: Field) -> Training:
    """How the samples are gone through. A batch size above the number of samples means all of them."""
    fields = table(owner, ("epochs", "batch_size", "shuffle"), what="a table [training]")
    epochs = whole(fields.get("epochs"), 1, least=1, most=_EPOCHS) or 1
    size = whole(fields.get("batch_size"), None, least=1, most=2**53)
    return Training(epochs, size, flag(fields.get("shuffle"), False))


def read_conditions(owner: Field, names: list[str] | None) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """(breakpoints, watches): each a value's name, grad(NAME), a condition or an expression.

    `names` are those of all values, or None where they are not known for sure; then nothing is said about names.
    """
    fields = table(owner, ("breakpoints", "watch"), what="a table [debug]")
    return _conditions(fields.get("breakpoints"), names), _conditions(fields.get("watch"), names)


def _conditions(field: Field | None, names: list[str] | None) -> tuple[Condition, ...]:
    found = []
    for item in texts(field, 'expressions, such as ["grad(W1)", "loss < 0.1"]', most=_CONDITIONS):
        try:
            expression = parse_expression(item.value)
        except LanguageError as error:
            item.wrong(f"{clean(item.value, 60)}: {error.message}", error.hint)
            continue
        if names is not None:
            _check_names(item, expression, names)
        found.append(Condition(item.value.strip(), item.line, item.key))
    return tuple(found)


def _check_names(item: Field, expression: Expression, names: list[str]) -> None:
    """Note each name that no value has."""
    used = (node.id for node in walk(expression) if isinstance(node, Name))
    for name in dict.fromkeys(_value_name(one) for one in used):
        if name not in names and name not in _COUNTERS:
            there = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
            item.wrong(f"'{clean(name, 40)}' is not defined", nearest(name[:80], names) or f"there is {there}")


def _value_name(name: str) -> str:
    """The value that a reference is about: W1 for grad(W1) and for prev(grad(W1))."""
    while name.endswith(")"):
        reference, _, inner = name[:-1].partition("(")
        if reference not in REFERENCES:
            break
        name = inner
    return name
