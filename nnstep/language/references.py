"""Names of values as people write them: `∂L/∂W1`, `dL/dW1`, `W1.grad` and `dW1` all mean `grad(W1)`, `[0,1]` one cell.

What a text can mean is told here from the text alone; whether there is such a value says the caller, by a function.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.errors import LanguageError
from nnstep.language.nodes import Call, Expression, Name, substitute
from nnstep.language.parser import parse_expression
from nnstep.language.printer import to_text
from nnstep.text import DASHES, LOWERED, TIMES, clean

LONGEST = 4_000  # characters of a name or of an expression
_DEEPEST = 8  # names within each other, as in grad(grad(W1))
_LOSSES = frozenset(("L", "J", "E", "C", "l", "loss", "Loss", "cost", "error"))  # what textbooks differentiate
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SIGNS = str.maketrans(
    {**dict.fromkeys(DASHES, "-"), **dict.fromkeys(TIMES + "⊙∘", "*"), "≤": "<=", "≥": ">=", "≠": "!="}
)
_EXPONENT = re.compile(r"⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_TRANSPOSED = re.compile(r"\s*[ᵀ⊤]")
_CELL = re.compile(r"((?:\[\s*\d{1,9}(?:\s*,\s*\d{1,9})*\s*\]\s*)+)$")
_NUMBER = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")

# How the gradient of X is written as a whole; (?P<of>) is X, (?P<above>) what is differentiated where that is said.
_GRADIENTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"grad\((?P<of>.*)\)",
        r"[∂𝜕]\s*(?P<above>\w*)\s*/\s*[∂𝜕]\s*(?P<of>.*)",
        r"d\s*\(?(?P<above>[^\W\d]\w*)\)?\s*/\s*d\s*(?P<of>[\w(].*)",
        r"(?P<of>.*)[._]grad(?:ient)?",
        r"grad(?:ient)?[_ ]?(?P<of>[^\W\d].*)",
        r"∇_?\{?(?P<of>[^{}]*?)\}?(?:\s(?P<above>[^\W\d]\w*))?",
        r"[d∂](?P<of>[\w(].*)",
        r"[d∂]_?(?P<above>[^\W\d_]\w*?)_?[d∂]_?(?P<of>[^\W\d].*)",  # dL_dW1 and dLdW1, as variables are called
    )
)
# Where the gradient of something stands in a longer text: before it, or after it.
_BEFORE = re.compile(
    r"[∂𝜕]\s*\w*\s*/\s*[∂𝜕]\s*|\bd[^\W\d]\w*\s*/\s*d(?=[^\W\d]|\()|∇_?|\bgrad_(?=[^\W\d])|\bgrad(?=\()"
)
_WORD = re.compile(r"[^\W\d]\w*")
_AFTER = re.compile(r"[._]grad\b")


class Named(NamedTuple):
    """A value by its name in the language, and one of its cells, or () for all of it."""

    name: str
    index: tuple[int, ...] = ()  # type: ignore[assignment] # a tuple's method of that name is not used


class Vocabulary(NamedTuple):
    """What names there are.

    known      whether a text is the name of a value as the language has it
    objective  the name of the value that is differentiated
    printed    names by the way in which the screen prints them, without spaces; of two alike, both
    calls      names of operations by the sign that the screen writes for them: sigmoid by σ
    """

    known: Callable[[str], bool]
    objective: str = "loss"
    printed: Callable[[], Mapping[str, tuple[str, ...]]] = dict
    calls: Mapping[str, str] = {}


def split_cell(text: str) -> tuple[str, tuple[int, ...]]:
    """A text without the cell at its end, and the cell: `[0,1]`, `[0, 1]` and `[0][1]` are one; () for none."""
    found = _CELL.search(text)
    if found is None or not text[: found.start()].strip():
        return text, ()
    return text[: found.start()].strip(), tuple(int(number) for number in _NUMBER.findall(found[1]))


def read_reference(text: str, vocabulary: Vocabulary) -> Named | None:
    """The value, or its cell, that a text names in whatever notation; None for one that names nothing.

    A value's own name comes first: where one is called dW1, `dW1` is that and not the gradient of W1. Raises
    LanguageError where a printed name is that of two values.
    """
    return _named(" ".join(text.split()), vocabulary, _DEEPEST) if len(text) <= LONGEST else None


def _named(text: str, vocabulary: Vocabulary, deepest: int) -> Named | None:
    if not text or not deepest:
        return None
    name = _value(text, vocabulary)
    if name is not None:
        return Named(name)
    if text[0] == "(" and text[-1] == ")" and _pairs(text).get(0) == len(text) - 1:
        return _named(text[1:-1].strip(), vocabulary, deepest - 1)
    base, index = split_cell(text)
    if index:
        found = _named(base, vocabulary, deepest - 1)
        return None if found is None else Named(found.name, (*found.index, *index))
    if text[-1] in "′'’":  # a parameter after its update is the latest of that name
        return _named(text[:-1], vocabulary, deepest - 1)
    for pattern in _GRADIENTS:
        match = pattern.fullmatch(text)
        if match is None or not _differentiates(match.groupdict().get("above"), vocabulary):
            continue
        of = _named(match["of"].strip(), vocabulary, deepest - 1)
        if of is None and match["of"].strip() in _LOSSES:
            of = Named(vocabulary.objective)  # ∂L/∂L
        if of is not None and vocabulary.known(f"grad({of.name})"):
            return Named(f"grad({of.name})", of.index)
    return None


def _differentiates(above: str | None, vocabulary: Vocabulary) -> bool:
    """Whether what stands above the line is the objective: by its name, or by a letter that books have for a loss."""
    letter = unicodedata.normalize("NFKC", above or "")
    return not letter or letter == vocabulary.objective or letter in _LOSSES


def _value(text: str, vocabulary: Vocabulary) -> str | None:
    """The name of the value that a text is the name of, as typed or as printed."""
    if vocabulary.known(text):
        return text
    printed = vocabulary.printed().get(_SPACE.sub("", text), ())
    if len(printed) > 1:
        raise LanguageError(
            say("language.ambiguous", text=repr(text), names=say("words.or").join(printed)),
            hint=say("language.type", name=printed[0]),
        )
    if printed:
        return printed[0]
    plain = typed(text, vocabulary.calls)
    if vocabulary.known(plain):
        return plain
    try:
        written = to_text(parse_expression(plain))
    except LanguageError:
        return None
    return written if vocabulary.known(written) else None


def typed(text: str, calls: Mapping[str, str] = {}) -> str:
    """A text with the signs of the screen as the language types them: `xᵀ ⊙ z²` is `x.T * z ** 2`.

    `calls` has the operations by their signs; a sign is one only right before a bracket.
    """
    plain = _TRANSPOSED.sub(".T", text)
    plain = _EXPONENT.sub(lambda found: f" ** {found[0].translate(LOWERED)}", plain)
    plain = plain.translate(_SIGNS).translate(_SUBSCRIPTS)
    for sign, operation in calls.items():
        if sign in plain and sign != operation:
            plain = re.sub(rf"(?<!\w){re.escape(sign)}\s?(?=\()", operation, plain)
    return plain


def read_expression(text: str, vocabulary: Vocabulary) -> Expression:
    """An expression in which values may be named in any notation. Raises LanguageError.

    `∂L/∂W1[0,1] > 0.5` is `grad(W1)[0, 1] > 0.5`; a value that is called by its text can be meant: `dL/d(x @ W1)`.
    """
    if len(text) > LONGEST:
        return parse_expression(text)  # which refuses it
    meant: dict[str, str] = {}
    try:
        expression = parse_expression(typed(_Placing(text, vocabulary, meant).placed(), vocabulary.calls))
    except LanguageError:
        whole = read_reference(text, vocabulary)  # printed with words in it: ∂L/∂h1 via o
        if whole is None:
            raise
        return Call("slice", (Name(whole.name),), (("items", whole.index),)) if whole.index else Name(whole.name)
    return substitute(expression, lambda leaf: _meant(leaf, meant))


def _meant(leaf: Expression, meant: Mapping[str, str]) -> Expression | None:
    """The name with what was put in the places in it, which may be within another: prev(value_0_)."""
    if not isinstance(leaf, Name):
        return None
    name = leaf.id
    for place, value in meant.items():
        name = name.replace(place, value)
    return Name(name)


class _Placing:
    """A text in which a plain name takes the place of each gradient that is written otherwise."""

    def __init__(self, text: str, vocabulary: Vocabulary, meant: dict[str, str]) -> None:
        self._text, self._vocabulary, self._meant = text, vocabulary, meant
        self._closing = _pairs(text)

    def placed(self) -> str:
        """The text with the places; `meant` has what each of them stands for."""
        parts: list[str] = []
        at = 0
        while at < len(self._text):
            part, end = self._part(at)
            parts.append(part)
            at = end
        return "".join(parts)

    def _part(self, at: int) -> tuple[str, int]:
        """What stands from a place on, rewritten, and where it ends."""
        text, vocabulary = self._text, self._vocabulary
        before = _BEFORE.match(text, at)
        start = before.end() if before is not None else at
        end = self._operand(start)
        inside = before is None and at > 0 and text[at] != "(" and (text[at - 1].isalnum() or text[at - 1] in "_.")
        if end is None or inside:
            return text[at], at + 1
        after = _AFTER.match(text, end) if before is None else None
        if after is not None:
            return self._place(at, after.end(), True), after.end()
        if before is not None:
            if before[0][0] == "d" and all(map(vocabulary.known, _WORD.findall(text[at:end]))):
                return text[at:end], end  # two values of the scenario, one divided by the other
            return self._place(at, end, not before[0].startswith("grad")), end
        if text[at] == "(":
            return "(", at + 1
        plain = vocabulary.known(text[at:end]) or text[end : end + 1] == "("
        return text[at:end] if plain else self._place(at, end, False), end

    def _place(self, at: int, end: int, certain: bool) -> str:
        """A place for what is written there, where that is a value; else the text as it is, or LanguageError."""
        written = self._text[at:end]
        found = read_reference(written, self._vocabulary)
        if found is None or found.index:
            if certain:
                raise LanguageError(say("language.nothing-called", name=repr(clean(written, 40))), column=at + 1)
            return written
        if found.name == written:
            return written
        place = f"value_{len(self._meant)}_"
        while place in self._text:
            place += "_"
        self._meant[place] = found.name
        return place

    def _operand(self, at: int) -> int | None:
        """Where the name or the brackets that begin at a place end; None where neither begins there."""
        if at in self._closing:
            return self._closing[at] + 1
        word = _WORD.match(self._text, at)
        return None if word is None else word.end()


def _pairs(text: str) -> dict[int, int]:
    """The place of each bracket's partner, by the place of the one that opens."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for position, char in enumerate(text):
        if char == "(":
            opened.append(position)
        elif char == ")" and opened:
            found[opened.pop()] = position
    return found
