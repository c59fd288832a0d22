"""The operations that are written with a sign between two operands: the signs, and how tightly each binds.

Which these are is the grammar's own business: the parser knows no others.
"""

from __future__ import annotations

from typing import NamedTuple

from nnstep.language.nodes import Call, Expression

# How tightly a text holds together; a part that holds less tightly than its place asks for is put in brackets.
OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, POSTFIX = range(1, 10)


class Infix(NamedTuple):
    """An operation that is written with a sign.

    typed   the sign in the language
    level   how tightly it binds
    screen  the sign on the screen; that of a product where one side is a single number is ·
    latex   the sign in LaTeX; "" for what is written side by side
    """

    typed: str
    level: int
    screen: str
    latex: str = ""


INFIX: dict[str, Infix] = {
    "or": Infix("or", OR, "or", r"\lor"),
    "and": Infix("and", AND, "and", r"\land"),
    "less": Infix("<", COMPARE, "<", "<"),
    "less_equal": Infix("<=", COMPARE, "≤", r"\le"),
    "greater": Infix(">", COMPARE, ">", ">"),
    "greater_equal": Infix(">=", COMPARE, "≥", r"\ge"),
    "equal": Infix("==", COMPARE, "=", "="),
    "not_equal": Infix("!=", COMPARE, "≠", r"\ne"),
    "add": Infix("+", SUM, "+", "+"),
    "subtract": Infix("-", SUM, "−", "-"),
    "multiply": Infix("*", PRODUCT, "⊙", r"\odot"),
    "divide": Infix("/", PRODUCT, "/"),
    "remainder": Infix("%", PRODUCT, "%", r"\bmod"),
    "matmul": Infix("@", PRODUCT, "@"),
    "power": Infix("**", POWER, "**"),
}
BY_SIGN = frozenset((*INFIX, "negative", "not", "transpose", "slice"))  # all that is not written as a call


def mixes(function: str, left: Expression) -> bool:
    """Whether a matrix product and another product meet, which bind alike but are read in one order only."""
    both = (function, left.function if isinstance(left, Call) else "")
    products = all(one in INFIX and INFIX[one].level == PRODUCT for one in both)
    return products and both[0] != both[1] and "matmul" in both
