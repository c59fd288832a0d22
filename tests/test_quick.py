"""NumPy without what is never asked for is NumPy, and afterwards nothing is missing from Python."""

from __future__ import annotations

import subprocess
import sys

import pytest

LEFT_OUT = """
import sys
from nnstep.quick import import_numpy
import_numpy()
left_out = {"ctypes", "numpy._typing", "numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars"}
assert not left_out & set(sys.modules)
import numpy as np
assert np.ndarray.sum.__doc__ is None  # or the test is of no use
assert np.linalg.eigh(np.eye(2)).eigenvalues.tolist() == [1, 1]
assert round(np.random.default_rng(0).normal(), 12) == 0.125730221093
assert np.einsum("ij,jk->ik", np.eye(2), np.ones((2, 2))).sum() == 4
import ctypes, numpy.typing, numpy.ctypeslib, io
assert ctypes.sizeof(ctypes.c_double) == 8
assert "NDArray" in str(numpy.typing.NDArray) or numpy.typing.NDArray[np.float64] is not list
assert np.zeros(1).ctypes.data
file = io.BytesIO()
np.savez(file, x=np.arange(3.0))
file.seek(0)
assert np.load(file)["x"].tolist() == [0, 1, 2]
before = set(sys.modules)
import_numpy()
assert set(sys.modules) == before
"""
AS_IT_IS = """
import sys
import nnstep.quick
nnstep.quick._version = lambda: {version!r}
nnstep.quick.import_numpy()
assert "numpy" not in sys.modules
import numpy as np
assert np.ndarray.sum.__doc__
"""
ENDS = """
import sys
from nnstep.quick import import_numpy
sys.modules["numpy._core.multiarray"] = None
try:
    import_numpy()
except ImportError:
    pass
else:
    raise AssertionError
import ctypes
assert "numpy._typing" not in sys.modules
"""


def run(code: str) -> None:
    """In an interpreter of its own."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_numpy_works_without_what_is_left_out_which_can_be_imported_afterwards():
    run(LEFT_OUT)


@pytest.mark.parametrize("version", ["", "3.0.0", "1.26.4", "2.99.0"])
def test_a_numpy_that_was_not_tried_is_imported_as_it_is(version):
    run(AS_IT_IS.format(version=version))


def test_where_numpy_cannot_be_imported_nothing_stays_behind():
    run(ENDS)


def test_the_version_is_that_of_numpy():
    run("import nnstep.quick, numpy; assert nnstep.quick._version().startswith(numpy.__version__ + '\"')")


def test_check_imports_no_more_than_it_needs():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "nnstep", "check", "two_layer"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    names = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
    assert "numpy" in names
    slow = {
        "argparse",
        "asyncio",
        "difflib",
        "pathlib",
        "textual",
        "rich",
        "numpy.random",
        "nnstep.tui",
        "nnstep.debugger.prediction",  # the notes on a network are from the debugger, which is not needed whole
    }
    assert not slow & set(names)
    assert sum(name.startswith("nnstep") for name in names) <= 130
