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
            return number_text(value)
        case Name(id):
            return _name(id, objective)
        case Entry(name, index):
            return f"{{{_name(name, objective)}}}_{{{','.join(map(str, index))}}}"
        case Call("transpose", (value,)):
            return _tight(value, 3, objective) + r"^{\top}"
        case Call("power", (base, exponent)):
            return f"{_tight(base, 3, objective)}^{{{to_latex(exponent, objective)}}}"
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
    if function == "multiply" and (isinstance(left, Number) or isinstance(right, Number)):
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
    text = to_latex(node, objective)
    level = 3
    if isinstance(node, Call) and node.function in _INFIX:
        level = _INFIX[node.function][1]
    elif (isinstance(node, Call) and node.function == "negative") or (isinstance(node, Number) and node.value < 0):
        level = 1
    elif isinstance(node, Call) and node.function in ("power", "divide", "transpose"):
        level = 2
    return text if level >= least else rf"\left({text}\right)"


def _name(name: str, objective: str) -> str:
    if name.startswith("grad(") and " via " not in name:
        return rf"\frac{{\partial {objective}}}{{\partial {_name(name[5:-1], objective)}}}"
    found = _LETTERS_DIGITS.fullmatch(name)
    if found:
        letters, digits = found.groups()
        return f"{_name(letters, objective)}_{{{digits}}}"
    return name if len(name) == 1 else rf"\mathit{{{name.translate(_SPECIAL)}}}"
