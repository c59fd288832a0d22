"""Matrices between large brackets, as this program and SymPy print them: several of them may stand side by side."""

from __future__ import annotations

import re

from nnstep.catalogue import say
from nnstep.pasted.dialects import WRITTEN_OTHERWISE
from nnstep.pasted.entries import NUMBER, assembled, read_number
from nnstep.pasted.model import NotNumbersError, PastedNumber, PastedNumbers, line_and_column
from nnstep.text import clean

BOX = re.compile("[⎡⎛]")
_LEFT = {"⎡": ("⎢", "⎣"), "⎛": ("⎜", "⎝"), "[": ("", "")}
_RIGHT = "⎤⎥⎦⎞⎟⎠]"
_ROW = re.compile(rf"\[[ \t]*(?:{NUMBER}[ \t]+)*{NUMBER}[ \t]*\]", re.IGNORECASE)


def boxed(text: str) -> list[tuple[str, PastedNumbers]]:
    """Every matrix of a text with the name above it or before it, "" where there is none. Raises NotNumbersError."""
    lines = text.replace("\r\n", "\n").translate(WRITTEN_OTHERWISE).split("\n")
    found: list[tuple[int, int, str, PastedNumbers]] = []
    for number, line in enumerate(lines):
        starts = [at.start() for at in re.finditer("[⎡⎛]", line)]
        starts += [at.start() for at in _ROW.finditer(line)]
        for column in sorted(starts):
            rows = _rows(lines, number, column)
            name = _name(lines, number, column)
            shape = (len(rows[0]),) if line[column] == "[" else (len(rows), len(rows[0]))
            found.append((number, column, name, assembled(rows, shape, True)))
    if not found:
        raise NotNumbersError(say("typed.nothing"))
    named: dict[str, PastedNumbers] = {}
    for _, _, name, typed in found:  # a parameter may be there twice, before its update and after it
        named.setdefault(name, typed)
    return list(named.items())


def _rows(lines: list[str], first: int, column: int) -> list[list[PastedNumber]]:
    """The rows of the matrix whose bracket begins there."""
    middle, last = _LEFT[lines[first][column]]
    rows: list[list[PastedNumber]] = []
    for number in range(first, len(lines)):
        line = lines[number]
        sign = line[column] if column < len(line) else ""
        if number > first and sign not in (middle, last):
            raise NotNumbersError(say("typed.box", line=number + 1))
        end = next((at for at in range(column + 1, len(line)) if line[at] in _RIGHT), len(line))
        if rows and sign == middle and not line[column + 1 : end].strip():
            continue  # SymPy leaves a line between two rows
        rows.append(_numbers(lines, number, column + 1, end))
        if len(rows[-1]) != len(rows[0]):
            raise NotNumbersError(say("typed.ragged", row=len(rows), count=len(rows[-1]), first=len(rows[0])))
        if sign == last or not last:
            break
    return rows


def _numbers(lines: list[str], number: int, start: int, end: int) -> list[PastedNumber]:
    found = []
    for word in re.finditer(r"[^\s,]+", lines[number][start:end]):
        read = read_number(word[0])
        if read is None:
            line, column = line_and_column(
                "\n".join(lines), sum(len(one) + 1 for one in lines[:number]) + start + word.start()
            )
            raise NotNumbersError(say("typed.no-number", line=line, column=column, text=repr(clean(word[0], 40))))
        found.append(read)
    if not found:
        raise NotNumbersError(say("typed.nothing"))
    return found


def _name(lines: list[str], number: int, column: int) -> str:
    """What stands above a matrix where it begins, or on the line above that is its own; else before it."""
    before = re.search(r"([^\s\[\]⎤⎦]+)\s*[=:]\s*$", lines[number][:column])
    if before:
        return before[1].strip("\"'")
    above = lines[number - 1] if number else ""
    if not above.strip() or any(sign in above for sign in "⎡⎤⎣⎦⎢⎥⎛⎝⎜"):
        return ""
    head = above[column:]
    aligned = head[:1].strip() and (column == 0 or above[column - 1] == " ") and head[0] not in "=@+-*"
    said = head if aligned else above
    said = re.sub(r"^[\s▶▸●○✔✘▲]*(?:\d+(?:\.\d+)*\s+)?", "", said)
    said = re.split(r"\s(?:=|←|:=)\s|\s*[=:]\s*$|\s{2,}", said)[0]
    return re.sub(r"\s+\d+(?:x\d+)*\s*(?:[…▸].*)?$", "", said).strip().strip("\"'")
