"""The tables in README.md and docs/ that are made from the program's own: `python -m tests.docs` writes them anew.

A table stands between the lines `<!-- NAME: generated -->` and `<!-- /NAME -->`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from nnstep.language import Call, Name, to_text
from nnstep.ops import OPERATIONS, Operation
from nnstep.scenario import bundled
from nnstep.tui.commands import key_table_markdown

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
"""What there is to read."""


def written(operation: Operation) -> str:
    """How an operation is typed, with its options and their defaults."""
    if operation.name == "slice":
        return "x[0:2, :]"
    typed = to_text(Call(operation.name, tuple(map(Name, operation.inputs))))
    options = [
        name if default in (None, "none") else f"{name}={default}" for name, default in operation.options.items()
    ]
    return typed.removesuffix(")") + "".join(f", {option}" for option in options) + ")" if options else typed


def operations(where: str) -> str:
    """The operations that may be written there, each with its sentence."""
    rows = [f"| `{written(one)}` | {one.sentence} |" for one in OPERATIONS if one.where == where]
    return "\n".join(["| Written | What it is |", "| --- | --- |", *rows]) + "\n"


def library() -> str:
    """The bundled scenarios."""
    rows = [f"| `{one.name}` | {one.title} |" for one in bundled()]
    return "\n".join(["| Name | Title |", "| --- | --- |", *rows]) + "\n"


TABLES = {
    "keys": key_table_markdown,
    "operations": lambda: operations("equation"),
    "conditions": lambda: operations("condition"),
    "library": library,
}


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The generated tables that stand in a text, by name."""
    for found in re.finditer(r"<!-- (\w+): generated -->\n(.*?)<!-- /\1 -->", text, re.DOTALL):
        yield found[1], found[2].strip() + "\n"


def renewed(text: str) -> str:
    """The text with every generated table made anew."""
    for name, table in TABLES.items():
        before, opening, rest = text.partition(f"<!-- {name}: generated -->\n")
        if not opening:
            continue
        _, closing, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}{opening}\n{table().strip()}\n\n{closing}{after}"
    return text


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")
