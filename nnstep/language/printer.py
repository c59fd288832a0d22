"""Expression tree to text: as the language is typed (ASCII), as the screen writes it (Unicode), and as LaTeX.

`parse_expression(to_text(tree)) == tree` for every tree that the parser makes. All three ways share one walk over the
tree; they differ in a `Notation`, which says how names, numbers and each operation are written. The walk gives pieces
of (text, role), so that a screen can colour what a plain printer just joins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from nnstep.errors import LanguageError
from nnstep.language.nodes import Call, Entry, Expression, Name, Number, Option
from nnstep.language.parser import parse_expression

__all__ = [
    "GradientPart",
    "Token",
    "number_text",
    "part_of_gradient",
    "to_text",
    "to_unicode",
    "tokens",
    "with_named_options",
]


class Token(NamedTuple):
    """A run of text with a role: name, gradient, number, operator, function or text."""

    text: str
    role: str


# How tightly a node holds together; a part that holds less tightly than its place asks for is put in brackets.
_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _POWER, _POSTFIX = range(1, 10)
_INFIX = {
    "or": ("or", _OR),
    "and": ("and", _AND),
    "less": ("<", _COMPARE),
    "less_equal": ("<=", _COMPARE),
    "greater": (">", _COMPARE),
    "greater_equal": (">=", _COMPARE),
    "equal": ("==", _COMPARE),
    "not_equal": ("!=", _COMPARE),
    "add": ("+", _SUM),
    "subtract": ("-", _SUM),
    "multiply": ("*", _PRODUCT),
    "divide": ("/", _PRODUCT),
    "remainder": ("%", _PRODUCT),
    "matmul": ("@", _PRODUCT),
    "power": ("**", _POWER),
}
_REDUCTIONS = ("sum", "mean", "max", "min")
_BEFORE_SUM = " before sum"
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Notation(NamedTuple):
    """One way of writing. `unicode` False is the typed language.

    symbols    how the screen writes an operation that is called by name: {"sigmoid": "σ"}
    objective  the letter of the differentiated value in ∂L/∂x
    scalar     whether a name is a single number, which decides between · and ⊙
    number     how a number is written, where that is not every digit
    """

    unicode: bool = False
    symbols: Mapping[str, str] = {}
    objective: str = "L"
    scalar: Callable[[str], bool] = lambda name: False
    number: Callable[[float], str] | None = None


_TYPED = Notation()


def to_text(expression: Expression) -> str:
    """The expression as it is typed in a scenario."""
    return _join(_tokens(expression, _TYPED))


def to_unicode(expression: Expression, symbols: Mapping[str, str] | None = None, objective: str = "L") -> str:
    """The expression as the screen writes it: ∂L/∂W1, xᵀ, ⊙, σ."""
    return _join(tokens(expression, symbols, objective))


def tokens(
    expression: Expression,
    symbols: Mapping[str, str] | None = None,
    objective: str = "L",
    scalar: Callable[[str], bool] = lambda name: False,
    number: Callable[[float], str] | None = None,
) -> tuple[Token, ...]:
    """As `to_unicode`, in pieces with roles; see `Notation` for the rest."""
    found = _tokens(expression, Notation(True, symbols or {}, objective, scalar, number))
    match found:  # in front of all, a minus needs no brackets, except under a power
        case [Token("("), Token(text, "number") as first, Token(")"), Token(sign) as next_, *rest]:
            if text.startswith("−") and sign in (" + ", " − ", " · ", " ⊙ ", " / ", " @ "):
                found = [first, next_, *rest]
    return tuple(found)


def number_text(value: float) -> str:
    """A number as it is typed: the shortest text that reads back as the same float64."""
    if value.is_integer() and abs(value) < 1e16:
        return f"{value:.0f}"  # keeps the sign of -0
    return repr(value)


def _join(pieces: Iterable[Token]) -> str:
    return "".join(piece.text for piece in pieces)


def _tokens(node: Expression, notation: Notation) -> list[Token]:
    match node:
        case Number(value):
            text = notation.number(value) if notation.number else number_text(value)
            return [Token(text.replace("-", "−") if notation.unicode else text, "number")]
        case Name(id):
            return _name(id, notation)
        case Entry(name, index):
            cell = "[" + ",".join(map(str, index)) + "]" if index else ""
            of_gradient = notation.unicode and _gradient_of(name)  # a cell of it is the gradient of that cell
            named = _name(name, notation) if of_gradient else _tight(Name(name), _POSTFIX, notation)
            return [*named, Token(cell, "text")]
        case Call("transpose", (value,)):
            return [*_subject(value, notation), Token("ᵀ" if notation.unicode else ".T", "operator")]
        case Call("slice", (value,)):
            return [*_subject(value, notation), Token(_subscript(node.options[0][1]), "text")]
        case Call("negative", (value,)):
            sign, least = ("−", _POWER) if notation.unicode else ("-", _SIGN)  # a screen writes −(−2)
            return [Token(sign, "operator"), *_tight(value, least, notation)]
        case Call("not", (value,)):
            return [Token("not ", "operator"), *_tight(value, _NOT, notation)]
        case Call(function, (left, right)) if function in _INFIX and not node.options:
            return _infix(node, left, right, notation)
        case Call():
            return _called(node, notation)


def _tightness(node: Expression) -> int:
    match node:
        case Number(value):
            return _SIGN if str(value).startswith("-") else _POSTFIX
        case Call("negative", _):
            return _SIGN
        case Call("not", _):
            return _NOT
        case Call(function, (_, _)) if function in _INFIX and not node.options:
            return _INFIX[function][1]
    return _POSTFIX


def _tight(node: Expression, least: int, notation: Notation) -> list[Token]:
    tightness = _tightness(node)
    if isinstance(node, Name) and notation.unicode:
        shown = _unnamed(node.id)  # a value that is called by its text binds as that text does
        tightness = _gradient_tightness(node.id) if shown is None else _tightness(shown)
        node = shown or node
    inner = _tokens(node, notation)
    if isinstance(node, Number) and not inner[0].text.startswith(("-", "−")):
        tightness = _POSTFIX  # −0, which a screen writes 0
    return inner if tightness >= least else _bracketed(inner)


def _gradient_tightness(name: str) -> int:
    """How tightly ∂L/∂W1 holds together, which is a fraction: (∂L/∂W1)². One with words in it is added to others."""
    part = part_of_gradient(name)
    if part is None:
        return _POSTFIX
    if part == GradientPart(part.of):
        return _POWER
    return _PRODUCT if not part.turn and part.summed else 0


def _bracketed(inner: list[Token]) -> list[Token]:
    return [Token("(", "text"), *inner, Token(")", "text")]


def _subject(node: Expression, notation: Notation) -> list[Token]:
    """What `.T` or a subscript is put after; `2.T` would read as a number."""
    if isinstance(node, Number):
        return _bracketed(_tokens(node, notation))
    return _tight(node, _POSTFIX, notation)


def _infix(node: Call, left: Expression, right: Expression, notation: Notation) -> list[Token]:
    sign, level = _INFIX[node.function]
    if node.function == "power":
        if notation.unicode and isinstance(right, Number) and right.value.is_integer() and abs(right.value) < 1000:
            raised = number_text(right.value).translate(_SUPERSCRIPT)
            return [*_tight(left, _POSTFIX, notation), Token(raised, "number")]
        return [*_tight(left, _POSTFIX, notation), Token(" ** ", "operator"), *_tight(right, _SIGN, notation)]
    if notation.unicode:
        if isinstance(left, Name):
            left = _unnamed(left.id) or left
        sign = _unicode_sign(node, left, right, notation)
    first, second = level + (level == _COMPARE), level + 1
    if notation.unicode:  # a screen writes 2 · (−3), and (a @ b) ⊙ c though @ and * bind alike
        first = _POSTFIX if isinstance(left, Number) or _mixes(node.function, left) else first
        second = _POSTFIX if isinstance(right, Number) else second
    return [*_tight(left, first, notation), Token(f" {sign} ", "operator"), *_tight(right, second, notation)]


def _mixes(function: str, left: Expression) -> bool:
    """Whether a matrix product and another product meet, which bind alike but are read in one order only."""
    products = [name for name, (_, level) in _INFIX.items() if level == _PRODUCT]
    inner = left.function if isinstance(left, Call) else ""
    return function != inner and function in products and inner in products and "matmul" in (function, inner)


def _unicode_sign(node: Call, left: Expression, right: Expression, notation: Notation) -> str:
    if node.function == "multiply":
        return "·" if _is_scalar(left, notation) or _is_scalar(right, notation) else "⊙"
    signs = {"subtract": "−", "less_equal": "≤", "greater_equal": "≥", "equal": "=", "not_equal": "≠"}
    return signs.get(node.function) or _INFIX[node.function][0]


def _is_scalar(node: Expression, notation: Notation) -> bool:
    match node:
        case Number() | Entry():
            return True
        case Name(id):
            return notation.scalar(id)
        case Call(function, arguments) if function in _INFIX or function == "negative":
            return all(_is_scalar(argument, notation) for argument in arguments)
    return False


def _called(node: Call, notation: Notation) -> list[Token]:
    if notation.unicode:
        node = with_named_options(node)
    function, options, arguments = node.function, dict(node.options), node.arguments
    if notation.unicode:
        function = notation.symbols.get(function, function)
        if node.function in _REDUCTIONS:
            if options.get("axis") in (0, 1, -1):
                function += " rows" if options.pop("axis") == 0 else " columns"
            if not options.get("keepdims", True):
                del options["keepdims"]
    pieces = [Token(function, "function"), Token("(", "text")]
    parts = [_tokens(argument, notation) for argument in arguments]
    parts += [[Token(f"{name}={_option(value)}", "text")] for name, value in options.items()]
    for position, part in enumerate(parts):
        pieces += [Token(", ", "text"), *part] if position else part
    return [*pieces, Token(")", "text")]


def with_named_options(node: Call) -> Call:
    """A sum and the like with its options by their names: `max(x, 0)` is not the larger of x and 0."""
    given: dict[str, Option] = {}
    for key, argument in zip(("axis", "keepdims"), node.arguments[1:], strict=False):
        if node.function not in _REDUCTIONS or not isinstance(argument, Number) or not argument.value.is_integer():
            return node
        given[key] = bool(argument.value) if key == "keepdims" else int(argument.value)
    options = given | dict(node.options)
    return Call(node.function, (*node.arguments[:1], *node.arguments[3:]), tuple(sorted(options.items())))


def _option(value: Option | None) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return number_text(float(value)) if isinstance(value, float) else str(value)


def _subscript(items: Option) -> str:
    assert isinstance(items, tuple)
    return "[" + ", ".join(_item(item) for item in items) + "]"


def _item(item: Option | None) -> str:
    if not isinstance(item, tuple):
        return str(item)
    start, stop, step = ("" if part is None else str(part) for part in item)
    return f"{start}:{stop}" + (f":{step}" if step else "")


@lru_cache(maxsize=4096)
def _gradient_of(name: str) -> str:
    """The z1 of `grad(z1)`; "" for what is no such name, as `grad(a) - sum(grad(b))` is not."""
    if not name.startswith("grad("):
        return ""
    depth = 0
    for position, char in enumerate(name):
        depth += (char == "(") - (char == ")")
        if depth == 0 and char == ")":
            return name[5:-1] if position == len(name) - 1 else ""
    return ""


class GradientPart(NamedTuple):
    """What the name of a gradient, or of a part of one, says.

    of      the value that it is the gradient of
    via     the value through which this part comes; "" for the whole gradient
    turn    which use of the value it is, where `via` uses it several times; else 0
    summed  False for the part before it is summed over the axes along which the value was repeated
    """

    of: str
    via: str = ""
    turn: int = 0
    summed: bool = True


@lru_cache(maxsize=4096)
def part_of_gradient(name: str) -> GradientPart | None:
    """What a name such as `grad(h1) via o (2) before sum` says; None for what is no gradient."""
    whole = name.removesuffix(_BEFORE_SUM)
    base, _, via = whole.partition(" via ")
    of = _gradient_of(base)
    if not of:
        return None
    start, _, turn = via.removesuffix(")").rpartition(" (")
    if start and via.endswith(")") and turn.isdecimal():
        return GradientPart(of, start, int(turn), whole == name)
    return GradientPart(of, via, summed=whole == name)


@lru_cache(maxsize=4096)
def _is_one_thing(name: str) -> bool:
    """Whether a value's name reads as one thing within an expression: `W1`, `tanh(x @ W1)`, but not `x @ W1`."""
    if name.isidentifier() or _gradient_of(name):
        return True
    expression = _unnamed(name)
    return _tightness(expression) >= _POSTFIX if expression else name.endswith(")") and " via " not in name


