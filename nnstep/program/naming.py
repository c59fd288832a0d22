"""Which value of a program a person means: by its name in the language, as the screen prints it, or as in books."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nnstep.errors import LanguageError
from nnstep.language import Expression, Name, parse_expression, tokens
from nnstep.language.references import Named, Vocabulary, read_expression, read_reference
from nnstep.memo import memoized
from nnstep.ops import OPERATIONS
from nnstep.program.chain import chain, parameters_with_gradient
from nnstep.program.model import Program, Step
from nnstep.scenario.hints.equations import line_hint

_QUOTIENT = re.compile(r"[∂d]\s*(.+?)\s*/\s*[∂d]\s*(.+)")
_SYMBOLS = {operation.name: operation.symbol for operation in OPERATIONS}
_PLAIN = {operation.symbol for operation in OPERATIONS if operation.symbol == operation.name}
# Of operations with one sign, the one that is called as the sign is written, or else the first.
_CALLS = {
    operation.symbol: operation.name
    for operation in reversed(OPERATIONS)
    if operation.where != "rule" and operation.symbol not in _PLAIN and any(map(str.isalpha, operation.symbol))
} | {"√": "sqrt"}


def value_named(program: Program, text: str) -> Named | None:
    """The value of a program, or its cell, that a text names: ∂L/∂W1[0,1], dW1, σ(z1), #4; None where there is none.

    Raises LanguageError where a printed name is that of two values.
    """
    number = text.strip().removeprefix("#")
    if number != text.strip() and number.isdecimal() and 1 <= int(number[:9]) <= len(program.steps):
        return Named(program.values[program.steps[int(number[:9]) - 1].target].name)
    return read_reference(text, vocabulary(program))


def objective_letter(program: Program) -> str:
    """The letter of ∂L/∂x: L for a loss where nothing else is called so, else the objective's own name."""
    name = program.objective_name or "loss"
    return "L" if name == "loss" and "L" not in program.versions else name


def factor_named(program: Program, text: str) -> Step | None:
    """The step that multiplies with the factor of the chain rule that a text names, as ∂o/∂h1; None where none is."""
    match = _QUOTIENT.fullmatch(text.strip())
    parts = [value_named(program, part) for part in match.groups()] if match is not None else [None]
    if any(part is None or part.index for part in parts):
        return None
    above, of = (part.name for part in parts if part is not None)
    for parameter in parameters_with_gradient(program):
        for one in chain(program, parameter):
            if (one.above, one.of) == (above, of) and one.kind != "seed":
                return one.step
    return None


def names_like(program: Program, typed: str) -> list[str]:
    """The names of a program's values in which a text occurs, as they are typed or printed: the one that it names in
    any notation first, then those that begin with it. The case of letters makes no difference.
    """
    wanted = "".join(typed.split()).casefold()
    written = {name: name for name in program.versions}
    for printed, names in _printed(program).items():
        written |= {name: f"{written[name]}\n{printed}" for name in names}
    lines = {name: text.replace(" ", "").casefold() for name, text in written.items()}
    found = [name for name, text in lines.items() if wanted in text]
    found.sort(key=lambda name: not any(line.startswith(wanted) for line in lines[name].split("\n")))
    try:
        meant = value_named(program, typed) if wanted else None
    except LanguageError:
        meant = None
    return found if meant is None else [meant.name, *(name for name in found if name != meant.name)]


def expression_of(text: str, programs: Sequence[Program]) -> Expression:
    """An expression about the values of a run whose programs these are, in any notation. Raises LanguageError."""
    try:
        return read_expression(text, vocabulary(programs[0]))
    except LanguageError as error:
        message, hint = line_hint(text, "condition")
        raise LanguageError(message or error.message, error.line, error.column, hint or error.hint) from None


def vocabulary(program: Program) -> Vocabulary:
    """What names there are in a program, and how the screen prints them."""
    return Vocabulary(
        program.versions.__contains__, program.objective_name or "loss", lambda: _printed(program), _CALLS
    )


@memoized()
def _printed(program: Program) -> Mapping[str, tuple[str, ...]]:
    """The names of a program's values by the way in which the screen prints them, without spaces."""
    letter = objective_letter(program)
    found: dict[str, tuple[str, ...]] = {}
    for name in program.versions:
        printed = "".join(token.text for token in tokens(Name(name), _SYMBOLS, letter))
        for text in {printed, name}:
            key = "".join(text.split())
            found[key] = (*found.get(key, ()), name)
    for equation in program.equations:  # σ(z1) is what the value h1 is, where that is its equation
        name, _, right = equation.partition(" = ")
        for text in {right, "".join(token.text for token in tokens(parse_expression(right), _SYMBOLS, letter))}:
            found.setdefault("".join(text.split()), (name,))
    return found
