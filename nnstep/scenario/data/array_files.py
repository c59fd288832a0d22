"""Where a scenario's data file is, and arrays out of `.npy` and `.npz` files. Nothing in a file is unpickled or run.

A header is checked before its array is read, sizes before anything is unpacked.
"""

from __future__ import annotations

import io
import math
import os
import re
import warnings
import zipfile

import numpy as np

from nnstep.catalogue import say, say_reason
from nnstep.errors import NnstepError
from nnstep.ops import Array
from nnstep.scenario.toml.arrays import SAMPLES, frozen
from nnstep.scenario.toml.document import read_bytes
from nnstep.text import clean

_BYTES = 64 << 20  # of a data file
_ESCAPES = {  # what is left of a backslash before a letter, and the end of the key of what it is called
    "\x07": ("a", "bell"),
    "\x08": ("b", "backspace"),
    "\t": ("t", "tab"),
    "\n": ("n", "line-end"),
    "\x0b": ("v", "vertical-tab"),
    "\f": ("f", "form-feed"),
    "\r": ("r", "carriage-return"),
    "\x1b": ("e", "escape"),
}
_MEMBERS = 256  # of an .npz file


class DataFileError(Exception):
    """A data file that cannot be used; the message is in plain words, without the file's name."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message, self.hint = message, hint
        super().__init__(message)


def read_data_file(base: str, name: str) -> bytes:
    """The content of the file `name`, relative to the folder `base` and within it once links are followed.

    Raises DataFileError.
    """
    if not name or "\0" in name:
        raise DataFileError(say("data.no-name", name=clean(name)))
    if re.match(r"[A-Za-z]:|[\\/~]", name):
        raise DataFileError(say("data.absolute"), say("data.absolute.hint"))
    try:
        root = os.path.realpath(base)
        path = os.path.realpath(f"{root}{os.sep}{name}")
        inside = os.path.commonpath([root, path]) == root
    except (OSError, ValueError):
        raise DataFileError(say("data.impossible")) from None
    if not inside:
        raise DataFileError(say("data.outside"), say("data.outside.hint"))
    try:
        return read_bytes(path, _BYTES)
    except NnstepError as error:
        if not os.path.exists(path):  # noqa: PTH110 - the user's own way of writing it is kept
            _blame_backslash(name)
        raise DataFileError(error.problems[0].message) from None


def _blame_backslash(name: str) -> None:
    """Raise DataFileError for the name of a file that is not there if a backslash is the reason.

    In a string of TOML "data\\test.csv" has a tab in it, and only Windows takes a backslash between folders.
    """
    escape = next((sign for sign in name if sign in _ESCAPES), None)
    if escape is None and "\\" not in name:
        return
    meant = "".join(f"/{_ESCAPES[sign][0]}" if sign in _ESCAPES else sign for sign in name).replace("\\", "/")
    hint = say("toml.write", meant=f'"{clean(meant, 80)}"')
    if escape is None:
        raise DataFileError(say("file.none"), hint)
    letter, found = _ESCAPES[escape]
    raise DataFileError(say("toml.escaped-path", found=say(f"data.sign.{found}"), letter=letter), hint)


def read_npy(content: bytes, axes: tuple[int, ...] = (1, 2), finite: bool = True) -> Array:
    """The array of an `.npy` file: numbers, or true and false (1 and 0), with as many axes as `axes` says; with
    `finite` none that is not finite.

    Raises DataFileError.
    """
    try:
        return _npy(content, axes, finite)
    except DataFileError:
        raise
    except Exception:  # NumPy's reader and the parsers behind it raise a dozen kinds
        raise DataFileError(say("npy.not")) from None


def _npy(content: bytes, axes: tuple[int, ...], finite: bool) -> Array:
    with warnings.catch_warnings():  # NumPy warns of a header that Python 2 wrote, and of old names of types
        warnings.simplefilter("ignore")
        return _checked(io.BytesIO(content), len(content), axes, finite)


def _checked(file: io.BytesIO, length: int, axes: tuple[int, ...], finite: bool) -> Array:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, _, kind = np.lib.format.read_array_header_2_0(file)
    else:
        raise DataFileError(say("npy.version", version=version))
    if kind.kind not in "fiub" or kind.fields is not None or kind.itemsize > 16:
        raise DataFileError(say("npy.type", type=clean(kind, 60)))
    if len(shape) not in axes:
        raise DataFileError(say("npy.dimensions", count=len(shape)))
    if any(size < 0 for size in shape) or math.prod(shape) > SAMPLES:
        raise DataFileError(say("npy.large", shape=clean(shape, 60), most=f"{SAMPLES:,}"))
    if math.prod(shape) == 0:
        raise DataFileError(say("npy.empty"))
    if length - file.tell() < math.prod(shape) * kind.itemsize:
        raise DataFileError(say("npy.short"))
    file.seek(0)
    array = np.lib.format.read_array(file, allow_pickle=False)
    with np.errstate(over="ignore"):  # a long double beyond float64 is reported as not finite
        result = frozen(array)
    bad = np.argwhere(~np.isfinite(result))
    if len(bad) and finite:
        place = ", ".join(map(str, bad[0]))
        raise DataFileError(say("npy.not-finite", place=place, found=result[tuple(bad[0])]))
    return result


def array_names(content: bytes) -> list[str]:
    """The names of the arrays in an `.npz` file, sorted. Raises DataFileError."""
    try:
        _check_directory(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sorted(_members(archive))
    except DataFileError:
        raise
    except Exception as error:  # as do zipfile and its decompressors
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> DataFileError:
    return DataFileError(say("npz.not", reason=clean(say_reason(error), 120) or type(error).__name__))


def read_npz(
    content: bytes, wanted: tuple[str, ...], axes: tuple[int, ...] = (1, 2), finite: bool = True
) -> dict[str, Array]:
    """The arrays of the wanted names out of an `.npz` file. Raises DataFileError, also when one is not there."""
    try:
        _check_directory(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _members(archive)
            missing = [name for name in wanted if name not in members]
            if missing:
                there = ", ".join(clean(name, 40) for name in sorted(members))
                key = "npz.no-array" if there else "npz.no-arrays"
                raise DataFileError(say(key, name=clean(missing[0], 40), there=there))
            return {name: _npy(_unpacked(archive, members[name]), axes, finite) for name in wanted}
    except DataFileError:
        raise
    except Exception as error:  # as do zipfile and its decompressors
        raise _unreadable(error) from None


def _check_directory(content: bytes) -> None:
    """Refuse a directory of more than a megabyte, which `zipfile` would go through entry by entry when it opens."""
    end = len(content) - 22
    if content[end : end + 4] != b"PK\5\6":
        end = content.rfind(b"PK\5\6", max(0, end - (1 << 16)))
    if end < 0:
        raise DataFileError(say("npz.no-zip"))
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    if size > 1 << 20 or content[max(end - 20, 0) : end].startswith(b"PK\6\7"):
        raise DataFileError(say("npz.directory"))


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The members by the names of their arrays, all checked before any is unpacked."""
    found: dict[str, zipfile.ZipInfo] = {}
    infos = archive.infolist()
    if len(infos) > _MEMBERS:
        raise DataFileError(say("npz.members", count=len(infos), most=_MEMBERS))
    if sum(info.file_size for info in infos) > _BYTES:
        raise DataFileError(say("npz.large", most=_BYTES >> 20))
    for info in infos:
        name = info.filename.removesuffix(".npy")
        plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not info.flag_bits & 1
        if name == info.filename or "/" in name or "\\" in name or not plain:
            raise DataFileError(say("npz.member", name=clean(info.filename, 60)))
        if name in found:
            raise DataFileError(say("npz.twice", name=clean(info.filename, 60)))
        found[name] = info
    return found


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        content = file.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise DataFileError(say("npz.size", name=clean(info.filename, 60)))
    return content
