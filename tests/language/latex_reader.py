"""Reads the LaTeX that is printed back to a tree: written for the tests, with nothing of the printer in it.

What a name, a gradient or a state stands for is read off the text; `plain` gives what a tree says in the same terms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nnstep.language import Call, Entry, Expression, Name, Number, Option, parse_expression
from nnstep.language.value_names import Meaning
from nnstep.ops import NAMES, operation

__all__ = ["plain", "read_latex"]

# The sign before the brackets, with how many values are in them -> the operation.
SIGNS: dict[tuple[str, int], str] = {
    **{(f"\\{name}", 1): name for name in ("exp", "log", "sin", "cos", "tanh")},
    (r"\max", 2): "maximum",
    (r"\min", 2): "minimum",
    (r"\max", 1): "max",
    (r"\min", 1): "min",
    (r"\sum", 1): "sum",
    (r"\operatorname*{mean}", 1): "mean",
    (r"\operatorname*{argmax}", 1): "argmax",
    (r"\sigma", 1): "sigmoid",
    (r"\Phi", 1): "normal_cdf",
    (r"\varphi", 1): "normal_pdf",
    (r"\operatorname{sgn}", 1): "sign",
    (r"\operatorname{onehot}", 1): "one_hot",
    (r"\operatorname{logsoftmax}", 1): "log_softmax",
    (r"\operatorname{BCEWithLogits}", 2): "bce_with_logits",
    (r"\operatorname{ReLU}", 1): "relu",
    (r"\operatorname{LeakyReLU}", 1): "leaky_relu",
    (r"\operatorname{ELU}", 1): "elu",
    (r"\operatorname{GELU}", 1): "gelu",
    (r"\operatorname{SiLU}", 1): "silu",
    (r"\operatorname{LayerNorm}", 3): "layer_norm",
    (r"\operatorname{MSE}", 2): "mse",
    (r"\operatorname{MAE}", 2): "mae",
    (r"\operatorname{Huber}", 2): "huber",
    (r"\operatorname{BCE}", 2): "bce",
    (r"\operatorname{CE}", 2): "cross_entropy",
    (r"\operatorname{NLL}", 2): "nll",
}
BELOW = {"reshape": ("rows", "cols"), "broadcast": ("rows", "cols"), "one_hot": ("classes",)}
COMPARISONS = {
    "<": "less",
    r"\le": "less_equal",
    ">": "greater",
    r"\ge": "greater_equal",
    "=": "equal",
    r"\ne": "not_equal",
}
TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?|\S", re.DOTALL)
STATES = {"m": "m", "v": "v", "d": "d", r"\mathit{velocity}": "velocity"}


class _Reader:
    def __init__(self, text: str, names: Mapping[str, str], rows: str, columns: str) -> None:
        self.tokens = [token for token in TOKEN.findall(text) if token != r"\,"]
        self.at = 0
        self.names, self.axes = names, {rows: 0, columns: 1}

    # -- tokens

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def sees(self, *tokens: str) -> bool:
        return self.tokens[self.at : self.at + len(tokens)] == list(tokens)

    def took(self, *tokens: str) -> bool:
        found = self.sees(*tokens)
        self.at += len(tokens) * found
        return found

    def need(self, *tokens: str) -> None:
        if not self.took(*tokens):
            raise ValueError(f"expected {tokens} at {''.join(self.tokens[self.at : self.at + 8])!r}")

    def group(self) -> str:
        """A group in braces as it is written, without spaces."""
        start, depth = self.at, 0
        while True:
            depth += (self.next == "{") - (self.next == "}")
            self.at += 1
            if not depth:
                return "".join(self.tokens[start : self.at])

    # -- expressions, what holds together least first

    def whole(self) -> Expression:
        found = self.expression()
        if self.next:
            raise ValueError(f"not read: {''.join(self.tokens[self.at :])!r}")
        return found

    def expression(self) -> Expression:
        return self.chain(lambda: self.chain(self.sum, {r"\land": "and"}), {r"\lor": "or"})

    def sum(self) -> Expression:
        return self.chain(self.product, {"+": "add", "-": "subtract"})

    def chain(self, part: Callable[[], Expression], signs: Mapping[str, str]) -> Expression:
        found = part()
        while self.next in signs:
            sign = signs[self.next]
            self.at += 1
            if self.next == "-":
                raise ValueError("two signs beside each other")
            found = Call(sign, (found, part()))
        return found

    def product(self) -> Expression:
        wide = self.next == r"\sum"
        found, kind = self.factor(), ""
        while True:
            sign = {r"\odot": "multiply", r"\cdot": "multiply", r"\bmod": "remainder"}.get(self.next)
            if sign is None and not self._begins():
                return found
            if wide or self.sees(r"\sum") or kind not in ("", sign or "matmul"):
                raise ValueError("a product that may be read in two ways")
            kind = sign or "matmul"
            self.at += sign is not None
            if self.next in ("-", r"\sum"):
                raise ValueError("a factor that needs brackets")
            found = Call(kind, (found, self.factor()))

    def _begins(self) -> bool:
        """Whether another factor begins here."""
        ends = (
            "",
            ")",
            "]",
            "}",
            "+",
            "-",
            r"\right",
            ",",
            r"\lor",
            r"\land",
            *COMPARISONS,
            r"\leftarrow",
            ":",
            "^",
            "_",
        )
        return self.next not in ends

    def factor(self) -> Expression:
        if self.took(r"\lnot"):
            return Call("not", (self.factor(),))
        if not self.took("-"):
            return self.raised()
        number = self.next[:1].isdigit()
        found = self.raised()
        return Number(-found.value) if number and isinstance(found, Number) else Call("negative", (found,))

    def raised(self) -> Expression:
        ten = self.next == "10"
        found, simple = self.atom()
        if self.next in ("^", r"\left") and (self.next == "^" or self.sees(r"\left", "[")) and not simple:
            raise ValueError("an exponent or a subscript on what needs brackets")
        if self.took("^", "{", r"\top", "}"):
            return Call("transpose", (found,))
        if self.took("^", "{"):
            exponent = self.expression()
            self.need("}")
            if ten and isinstance(exponent, Number):
                return Number(float(f"1e{exponent.value:.0f}"))
            return Call("power", (found, exponent))
        if self.took(r"\left", "["):
            return Call("slice", (found,), (("items", self.items()),))
        return found

    def items(self) -> Option:
        found: list[Option] = []
        while not self.took(r"\right", "]"):
            found.append(self.item())
            self.took(",")
        return tuple(found)

    def item(self) -> Option:
        parts: list[int | None] = [None]
        ranged = False
        while self.next not in (",", r"\right"):
            if self.took("{", ":", "}"):
                ranged = True
                parts.append(None)
            else:
                sign = -1 if self.took("-") else 1
                parts[-1] = sign * int(self.tokens[self.at])
                self.at += 1
        if not ranged:
            assert parts[0] is not None
            return parts[0]
        return tuple((*parts, None)[:3])

    def atom(self) -> tuple[Expression, bool]:
        """What stands for itself, and whether it may take an exponent."""
        if self.next[:1].isdigit():
            return self.number()
        if self.took(r"\left", "("):
            found = self.expression()
            self.need(r"\right", ")")
            return found, True
        if self.took(r"\left", "|"):
            found = self.expression()
            self.need(r"\right", "|")
            return Call("abs", (found,)), False
        if self.took(r"\left", r"\lVert"):
            found = self.expression()
            self.need(r"\right", r"\rVert")
            return Call("norm", (found,)), False
        if self.sees(r"\frac", "{", r"\partial") or self.sees(r"\left", "."):
            return self.gradient(), False
        if self.took(r"\frac"):
            return Call("divide", (self.braced(), self.braced())), False
        if self.took(r"\sqrt"):
            return Call("sqrt", (self.braced(),)), True
        if self.took(r"\mathbf", "{", "1", "}", r"\left", "["):
            left = self.sum()
            sign = COMPARISONS[self.next]
            self.at += 1
            right = self.sum()
            self.need(r"\right", "]")
            return Call(sign, (left, right)), False
        if self.took("{"):  # a cell
            found, _ = self.atom()
            self.need("}", "_")
            assert isinstance(found, Name)
            return Entry(found.id, tuple(map(int, self.group()[1:-1].split(",")))), True
        return self.named()

    def braced(self) -> Expression:
        self.need("{")
        found = self.expression()
        self.need("}")
        return found

    def number(self) -> tuple[Expression, bool]:
        text = self.next
        self.at += 1
        if self.took(r"\times", "10", "^"):
            return Number(float(f"{text}e{self.group()[1:-1]}")), False
        return Number(float(text)), True

    # -- names

    def gradient(self) -> Expression:
        part = self.took(r"\left", ".")
        self.need(r"\frac", "{", r"\partial")
        above, _ = self.atom()
        self.need("}", "{", r"\partial")
        of, simple = self.atom()
        if not simple:
            raise ValueError("a gradient of what needs brackets")
        self.need("}")
        turn, whole = 0, True
        via: tuple[Expression, ...] = ()
        if part:
            self.need(r"\right", "|", "_", "{")
            while not self.took("}"):
                if self.next == r"\text":
                    self.at += 1
                    if self.group() == "{via}":
                        via = (self.expression(),)
                    else:
                        whole = False
                else:
                    turn = int(self.next)
                    self.at += 1
                self.took(",")
        return Call("gradient", (above, of, *via), (("turn", turn), ("whole", whole)))

    def named(self) -> tuple[Expression, bool]:
        start = self.at
        self.at += 1
        if self.next == "{":
            self.group()
        sign = "".join(self.tokens[start : self.at])
        called = sign not in self.names and (
            self.sees(r"\left", "(")
            or (self.next == "_" and (sign.startswith(r"\operatorname") or sign in (r"\sum", r"\max", r"\min")))
        )
        if called:
            return self.call(self.tokens[start], sign), False
        if self.next == "_":
            below = self.at + 1
            self.at += 1
            whole = sign + "_" + self.group()
            if whole in self.names:
                return Name(self.names[whole]), True
            self.at = below
            return Call("state", (self.braced(),), (("state", STATES[sign]),)), True
        return Name(self.names[sign]), True

    def call(self, first: str, sign: str) -> Expression:
        below = ""
        if self.took("_"):
            below = self.group()[1:-1]
        self.need(r"\left", "(")
        arguments: list[Expression] = []
        options: dict[str, Option] = {}
        while not self.took(r"\right", ")"):
            if self.next == r"\mathrm":
                self.at += 1
                key = self.group()[1:-1].replace("\\", "")
                self.need("=")
                options[key] = self.option()
            else:
                arguments.append(self.expression())
            self.took(",")
        if sign == r"\operatorname{prev}":
            return Call("previous", tuple(arguments))
        word = re.sub(r"\\operatorname\{(.*)\}", r"\1", sign).replace("\\_", "_")
        name = SIGNS.get((sign, len(arguments)), word)
        if below and name in BELOW:
            options |= dict(zip(BELOW[name], map(int, below.split(r"\times")), strict=False))
        elif below:
            options["axis"] = self.axes[below]
        return Call(name, tuple(arguments), tuple(sorted(options.items())))

    def option(self) -> Option:
        if self.took(r"\mathrm"):
            word = self.group()[1:-1].replace("\\", "")
            return {"True": True, "False": False}.get(word, word)
        found = self.factor()
        assert isinstance(found, Number)
        return found.value


def read_latex(text: str, names: Mapping[str, str], rows: str = "n", columns: str = "j") -> Expression:
    """The tree of an expression in LaTeX. `names` are those of values, by how they are written."""
    return _Reader(text, {written.replace(" ", ""): name for written, name in names.items()}, rows, columns).whole()


def plain(node: Expression, meaning: Callable[[str], Meaning], objective: str, known: bool = True) -> Expression:
    """What a tree says: values without a name as their expressions, gradients and states taken apart, options by name.

    With `known` False it may be any tree, of operations that there are not.
    """

    def inner(part: Expression) -> Expression:
        return plain(part, meaning, objective, known)

    if isinstance(node, Name):
        found = meaning(node.id)
        match found.kind:
            case "expression":
                return inner(parse_expression(node.id))
            case "gradient":
                parts = [objective, found.of, *([found.via] if found.via else [])]
                told: tuple[tuple[str, Option], ...] = (("turn", found.turn), ("whole", found.summed))
                return Call("gradient", tuple(inner(Name(part)) for part in parts), told)
            case "state":
                return Call("state", (inner(Name(found.of)),), (("state", found.state),))
            case "previous":
                return Call("previous", (inner(Name(found.of)),))
        return node
    if not isinstance(node, Call):
        return node
    arguments, options = node.arguments, dict(node.options)
    if known and node.function in NAMES and node.function != "put":
        entry = operation(node.function)
        count = len(entry.inputs)
        for key, argument in zip(entry.options, arguments[count:], strict=False):
            assert isinstance(argument, Number)
            options[key] = argument.value
        arguments = arguments[:count]
    if known and options.get("axis") == -1:  # the last axis of a matrix; a list has but one
        options["axis"] = 1
    return Call(node.function, tuple(map(inner, arguments)), tuple(sorted(options.items())))
