"""From a path to a parsed document, whatever stands at that path: a file of scenario text, or one `Problem`.

Everything that takes time or memory out of proportion to the file's size is refused before `tomllib` sees it: what is
not a regular file or over 1 MiB, brackets nested deep, keys of many parts, numbers of hundreds of digits.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import tomllib
from typing import Any, NamedTuple

from nnstep.catalogue import say, say_known
from nnstep.errors import NnstepError, Problem
from nnstep.text import clean

SCENARIO_BYTES = 1 << 20

_LOOKED_AT = 200  # bytes, of which about half are 0 in UTF-16 text of Latin letters
_DEEPEST = 32  # brackets and braces within each other
_PARTS = 16  # parts of one dotted key
_KEYS = 20_000  # keys and headers of a document
_WORD = 400  # characters of a number or bare key; a float64 has 17 digits

_TOKEN = re.compile(  # a string that is not closed is a token too, so that no text is gone through twice
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{0,5}|'
    r"'''(?:[^']|'(?!''))*+'{0,5}|"
    r'"(?:[^"\\\n]|\\.)*+"?|'
    r"'[^'\n]*+'?|"
    r"#[^\n]*|[A-Za-z0-9_+-]+|[\[\]{}.=,\n]",
    re.DOTALL,
)


def read_bytes(path: str, cap: int) -> bytes:
    """The content of a regular file of at most `cap` bytes. Raises NnstepError; never waits on a pipe or a device."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
    try:
        handle = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:  # ValueError: a NUL or a lone surrogate in the path
        raise NnstepError(Problem(_why(error), file=path or '""')) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            kind = "directory" if stat.S_ISDIR(status.st_mode) else "device"
            raise NnstepError(Problem(say(f"file.{kind}"), file=path))
        if status.st_size > cap:
            raise NnstepError(Problem(say("file.large", size=status.st_size, most=cap), file=path))
        return _read(handle, path, cap)
    finally:
        os.close(handle)


def _read(handle: int, path: str, cap: int) -> bytes:
    parts, left = list[bytes](), cap + 1  # a file may grow, and one of /proc says that it has 0 bytes
    while left > 0:
        try:
            part = os.read(handle, min(left, 1 << 20))
        except OSError as error:
            raise NnstepError(Problem(_why(error), file=path)) from None
        if not part:
            return b"".join(parts)
        parts.append(part)
        left -= len(part)
    raise NnstepError(Problem(say("file.grows", most=cap), file=path))


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return say("file.impossible")
    if error.errno == errno.ENOENT:
        return say("file.none")
    return say("file.unreadable", reason=say_known(os.strerror(error.errno).lower() if error.errno else str(error)))


def decode(content: bytes, file: str | None) -> str:
    """UTF-8 text without its byte order mark. Raises NnstepError with the line of the first bad byte."""
    zeros = content[:_LOOKED_AT].count(0)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or 3 * zeros > len(content[:_LOOKED_AT]) > 3:
        raise NnstepError(Problem(say("file.utf-16"), file=file, line=1))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NnstepError(Problem(say("file.byte", byte=f"{content[error.start]:02x}"), file, line)) from None


class Parsed(NamedTuple):
    """A document. Where a text was not TOML but it is clear what was meant, that, with what is wrong with the text.

    text      what `document` was read from: has the same lines as the file
    problems  what is wrong with the file's own text
    """

    document: dict[str, Any]
    text: str
    problems: list[Problem]


def parse(text: str, file: str | None) -> dict[str, Any]:
    """The document as `tomllib` gives it. Raises NnstepError with all lines that are not TOML."""
    read = parse_leniently(text, file)
    if read.problems:
        raise NnstepError(read.problems)
    return read.document


def parse_leniently(text: str, file: str | None) -> Parsed:
    """The document, also of a text that is not TOML where it is clear what its lines mean.

    Raises NnstepError with all lines that are not TOML where it is not.
    """
    _check_size(text, file)
    try:
        return Parsed(tomllib.loads(text), text, [])
    except tomllib.TOMLDecodeError as error:
        said = str(error)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        reason = clean(error) or type(error).__name__
        raise NnstepError(Problem(say("toml.unread", reason=reason), file)) from None
    from nnstep.scenario.toml.mending import mended  # its patterns take 20 ms to compile, and nearly all files are TOML

    found = mended(text, file, said)
    if found.text is None:
        raise NnstepError(found.problems)
    return Parsed(tomllib.loads(found.text), found.text, found.problems)


def _check_size(text: str, file: str | None) -> None:
    """One pass over the tokens. Raises NnstepError for what would keep `tomllib` busy."""
    if len(text) > SCENARIO_BYTES:
        raise NnstepError(Problem(say("toml.long", count=len(text), most=SCENARIO_BYTES), file))
    depth = dots = keys = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "[{":
            depth += 1
            dots = 0
            keys += depth == 1
        elif token in "]}":
            depth = max(depth - 1, 0)
        elif token == ".":
            dots += 1
        elif token in "=,\n":
            dots = 0
            keys += token == "="
        if depth > _DEEPEST or dots >= _PARTS or keys > _KEYS or (len(token) > _WORD and token[0] not in "\"'#"):
            line = text.count("\n", 0, match.start()) + 1
            raise NnstepError(Problem(_too_much(depth, dots, keys, token), file, line))


def _too_much(depth: int, dots: int, keys: int, token: str) -> str:
    if keys > _KEYS:
        return say("toml.many-keys", most=f"{_KEYS:,}")
    if depth > _DEEPEST:
        return say("toml.nested", most=_DEEPEST)
    if dots >= _PARTS:
        return say("toml.parts", most=_PARTS)
    return say("toml.long-word", count=len(token), most=_WORD)
