"""Expression tree to LaTeX, for handouts and papers: `\\frac{\\partial \\mathcal{L}}{\\partial W_{1}} = x^{\\top} …`.

Each text has one reading. A minus belongs to the factor after it; products of one kind are read from the left, and
products of two kinds (entry by entry, of matrices) stand in brackets; what takes an exponent is a name, a number or
brackets; an operation that is called by name has its arguments in brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from nnstep.language.infix import COMPARE, INFIX, POSTFIX, POWER, PRODUCT, SIGN, SUM
from nnstep.language.latex_form import Form
from nnstep.language.latex_names import escaped, name_to_latex
from nnstep.language.nodes import Assignment, Call, Entry, Expression, Name, Number, Option
from nnstep.language.parser import parse_expression
from nnstep.language.printer import number_text
from nnstep.language.value_names import Meaning, meaning_of


class LatexContext(NamedTuple):
    """What is known of the program that is written.

    forms      how operations are written, by name
    meaning    what the name of a value says
    names      values with a name of their own, in LaTeX
    objective  the name of the value that is differentiated
    scalar     whether a value is a single number, which decides between · and ⊙
    rows       the index that runs along axis 0
    columns    the index that runs along axis 1
    """

    forms: Mapping[str, Form] = {}
    meaning: Callable[[str], Meaning] = meaning_of
    names: Mapping[str, str] = {"loss": r"\mathcal{L}"}
    objective: str = "loss"
    scalar: Callable[[str], bool] = lambda name: False
    rows: str = "n"
    columns: str = "j"


_PLAIN = LatexContext()

_COMMA, _TIMES = r",\, ", r" \times "
_STATES = {"velocity": r"\mathit{velocity}"}  # m, v and d are letters


class _Text(NamedTuple):
    text: str
    level: int


def assignment_to_latex(assignment: Assignment, notation: LatexContext = _PLAIN, sign: str = "=") -> str:
    """`target = expression` in LaTeX, without dollar signs; `sign` stands between the two."""
    return f"{to_latex(Name(assignment.target), notation)} {sign} {to_latex(assignment.expression, notation)}"


def to_latex(expression: Expression, notation: LatexContext = _PLAIN) -> str:
    """The expression in LaTeX's mathematics, without dollar signs."""
    return _written(expression, notation).text


def _written(node: Expression, notation: LatexContext) -> _Text:
    match node:
        case Number(value):
            return _number(value)
        case Name(id):
            return _name(id, notation)
        case Entry(name, index):
            below = ",".join(map(str, index))
            base = _tight(Name(name), POSTFIX, notation)
            return _Text(f"{{{base}}}_{{{below}}}" if index else base, POSTFIX)
        case Call("transpose", (value,)):
            return _Text(_tight(value, POSTFIX, notation) + r"^{\top}", POWER)
        case Call("power", (base, exponent)):
            ten = base == Number(10.0)  # 10^{-8} is a number
            below = _bracketed(to_latex(base, notation)) if ten else _tight(base, POSTFIX, notation)
            return _Text(f"{below}^{{{to_latex(exponent, notation)}}}", POWER)
        case Call("divide", (left, right)):
            return _Text(rf"\frac{{{to_latex(left, notation)}}}{{{to_latex(right, notation)}}}", POWER)
        case Call("negative", (value,)):
            inner = _tight(value, POWER, notation)
            return _Text("-" + (_bracketed(inner) if isinstance(value, Number) else inner), SIGN)
        case Call("not", (value,)):
            return _Text(rf"\lnot {_tight(value, POWER, notation)}", SIGN)
        case Call("sqrt", (value,)):
            return _Text(rf"\sqrt{{{to_latex(value, notation)}}}", POSTFIX)
        case Call("slice", (value,), ((_, items),)):
            return _Text(_tight(value, POSTFIX, notation) + _subscript(items), POWER)
        case Call(function, (left, right)) if function in INFIX and not node.options:
            if INFIX[function].level != COMPARE:
                return _infix(function, left, right, notation)
            inside = f"{_tight(left, SUM, notation)} {INFIX[function].latex} {_tight(right, SUM, notation)}"
            return _Text(rf"\mathbf{{1}}\left[{inside}\right]", POWER)
    assert isinstance(node, Call)
    return _called(node, notation)


def _tight(node: Expression, least: int, notation: LatexContext) -> str:
    """The part, in brackets where it binds less than `least`."""
    found = _written(node, notation)
    return found.text if found.level >= least else _bracketed(found.text)


def _bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def _infix(function: str, left: Expression, right: Expression, notation: LatexContext) -> _Text:
    sign, level = INFIX[function].latex, INFIX[function].level
    if function == "multiply" and (_is_scalar(left, notation) or _is_scalar(right, notation)):
        sign = r"\cdot"
    first = _tight(left, POWER if _mixes(function, left, notation) else level, notation)
    second = _tight(right, level + 1 if level < PRODUCT else POWER, notation)
    if second.startswith("-") or (function == "matmul" and isinstance(right, Number)):
        second = _bracketed(second)
    return _Text(" ".join(part for part in (first, sign, second) if part), level)


