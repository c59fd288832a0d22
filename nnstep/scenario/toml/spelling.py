"""A value without quotes that TOML cannot read, and how it is written: `.5` is 0.5, `True` is true, `1/3` is a number.

People write values as Python, MATLAB, YAML, a calculator or a word processor have them. Nothing is evaluated but
arithmetic of numbers written out.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nnstep.errors import LanguageError
from nnstep.language import Call, Expression, Name, Number, parse_expression
from nnstep.ops import find_operation
from nnstep.text import DASHES, LOWERED, SUPERSCRIPTS, TIMES

_LONGEST = 200  # characters of arithmetic that is worked out


class Spelling(NamedTuple):
    """How a value is written in TOML.

    text    the value as TOML has it
    reason  the end of the catalogue's key that says what is wrong with it, `toml.REASON`; "" where nothing is
    sure    whether the text is what was meant, so that the rest of the file can be looked at with it
    """

    text: str
    reason: str = ""
    sure: bool = True


_SIGNS = str.maketrans(
    {
        **dict.fromkeys(DASHES, "-"),
        **dict.fromkeys(TIMES, "*"),
        **dict.fromkeys("÷∕⁄／", "/"),
        **dict.fromkeys("，٫", ","),
        "＋": "+",
        "．": ".",
        "π": "pi",
        "∞": "inf",
    }
)
_EXPONENT = re.compile(f"[{SUPERSCRIPTS}]+")
_ROOT = re.compile(r"√\s*(\d+(?:\.\d+)?)")
_TIMES = re.compile(r"(?<=\d)\s*x\s*(?=10\s*(?:\^|\*\*))")  # 2x10^-3
_MODULE = re.compile(r"\b(?:np|numpy|math|torch|jnp|jax|tf|cmath)\.(?=[a-z])")

_POINT = re.compile(r"([+-]?)(\d*)\.(\d*)((?:[eE][+-]?\d+)?)")
_NO_EXPONENT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?")
_ZEROS = re.compile(r"([+-]?)0+(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([,'’ ])\d{3}(?:\1\d{3})*(?:\.\d+)?")
_GROUPED_BY_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(,\d+)?")
_COMMA = re.compile(r"([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)")
_SUFFIXED = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:f|F|d|D|L|l|f32|f64|_f32|_f64)")
_PERCENT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*%")
_FORTRAN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))[dD]([+-]?\d+)")
_APART = re.compile(r"([+-])\s+(\d[\d.]*(?:[eE][+-]?\d+)?)")
_RADIX = re.compile(r"([+-]?)0([xXoObB])([0-9a-fA-F_]+)")
_UNDERSCORES = re.compile(r"[+-]?[\d_]+(?:\.[\d_]+)?")
_OF_NUMBERS = re.compile(r"[-+*/^().,_\d\seE:]*|[~$€£≈<>]?[\dOl]*[.\d][\d.,eEOl+\-]*")  # O and l for 0 and 1

_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_NOTHING = ("none", "null", "nil", "undefined", "na", "n/a", "missing", "~", "-", "?")
_NOT_FINITE = {
    **dict.fromkeys(("inf", "+inf", "infinity", "+infinity"), "inf"),
    **dict.fromkeys(("-inf", "-infinity"), "-inf"),
    **dict.fromkeys(("nan", "+nan", "-nan"), "nan"),
}
_NUMBERS = {"pi": math.pi, "e": math.e, "tau": math.tau}
_ELSEWHERE: dict[str, Callable[[float], float]] = {"log10": math.log10, "log2": math.log2, "tan": math.tan}


def spell(written: str) -> Spelling:
    """How a value that is written without quotes, brackets or braces is written in TOML."""
    if _is_toml(written):
        return Spelling(written)
    found = _number(written) or _word(written)
    if found is not None:
        return found
    plain = _plain(written)
    if plain != written:
        if _is_toml(plain):
            return Spelling(plain, "sign")
        found = _number(plain)
        if found is not None:
            return found._replace(reason="sign" if found.reason in ("point", "zeros") else found.reason)
    value = _arithmetic(plain)
    if value is not None:
        return Spelling(_written(value), "arithmetic")
    if plain.endswith(".") and _is_toml(plain[:-1]):
        return Spelling(plain[:-1], "number")
    if _OF_NUMBERS.fullmatch(plain):
        return Spelling("0", "unreadable", sure=False)
    return Spelling(quoted(written), "word")


def is_number(written: str) -> bool:
    """Whether it is a number, however it is written."""
    return spell(written).reason not in ("word", "bool", "nothing", "unreadable")


def quoted(text: str) -> str:
    """The text as a string of TOML, in the quotes that need the fewest escapes."""
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _is_toml(written: str) -> bool:
    """Whether TOML reads it as one value; of names only true and false (and inf and nan) are values."""
    if not written or "\n" in written or "#" in written or written[0] in "[{\"'":
        return False
    try:
        return list(tomllib.loads(f"k = {written}")) == ["k"]
    except (ValueError, RecursionError):
        return False


def _number(written: str) -> Spelling | None:
    """Numbers that are written in another way; None for what is no number."""
    if (found := _POINT.fullmatch(written)) and (found[2] or found[3]):
        return Spelling(f"{found[1]}{_trimmed(found[2])}.{found[3] or '0'}{found[4]}", "point")
    if _NO_EXPONENT.fullmatch(written):
        return Spelling(f"{written.rstrip('+-').rstrip('eE')}e-3", "exponent", sure=False)
    if found := _ZEROS.fullmatch(written):
        return Spelling(f"{found[1]}{found[2]}", "zeros")
    if _GROUPED.fullmatch(written):
        return Spelling(re.sub(r"[,'’ ]", "", written), "thousands", sure=False)
    if found := _GROUPED_BY_POINTS.fullmatch(written):
        whole, _, rest = written.partition(",")
        return Spelling(whole.replace(".", "") + ("." + rest if rest else ""), "thousands", sure=bool(rest))
    if found := _COMMA.fullmatch(written):
        sign = found[1] if found[1][-1:].isdigit() else f"{found[1]}0"
        return Spelling(f"{sign}.{found[2]}", "comma")
    if found := _PERCENT.fullmatch(written):
        return Spelling(_written(float(found[1]) / 100), "percent")
    if (found := _SUFFIXED.fullmatch(written)) or (found := _APART.fullmatch(written)):
        text = "".join(found.groups())
        return Spelling(text if _is_toml(text) else _written(float(text)), "number")
    if found := _FORTRAN.fullmatch(written):
        return Spelling(_written(float(f"{found[1]}e{found[2]}")), "number")
    if found := _RADIX.fullmatch(written):
        text = f"0{found[2].lower()}{found[3].strip('_')}"
        if _is_toml(text):
            return Spelling(str(int(text, 0) * (-1 if found[1] == "-" else 1)), "number")
    if _UNDERSCORES.fullmatch(written) and _is_toml(text := written.replace("_", "")):
        return Spelling(text, "number")
    return None


def _word(written: str) -> Spelling | None:
    """Words that stand for a value in other languages."""
    small = written.lower()
    if small in _TRUE or small in _FALSE:
        return Spelling("true" if small in _TRUE else "false", "bool")
    if small in _NOTHING:
        return Spelling("0", "nothing", sure=False)
    bare = re.sub(r"^float\(\s*['\"]([+-]?\w+)['\"]\s*\)$", r"\1", _MODULE.sub("", small))
    bare = re.sub(r"^([+-]?)(?:\w+\.)+", r"\1", bare).translate(_SIGNS)
    if bare in _NOT_FINITE:
        return Spelling(_NOT_FINITE[bare], "infinite", sure=False)
    return None


def _plain(written: str) -> str:
    """With the signs of typesetting as a keyboard has them, and digits of all scripts as 0 to 9."""
    text = written.translate(_SIGNS)
    text = _EXPONENT.sub(lambda found: f"**({found[0].translate(LOWERED)})", text)
    text = _ROOT.sub(r"sqrt(\1)", text).replace("√", "sqrt")
    text = _TIMES.sub("*", text)
    signs = []
    for sign in text:
        digit = None if sign.isascii() else unicodedata.decimal(sign, None)
        part = unicodedata.numeric(sign, None) if digit is None and not sign.isascii() else None
        fraction = part is not None and unicodedata.category(sign) == "No"
        signs.append(str(digit) if digit is not None else f"({part!r})" if fraction else sign)
    return "".join(signs)


def _trimmed(digits: str) -> str:
    """Without zeros at its beginning."""
    return digits.lstrip("0") or "0"


def _written(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _arithmetic(written: str) -> float | None:
    """The value of arithmetic over numbers written out, pi and a few functions; None for anything else."""
    if len(written) > _LONGEST or not re.search(r"\d|pi|\be\b|tau", written):
        return None
    text = _MODULE.sub("", written).replace("^", "**").replace("./", "/").replace(".*", "*")
    try:
        with np.errstate(all="ignore"):
            value = _value(parse_expression(text))
    except (LanguageError, ArithmeticError, ValueError, TypeError, RecursionError):
        return None
    return value if value is not None and math.isfinite(value) else None


def _value(expression: Expression) -> float | None:
    match expression:
        case Number(value):
            return float(value)
        case Name(name):
            return _NUMBERS.get(name)
        case Call(function, arguments, ()):
            parts = [_value(argument) for argument in arguments]
            numbers = [part for part in parts if part is not None]
            entry = find_operation(function)
            if len(numbers) < len(parts):
                return None
            if entry is None:
                return _ELSEWHERE[function](*numbers) if function in _ELSEWHERE else None
            if entry.elementwise and entry.where == "equation" and len(numbers) == len(entry.inputs):
                return float(entry.evaluate(*map(np.array, numbers)))
    return None