@lru_cache(maxsize=4096)
def _unnamed(name: str) -> Expression | None:
    """The expression behind a value that is called by its text, or None for a name that is not an expression."""
    try:
        found = parse_expression(name)
    except LanguageError:
        return None
    return None if isinstance(found, Name) else found


def _as_one(name: str, notation: Notation) -> str:
    """A value's name as it stands within another one: as it is, or in brackets where it is put together by a sign."""
    expression = None if name.isidentifier() else _unnamed(name)
    signs = (*_INFIX, "transpose", "slice", "negative", "not")
    simple = not isinstance(expression, Call) or expression.function not in signs
    written = _join(_name(name, notation))
    return written if simple else f"({written})"


def _name(name: str, notation: Notation) -> list[Token]:
    """A value's name. Typed, one that is called by its text stands in brackets, to be read as one thing."""
    if not notation.unicode:
        return [Token(name if _is_one_thing(name) else f"({name})", "name")]
    part = part_of_gradient(name)
    if part is not None:
        inner = "L" if (part.of, notation.objective) == ("loss", "L") else part.of
        of, via = _as_one(inner, notation), f" via {_as_one(part.via, notation)}" if part.via else ""
        turn, stage = f" ({part.turn})" if part.turn else "", "" if part.summed else _BEFORE_SUM
        return [Token(f"∂{notation.objective}/∂{of}{via}{turn}{stage}", "gradient")]
    expression = None if name.isidentifier() else _unnamed(name)
    return [Token(name, "name")] if expression is None else _tokens(expression, notation)
