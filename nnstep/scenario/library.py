"""The bundled scenarios, from the first lesson to the last, and the commented scenario that `nnstep new` writes."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from nnstep.errors import NnstepError, Problem, nearest
from nnstep.scenario.reading import SCENARIO_BYTES, decode, parse, read_bytes
from nnstep.text import clean

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Bundled", "bundled", "find"]

_ORDER = (
    "chain_rule",
    "circuit",
    "micrograd",
    "linear_model",
    "perceptron_sigmoid",
    "perceptron_tanh",
    "perceptron_relu",
    "softmax",
    "two_layer",
    "mazur",
    "mlp",
    "linear_regression",
    "minibatch_sgd",
    "xor_linear",
    "xor",
    "wide",
    "deep",
    "residual",
    "attention",
    "tied_autoencoder",
)


class Bundled(NamedTuple):
    """A scenario that comes with nnstep: `name` opens it, `path` is its file."""

    name: str
    title: str
    description: str
    path: str


def _folder() -> Path:
    """In an installed wheel the scenarios are in the package, in a checkout beside it."""
    from pathlib import Path  # only here, for the sake of a quick start

    package = Path(__file__).resolve().parent.parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


@cache
def _paths() -> dict[str, str]:
    """Name to file, in teaching order; what the order does not know comes last."""
    folder = _folder()
    names = sorted(path.stem for path in folder.glob("*.toml"))
    names.sort(key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    return {name: str(folder / f"{name}.toml") for name in names}


@cache
def bundled() -> tuple[Bundled, ...]:
    """The bundled scenarios, in the order in which they teach."""
    found = []
    for name, path in _paths().items():
        document = parse(decode(read_bytes(path, SCENARIO_BYTES), path), path)
        description = " ".join(str(document.get("description", "")).split())
        found.append(Bundled(name, str(document.get("title", name)), description, path))
    return tuple(found)


def find(name: str) -> str:
    """The path that a person means: the file of that name, else the bundled scenario of that name ("xor", "xor.toml").

    A name with a folder in it is always a path. Raises NnstepError, with the nearest bundled name, for neither.
    """
    if os.path.isfile(name) or os.path.basename(name) != name:  # noqa: PTH113, PTH119 - a name may hold anything
        return name
    known = _paths()
    stem = name.removesuffix(".toml")
    if stem in known:
        return known[stem]
    if os.path.lexists(name):  # what stands there is not a regular file; reading it says what it is
        return name
    hint = nearest(stem[:80], known) or "`nnstep list` shows the bundled scenarios"
    raise NnstepError(Problem("no such file, and no bundled scenario of that name", clean(name) or '""', hint=hint))
