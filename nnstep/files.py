"""Writing files: none is ever half written, none is overwritten by accident, and an internal error leaves a note."""

from __future__ import annotations

import contextlib
import os
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

__all__ = ["crash_note", "rewrite", "write_new"]


def write_new(path: Path, content: str | bytes) -> None:
    """Write bytes, or text as UTF-8, to a file that is not there yet: afterwards all of it is there, or nothing is.

    The text goes to a temporary file beside the target first and is flushed to the disk; a link then gives it its name,
    which fails where that name is taken. Raises FileExistsError then, and OSError when it cannot be written.
    """
    _write(path, content, _name_it)


def rewrite(path: Path, text: str) -> None:
    """Write `text` as UTF-8 in place of a file: afterwards it is the old one or the new one, never a part of one.

    Raises OSError when it cannot be written; the old file is then as it was.
    """
    _write(path, text, lambda temporary, target: temporary.replace(target))


def _write(path: Path, content: str | bytes, name_it: Callable[[Path, Path], object]) -> None:
    """Write to a temporary file beside `path`, flush it to the disk, and have it named."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        name_it(Path(temporary), path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()


def _name_it(temporary: Path, path: Path) -> None:
    """Give the temporary file its name without replacing anything."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: claim the name, then put the file there
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            temporary.replace(path)
        except OSError:
            path.unlink()
            raise


def _umask() -> int:
    """What the user masks off new files; it can only be asked for by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def crash_note(error: BaseException, where: str = "") -> str | None:
    """Write the traceback of an internal error to a new temporary file; its path, or None when that failed too."""
    try:
        handle, path = tempfile.mkstemp(prefix="nnstep-crash-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write((where + "\n" if where else "") + "".join(traceback.format_exception(error)))
    except OSError:
        return None
    return path
