"""Data files that nobody would write on purpose: `.npy`, `.npz`, `.csv` and what is not a file at all."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

__all__ = ["CASES", "Case"]

Make = bytes | Callable[[Path], object]  # the content, or what puts it at a path


class Case(NamedTuple):
    """name   what is hostile about it
    path   as the scenario names it
    make   its content, or what makes it
    reads  whether it is none the less to be read: what x is then, row by row
    keys   x and y of [data] in TOML
    """

    name: str
    path: str
    make: Make
    reads: Any = None
    keys: str = ""


def _npy(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), **options)
    return file.getvalue()


def _header(text: str, body: bytes = b"", version: tuple[int, int] = (1, 0), length: int | None = None) -> bytes:
    """An `.npy` file with a header of any text."""
    raw = text.encode("latin-1") + b"\n"
    size = len(raw) if length is None else length
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version == (1, 0) else "<I", size) + raw + body


def _shape(shape: str, kind: str = "'<f8'", order: str = "False", body: bytes = b"\0" * 64, **more: Any) -> bytes:
    return _header(f"{{'descr': {kind}, 'fortran_order': {order}, 'shape': {shape}}}", body, **more)


def _zip(*members: tuple[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, content in members:
            if name in archive.namelist():  # zipfile warns of a name that comes twice
                archive.infolist().append(archive.infolist()[0])
            else:
                archive.writestr(name, content)
    return file.getvalue()


def _flagged(content: bytes) -> bytes:
    """With the flag of an encrypted member, in the member and in the directory."""
    changed = bytearray(content)
    changed[content.index(b"PK\3\4") + 6] |= 1
    changed[content.index(b"PK\1\2") + 8] |= 1
    return bytes(changed)


def _sized(content: bytes, size: int) -> bytes:
    """With another size of the first member in the directory than it has."""
    changed = bytearray(content)
    at = content.index(b"PK\1\2") + 24
    changed[at : at + 4] = struct.pack("<I", size)
    return bytes(changed)


_GOOD = np.array([[1.0, 2.0], [3.0, 4.0]])
_ROWS = _GOOD.tolist()
_MEMBER = _npy(_GOOD)
_PLAIN = _zip(("x.npy", _MEMBER))
_DEEP = "(" * 200 + ")" * 200


def _npy_cases() -> dict[str, tuple[Make, Any]]:
    return {
        "as it should be": (_MEMBER, _ROWS),
        "fortran order": (_npy(np.asfortranarray(_GOOD)), _ROWS),
        "big-endian": (_npy(_GOOD.astype(">f8")), _ROWS),
        "big-endian whole numbers": (_npy(_GOOD.astype(">i2")), _ROWS),
        "float16": (_npy(_GOOD.astype("f2")), _ROWS),
        "uint8": (_npy(_GOOD.astype("u1")), _ROWS),
        "long double": (_npy(_GOOD.astype(np.longdouble)), _ROWS),
        "format 2.0": (_npy(_GOOD, version=(2, 0)), _ROWS),
        "bytes after the end": (_MEMBER + b"more", _ROWS),
        "objects": (_npy(np.array([1, "a", None], dtype=object), allow_pickle=True), None),
        "an object array of numbers": (_npy(np.array([[1.0, 2.0]], dtype=object), allow_pickle=True), None),
        "a pickle": (b"\x80\x04cos\nsystem\n(S'exit 1'\ntR.", None),
        "a pickle behind a header": (_shape("(1,)", "'|O'", body=b"\x80\x04cos\nsystem\n(S'exit 1'\ntR."), None),
        "booleans": (_npy(np.array([[True, False]])), [[1.0, 0.0]]),
        "complex": (_npy(_GOOD + 1j), None),
        "dates": (_npy(np.array(["2020-01-01"], dtype="M8[D]")), None),
        "durations": (_npy(np.array([1], dtype="m8[s]")), None),
        "text": (_npy(np.array(["1.5", "2"])), None),
        "bytes": (_npy(np.array([b"1.5", b"2"])), None),
        "records": (_npy(np.array([(1.0, 2.0)], dtype=[("a", "f8"), ("b", "f8")])), None),
        "void": (_npy(np.zeros(2, dtype="V8")), None),
        "a type within a type": (_shape("(2,)", "[('a', '<f8', (1000000, 1000000))]"), None),
        "nan": (_npy([[np.nan, 1.0]]), None),
        "infinity": (_npy([[np.inf, 1.0]]), None),
        "a long double beyond float64": (_npy(np.array([[np.longdouble(10) ** 4000]])), None),
        "2 ** 64 - 1": (_npy(np.array([[2**64 - 1]], dtype="u8")), [[float(2**64)]]),
        "no axes": (_npy(np.float64(1.0)), None),
        "three axes": (_npy(np.zeros((2, 2, 2))), None),
        "forty axes": (_shape(f"({'1,' * 40})"), None),
        "no entries": (_npy(np.zeros((0, 2))), None),
        "no columns": (_npy(np.zeros((2, 0))), None),
        "a billion entries": (_shape("(1000000000,)"), None),
        "2 ** 70 entries": (_shape(f"({2**35}, {2**35})"), None),
        "2 ** 64 entries": (_shape(f"({2**32}, {2**32})"), None),
        "a size below 0": (_shape("(-1,)"), None),
        "a size of True": (_shape("(True, True)"), None),
        "a size of a fraction": (_shape("(1.5,)"), None),
        "a shape that is a text": (_shape("'x'"), None),
        "a shape nested deep": (_shape(_DEEP), None),
        "a shape of a thousand digits": (_shape(f"({'9' * 1000},)"), None),
        "cut short": (_MEMBER[:-1], None),
        "cut in the header": (_MEMBER[:40], None),
        "cut in the magic": (_MEMBER[:5], None),
        "empty": (b"", None),
        "magic alone": (b"\x93NUMPY\x01\x00", None),
        "format 3.0": (_npy(_GOOD, version=(3, 0)), None),
        "format 9.9": (b"\x93NUMPY\x09\x09" + _MEMBER[8:], None),
        "a header that is too long": (_header("{" + " " * 60_000 + "}"), None),
        "a header longer than the file": (_shape("(2,)", length=60_000), None),
        "a header of 4 GB": (_shape("(2,)", version=(2, 0), length=2**32 - 1), None),
        "a header that is no dictionary": (_header("[1, 2, 3]"), None),
        "a header with a call": (_header("__import__('os').system('exit 1')"), None),
        "a header of brackets": (_header("(" * 5_000 + ")" * 5_000), None),
        "a header of a huge power": (_shape("(9**9**9**9,)"), None),
        "a header with another key": (_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}"), None),
        "a header without a shape": (_header("{'descr': '<f8', 'fortran_order': False}"), None),
        "an unknown type": (_shape("(2,)", "'<q99'"), None),
        "an order that is no boolean": (_shape("(2,)", order="'maybe'"), None),
        "a type that sends colours": (_shape("(2,)", r"'\x1b[31m'"), None),
        "NUL in the header": (_header("{'descr': '<f8\0', 'fortran_order': False, 'shape': (2,)}"), None),
        "an .npz": (_PLAIN, None),
        "a text": (b"1,2\n3,4\n", None),
    }


def _npz_cases() -> dict[str, tuple[Make, Any]]:
    many = [(f"a{number}.npy", b"") for number in range(300)]
    return {
        "as it should be": (_PLAIN, _ROWS),
        "compressed": (_zip(("x.npy", _MEMBER), kind=zipfile.ZIP_DEFLATED), _ROWS),
        "with a comment": (_PLAIN[:-2] + struct.pack("<H", 5) + b"\x1b[31m", _ROWS),
        "bytes before the archive": (b"junk" * 100 + _PLAIN, _ROWS),
        "compressed by bzip2": (_zip(("x.npy", _MEMBER), kind=zipfile.ZIP_BZIP2), None),
        "compressed by lzma": (_zip(("x.npy", _MEMBER), kind=zipfile.ZIP_LZMA), None),
        "a bomb": (_zip(("x.npy", b"\0" * (80 << 20)), kind=zipfile.ZIP_DEFLATED), None),
        "a bomb that says it is small": (
            _sized(_zip(("x.npy", _npy(np.zeros(4 << 20))), kind=zipfile.ZIP_DEFLATED), 200),
            None,
        ),
        "a member that says it is huge": (_sized(_PLAIN, 2**32 - 2), None),
        "a member twice": (_zip(("x.npy", _MEMBER), ("x.npy", _MEMBER)), None),
        "a member outside": (_zip(("x.npy", _MEMBER), ("../../etc/x.npy", _MEMBER)), None),
        "an absolute member": (_zip(("x.npy", _MEMBER), ("/etc/x.npy", _MEMBER)), None),
        "a member with backslashes": (_zip(("x.npy", _MEMBER), ("..\\x.npy", _MEMBER)), None),
        "a member that is no array": (_zip(("x.npy", _MEMBER), ("run.sh", b"exit 1")), None),
        "a member that sends colours": (_zip(("x.npy", _MEMBER), ("\x1b[31m\u202e", b"")), None),
        "a hostile name": (_zip(("\x1b[31m\u202e[/].npy", _MEMBER)), None),
        "a name of a thousand characters": (_zip(("x" * 1000 + ".npy", _MEMBER)), None),
        "an encrypted member": (_flagged(_PLAIN), None),
        "a pickle": (_zip(("x.npy", _npy(np.array([{}], dtype=object), allow_pickle=True))), None),
        "300 members": (_zip(*many), None),
        "no members": (_zip(), None),
        "another name": (_zip(("z.npy", _MEMBER)), None),
        "cut short": (_PLAIN[:-10], None),
        "cut in the middle": (_PLAIN[: len(_PLAIN) // 2], None),
        "its end alone": (_PLAIN[-22:], None),
        "empty": (b"", None),
        "not a zip": (b"hello", None),
        "a wrong checksum": (_PLAIN.replace(_MEMBER[-8:], b"\1" * 8, 1), None),
        "an .npy": (_MEMBER, None),
        "a huge directory": (_PLAIN[:-10] + b"\xff\xff\xff\x7f" + _PLAIN[-6:], None),
        "many members counted": (_PLAIN[:-14] + b"\xff\xff\xff\xff" + _PLAIN[-10:], _ROWS),
    }


def _csv_cases() -> dict[str, tuple[Make, Any]]:
    plain = "a,b\n1,2\n3,4\n"
    return {
        "as it should be": (plain.encode(), _ROWS),
        "a byte order mark": (b"\xef\xbb\xbf" + plain.encode(), _ROWS),
        "semicolons": (plain.replace(",", ";").encode(), _ROWS),
        "tabs": (plain.replace(",", "\t").encode(), _ROWS),
        "quotes": (b'"a","b"\n"1","2"\n"3","4"\n', _ROWS),
        "blanks": (b"a , b\n 1 , 2 \n 3, 4\n", _ROWS),
        "Windows' line ends": (plain.replace("\n", "\r\n").encode(), _ROWS),
        "old line ends": (plain.replace("\n", "\r").encode(), _ROWS),
        "blank lines": (b"\n\na,b\n\n1,2\n\n3,4\n\n", _ROWS),
        "no end of the last line": (b"a,b\n1,2\n3,4", _ROWS),
        "exponents": (b"a,b\n1e0,.2e1\n3.,+4\n", _ROWS),
        "no header": (b"1,2\n3,4\n", None),
        "a header alone": (b"a,b\n", None),
        "empty": (b"", None),
        "blank": (b"\n \n\t\n", None),
        "a missing cell": (b"a,b\n1,\n3,4\n", None),
        "NA": (b"a,b\n1,NA\n3,4\n", None),
        "per cent": (b"a,b\n1,50%\n3,4\n", None),
        "decimal commas": (b"a;b\n1,5;2\n3;4\n", None),
        "thousands": (b'a,b\n"1,000",2\n', None),
        "underscores": (b"a,b\n1_000,2\n", None),
        "hexadecimal": (b"a,b\n0x10,2\n", None),
        "other digits": ("a,b\n１,٢\n".encode(), None),
        "1e999": (b"a,b\n1e999,2\n", None),
        "nan": (b"a,b\nnan,2\n", None),
        "infinity": (b"a,b\ninf,2\n", None),
        "thousands of digits": (b"a,b\n" + b"9" * 10_000 + b",2\n", None),
        "thousands of decimals": (b"a,b\n0." + b"1" * 100_000 + b",2\n", None),
        "a formula": (b"a,b\n\"=cmd|' /C calc'!A1\",2\n", None),
        "a colour": (b"a,b\n\x1b[31m1,2\n", None),
        "the other direction": ("a,b\n\u202e1,2\n".encode(), None),
        "a short row": (b"a,b\n1\n3,4\n", None),
        "a long row": (b"a,b\n1,2,3\n3,4\n", None),
        "a column twice": (b"a,b,a\n1,2,3\n", None),
        "another column": (b"a,c\n1,2\n", None),
        "a hostile header": ("a,\x1b[31m\u202e[/]\n1,2\n".encode(), None),
        "an open quote": (b'a,b\n"1,2\n3,4\n', None),
        "text after a quote": (b'a,b\n"1"x,2\n', None),
        "NUL": (b"a,b\n1,\x002\n", None),
        "UTF-16": (plain.encode("utf-16"), None),
        "Latin-1": (b"a,b\n1,\xe9\n", None),
        "a long line": (b"a,b\n" + b"1" * 1_000_000 + b",2\n", None),
        "a long line of quotes": (b'a,b\n"' + b'""' * 1_000_000 + b'",2\n', None),
        "a million columns": (b",".join([b"c"] * 1_000_000) + b"\n", None),
        "a million columns of other names": (b",".join(b"%d_" % n for n in range(1_000_000)) + b"\n1,2\n", None),
        "millions of commas": (b"," * 3_000_000, None),
        "millions of lines": (b"a,b\n" + b"1,2\n" * 3_000_000, None),
        "millions of wrong cells": (b"a,b\n" + b"x,y\n" * 400_000, None),
        "characters of four bytes": (b"a,b\n" + "😀".encode() * 3_000_000 + b",2\n", None),
    }


def _link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def _outside(path: Path) -> None:
    """A link out of the folder, to a file that is as it should be."""
    outside = path.parent.parent / "outside.csv"
    outside.write_text("a,b\n1,2\n", encoding="utf-8")
    path.symlink_to(outside)


def _linked_folder(path: Path) -> None:
    outside = path.parent.parent.parent / "elsewhere"
    outside.mkdir()
    (outside / path.name).write_text("a,b\n1,2\n", encoding="utf-8")
    path.parent.symlink_to(outside)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 << 30)


def _locked(path: Path) -> None:
    path.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    path.chmod(0)


def _special_cases() -> list[Case]:
    made: list[tuple[str, str, Make]] = [
        ("a pipe", "pipe.csv", lambda path: os.mkfifo(path)),
        ("a folder", "folder.csv", lambda path: path.mkdir()),
        ("a loop", "loop.csv", _link("loop.csv")),
        ("a link to a device", "zero.csv", _link("/dev/zero")),
        ("a link to a file of the system", "passwd.csv", _link("/etc/passwd")),
        ("a link out of the folder", "link.csv", _outside),
        ("a link to nothing", "nothing.csv", _link("none.csv")),
        ("3 GB", "sparse.csv", _sparse),
        ("3 GB of an array", "sparse.npy", _sparse),
        ("what is not there", "absent.csv", lambda path: None),
        ("no name", "", lambda path: None),
        ("an absolute path", "/etc/passwd", lambda path: None),
        ("an absolute path of a table", "/tmp/x.csv", lambda path: None),
        ("a path upwards", "../outside.csv", lambda path: None),
        ("a path down and upwards", "sub/../../outside.csv", lambda path: None),
        ("a device", "/dev/zero.csv", lambda path: None),
        ("a home", "~/x.csv", lambda path: None),
        ("a drive", "C:/x.csv", lambda path: None),
        ("a share", "\\\\server\\x.csv", lambda path: None),
        ("NUL in the path", "a\0b.csv", lambda path: None),
        ("a path that sends colours", "\x1b[31m\u202e[/].csv", lambda path: None),
        ("a path of thousands", "x" * 3_900 + ".csv", lambda path: None),
        ("a path of dots", "./" * 1_900 + "x.csv", lambda path: None),
        ("another kind", "data.pkl", b"\x80\x04."),
        ("no kind", "data", b"a,b\n1,2\n"),
    ]
    table = 'x = ["a", "b"]'
    return [Case(name, path, make, None, table if path.endswith(".csv") else "") for name, path, make in made]


CASES = (
    *(Case(f"npy: {name}", "data.npy", make, reads) for name, (make, reads) in _npy_cases().items()),
    *(Case(f"npz: {name}", "data.npz", make, reads) for name, (make, reads) in _npz_cases().items()),
    *(Case(f"csv: {name}", "data.csv", make, reads, 'x = ["a", "b"]') for name, (make, reads) in _csv_cases().items()),
    *_special_cases(),
    Case("a linked folder", "sub/data.csv", _linked_folder, None, 'x = ["a", "b"]'),
    Case("a file that may not be read", "locked.csv", _locked, _ROWS if os.geteuid() == 0 else None, 'x = ["a", "b"]'),
)
