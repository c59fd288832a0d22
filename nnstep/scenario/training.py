"""The [optimizer] and [training] tables. Defaults and ranges of the optimizers are those of `torch.optim`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nnstep.catalogue import say
from nnstep.optimizers import BETAS, OPTIMIZERS
from nnstep.scenario.model import Optimizer, Training
from nnstep.scenario.toml.fields import Field, choice, flag, real, required_field, table, whole_number

_EPOCHS = 10**9


def read_optimizer(owner: Field, before: Optimizer | None = None) -> Optimizer | None:
    """The optimizer with every option filled in; None when its type is not known.

    A table without a type changes options of the optimizer `before`, where there is one.
    """
    kind_value = owner.value.get("type") if isinstance(owner.value, dict) else None
    known = kind_value if isinstance(kind_value, str) and kind_value in OPTIMIZERS else None
    changed = before if isinstance(owner.value, dict) and "type" not in owner.value else None
    chosen = changed.type if changed else known
    keys = ("type", *optimizer_keys(chosen))
    fields = table(owner, keys, others=_options_of_others(chosen))
    if changed is None:
        kind = choice(
            required_field(fields, "type", owner, say("wanted.one-of", words=", ".join(OPTIMIZERS))), OPTIMIZERS
        )
        if kind is None:
            return None
        defaults: Mapping[str, float | bool] = OPTIMIZERS[kind].options
    else:
        kind, defaults = changed.type, changed.options
    options: dict[str, float | bool] = {}
    for option, default in defaults.items():
        field = fields.get(option)
        if option in BETAS:
            options[option] = _beta(fields.get("betas"), BETAS.index(option), default)
        elif isinstance(default, bool):
            options[option] = flag(field, default)
        else:
            options[option] = real(field, default, least=0.0)
    if options.get("nesterov") and not options["momentum"]:
        where = fields.get("nesterov") or fields.get("momentum") or owner
        where.wrong(say("training.nesterov"), say("training.nesterov.hint"))
    return Optimizer(kind, MappingProxyType(options))


def optimizer_keys(kind: str | None = None) -> tuple[str, ...]:
    """The keys of a type's options as a file has them; those of every type where none is given."""
    possible = [OPTIMIZERS[kind].options] if kind else [one.options for one in OPTIMIZERS.values()]
    return tuple(dict.fromkeys(file_key(option) for options in possible for option in options))


def _options_of_others(kind: str | None) -> dict[str, str]:
    """By the options that other types have, which ones those are."""
    if kind is None:
        return {}
    there = optimizer_keys(kind)
    owners = {key: [one for one in OPTIMIZERS if key in optimizer_keys(one)] for key in optimizer_keys()}
    others = {key: ", ".join(who) for key, who in owners.items() if key not in there}
    return {key: say("training.option-of", owners=who, optimizer=kind) for key, who in others.items()}


def file_key(option: str) -> str:
    """The key in a file that an option of an optimizer is given by."""
    return "betas" if option in BETAS else option


def _beta(field: Field | None, index: int, default: float) -> float:
    if field is None:
        return default
    if not isinstance(field.value, list) or len(field.value) != 2:
        if index == 0:  # said once for the pair
            field.expected(say("wanted.betas"))
        return default
    return real(field.child(index), default, least=0.0, below=1.0)


def read_training(owner: Field) -> Training:
    """How the samples are gone through. A batch size above the number of samples means all of them."""
    fields = table(owner, ("epochs", "batch_size", "shuffle"))
    epochs = whole_number(fields.get("epochs"), 1, least=1, most=_EPOCHS) or 1
    size = whole_number(fields.get("batch_size"), None, least=1, most=2**53)
    return Training(epochs, size, flag(fields.get("shuffle"), False))
