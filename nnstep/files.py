"""Writing files: none is ever half written, none is overwritten by accident, and an internal error leaves a note.

A file is written to a temporary file beside it, `.NAME.<16 hex digits>.tmp`, which its writer keeps locked. What a
writer that was killed has left has no lock any more, and is taken away when that file is written the next time.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    fcntl = None
else:
    import fcntl

import time
import traceback

from nnstep.catalogue import say, say_known

Stamp = tuple[int, ...]
_NOTES = 20  # crash notes that are kept
_NOTE_BYTES = 1 << 16


class ChangedMeanwhileError(OSError):
    """A file is not what it was when it was read, or when it was said that it may be replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.ESTALE, say("file.changed-meanwhile"), str(path))


def stamp(path: str | Path) -> Stamp:
    """Device, inode, bytes and time (ns) of the last change, after links; () where there is no file."""
    try:
        status = os.stat(path)  # noqa: PTH116 - of whatever names a file
    except (OSError, ValueError):
        return ()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def write_new(path: Path, content: str | bytes) -> None:
    """Write bytes, or text as UTF-8, to a file that is not there yet: afterwards all of it is there, or nothing is.

    The text goes to a temporary file beside the target first and is flushed to the disk; a link then gives it its name,
    which fails where that name is taken. Raises FileExistsError then, and OSError when it cannot be written.
    """
    _write(path, content, 0o666 & ~_umask(), _name_it)


def rewrite(path: Path, text: str, expected: Stamp | None = None) -> None:
    """Write `text` as UTF-8 in place of a file: afterwards it is the old one or the new one, never a part of one.

    A link stays, and what it leads to is replaced; so does the mode. With `expected`, the stamp of what may be
    replaced, another file is not. Raises ChangedMeanwhileError then, and OSError when it cannot be written, as where
    the path is that of a folder, a device or a file that is write-protected; the old file is then as it was.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = os.lstat(target).st_mode  # one that is still a link is one of a loop
    except FileNotFoundError:
        kept = 0o666 & ~_umask()
    else:
        if not stat.S_ISREG(mode):
            code = errno.EISDIR if stat.S_ISDIR(mode) else errno.ELOOP if stat.S_ISLNK(mode) else errno.EINVAL
            said = say("file.irregular") if code == errno.EINVAL else say_known(os.strerror(code))
            raise OSError(code, said, str(path))
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        kept = stat.S_IMODE(mode)

    def name_it(temporary: Path, target: Path) -> None:
        if expected is not None and stamp(target) != expected:
            raise ChangedMeanwhileError(path)
        temporary.replace(target)

    _write(target, text, kept, name_it)


def _write(path: Path, content: str | bytes, mode: int, name_it: Callable[[Path, Path], object]) -> None:
    """Write to a temporary file beside `path`, flush it to the disk, have it named, and flush that."""
    _tidy(path)
    file, temporary = _temporary(path)
    try:
        with file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(mode)
            if fcntl is None:  # where an open file cannot be renamed
                file.close()
            name_it(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
    _flush_folder(path.parent)


def put(path: Path, content: bytes) -> BinaryIO:
    """Write a file of mode 0600 at once, in place of an old one, without waiting for the disk: what a process that is
    killed leaves behind, not a machine that loses its power. The file is locked until what is returned is closed.

    Raises OSError.
    """
    file, temporary = _temporary(path)
    try:
        file.write(content)
        file.flush()
        if fcntl is None:
            file.close()
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError, ValueError):
            file.close()
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return file


def lock(file: BinaryIO) -> bool:
    """Lock an open file, for as long as it is open; whether it could be. The system takes the lock of a process that
    ends, however it ends.
    """
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another has it, or a file system without locks
        return False
    return True


def _temporary(path: Path) -> tuple[BinaryIO, Path]:
    """A new file beside `path`, empty, open and locked. Raises OSError."""
    while True:
        temporary = path.with_name(f".{path.name[:40]}.{os.urandom(8).hex()}.tmp")
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o600)
        file = os.fdopen(handle, "w+b")
        if fcntl is None:
            return file, temporary
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return file, temporary
        file.close()  # another has tidied it away before it had its lock


def _tidy(path: Path) -> None:
    """Take away temporary files of this file whose writers are no more."""
    for left in _left_behind(path):
        with contextlib.suppress(OSError), left.open("rb") as file:
            if lock(file):
                left.unlink()


def _left_behind(path: Path) -> Iterator[Path]:
    name = re.compile(rf"\.{re.escape(path.name[:40])}\.[0-9a-f]{{16}}\.tmp")
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if name.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                yield Path(entry.path)


def _flush_folder(folder: Path) -> None:
    """Have the name of a new file on the disk too, where folders can be flushed."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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


def state_folder() -> Path:
    """Where this program keeps what is to outlive it but is no setting: crash notes, edits that were not saved.

    Raises RuntimeError where that is in the user's home and there is none.
    """
    given = os.environ.get("XDG_STATE_HOME") or ""
    if Path(given).is_absolute():  # on any platform: whoever sets it means it
        return Path(given) / "nnstep"
    return program_folder("XDG_STATE_HOME", "~/.local/state", ("LOCALAPPDATA", "~/AppData/Local"))


def program_folder(variable: str, otherwise: str, windows: tuple[str, str]) -> Path:
    """This program's folder in the one that a platform has for what programs keep: on Windows and elsewhere that of an
    environment variable, or one in the user's home. Raises RuntimeError where it is in the home and there is none.
    """
    if sys.platform == "win32":
        folder = os.environ.get(windows[0]) or windows[1]
    elif sys.platform == "darwin":
        folder = "~/Library/Application Support"
    else:
        folder = os.environ.get(variable) or ""
        if not Path(folder).is_absolute():  # as the XDG specification says
            folder = otherwise
    return Path(folder).expanduser() / "nnstep"


def crash_note(error: BaseException, where: str = "") -> str | None:
    """Write the traceback of an internal error to a new file in the state folder, the end of a long one; its path, or
    None when that failed too. Of the notes only the latest are kept.
    """
    try:
        text = (where + "\n" if where else "") + "".join(traceback.format_exception(error))
        content = text.encode("utf-8", "backslashreplace")[-_NOTE_BYTES:]
        folder = state_folder() / "crashes"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in sorted(folder.glob("nnstep-crash-*.log"))[: 1 - _NOTES]:
            with contextlib.suppress(OSError):
                old.unlink()
        name = f"nnstep-crash-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09}-{os.getpid()}.log"
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except Exception:  # the error that this is about is to be said, not this one
        return None
    return str(folder / name)
