"""Expression tree to text: as the language is typed (ASCII), as the screen writes it (Unicode), and as LaTeX.

`parse_expression(to_text(tree)) == tree` for every tree that the parser makes. All three ways share one walk over the
tree; they differ in a `Notation`, which says how names, numbers and each operation are written. The walk gives pieces
of (text, role), so that a screen can colour what a plain printer just joins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.errors import LanguageError
from nnstep.language.infix import BY_SIGN, COMPARE, INFIX, NOT, POSTFIX, POWER, PRODUCT, SIGN, mixes
from nnstep.language.nodes import Call, Entry, Expression, Name, Number, Option
from nnstep.language.parser import parse_expression
from nnstep.language.value_names import BEFORE_SUM, Meaning, gradient_of, part_of_gradient
from nnstep.text import RAISED


class Token(NamedTuple):
    """A run of text with a role: name, gradient, number, operator, function or text."""

    text: str
    role: str


_REDUCTIONS = ("sum", "mean", "max", "min")


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
            of_gradient = notation.unicode and gradient_of(name)  # a cell of it is the gradient of that cell
            named = _name(name, notation) if of_gradient else _tight(Name(name), POSTFIX, notation)
            return [*named, Token(cell, "text")]
        case Call("transpose", (value,)):
            return [*_subject(value, notation), Token("ᵀ" if notation.unicode else ".T", "operator")]
        case Call("slice", (value,)):
            return [*_subject(value, notation), Token(_subscript(node.options[0][1]), "text")]
        case Call("negative", (value,)):
            sign, least = ("−", POWER) if notation.unicode else ("-", SIGN)  # a screen writes −(−2)
            return [Token(sign, "operator"), *_tight(value, least, notation)]
        case Call("not", (value,)):
            return [Token("not ", "operator"), *_tight(value, NOT, notation)]
        case Call(function, (left, right)) if function in INFIX and not node.options:
            return _infix(node, left, right, notation)
        case Call():
            return _called(node, notation)


def _tightness(node: Expression) -> int:
    match node:
        case Number(value):
            return SIGN if str(value).startswith("-") else POSTFIX
        case Call("negative", _):
            return SIGN
        case Call("not", _):
            return NOT
        case Call(function, (_, _)) if function in INFIX and not node.options:
            return INFIX[function].level
    return POSTFIX


def _tight(node: Expression, least: int, notation: Notation) -> list[Token]:
    tightness = _tightness(node)
    if isinstance(node, Name) and notation.unicode:
        shown = _unnamed(node.id)  # a value that is called by its text binds as that text does
        tightness = _gradient_tightness(node.id) if shown is None else _tightness(shown)
        node = shown or node
    inner = _tokens(node, notation)
    if isinstance(node, Number) and not inner[0].text.startswith(("-", "−")):
        tightness = POSTFIX  # −0, which a screen writes 0
    return inner if tightness >= least else _bracketed(inner)


def _gradient_tightness(name: str) -> int:
    """How tightly ∂L/∂W1 holds together, which is a fraction: (∂L/∂W1)². One with words in it is added to others."""
    part = part_of_gradient(name)
    if part is None:
        return POSTFIX
    if part == Meaning("gradient", part.of):
        return POWER
    return PRODUCT if not part.turn and part.summed else 0


def _bracketed(inner: list[Token]) -> list[Token]:
    return [Token("(", "text"), *inner, Token(")", "text")]


def _subject(node: Expression, notation: Notation) -> list[Token]:
    """What `.T` or a subscript is put after; `2.T` would read as a number."""
    if isinstance(node, Number):
        return _bracketed(_tokens(node, notation))
    return _tight(node, POSTFIX, notation)


def _infix(node: Call, left: Expression, right: Expression, notation: Notation) -> list[Token]:
    sign, level = INFIX[node.function].typed, INFIX[node.function].level
    if node.function == "power":
        if notation.unicode and isinstance(right, Number) and right.value.is_integer() and abs(right.value) < 1000:
            raised = number_text(right.value).translate(RAISED)
            return [*_tight(left, POSTFIX, notation), Token(raised, "number")]
        return [*_tight(left, POSTFIX, notation), Token(" ** ", "operator"), *_tight(right, SIGN, notation)]
    if notation.unicode:
        if isinstance(left, Name):
            left = _unnamed(left.id) or left
        single = node.function == "multiply" and (_is_scalar(left, notation) or _is_scalar(right, notation))
        sign = "·" if single else INFIX[node.function].screen
    first, second = level + (level == COMPARE), level + 1
    if notation.unicode:  # a screen writes 2 · (−3), and (a @ b) ⊙ c though @ and * bind alike
        first = POSTFIX if isinstance(left, Number) or mixes(node.function, left) else first
        second = POSTFIX if isinstance(right, Number) else second
    return [*_tight(left, first, notation), Token(f" {sign} ", "operator"), *_tight(right, second, notation)]


def _is_scalar(node: Expression, notation: Notation) -> bool:
    match node:
        case Number() | Entry():
            return True
        case Name(id):
            return notation.scalar(id)
        case Call(function, arguments) if function in INFIX or function == "negative":
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
                function += " " + say("notation.rows" if options.pop("axis") == 0 else "notation.columns")
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
def _is_one_thing(name: str) -> bool:
    """Whether a value's name reads as one thing within an expression: `W1`, `tanh(x @ W1)`, but not `x @ W1`."""
    if name.isidentifier() or gradient_of(name):
        return True
    expression = _unnamed(name)
    return _tightness(expression) >= POSTFIX if expression else name.endswith(")") and " via " not in name


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
    simple = not isinstance(expression, Call) or expression.function not in BY_SIGN
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
        turn, stage = f" ({part.turn})" if part.turn else "", "" if part.summed else BEFORE_SUM
        return [Token(f"∂{notation.objective}/∂{of}{via}{turn}{stage}", "gradient")]
    expression = None if name.isidentifier() else _unnamed(name)
    return [Token(name, "name")] if expression is None else _tokens(expression, notation)
