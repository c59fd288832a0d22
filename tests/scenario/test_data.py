"""The [data] table: inline samples, generated ones, and columns of files that are read strictly."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.scenario import Data, loads
from nnstep.scenario.data.generate import GENERATORS, generated
from tests.present import present
from tests.scenario.helpers import places, problems

EQUATION = 'equations = "z = x"\n[data]\n'
CLASSES = 'equations = "loss = cross_entropy(x, y)"\n[data]\n'


def data(text: str, base: Path | None = None) -> Data:
    """The data of a scenario with these lines in [data]."""
    scenario = loads(
        text if text.startswith("equations") else EQUATION + text, None, None if base is None else str(base)
    )
    assert scenario.data is not None
    return scenario.data


def test_inline_samples() -> None:
    found = data("x = [[1, 2.5], [3, 4]]\ny = [0, 1]")
    assert found.x.tolist() == [[1, 2.5], [3, 4]]
    assert found.y is not None
    assert found.y.tolist() == [0, 1]
    assert (found.origin, found.columns, found.classes) == ("inline", (), ())
    assert not found.x.flags.writeable
    assert not found.y.flags.writeable
    assert data("x = [1, 2, 3]").x.shape == (3,)
    assert data("x = [1, 2, 3]").y is None


INLINE = [
    ("x = 3", "3: data.x", "found 3, expected a list of numbers or a list of rows"),
    ("x = []", "3: data.x", "an empty list"),
    ("x = [[]]", "3: data.x[0]", "an empty list"),
    ("x = [[1, 2],\n[3]]", "4: data.x[1]", "a row of 1, expected 2"),
    ("x = [[1], [1979-05-27]]", "3: data.x[1][0]", "found a date"),
    ('x = ["a", "b"]', "3: data.x", "found a list of 2, expected numbers"),
    ("x = [[[1]]]", "3: data.x[0][0]", "nested three deep"),
    ("x = [[1]]\ny = 3", "4: data.y", "found 3"),
    ("x = [[1]]\ny = [1, 2]", "4: data.y", "y has 2 and x has 1"),
    ("y = [1]", "2: data", "'x' is missing"),
    ("x = [[1]]\nz = [1]", "4: data.z", "unknown key 'z'"),
    ("x = [[1]]\nsamples = 3", "4: data.samples", "belongs to generated data"),
    ('generate = "moon"', "3: data.generate", "one of xor, moons"),
    ('generate = "moons"\nx = [[1]]', "4: data.x", "'x' is generated"),
    ('generate = "moons"\nfile = "a.csv"', "3: data.generate", "one source"),
    ('generate = "moons"\nsamples = 0', "4: data.samples", "at least 1"),
    ('generate = "moons"\nsamples = 100000000', "4: data.samples", "at most 209715"),
    ('generate = "moons"\nnoise = -1', "4: data.noise", "at least 0"),
    ('generate = "moons"\nnoise = 1e308', "4: data.noise", "finite points"),
    ('generate = "moons"\nclasses = 3', "4: data.classes", "belongs to spiral and blobs"),
    ('generate = "spiral"\nclasses = 3', "4: data.classes", "a loss that takes class numbers"),
    ('generate = "spiral"\nclasses = 1', "4: data.classes", "at least 2"),
]


@pytest.mark.parametrize(("lines", "place", "said"), INLINE)
def test_what_is_wrong_with_data(lines: str, place: str, said: str) -> None:
    assert places(EQUATION + lines) == [place]
    assert said in problems(EQUATION + lines)[0].message


@given(st.sampled_from(GENERATORS), st.integers(0, 2**63 - 1), st.integers(1, 60), st.floats(0, 2), st.booleans())
def test_generated_data_is_a_function_of_the_seed(
    kind: str, seed: int, samples: int, noise: float, numbers: bool
) -> None:
    first, second = (
        generated(kind, seed, samples, noise, numbers=numbers),
        generated(kind, seed, samples, noise, numbers=numbers),
    )
    for one, other in zip(first, second, strict=True):
        assert one.tobytes() == other.tobytes()
        assert len(one) == samples
        assert not one.flags.writeable
    x, y = first
    assert x.shape == (samples, 1 if kind == "line" else 2)
    assert y.shape == ((samples,) if numbers and kind != "line" else (samples, 1))
    if kind != "line":
        assert set(np.ravel(y)) <= {0, 1}


@pytest.mark.parametrize("kind", GENERATORS)
def test_noise_moves_the_points_by_its_standard_deviation(kind: str) -> None:
    still, moved = generated(kind, 0, 2000, 0.0), generated(kind, 0, 2000, 0.5)
    index = 1 if kind == "line" else 0
    difference = moved[index] - still[index]
    assert difference.std() == pytest.approx(0.5, rel=0.05)
    assert abs(difference.mean()) < 0.05
    assert np.array_equal(still[1 - index], moved[1 - index])
    assert not np.array_equal(moved[index], generated(kind, 1, 2000, 0.5)[index])


def test_the_generated_sets_are_what_they_are_called() -> None:
    xor = data('generate = "xor"')
    assert xor.x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert np.ravel(xor.y if xor.y is not None else []).tolist() == [0, 1, 1, 0]
    x, y = generated("line", 0, 5, 0.0)
    assert x[:, 0].tolist() == [-1, -0.5, 0, 0.5, 1]
    assert np.array_equal(y, 2 * x + 1)
    x, y = generated("circles", 0, 100, 0.0)
    assert np.hypot(x[:, 0], x[:, 1]) == pytest.approx(np.where(y[:, 0] == 0, 1.0, 0.5))
    x, y = generated("moons", 0, 100, 0.0)
    centre = np.where(y == 0, [[0, 0]], [[1, 0.5]])
    assert np.hypot(*(x - centre).T) == pytest.approx(np.ones(100))
    assert ((x - centre)[:, 1] >= -1e-12).tolist() == (y[:, 0] == 0).tolist() or x[y[:, 0] == 1, 1].max() <= 0.5
    x, y = generated("spiral", 0, 99, 0.0, 3, numbers=True)
    assert sorted(set(y)) == [0, 1, 2]
    assert np.hypot(*x.T).max() == pytest.approx(1)
    x, y = generated("blobs", 0, 100, 0.0)
    assert {tuple(point) for point in x.round(9).tolist()} == {(3, 0), (-3, 0)}


def test_labels_are_numbers_where_a_cross_entropy_compares_with_them() -> None:
    for equation, shape in (
        ("loss = cross_entropy(x, y)", (100,)),
        ("loss = 2 * mean(nll(x, y))", (100,)),
        ("h = one_hot(y, 2)", (100,)),
        ("loss = bce(x, y)", (100, 1)),
    ):
        found = data(f'equations = "{equation}"\n[data]\ngenerate = "moons"')
        assert found.y is not None
        assert found.y.shape == shape
        assert found.origin == "moons"
    layers = '[data]\ngenerate = "blobs"\nclasses = 3\n[[layers]]\ntype = "linear"\nunits = 3\n[loss]\ntype = "nll"\n'
    labels = present(present(loads(layers).data).y)
    assert sorted(set(labels)) == [0, 1, 2]


TABLE = "length,width,kind\n5.1,3.5,rose\n4,-2e1,iris\n+.5,0,rose\n"
COLUMNS = 'file = "d.csv"\nx = ["length", "width"]\ny = "kind"\n'


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        "\ufeff" + TABLE,
        TABLE.replace("\n", "\r\n"),
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace(",", ", "),
        "\n" + TABLE.replace("\n", "\n\n"),
        TABLE.replace("4,", '"4",').replace("width", '"width"'),
    ],
)
def test_a_table_of_numbers_and_names_of_classes(tmp_path: Path, content: str) -> None:
    (tmp_path / "d.csv").write_bytes(content.encode())
    found = data(CLASSES + COLUMNS, tmp_path)
    assert found.x.tolist() == [[5.1, 3.5], [4, -20], [0.5, 0]]
    assert found.y is not None
    assert found.y.tolist() == [1, 0, 1]
    assert (found.origin, found.columns, found.classes) == ("d.csv", ("length", "width"), ("iris", "rose"))


def test_columns_by_name_have_a_shape_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a,b,c\n1,2,3\n4,5,6\n")
    for lines, x, y in (
        ('x = ["a"]\ny = "b"', (2, 1), (2,)),
        ('x = ["c", "a"]\ny = ["b"]', (2, 2), (2, 1)),
        ('x = "a"\ny = ["b", "c"]', (2,), (2, 2)),
    ):
        found = data('file = "d.csv"\n' + lines, tmp_path)
        assert found.y is not None
        assert (found.x.shape, found.y.shape) == (x, y)
    assert data('file = "d.csv"\nx = ["c", "a"]', tmp_path).x.tolist() == [[3, 1], [6, 4]]


TABLES = [
    ("a,b,c\n1,,0\n", "4: data.x[1]", "d.csv: column 'b', line 2: the cell is empty"),
    ("a,b,c\n1,2,0\n\n50%,2,0\n", "4: data.x[0]", "column 'a', line 4: found '50%'; expected a number"),
    ("a,b,c\nx,2,0\n1,2,0\ny,2,0\n", "4: data.x[0]", "line 2: found 'x'; line 4: found 'y'"),
    ("a;b;c\n1,5;2;0\n", "4: data.x[0]", "found '1,5'"),
    ("a,b,c\n1,nan,0\n", "4: data.x[1]", "found 'nan'"),
    ("a,b,c\n1,inf,0\n", "4: data.x[1]", "found 'inf'"),
    ("a,b,c\n1,1e999,0\n", "4: data.x[1]", "found '1e999'"),
    ("a,b,c\n1_0,2,0\n", "4: data.x[0]", "found '1_0'"),
    ("a,b,c\n1,２,0\n", "4: data.x[1]", "found '２'"),
    ("a,b,c\n1,\0,0\n", "4: data.x[1]", "found '\\x00'"),
    ("a,b,c\n1,2,0\n1,2,foo\n", "5: data.y", "column 'c', line 3: found 'foo'"),
    ("a,b,c\n1,2,0\n1,2,\n", "5: data.y", "column 'c', line 3: the cell is empty"),
    ("a,b,c\n1,2,0.5\n", "5: data.y", "sample 0 has y = 0.5"),
    ("a,b,c\n1,2\n", "3: data.file", "line 2: 2 cells, expected 3"),
    ("a,b,c\n1,2,3,4\n", "3: data.file", "line 2: 4 cells, expected 3"),
    ("1,2,3\n1,2,3\n", "3: data.file", "line 1: found numbers, expected a header"),
    ("a,a,c\n1,2,3\n", "3: data.file", "two columns are called 'a'"),
    ("a,b,c\n", "3: data.file", "no rows"),
    ("", "3: data.file", "no rows"),
    ('a,b,c\n1,"2,3\n', "3: data.file", "not CSV"),
    ("a,b,d\n1,2,3\n", "5: data.y", "no column 'c'"),
    ("a,B,c\n1,2,3\n", "4: data.x[1]", "no column 'b'"),
]


@pytest.mark.parametrize(("content", "place", "said"), TABLES)
def test_a_cell_that_is_no_number_is_an_error(tmp_path: Path, content: str, place: str, said: str) -> None:
    (tmp_path / "d.csv").write_bytes(content.encode())
    text = CLASSES + 'file = "d.csv"\nx = ["a", "b"]\ny = "c"\n'
    assert places(text, tmp_path) == [place]
    assert said in problems(text, tmp_path)[0].message


def test_the_nearest_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(TABLE)
    (problem,) = problems(EQUATION + 'file = "d.csv"\nx = ["lenght"]\n', tmp_path)
    assert problem.hint == "did you mean 'length'?"
    (problem,) = problems(EQUATION + 'file = "d.csv"\nx = ["zzz"]\n', tmp_path)
    assert problem.hint == "the columns are length, width, kind"


@pytest.mark.parametrize(
    ("lines", "place", "said"),
    [
        ('y = ["width"]', "2: data", "'x' is missing"),
        ("x = []", "4: data.x", "at least one column"),
        ("x = [1]", "4: data.x[0]", "a string in quotes"),
        ("x = 1", "4: data.x", "a list of column names"),
        ('x = ["length"]\ny = "kind"', "5: data.y", "found 'rose'"),
        ('x = ["length"]\ny = ["kind"]', "5: data.y[0]", "found 'rose'"),
    ],
)
def test_columns_that_are_not_said_well(tmp_path: Path, lines: str, place: str, said: str) -> None:
    (tmp_path / "d.csv").write_text(TABLE)
    text = EQUATION + 'file = "d.csv"\n' + lines + "\n"
    assert places(text, tmp_path) == [place]
    assert said in problems(text, tmp_path)[0].message


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd.csv",
        "../d.csv",
        "sub/../../d.csv",
        "~/d.csv",
        "C:/d.csv",
        "\\\\\\\\host\\\\d.csv",
        "link.csv",
        "loop.csv",
        "pipe.csv",
        "folder.csv",
        "none.csv",
        "a\\u0000.csv",
        "d.txt",
        "",
        ".csv/",
    ],
)
def test_a_data_file_is_a_file_beside_the_scenario(tmp_path: Path, name: str) -> None:
    base = tmp_path / "base"
    (base / "sub").mkdir(parents=True)
    (base / "folder.csv").mkdir()
    (tmp_path / "d.csv").write_text(TABLE)
    (base / "link.csv").symlink_to(tmp_path / "d.csv")
    (base / "loop.csv").symlink_to("loop.csv")
    os.mkfifo(base / "pipe.csv")
    assert places(f'{EQUATION}file = "{name}"\nx = ["length"]\n', base) == ["3: data.file"]


def test_a_data_file_in_a_folder_below_or_behind_a_link_within(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "d.csv").write_text(TABLE)
    (tmp_path / "link.csv").symlink_to("sub/d.csv")
    for name in ("sub/d.csv", "./sub/d.csv", "link.csv"):
        assert data(f'file = "{name}"\nx = ["length"]', tmp_path).origin == name


def test_a_scenario_that_is_not_in_a_file_has_no_data_files() -> None:
    assert places(EQUATION + 'file = "d.csv"\nx = ["a"]\n') == ["3: data.file"]


ARRAY = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]])


def npy(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def archive(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as target:
        for name, content in members:
            target.writestr(name, content)
    return file.getvalue()


def header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + text.encode().ljust(117) + b"\n" + bytes(80)


@pytest.mark.parametrize(
    ("content", "lines", "x", "y"),
    [
        (npy(ARRAY), "", ARRAY, None),
        (npy(ARRAY), "x = [0, 1]\ny = 2", ARRAY[:, :2], ARRAY[:, 2]),
        (npy(ARRAY), "y = 2", ARRAY[:, :2], ARRAY[:, 2]),
        (npy(ARRAY), "x = [1]\ny = [0]", ARRAY[:, 1:2], ARRAY[:, :1]),
        (npy(ARRAY), "x = 1", ARRAY[:, 1], None),
        (npy(ARRAY[0]), "", ARRAY[0], None),
        (npy(np.asfortranarray(ARRAY)), "", ARRAY, None),
        (npy(ARRAY.astype(">i2")), "", ARRAY, None),
        (npy(ARRAY.astype(np.float16)), "", ARRAY, None),
        (npy(ARRAY.astype(np.uint8)), "", ARRAY, None),
    ],
)
def test_npy_files(tmp_path: Path, content: bytes, lines: str, x: Any, y: Any) -> None:
    (tmp_path / "d.npy").write_bytes(content)
    found = data('file = "d.npy"\n' + lines, tmp_path)
    assert np.array_equal(found.x, x)
    assert found.x.dtype == np.float64
    assert found.y is None if y is None else np.array_equal(found.y if found.y is not None else [], y)


@pytest.mark.parametrize(
    ("content", "lines", "y"),
    [
        (npz(x=ARRAY, y=ARRAY[:, 0]), "", (2,)),
        (npz(x=ARRAY), "", None),
        (npz(data=ARRAY, target=ARRAY), 'x = "data"\ny = "target"', (2, 3)),
        (archive(("x.npy", npy(ARRAY)), compression=zipfile.ZIP_STORED), "", None),
        (archive(("x.npy", npy(ARRAY)), ("other.npy", npy("not numbers"))), "", None),
    ],
)
def test_npz_files(tmp_path: Path, content: bytes, lines: str, y: Any) -> None:
    (tmp_path / "d.npz").write_bytes(content)
    found = data('file = "d.npz"\n' + lines, tmp_path)
    assert np.array_equal(found.x, ARRAY)
    assert (None if found.y is None else found.y.shape) == y


BAD_NPY = {
    "object": npy(np.array([{}], dtype=object), allow_pickle=True),
    "text": npy(np.array(["a"])),
    "complex": npy(ARRAY + 1j),
    "dates": npy(np.zeros(3, dtype="M8[s]")),
    "records": npy(np.zeros(3, dtype=[("a", "f8")])),
    "three axes": npy(np.zeros((1, 2, 3))),
    "scalar": npy(np.array(1.0)),
    "empty": npy(np.zeros((0, 2))),
    "nan": npy(np.array([[1.0, np.nan]])),
    "inf": npy(np.array([1.0, np.inf])),
    "beyond float64": npy(np.array([1e300], dtype=np.longdouble) * np.longdouble(1e300)),
    "cut short": npy(ARRAY)[:-1],
    "garbage": b"hello",
    "nothing": b"",
    "magic only": b"\x93NUMPY",
    "version 3": npy(np.zeros(1, dtype=[("é", "f8")])),
    "huge": header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}"),
    "huge product": header("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}"),
    "negative": header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -2)}"),
    "fraction": header("{'descr': '<f8', 'fortran_order': False, 'shape': (1.5,)}"),
    "pickled": header("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"),
    "code": header("__import__('os').system('true')"),
    "old python": header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000L,)}"),
    "type": header("{'descr': '<f999', 'fortran_order': False, 'shape': (1,)}"),
    "void": header("{'descr': '|V999999999', 'fortran_order': False, 'shape': (1,)}"),
    "brackets": header("(" * 100),
    "sub-array": header("{'descr': ('<f8', (2,)), 'fortran_order': False, 'shape': (1,)}"),
    "order": header("{'descr': '<f8', 'fortran_order': 2, 'shape': (1,)}"),
}


@pytest.mark.parametrize("name", BAD_NPY)
def test_npy_files_that_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "d.npy").write_bytes(BAD_NPY[name])
    assert places(EQUATION + 'file = "d.npy"', tmp_path) == ["3: data.file"]


def corrupt(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at] ^= 255
    return bytes(changed)


def with_size(content: bytes, size: int) -> bytes:
    """The archive with another unpacked size in its directory."""
    changed = bytearray(content)
    at = content.rfind(b"PK\1\2") + 24
    changed[at : at + 4] = size.to_bytes(4, "little")
    return bytes(changed)


with pytest.warns(UserWarning, match="Duplicate name"):
    TWICE = archive(("x.npy", npy(ARRAY)), ("x.npy", npy(ARRAY + 1)))
PLAIN = archive(("x.npy", npy(ARRAY)))
BAD_NPZ = {
    "no x": (npz(a=ARRAY), "no array 'x'; the file has a"),
    "twice": (TWICE, "two members are called 'x.npy'"),
    "outside": (archive(("../x.npy", npy(ARRAY))), "not a plain .npy file"),
    "absolute": (archive(("/x.npy", npy(ARRAY))), "not a plain .npy file"),
    "not npy": (archive(("x.npy", npy(ARRAY)), ("x.pkl", b"")), "not a plain .npy file"),
    "bomb": (archive(("x.npy", bytes(65 << 20))), "unpacks to more than 64 MiB"),
    "bomb with a small size": (with_size(archive(("x.npy", bytes(65 << 20))), 1000), "not a readable .npz"),
    "many": (archive(*((f"a{number}.npy", b"") for number in range(300))), "300 members"),
    "lzma": (archive(("x.npy", npy(ARRAY)), compression=zipfile.ZIP_LZMA), "not a plain .npy file"),
    "cut short": (PLAIN[:-30], "not a readable .npz"),
    "end only": (b"PK\5\6", "not a readable .npz"),
    "corrupt": (corrupt(PLAIN, 60), "not a readable .npz"),
    "another size": (with_size(PLAIN, 10), "not a readable .npz"),
    "npy in it": (npy(ARRAY), "not a readable .npz"),
    "objects": (archive(("x.npy", BAD_NPY["object"])), "entries of type object"),
    "nothing": (b"", "not a readable .npz"),
}


@pytest.mark.parametrize("name", BAD_NPZ)
def test_npz_files_that_are_refused(tmp_path: Path, name: str) -> None:
    content, said = BAD_NPZ[name]
    (tmp_path / "d.npz").write_bytes(content)
    text = EQUATION + 'file = "d.npz"'
    assert places(text, tmp_path) == ["3: data.file"]
    assert said in problems(text, tmp_path)[0].message


def test_a_zip_directory_over_a_megabyte_is_not_gone_through(tmp_path: Path) -> None:
    """Two hundred thousand entries of one and the same name; `zipfile` alone would make an object of each."""
    start = PLAIN.rfind(b"PK\1\2")
    entry, end = PLAIN[start : PLAIN.rfind(b"PK\5\6")], PLAIN[PLAIN.rfind(b"PK\5\6") :]
    size = len(entry) * 30_000
    end = end[:12] + size.to_bytes(4, "little") + end[16:]
    (tmp_path / "d.npz").write_bytes(PLAIN[:start] + entry * 30_000 + end)
    assert "its directory is too large" in problems(EQUATION + 'file = "d.npz"', tmp_path)[0].message


@pytest.mark.parametrize(
    ("name", "lines", "place"),
    [
        ("d.npz", "x = 1", "4: data.x"),
        ("d.npz", 'y = ["y"]', "4: data.y"),
        ("d.npy", 'x = "a"', "4: data.x"),
        ("d.npy", "x = [3]", "4: data.x[0]"),
        ("d.npy", "y = -1", "4: data.y"),
        ("d.npy", "x = [true]", "4: data.x[0]"),
        ("d.npy", "y = [0, 1, 2]", "4: data.y"),
        ("d.npy", "x = []", "4: data.x"),
    ],
)
def test_arrays_and_columns_that_are_not_said_well(tmp_path: Path, name: str, lines: str, place: str) -> None:
    (tmp_path / "d.npz").write_bytes(npz(x=ARRAY, y=ARRAY))
    (tmp_path / "d.npy").write_bytes(npy(ARRAY))
    assert places(f'{EQUATION}file = "{name}"\n{lines}\n', tmp_path) == [place]
