"""What a terminal sends, cut into characters, whole escape sequences and pasted texts (ECMA-48, bracketed paste).

A sequence that ends too late or not at all is thrown away whole: no part of it becomes a key.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

LONGEST = 32  # characters of a control sequence; a longer one means nothing to Textual
_STRING = 1 << 12  # and of a control string; one that a terminal sends in answer is far shorter
_PASTE = 1 << 20  # and of a pasted text
_SHORT, _LONG = 0.1, 0.5  # seconds without input after which a short sequence is taken to be unfinished, and a long one

_CONTROL = re.compile(  # a control sequence as far as it is there; `q` ends none: see `Sequences`
    r"\x1b\[(?:\[[A-E]?|M[^\x00-\x1f\x7f]{0,3}|(?![\[M])[0-?]*[ -/]*(?P<end>[@-pr-~])?)"
)
_ENDLESS = re.compile("[ -?]*")  # what may stand between its beginning and its end
_OF_STRING = re.compile(r"[^\x03\x07\x18\x1a\x1b\x9c]*")  # Ctrl+C gets through, CAN and SUB end a string
_PASTED = ("\x1b[200~", "\x1b[201~")  # before and after a pasted text


class InputPart(NamedTuple):
    """A part of the input: `kind` is "text" (keys), "sequence" (whole, from its Esc on) or "paste"."""

    kind: str
    text: str


Rest = Generator[InputPart, None, str]  # parts, and what is left of the text


class Sequences:
    """Input in pieces of any size, and the parts that are complete.

    A person who wants to leave is heard behind any rubbish: a `q` is no end of a control sequence, since no terminal
    sends one that ends so, and where an unfinished string or paste is thrown away a `q` or Ctrl+C at its very end was
    typed.
    """

    def __init__(self) -> None:
        self._rest = ""  # what begins a sequence
        self._kept: list[str] = []  # of a text that is being pasted
        self._size = 0  # characters of the string or of the pasted text so far
        self._within = ""  # "string", "paste", "endless": a control sequence that was too long
        self._last = ""  # the last character of it

    def feed(self, text: str) -> Iterator[InputPart]:
        """The parts that are complete with this text."""
        text, self._rest = self._rest + text, ""
        while text:
            if self._within:
                text = yield from self._go_on(text)
                continue
            plain, escape, text = text.partition("\x1b")
            if plain:
                yield InputPart("text", plain)
            if escape:
                text = yield from self._begin(escape + text)

    def quiet(self, seconds: float) -> Iterator[InputPart]:
        """What is meant by what has come when nothing has followed it for so long: an Esc alone is the key."""
        if self._rest == "\x1b" and not self._within:
            self._rest = ""
            yield InputPart("sequence", "\x1b")
        elif seconds >= (_LONG if self._size > LONGEST else _SHORT) and (self._within or self._rest):
            last = (self._rest or self._last)[-1:]
            typed = last if self._within in ("string", "paste") and last in ("q", "\x03") else ""
            self._forget()
            self._rest = ""
            if typed:
                yield InputPart("text", typed)

    def _forget(self) -> None:
        self._within, self._size, self._last = "", 0, ""
        self._kept.clear()

    def _begin(self, text: str) -> Rest:
        """A text that begins with an Esc."""
        kind = text[1:2]
        if kind == "":
            self._rest = text
            return ""
        if kind == "\x1b":
            yield InputPart("sequence", "\x1b")
            return text[1:]
        if kind in "]PX^_":
            self._within, self._size = "string", 2
            return text[2:]
        if kind == "[":
            return (yield from self._control(text))
        if kind == "O" and len(text) == 2:
            self._rest = text
            return ""
        if kind == "O" and text[2] < " ":
            return text[2:]
        if kind in "q\x03":  # after an Esc, faster than anyone can tell from Alt
            yield InputPart("sequence", "\x1b")
            return text[1:]
        size = 3 if kind == "O" else 2
        yield InputPart("sequence", text[:size])
        return text[size:]

    def _control(self, text: str) -> Rest:
        """A text that begins as a control sequence does."""
        found = _CONTROL.match(text[: LONGEST + 1])
        assert found is not None
        sequence = found[0]
        whole = found["end"] or len(sequence) == {"[": 4, "M": 6}.get(sequence[2:3])
        if len(sequence) > LONGEST:
            if not whole:
                self._within, self._size = "endless", len(sequence)
            return text[len(sequence) :]
        if not whole and len(sequence) == len(text):
            self._rest = text
            return ""
        if sequence == _PASTED[0]:
            self._within, self._size = "paste", 0
        elif whole and sequence != _PASTED[1]:
            yield InputPart("sequence", sequence)
        return text[len(sequence) :]

    def _go_on(self, text: str) -> Rest:
        """Text within a string, a pasted text or what is no sequence any more."""
        if self._within == "paste":
            return (yield from self._paste(text))
        pattern = _ENDLESS if self._within == "endless" else _OF_STRING
        found = pattern.match(text)
        assert found is not None
        text = text[found.end() :]
        if not text:
            self._size += found.end()
            self._last = found[0][-1:] or self._last
            return ""
        if self._within == "endless":
            self._forget()
            return text if text[0] == "q" or not "@" <= text[0] <= "~" else text[1:]
        if text == "\x1b":  # of the end, it may be
            self._rest = text
            return ""
        self._forget()
        if text.startswith("\x1b\\"):
            return text[2:]
        return text if text[0] in "\x1b\x03" else text[1:]

    def _paste(self, text: str) -> Rest:
        """Text that is pasted, up to its end."""
        pasted, end, rest = text.partition(_PASTED[1])
        if not end:  # the last characters may be the beginning of it
            kept = next(size for size in range(len(_PASTED[1]) - 1, -1, -1) if text.endswith(_PASTED[1][:size]))
            pasted, self._rest = text[: len(text) - kept], text[len(text) - kept :]
        self._size += len(pasted)
        self._last = pasted[-1:] or self._last
        if self._size <= _PASTE:
            self._kept.append(pasted)
        else:
            self._kept.clear()
        if end:
            whole = "".join(self._kept)
            too_long = self._size > _PASTE
            self._forget()
            if not too_long:
                yield InputPart("paste", whole)
        return rest
