"""What sentences about steps are put together from: names, shapes and places of entries as the screen writes them."""

from __future__ import annotations

from nnstep.catalogue import say, say_or
from nnstep.language import Expression, Name, to_unicode
from nnstep.ops import Shape, operation
from nnstep.text import shortened
from nnstep.view.text.numbers import plain, shape_text
from nnstep.view.text.symbols import SYMBOLS, label

_LONGEST = 26  # columns of a name in a sentence
_DIGITS = 8
_LETTERS = "ij"


def say_op(name: str) -> str:
    """What an operation does, in one sentence: of the table in English, of a translation where it has one."""
    return say_or(f"op.{name}", operation(name).sentence)


def short_text(text: str) -> str:
    """A text that may stand in a sentence, cut where it is long."""
    return shortened(text, _LONGEST)


def value_label(name: str, objective: str) -> str:
    """A value's name."""
    return short_text(label(name, objective))


def written_expression(expression: Expression, objective: str) -> str:
    """An expression, as a name where it is one."""
    if isinstance(expression, Name):
        return value_label(expression.id, objective)
    return short_text(to_unicode(expression, SYMBOLS, objective))


def factor_of(text: str) -> str:
    """A text that an index or a sign can follow: what is no plain name stands in brackets."""
    return f"({text})" if " " in text else text


def optimizer_number(value: float) -> str:
    """A number of an optimizer."""
    return plain(value, _DIGITS)


def at(shape: Shape, result: Shape) -> str:
    """The index of the entry of an operand of `shape`, as large as the result, that goes into the result's [i,j]."""
    letters = _LETTERS[: len(result)] if len(result) > 1 else "i"
    return f"[{','.join(letters[len(result) - len(shape) :])}]" if shape else ""


def entry_count(shape: Shape) -> str:
    """How many entries, said by the shape: 4×3."""
    return shape_text(shape) or say("words.one")
