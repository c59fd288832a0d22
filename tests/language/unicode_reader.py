"""Reads what the screen writes back to a tree: written for the tests, with nothing of the printer in it."""

from __future__ import annotations

import re
from collections.abc import Collection

from nnstep.language import Call, Expression, Name, Number, Option
from nnstep.ops import OPERATIONS

__all__ = ["read_unicode"]

SIGNS = {(entry.symbol, len(entry.inputs)): entry.name for entry in OPERATIONS if entry.symbol.strip("[] ")}
COMPARISONS = {"<": "less", "≤": "less_equal", ">": "greater", "≥": "greater_equal", "=": "equal", "≠": "not_equal"}
PRODUCTS = {"·": "multiply", "⊙": "multiply", "/": "divide", "@": "matmul", "%": "remainder"}
RAISED = "⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
TOKEN = re.compile(rf"\d+(?:\.\d+)?(?:e[−+-]?\d+)?|{RAISED}|[^\W\d]\w*|‖·‖|\*\*|\S")
REFERENCES = ("velocity", "m", "v", "d")


class _Reader:
    def __init__(self, text: str, names: Collection[str], objective: str) -> None:
        spaced = re.sub(f"ᵀ|{RAISED}", r" \g<0> ", text)  # they count as letters of a word
        self.tokens = TOKEN.findall(spaced.replace("log softmax", "log_softmax_"))
        self.at = 0
        self.names, self.letter = names, "L" if objective == "loss" and "L" not in names else objective
        self.objective = objective

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def took(self, *tokens: str) -> bool:
        found = self.tokens[self.at : self.at + len(tokens)] == list(tokens)
        self.at += len(tokens) * found
        return found

    def need(self, *tokens: str) -> None:
        if not self.took(*tokens):
            raise ValueError(f"expected {tokens} at {' '.join(self.tokens[self.at : self.at + 8])!r}")

    def whole(self) -> Expression:
        found = self.expression()
        if self.next:
            raise ValueError(f"not read: {' '.join(self.tokens[self.at :])!r}")
        return found

    def expression(self) -> Expression:
        found = self.both()
        while self.took("or"):
            found = Call("or", (found, self.both()))
        return found

    def both(self) -> Expression:
        found = self.denied()
        while self.took("and"):
            found = Call("and", (found, self.denied()))
        return found

    def denied(self) -> Expression:
        if self.took("not"):
            return Call("not", (self.denied(),))
        return self.compared()

    def compared(self) -> Expression:
        found = self.sum()
        if self.next in COMPARISONS:
            sign = COMPARISONS[self.next]
            self.at += 1
            return Call(sign, (found, self.sum()))
        return found

    def sum(self) -> Expression:
        found = self.product()
        while self.next in ("+", "−"):
            sign = {"+": "add", "−": "subtract"}[self.next]
            self.at += 1
            found = Call(sign, (found, self.product()))
        return found

    def product(self) -> Expression:
        found, kinds = self.factor(), set[str]()
        while self.next in PRODUCTS:
            sign = PRODUCTS[self.next]
            kinds.add(sign)
            if "matmul" in kinds and len(kinds) > 1:
                raise ValueError("a product that may be read in two ways")
            self.at += 1
            found = Call(sign, (found, self.factor()))
        return found

    def factor(self) -> Expression:
        if not self.took("−"):
            return self.raised()
        number = self.next[:1].isdigit()
        found = self.raised()
        return Number(-found.value) if number and isinstance(found, Number) else Call("negative", (found,))

    def raised(self) -> Expression:
        found = self.after()
        return Call("power", (found, self.factor())) if self.took("**") else found

    def after(self) -> Expression:
        found, fraction = self.atom()
        while True:
            if re.fullmatch(RAISED, self.next):
                digits = self.next.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
                self.at += 1
                found = Call("power", (found, Number(float(digits))))
            elif self.took("ᵀ"):
                found = Call("transpose", (found,))
            elif self.took("["):
                found = self.part(found)
            else:
                return found
            if fraction:
                raise ValueError("what is put after a gradient is put after its last name")

    def part(self, of: Expression) -> Expression:
        items: list[Option] = []
        while not self.took("]"):
            parts: list[int | None] = [None]
            while self.next not in (",", "]"):
                if self.took(":"):
                    parts.append(None)
                else:
                    sign = -1 if self.took("-") else 1
                    parts[-1] = sign * int(self.next)
                    self.at += 1
            self.took(",")
            items.append(parts[0] if len(parts) == 1 and parts[0] is not None else tuple((*parts, None)[:3]))
        return Call("slice", (of,), (("items", tuple(items)),))

    def atom(self) -> tuple[Expression, bool]:
        """What stands for itself, and whether it is a gradient."""
        text = self.next
        if text == "∂":
            return self.gradient(), True
        self.at += 1
        if text == "(":
            found = self.expression()
            self.need(")")
            return found, False
        if text[:1].isdigit():
            return Number(float(text.replace("−", "-"))), False
        if self.next == "(" or self.next in ("rows", "columns"):
            return self.call(text), False
        if text not in self.names:
            raise ValueError(f"no name: {text!r}")
        return Name(text), False

    def gradient(self) -> Expression:
        self.need("∂", self.letter, "/", "∂")
        if self.next == "L" and self.letter == "L":
            self.at += 1
            of: Expression = Name(self.objective)
        else:
            of, fraction = self.atom()
            assert not fraction
        via: tuple[Expression, ...] = ()
        turn, whole = 0, True
        if self.took("via"):
            via = (self.through(),)
            if self.took("("):
                turn = int(self.next)
                self.at += 1
                self.need(")")
        if self.took("before", "sum"):
            whole = False
        return Call("gradient", (Name(self.objective), of, *via), (("turn", turn), ("whole", whole)))

    def through(self) -> Expression:
        """The value that a part of a gradient comes through; a number in brackets may follow its name."""
        if self.next in self.names:
            self.at += 1
            return Name(self.tokens[self.at - 1])
        return self.atom()[0]

    def call(self, sign: str) -> Expression:
        options: dict[str, Option] = {}
        if self.next in ("rows", "columns"):
            options["axis"] = {"rows": 0, "columns": 1}[self.next]
            self.at += 1
        self.need("(")
        arguments: list[Expression] = []
        while not self.took(")"):
            if self.tokens[self.at + 1] == "=" and self.next.isidentifier() and self.next not in self.names:
                key = self.next
                self.at += 2
                options[key] = self.option()
            else:
                arguments.append(self.expression())
            self.took(",")
        if sign in REFERENCES and len(arguments) == 1 and not options:
            return Call("state", tuple(arguments), (("state", sign),))
        sign = "log softmax" if sign == "log_softmax_" else sign
        count = len(arguments)
        name = next((SIGNS[sign, k] for k in range(count, 0, -1) if (sign, k) in SIGNS), sign)
        return Call(name, tuple(arguments), tuple(sorted(options.items())))

    def option(self) -> Option:
        text = self.next
        self.at += 1
        if text == "-":
            text += self.next
            self.at += 1
        if text[-1:].isdigit():
            return float(text)
        return {"True": True, "False": False}.get(text, text)


def read_unicode(text: str, names: Collection[str], objective: str) -> Expression:
    """The tree of an expression as the screen writes it; `names` are those of values that have one of their own."""
    return _Reader(text, names, objective).whole()
