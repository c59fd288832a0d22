"""The tables in README.md and docs/ that are made from the program's own: `python -m tests.docs` writes them anew.

A table stands between the lines `<!-- NAME: generated -->` and `<!-- /NAME -->`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from nnstep.catalogue import key_name
from nnstep.debugger.health.examine import KINDS
from nnstep.debugger.health.finding import PROBLEM, WARNING
from nnstep.language import Call, Name, to_text
from nnstep.ops import OPERATIONS, Operation
from nnstep.optimizers import OPTIMIZERS, rule_text
from nnstep.scenario import bundled
from nnstep.scenario.layers_table import LAYERS
from nnstep.scenario.loss_table import LOSSES
from nnstep.scenario.training import file_key
from nnstep.tui.commands import command_label, groups, sentence

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


def keys() -> str:
    """The commands under the headings of the help, each with its keys."""
    rows = [
        f"| {' '.join(f'`{key_name(key)}`' for key in one.keys)} | {command_label(one)} | {sentence(one)} |"
        for _, commands in groups()
        for one in commands
    ]
    return "\n".join(["| Keys | Command | What it does |", "| --- | --- | --- |", *rows]) + "\n"


def library() -> str:
    """The bundled scenarios."""
    rows = [f"| `{one.name}` | {one.title} |" for one in bundled()]
    return "\n".join(["| Name | Title |", "| --- | --- |", *rows]) + "\n"


def optimizers() -> str:
    """The optimizers, each with its rule for one parameter and its options as a file has them."""
    rows = []
    for kind, entry in OPTIMIZERS.items():
        rule = "; ".join(f"`{line}`" for line in rule_text(kind, {**entry.options, "weight_decay": 0.0}).splitlines())
        said: dict[str, float | bool | str] = {file_key(option): default for option, default in entry.options.items()}
        if "betas" in said:
            said["betas"] = "[{beta1}, {beta2}]".format(**entry.options)
        options = ", ".join(
            f"`{key}` {value if isinstance(value, str) else _number(value)}" for key, value in said.items()
        )
        rows.append(f"| `{kind}` | {rule} | {options} |")
    return (
        "\n".join(["| `type` | Update of a parameter w with gradient g | Options |", "| --- | --- | --- |", *rows])
        + "\n"
    )


def layers() -> str:
    """The types of layers, each with its sentence and the keys that it may have."""
    rows = [f"| `{one.name}` | {one.sentence} | {', '.join(map('`{}`'.format, one.keys))} |" for one in LAYERS.values()]
    return "\n".join(["| `type` | What it is | Keys |", "| --- | --- | --- |", *rows]) + "\n"


def losses() -> str:
    """The losses, each with its sentence and its options but how it is reduced, which all have."""
    rows = []
    for kind, entry in LOSSES.items():
        own = {option: default for option, default in entry.options.items() if option != "reduction"}
        options = ", ".join(f"`{option}` {default:g}" for option, default in own.items())
        rows.append(f"| `{kind}` | {entry.sentence} | {options} |")
    return "\n".join(["| `type` | What it is | Options |", "| --- | --- | --- |", *rows]) + "\n"


def findings() -> str:
    """The kinds of findings about a run: when each is told, and how severe it may be."""
    signs = {WARNING: "▲", PROBLEM: "✘"}
    rows = [
        f"| `{one.name}` | {one.sentence} | {' '.join(signs[grade] for grade in one.severities)} |" for one in KINDS
    ]
    return "\n".join(["| Kind | When it is told | |", "| --- | --- | --- |", *rows]) + "\n"


def _number(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


TABLES = {
    "optimizers": optimizers,
    "layers": layers,
    "losses": losses,
    "findings": findings,
    "keys": keys,
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
