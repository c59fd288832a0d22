"""Expression tree to LaTeX, for handouts and papers: `\\frac{\\partial L}{\\partial W_{1}} = x^{\\top} …`."""

from __future__ import annotations

import re

from nnstep.language.nodes import Assignment, Call, Entry, Expression, Name, Number
from nnstep.language.printer import number_text, to_text

__all__ = ["assignment_to_latex", "to_latex"]

_FUNCTIONS = {"exp": r"\exp", "log": r"\log", "sin": r"\sin", "cos": r"\cos", "sigmoid": r"\sigma", "tanh": r"\tanh"}
_INFIX = {
    "add": ("+", 1),
    "subtract": ("-", 1),
    "multiply": (r"\odot", 2),
    "matmul": ("", 2),
    "less": ("<", 0),
    "less_equal": (r"\le", 0),
    "greater": (">", 0),
    "greater_equal": (r"\ge", 0),
    "equal": ("=", 0),
    "not_equal": (r"\ne", 0),
}
_LETTERS_DIGITS = re.compile(r"([A-Za-z]+?)_?(\d+)")
_SPECIAL = str.maketrans({char: "\\" + char for char in "_%&#${}"} | {"\\": r"\backslash ", "~": " ", "^": r"\hat{}"})


def assignment_to_latex(assignment: Assignment, objective: str = "L") -> str:
    """`target = expression` in LaTeX, without dollar signs."""
    return f"{_name(assignment.target, objective)} = {to_latex(assignment.expression, objective)}"


def to_latex(expression: Expression, objective: str = "L") -> str:
    """The expression in LaTeX's mathematics, without dollar signs."""
    match expression:
        case Number(value):
            return _number(value)
        case Name(id):
            return _name(id, objective)
        case Entry(name, index):
            return f"{{{_name(name, objective)}}}_{{{','.join(map(str, index))}}}"
        case Call("transpose", (value,)):
            return _tight(value, 4, objective) + r"^{\top}"
        case Call("power", (base, exponent)):
            return f"{_tight(base, 4, objective)}^{{{to_latex(exponent, objective)}}}"
        case Call("divide", (left, right)):
            return rf"\frac{{{to_latex(left, objective)}}}{{{to_latex(right, objective)}}}"
        case Call("negative", (value,)):
            return "-" + _tight(value, 2, objective)
        case Call("sqrt", (value,)):
            return rf"\sqrt{{{to_latex(value, objective)}}}"
        case Call("abs", (value,)):
            return rf"\left|{to_latex(value, objective)}\right|"
        case Call(function, (left, right)) if function in _INFIX:
            return _infix(function, left, right, objective)
    return _called(expression, objective)


def _infix(function: str, left: Expression, right: Expression, objective: str) -> str:
    sign, level = _INFIX[function]
    if function == "multiply" and (_is_number(left) or _is_number(right)):
        sign = r"\cdot"
    parts = (_tight(left, level, objective), sign, _tight(right, level + 1, objective))
    return " ".join(part for part in parts if part)


def _called(call: Call, objective: str) -> str:
    if call.function in ("slice", "and", "or", "not", "remainder"):
        return rf"\mathtt{{{to_text(call).translate(_SPECIAL)}}}"
    name = _FUNCTIONS.get(call.function) or rf"\operatorname{{{call.function.translate(_SPECIAL)}}}"
    options = [rf"\mathrm{{{key.translate(_SPECIAL)}}}={value}" for key, value in call.options]
    return rf"{name}\left({', '.join([*(to_latex(part, objective) for part in call.arguments), *options])}\right)"


def _tight(node: Expression, least: int, objective: str) -> str:
    """The part, in brackets where it binds less than `least`; 4 is what takes an exponent."""
    text = to_latex(node, objective)
    return text if _binding(node) >= least else rf"\left({text}\right)"


def _binding(node: Expression) -> int:
    match node:
        case Number(value):
            return 1 if value < 0 else 2 if "cdot" in _number(value) else 4
        case Name(id):
            return 3 if id.startswith("grad(") else 4
        case Call("negative", _):
            return 1
        case Call("power" | "divide" | "transpose", _):
            return 3
        case Call(function, _) if function in _INFIX:
            return _INFIX[function][1]
    return 4


def _is_number(node: Expression) -> bool:
    """Whether an expression is made of numbers alone."""
    return isinstance(node, Number) or (isinstance(node, Call) and all(map(_is_number, node.arguments)))


def _number(value: float) -> str:
    text = number_text(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


def _name(name: str, objective: str) -> str:
    if name.startswith("grad(") and " via " not in name:
        return rf"\frac{{\partial {objective}}}{{\partial {_name(name[5:-1], objective)}}}"
    if name.endswith(")") and "(" in name and name.split("(", 1)[0].isidentifier():
        state, of = name[:-1].split("(", 1)  # an optimizer's state: v of W1 is written v_{W_1}
        return f"{_name(state, objective)}_{{{_name(of, objective)}}}"
    found = _LETTERS_DIGITS.fullmatch(name)
    if found:
        letters, digits = found.groups()
        return f"{_name(letters, objective)}_{{{digits}}}"
    return name if len(name) == 1 else rf"\mathit{{{name.translate(_SPECIAL)}}}"