def _mixes(function: str, left: Expression, notation: LatexContext) -> bool:
    """Whether products of two kinds meet, or a sum and a product, which would be read in one order only."""
    inner = _shown(left, notation)
    kind = inner.function if isinstance(inner, Call) else ""
    wide = kind in notation.forms and notation.forms[kind].wide
    meet = kind not in (function, "divide") and kind in INFIX and INFIX[kind].level == PRODUCT
    return INFIX[function].level == PRODUCT and (wide or meet)


def _shown(node: Expression, notation: LatexContext) -> Expression:
    """The expression that a value without a name is written as."""
    if isinstance(node, Name) and notation.meaning(node.id).kind == "expression":
        return parse_expression(node.id)
    return node


def _is_scalar(node: Expression, notation: LatexContext) -> bool:
    match node:
        case Number() | Entry():
            return True
        case Name(id):
            return notation.scalar(id)
        case Call(function, arguments, ()) if function in (*INFIX, "negative", "sqrt"):
            return all(_is_scalar(argument, notation) for argument in arguments)
        case Call(function, (_,), ()) if function in notation.forms:
            return notation.forms[function].single
    return False


# Operations that are called by name.


def _called(call: Call, notation: LatexContext) -> _Text:
    form = notation.forms.get(call.function) or Form(rf"\operatorname{{{escaped(call.function)}}}", len(call.arguments))
    arguments, options = _taken_apart(call, form)
    sign = form.spelled if form.spelled and form.sign in notation.names.values() else form.sign
    below = [str(options.pop(key)) for key in form.below if key in options]
    if form.axis and options.get("axis") in (0, 1, -1):
        below.append(notation.rows if options.pop("axis") == 0 else notation.columns)
    if below:
        sign += f"_{{{_TIMES.join(below)}}}"
    parts = [to_latex(argument, notation) for argument in arguments]
    if form.fences and len(parts) == 1 and not options:
        return _Text(rf"\left{form.fences[0]}{parts[0]}\right{form.fences[1]}", POWER)
    parts += [rf"\mathrm{{{escaped(key)}}}={_option(value)}" for key, value in options.items()]
    return _Text(sign + _bracketed(_COMMA.join(parts)), PRODUCT if form.wide else POWER)


def _taken_apart(call: Call, form: Form) -> tuple[list[Expression], dict[str, Option]]:
    """The values that an operation is applied to, and its options, whether they are written by position or by name."""
    options: dict[str, Option] = {}
    for key, argument in zip(form.options, call.arguments[form.inputs :], strict=False):
        if isinstance(argument, Number):
            options[key] = int(argument.value) if argument.value.is_integer() else argument.value
    whole = len(options) == len(call.arguments) - form.inputs
    arguments = list(call.arguments[: form.inputs] if whole else call.arguments)
    return arguments, (options if whole else {}) | dict(call.options)


def _option(value: Option) -> str:
    if isinstance(value, bool | str):
        return rf"\mathrm{{{escaped(str(value))}}}"
    if isinstance(value, int):
        return str(value)
    return _number(value).text if isinstance(value, float) else rf"\text{{{escaped(str(value))}}}"


def _subscript(items: Option) -> str:
    assert isinstance(items, tuple)
    return rf"\left[{_COMMA.join(map(_item, items))}\right]"


def _item(item: Option | None) -> str:
    if not isinstance(item, tuple):
        return str(item)
    start, stop, step = ("" if part is None else str(part) for part in item)
    return f"{start}{{:}}{stop}" + (f"{{:}}{step}" if step else "")


# Numbers and names.


def _number(value: float) -> _Text:
    text = number_text(value)
    level = SIGN if text.startswith("-") else POSTFIX
    if "e" not in text:
        return _Text({"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{NaN}"}.get(text, text), level)
    mantissa, exponent = text.split("e")
    power = f"10^{{{int(exponent)}}}"
    written = power if mantissa == "1" else rf"{mantissa} \times {power}"
    return _Text(written, min(level, POWER))


def _name(name: str, notation: LatexContext) -> _Text:
    meaning = notation.meaning(name)
    match meaning.kind:
        case "expression":
            return _written(parse_expression(name), notation)
        case "gradient":
            return _gradient(meaning, notation)
        case "state":
            state = _STATES.get(meaning.state, meaning.state)
            return _Text(f"{state}_{{{to_latex(Name(meaning.of), notation)}}}", POSTFIX)
        case "previous":
            return _Text(rf"\operatorname{{prev}}{_bracketed(to_latex(Name(meaning.of), notation))}", POWER)
    return _Text(notation.names.get(name) or name_to_latex(name), POSTFIX)


def _gradient(meaning: Meaning, notation: LatexContext) -> _Text:
    above, below = to_latex(Name(notation.objective), notation), _tight(Name(meaning.of), POSTFIX, notation)
    text = rf"\frac{{\partial {above}}}{{\partial {below}}}"
    notes = [rf"\text{{via }} {to_latex(Name(meaning.via), notation)}"] if meaning.via else []
    notes += [str(meaning.turn)] if meaning.turn else []
    notes += [] if meaning.summed else [r"\text{before the sum}"]
    if notes:
        text = rf"\left.{text}\right|_{{{_COMMA.join(notes)}}}"
    return _Text(text, POWER)
