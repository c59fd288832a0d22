"""PyTorch's values, read from data/ (see make_frozen.py and make_corners.py), as cases to test with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnstep.language import Option
from nnstep.ops import Array, Operation, Site, operation
from tests.ops.apply import site_of, tuples


@dataclass(frozen=True, eq=False)
class Case:
    """One application of an operation: inputs by name, the result, and the gradients for the upstream gradient `g`."""

    label: str
    entry: Operation
    site: Site
    inputs: Mapping[str, Array]
    out: Array
    g: Array
    gradients: Mapping[str, Array]


def _arrays(values: Mapping[str, object]) -> dict[str, Array]:
    return {name: np.array(value, dtype=np.float64) for name, value in values.items()}


def _cases(file: str) -> tuple[Case, ...]:
    found, seen = [], Counter[str]()
    for record in json.loads((Path(__file__).parent / "data" / file).read_text(encoding="utf-8")):
        entry, inputs = operation(record["operation"]), _arrays(record["inputs"])
        options: dict[str, Option] = {name: tuples(value) for name, value in record["options"].items()}
        seen[entry.name] += 1
        found.append(
            Case(
                f"{entry.name}-{seen[entry.name]}",
                entry,
                site_of(entry, inputs, options),
                inputs,
                np.array(record["out"], dtype=np.float64),
                np.array(record.get("g", 1.0)),
                _arrays(record.get("gradients", {})),
            )
        )
    return tuple(found)


CASES = _cases("pytorch.json")
CORNERS = _cases("corners.json")
