"""Random input as a terminal sends it: keys, typed and pasted text, mouse reports, kitty sequences, junk."""

from __future__ import annotations

import random
from collections.abc import Callable

from nnstep.commands import COMMANDS

__all__ = ["END_OF_PASTE", "QUITTING", "event"]

END_OF_PASTE = b"\x1b[201~"
_SEQUENCES = {
    "right": b"\x1b[C", "left": b"\x1b[D", "up": b"\x1b[A", "down": b"\x1b[B", "home": b"\x1b[H", "end": b"\x1b[F",
    "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~", "delete": b"\x1b[3~", "tab": b"\t", "shift+tab": b"\x1b[Z",
    "enter": b"\r", "escape": b"\x1b", "space": b" ", "backspace": b"\x7f", "ctrl+p": b"\x10",
    "ctrl+z": b"\x1a", "f2": b"\x1bOQ",
    "shift+left": b"\x1b[1;2D", "shift+right": b"\x1b[1;2C", "shift+up": b"\x1b[1;2A", "shift+down": b"\x1b[1;2B",
    "ctrl+left": b"\x1b[1;5D", "ctrl+right": b"\x1b[1;5C",
}  # fmt: skip
QUITTING = ("q", "ctrl+q")
_KEYS = [_SEQUENCES.get(key, key.encode()) for command in COMMANDS for key in command.keys if key not in QUITTING]
_OTHERS = [*_SEQUENCES.values(), b"\x1bOP", b"\x1b[15~", b"\x1b[2~", b"\x01", b"\x03", b"\x13", b"\x1bx", b"Q"]
_TYPED = [
    *("3", "3:2", "6.2", "9999999999999999999999", "0", "-1", "1:", "loss", "grad(W1)", "W1", "grad(", "x", "h1"),
    *("loss < 0.5", "changes(loss)", "backward", "step", "norm(grad(W1))", "prev(W1)", "9**9**9", "1/0", "W1 @ W1"),
    *("W1[0, 0] = 1", "W[0] = nan", "W1[9, 9] = 1", "lr = 1e308", "lr = 0.01", "adam lr=0.01", "sgd", "x[0,0] = 1e999"),
    *(
        "a.toml",
        "b",
        "../c.toml",
        "/nowhere/d.toml",
        "~/e",
        "\u202e\u200b",
        "[/]",
        "[@click=app.quit]x[/]",
        "é漢字😀",
        "",
    ),
    *("two_layer", "xor", "mlp", "[[1, 2], [3, 4]]", "1 2\n3 4", "0.5", "-0.25", "next", "zoom", "branch", "a b c"),
]
_PARTS = [
    "(",
    ")",
    "[",
    "]",
    "W1",
    "loss",
    "@",
    "*",
    ",",
    "0",
    "1e9",
    "=",
    "<",
    ":",
    ".",
    " ",
    "-",
    "'",
    '"',
    "\\",
    "§",
]


def _key(chance: random.Random) -> bytes:
    return chance.choice(_KEYS)


def _other(chance: random.Random) -> bytes:
    return chance.choice(_OTHERS)


def _text(chance: random.Random) -> str:
    if chance.random() < 0.7:
        return chance.choice(_TYPED)
    return "".join(chance.choice(_PARTS) for _ in range(chance.randrange(1, 12)))


def _typed(chance: random.Random) -> bytes:
    """A dialog's key, text, and most often Enter."""
    opener = chance.choice([b"g", b"/", b"o", b"B", b"w", b"e", b"W", b"m", b"a", b"\x10", b"L", b"A"])
    return (
        opener
        + _text(chance).encode()
        + chance.choice([b"\r", b"\r", b"\r\r", b"\t\r", b"\x1b", b"\r\x1b", b"\x13", b""])
    )


def _pasted(chance: random.Random) -> bytes:
    end = END_OF_PASTE if chance.random() < 0.95 else END_OF_PASTE[:-1] + b"x" + END_OF_PASTE
    junk = chance.choice([b"", b"\x1b[31m", b"\x00\x07\x9b", b"\n" * 5, b"\xff", b"1 2 3\n4 5 6\n"])
    return b"\x1b[200~" + _text(chance).encode() + junk + end


def _mouse(chance: random.Random) -> bytes:
    """A click, a drag, the wheel, a move; most often where something is."""
    x, y = chance.randrange(1, 130), chance.randrange(1, 40)
    if chance.random() < 0.1:
        x, y = chance.choice([0, -3, 9_999, 10**12]), chance.choice([0, -1, 5, 70_000])
    kind = chance.randrange(5)
    if kind < 2:
        return b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (x, y, x, y)
    if kind == 2:
        there = chance.randrange(1, 130)
        return b"\x1b[<0;%d;2M\x1b[<32;%d;2M\x1b[<0;%d;2m" % (x, there, there)
    if kind == 3:
        return b"\x1b[<%d;%d;%dM" % (chance.choice([64, 65, 66, 67, 68, 80, 81]), x, y)
    return b"\x1b[<%d;%d;%dM" % (chance.choice([1, 2, 35, 3, 128, 255, 34]), x, y)


def _kitty(chance: random.Random) -> bytes:
    code = chance.choice([110, 27, 13, 9, 57_344, 57_358, 0, 1_114_112, 65, 0xD800, 113])
    text = chance.choice([b"", b";97", b":3", b";:;", b";1114112"])
    return b"\x1b[%d;%d%su" % (code, chance.choice([1, 2, 5, 6, 99, 0]), text)


def _report(chance: random.Random) -> bytes:
    """What terminals answer: sizes, positions, modes, focus; some of them impossible."""
    return chance.choice(
        [
            b"\x1b[48;24;80;480;800t", b"\x1b[48;0;0;0;0t", b"\x1b[48;36;120;0;0t", b"\x1b[48;99999;99999;1;1t",
            b"\x1b[12;40R", b"\x1b[?2026;2$y", b"\x1b[?2048;1$y", b"\x1b[I", b"\x1b[O", b"\x1b[48;36;120;720;1200t",
        ]
    )  # fmt: skip


def _junk(chance: random.Random) -> bytes:
    """Bytes that are no keys: invalid UTF-8, sequences that are cut off, control characters."""
    if chance.random() < 0.5:
        made = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 6)))
    else:
        made = chance.choice(
            [b"\x1b[", b"\x1b[<0;1", b"\x1bP", b"\x1b]0;x", b"\xc3", b"\xf0\x9f", b"\x1b[1;", b"\x9b1m", b"\x1b" * 5]
        )
    return made.replace(b"q", b"").replace(b"\x11", b"")


def _away(chance: random.Random) -> bytes:
    return b"\x1b" * chance.randrange(1, 4)


_KINDS: tuple[tuple[int, Callable[[random.Random], bytes]], ...] = (
    (60, _key), (9, _away), (6, _other), (8, _typed), (2, _pasted), (14, _mouse), (3, _kitty), (2, _report), (5, _junk),
)  # fmt: skip


def event(chance: random.Random) -> bytes:
    """One thing that a person, or a terminal out of order, may send."""
    (make,) = chance.choices([make for _, make in _KINDS], [weight for weight, _ in _KINDS])
    return make(chance)
