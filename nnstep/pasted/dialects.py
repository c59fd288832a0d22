"""What other programs print around numbers, taken away: afterwards numbers, brackets and what separates them are left.

Everything is replaced by as many characters, so that a place in the text stays that place. Every pattern takes time in
proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nnstep.pasted.entries import NUMBER
from nnstep.text import LOWERED

JOIN = "\x1e"  # where the next columns of the same rows begin

WRITTEN_OTHERWISE = str.maketrans(
    {
        **dict.fromkeys("−–﹣－", "-"),
        **dict.fromkeys("\ufeff\u00a0\u2007\u2009\u202f", " "),
        **dict.fromkeys("×·⋅", "x"),
    }
)
_POWER = re.compile(r" ?[*x] ?10(?: ?(?:\*\*|\^) ?[({]?([-+]?\d{1,4})[)}]?|([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}))")

_PROMPT = re.compile(
    r"^(?:>>>|\.\.\.(?= )|In ?\[\d+\]:|Out ?\[\d+\][:=]|julia>|octave:\d+>|sage:|>>|>) ?", re.MULTILINE
)
_TENSORFLOW = re.compile(r"<tf\.\w+[^<>\n]{0,200}?numpy=")
_WORD_BEFORE = re.compile(
    r"(?:Parameter containing:|\b(?:[A-Za-z_]\w*\.)*(?:array|asarray|tensor|matrix|Matrix|Array|DeviceArray|Tensor"
    r"|Variable|Parameter|MatrixForm|vec!|float(?:16|32|64)|Float(?:16|32|64)|Real|list|structure|c))"
    r"(?=\s{0,8}[(\[{]|:?\s{0,8}\n)"
)
_NUMBER_OF_A_TYPE = re.compile(
    rf"\b(?:[A-Za-z_]\w*\.)*(?:float|int|double|tensor|array)(?:16|32|64)?\([ \t]*({NUMBER})[ \t]*,?[ \t]*\)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\bParameter containing:")
_KEYWORD = re.compile(
    r",?\s{0,80}\b(?:dtype|requires_grad|grad_fn|device|shape|size|layout|weak_type|copy|order|sharding)\s?=\s?"
    r"(?:<[^<>\n]{0,200}>|'[^'\n]{0,80}'|\"[^\"\n]{0,80}\"|\([^()\n]{0,80}\)|[\w.]+)"
)
_TYPE_LINE = re.compile(
    r"(?:^|(?<==))[ \t]*\d+(?:x\d+)*[- ](?:element )?[ \t]*(?:[A-Z]\w*\.)?"
    r"(?:Matrix|Vector|Array|Adjoint|Transpose|adjoint|transpose|single|double|dlarray|gpuArray|SMatrix|SVector|matrix|CuArray"
    r")[^\n]{0,100}$",
    re.MULTILINE,
)
_COLUMN_LINE = re.compile(r"^[ \t]*(?:\[,\d+\][ \t]*)+$", re.MULTILINE)
_ROW_LABEL = re.compile(r"^[ \t]*\[\d+,\]", re.MULTILINE)
_COLUMNS_OF = re.compile(r"^[ \t]*Columns?[ \t]+\d+(?:[ \t]+(?:through|and|to)[ \t]+\d+)?[ \t]*:?[ \t]*$", re.MULTILINE)
_VECTOR_LABEL = re.compile(r"^[ \t]*\[\d+\](?=[ \t]+[-+.\dNI])", re.MULTILINE)
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$", re.MULTILINE)
_TRAILING_COMMENT = re.compile(r"(?:^|(?<=[\s,;\])}]))(?:#|//|%)[^\n]*", re.MULTILINE)

_LATEX = re.compile(r"\\(?:begin|frac|dfrac|tfrac|left|pmatrix|bmatrix)")
_LATEX_BEGIN = re.compile(r"\\begin\{(?:[pbBvV]?matrix\*?|smallmatrix|array)\}(?:\[[a-z]\])?(?:\{[lcr|]{1,80}\})?")
_LATEX_END = re.compile(r"\\end\{(?:[pbBvV]?matrix\*?|smallmatrix|array)\}")
_LATEX_FRACTION = re.compile(r"\\[dt]?frac\{([-+]?[\d.]{1,40})\}\{([\d.]{1,40})\}")
_LATEX_NOISE = re.compile(
    r"\\(?:left|right|big|Big|bigg|Bigg)[lr]?\s?(?:\\[{}]|[()\[\]|.])|\\(?:begin|end)\{[a-z*]{1,20}\}|\$\$?|\\[\[\]()]"
    r"|\\(?:hline|displaystyle|quad|qquad|phantom\{[^{}]{0,10}\})|\\[,;:! ]"
)
_LATEX_BREAK = re.compile(r"\\\\(?:\[[\w. -]{1,20}\])?")
_LATEX_TIMES = re.compile(r"\s?\\(?:times|cdot)\s?10\^(?:\{([-+]?\d{1,4})\}|([-+]?\d))")


def plain_text(text: str) -> str:
    """The text with numbers, brackets, commas, semicolons, line ends and names alone, as long as before."""
    text = text.replace("\r\n", " \n").replace("\r", "\n").translate(WRITTEN_OTHERWISE)
    text = _POWER.sub(_padded(lambda found: "e" + (found[1] or found[2].translate(LOWERED))), text)
    if _LATEX.search(text):
        text = _from_latex(text)
    text = _blanked(_PROMPT, text)
    text = _blanked(_TRAILING_COMMENT, text)
    if "<tf." in text:
        text = _blanked(_TENSORFLOW, text).replace(">", " ")
    text = _blanked(_KEYWORD, text)
    text = _blanked(_TYPE_LINE, text)
    text = _NUMBER_OF_A_TYPE.sub(_padded(lambda found: found[1]), text)
    text = _blanked(_TITLE, text)
    text = _blanked(_WORD_BEFORE, text)
    if _COLUMN_LINE.search(text):
        text = _blanked(_ROW_LABEL, _joined(_COLUMN_LINE, text))
    text = _joined(_COLUMNS_OF, text)
    if "[1]" in text:
        text = _from_vector(text)
    if "|" in text:
        text = _blanked(_TABLE_RULE, text).replace("|", " ")
    return text


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: _spaces(found[0]), text)


def _spaces(text: str) -> str:
    """As many spaces, but for the ends of lines."""
    return "".join("\n" if sign == "\n" else " " for sign in text)


def _padded(make: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
    """What is put in place of something, filled up with spaces."""
    return lambda found: make(found).ljust(len(found[0]))


def _joined(pattern: re.Pattern[str], text: str) -> str:
    """Lines that begin a block of columns: taken away, the second one and later ones leave a mark."""
    seen: list[int] = []

    def put(found: re.Match[str]) -> str:
        seen.append(found.start())
        return (JOIN if len(seen) > 1 else " ") + _spaces(found[0])[1:]

    return pattern.sub(put, text)


def _from_vector(text: str) -> str:
    """Vectors of R, whose lines begin with the number of their first entry: each is one line."""
    lines = text.split("\n")
    inside = False
    for number, line in enumerate(lines):
        label = _VECTOR_LABEL.match(line)
        if label is None:
            inside = False
            continue
        if inside or label[0].strip() == "[1]":
            lines[number] = " " * len(label[0]) + line[len(label[0]) :]
            if inside:
                lines[number - 1] += " "  # in place of the end of the line
                lines[number] = "\x00" + lines[number]
            inside = True
    return "\n".join(lines).replace(" \n\x00", "  ")


def _from_latex(text: str) -> str:
    """A matrix of LaTeX as one in brackets."""
    text = _LATEX_BEGIN.sub(_padded(lambda found: "["), text)
    text = _LATEX_END.sub(_padded(lambda found: "]"), text)
    text = _LATEX_FRACTION.sub(_padded(lambda found: f"{found[1]}/{found[2]}"), text)
    text = _LATEX_BREAK.sub(_padded(lambda found: ";"), text)
    text = _LATEX_TIMES.sub(_padded(lambda found: f"e{found[1] or found[2]}"), text)
    inside = []
    depth = 0
    for part in re.split(r"([\[\]])", text):
        depth += (part == "[") - (part == "]")
        if depth > 0 and part != "[":
            part = part.replace("\n", " ").replace("&", ",").replace("{", " ").replace("}", " ")
            part = re.sub(r";(\s*)$", r" \1", part)
        inside.append(part)
    return _blanked(_LATEX_NOISE, "".join(inside))
