"""The bundled scenarios, from the first lesson to the last, and the commented scenario that `nnstep new` writes."""

from __future__ import annotations

import os
from functools import cache
from os.path import dirname, isdir, join, realpath  # `pathlib` takes as long to import as a scenario to be read
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.errors import NnstepError, Problem
from nnstep.nearest import nearest
from nnstep.scenario.toml.document import SCENARIO_BYTES, decode, parse, read_bytes
from nnstep.text import clean

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


def _folder() -> str:
    """In an installed wheel the scenarios are in the package, in a checkout beside it."""
    package = dirname(dirname(realpath(__file__)))
    inside = join(package, "scenarios")
    return inside if isdir(inside) else join(dirname(package), "scenarios")


@cache
def _paths() -> dict[str, str]:
    """Name to file, in teaching order; what the order does not know comes last."""
    folder = _folder()
    found = os.listdir(folder) if isdir(folder) else []
    names = sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))
    names.sort(key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    return {name: join(folder, f"{name}.toml") for name in names}


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
    if os.path.isfile(name) or os.path.basename(name) != name:
        return name
    known = _paths()
    stem = name.removesuffix(".toml")
    if stem in known:
        return known[stem]
    if os.path.lexists(name):  # what stands there is not a regular file; reading it says what it is
        return name
    hint = nearest(stem[:80], known) or say("library.list")
    raise NnstepError(Problem(say("library.none"), clean(name) or '""', hint=hint))


def template(name: str) -> str:
    """The text of a commented scenario whose title is made of `name`, without folders and ".toml"."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".toml")
    words = clean(" ".join(stem.replace("_", " ").replace("-", " ").split()), 100) or say("template.title")
    title = (words[:1].upper() + words[1:]).replace("\\", "\\\\").replace('"', '\\"')
    return say("template.scenario", title=f'"{title}"')
