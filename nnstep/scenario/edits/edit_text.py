"""An edit as text: as a person would type it, and the parts of its table in a file."""

from __future__ import annotations

from nnstep.language import Call, Name, number_text, to_text
from nnstep.optimizers import OPTIMIZERS
from nnstep.scenario.model import Edit
from nnstep.scenario.training import optimizer_keys


def edit_text(edit: Edit) -> str:
    """An edit as a person would type it."""
    if edit.optimizer is None:
        return f"{cell_text(edit.name, edit.index)} = {number_text(edit.value)}"
    options = [f"{key}={value}" for key, value in optimizer_options(edit).items()]
    if edit.options is not None:  # without a type; "optimizer" says that a value of that name is not meant
        return " ".join(["optimizer", *options])
    return " ".join([edit.optimizer.type, *options])


def cell_text(name: str, index: tuple[int, ...]) -> str:
    """A cell as it is written in a file: `W1[0, 1]`; a single number goes by its name."""
    return to_text(Call("slice", (Name(name),), (("items", index),)) if index else Name(name))


def optimizer_options(edit: Edit) -> dict[str, str]:
    """The options that an edit of the optimizer gives by their keys in a file, as written there.

    Of another optimizer lr, and those that are not the default; where options of the one in force are changed, these.
    """
    assert edit.optimizer is not None
    kind = edit.optimizer.type
    options, defaults = {**edit.optimizer.options, **(edit.options or {})}, OPTIMIZERS[kind].options
    written = {}
    for key in optimizer_keys(kind):
        parts = ("beta1", "beta2") if key == "betas" else (key,)
        if edit.options is not None:
            given = parts[0] in edit.options
        else:
            given = key == "lr" or any(options[part] != defaults[part] for part in parts)
        if given:
            numbers = [
                str(value).lower() if isinstance(value, bool) else repr(float(value))
                for value in map(options.__getitem__, parts)
            ]
            written[key] = f"[{', '.join(numbers)}]" if key == "betas" else numbers[0]
    return written
