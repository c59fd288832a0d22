"""What commands write: lines to standard output, in a terminal's letters, and problems to standard error."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable

from nnstep.errors import NnstepError, OutputError, RunError

_CHUNK = 1 << 16  # characters of output that are written at once


def complain(error: NnstepError) -> None:
    """Say what is wrong on standard error. Without anyone to say it to, the exit status still does."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        for problem in error.problems:
            sys.stderr.write(f"{problem}\n")


def carries_unicode() -> bool:
    """Whether standard output's encoding has the signs of mathematics."""
    from nnstep.view.text.notation import SIGNS  # which loads much that `--version` does not need

    try:
        SIGNS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def show(lines: Iterable[str], *, plain: bool = False) -> None:
    """Write lines to standard output, many at a time; with `plain`, signs in ASCII. Raises OutputError."""
    if plain:
        from nnstep.view.text.notation import ascii_text

        lines = map(ascii_text, lines)
    chunk: list[str] = []
    size = 0
    try:
        for line in lines:
            chunk.append(line)
            size += len(line) + 1
            if size >= _CHUNK:
                _write(chunk)
                chunk, size = [], 0
    except RunError:  # what came before it is printed
        _write(chunk)
        raise
    _write(chunk)


def _write(lines: list[str]) -> None:
    if lines:
        try:
            sys.stdout.write("\n".join(lines) + "\n")
        except (OSError, ValueError) as error:  # ValueError: it is closed
            raise OutputError from error
