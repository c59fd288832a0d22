"""The parts of a text, each with the name that stands before its numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

from nnstep.pasted.entries import read_number

_NAME = 80  # characters of a name, at most

_HEADER = re.compile(
    r"[ \t]*(?P<name>[^=\n:;]{0,120}?[^\W\d_][^=\n:;]{0,120}?)[ \t]*(?:<-|:?=(?!=)|:(?!\d)|←)[ \t]*", re.MULTILINE
)
_WORD = re.compile(
    r"[ \t]*(?P<name>[\"'$]?[^\W\d_][\w.∂∇/()^\[\]{}\\]{0,80}[\"'$]?|∂[\w./∂()]{1,80})"
    r"(?=[ \t]*(?:[\[({\n]|$)|[ \t]+[-+.\d])"
)
# As this program prints a step, a value, and the title of a matrix.
_PRINTED = re.compile(
    r"[ \t]*(?:\d+ )?(?P<name>[^\s=\d|][^=\n]{0,80}?)(?: (?:<-|=|←) [^\n]{0,400}?)? {2,}(?:\d+(?:x\d+)*|scalar) {2,}"
    r"[a-z][\w ]{0,40}$"
)
_SHAPED = re.compile(r"[ \t]*(?P<name>[^\W\d][^\n=]{0,80}?|∂[^\n=]{0,80}?)[ \t]+\d+(?:x\d+)*[ \t]*$")
_DICT = re.compile(r"\s*\{\s*[\"']")
_DICT_KEY = re.compile(r"[\"'](?P<key>[^\"'\n]{1,80})[\"']\s*:")
# A named tuple of Julia, or dict(dW1=...) of Python.
_TUPLE = re.compile(r"\s*(?:dict)?\(\s*[^\W\d]\w{0,80}\s*=(?!=)")
_TUPLE_KEY = re.compile(r"(?P<key>[^\W\d]\w{0,80})\s*=(?!=)")
_PRINTING = re.compile(r"^(?:print|println|disp|display)\s?\(([^()]{1,80}(?:\([^()]{0,80}\))?)\)$")
_ASIDE = re.compile(r"(?<=[\w\])])\s+\([^\n]{0,80}\)$")  # dW1 (shape (3, 4))
_GRADIENT_OF = re.compile(r"^(?:the )?gradients? (?:of|for|wrt|w\.r\.t\.|with respect to) (?:the )?", re.IGNORECASE)


class TextPart(NamedTuple):
    """Where the numbers of a part begin and end in the text."""

    name: str
    start: int
    end: int


def parts(text: str) -> list[TextPart]:
    """The parts of a text that has been made plain, in order; one without a name is called ""."""
    if _DICT.match(text):
        return _of_keys(text, _DICT_KEY, "}")
    if _TUPLE.match(text):
        return _of_keys(text, _TUPLE_KEY, ")")
    found: list[TextPart] = []
    depth = 0
    offset = 0
    start, name = 0, ""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if _PRINTED.match(line)), None)
    if first is not None:  # what stands above it is prose
        lines[:first] = [" " * len(line) for line in lines[:first]]
        text = "\n".join(lines)
    for number, line in enumerate(lines):
        header = _header(line, lines[number + 1] if number + 1 < len(lines) else "") if depth == 0 else None
        if header is not None:
            found.append(TextPart(name, start, offset))
            name, start = _plain_name(header["name"]), offset + header.end()
        for sign in line:
            depth += (sign in "[({") - (sign in "])}")
        depth = max(0, depth)
        offset += len(line) + 1
    found.append(TextPart(name, start, len(text)))
    if first is not None:  # a parameter is there twice, before its update and after it
        found = [one for k, one in enumerate(found) if one.name and one.name not in [other.name for other in found[:k]]]
    return [one for one in found if text[one.start : one.end].strip(" \t\n,;") or len(found) == 1]


def _header(line: str, after: str) -> re.Match[str] | None:
    """A name at the beginning of a line, with what stands between it and its numbers; `after` is the next line."""
    found = _PRINTED.match(line) or (_SHAPED.match(line) if after.lstrip().startswith("[") else None)
    found = found or _HEADER.match(line) or _WORD.match(line)
    if found is None or len(found["name"]) > _NAME or read_number(found["name"].strip()) is not None:
        return None
    return found


def _of_keys(text: str, key: re.Pattern[str], closing: str) -> list[TextPart]:
    """The entries of a dictionary as Python prints it, or of a named tuple: each with its key."""
    text = text.rstrip(" \t\n;")
    keys, depth = [], 0
    for found in re.finditer(rf"(?P<open>[\[({{])|(?P<close>[\])}}])|{key.pattern}", text):
        if found["open"]:
            depth += 1
        elif found["close"]:
            depth -= 1
        elif depth == 1:
            keys.append(found)
    end = len(text) - 1 if text.endswith(closing) else len(text)
    ends = [*(one.start() for one in keys[1:]), end]
    return [TextPart(_plain_name(one["key"]), one.end(), last) for one, last in zip(keys, ends, strict=True)]


def _plain_name(text: str) -> str:
    """A name without what stands around it: quotes, the number of a step, a type, a shape, LaTeX."""
    name = re.sub(r"\\partial\s?", "∂", text.strip().strip("\"'$` &"))
    name = _PRINTING.sub(r"\1", name)
    name = _ASIDE.sub("", name)
    name = _GRADIENT_OF.sub("grad_", name)
    name = re.sub(r"\\(?:frac|dfrac)\{(?:∂|d)\s?([\w\\{}]{1,20}?)\}\{(?:∂|d)\s?(.{1,40})\}$", r"d\1/d\2", name)
    name = re.sub(r"\\nabla_\{?(.{1,40}?)\}?\s?\\?\w*$", r"dL/d\1", name)
    name = re.sub(r"\\(?:mathrm|mathbf|text|mathcal|bm|boldsymbol)\s?", "", name).replace("\\", "")
    name = re.sub(r"\^\{?[\[(]?(\d+)[\])]?\}?", r"\1", name)
    name = re.sub(r"[{}$]|(?<=\w)_(?=\d)|(?:\[\d+\])+$", "", name)
    name = re.sub(r"^\d+(?:\.\d+)*\s+(?=\D)", "", name)
    name = re.split(r"\s{2,}|\s+\d+(?:x\d+)*$", name)[0]
    return re.sub(r"^(?:double|float|let|var|const|auto|local|print)\s+(?:mut\s+)?", "", name).strip(" \"'")
