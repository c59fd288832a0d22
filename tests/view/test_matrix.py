"""A row of a matrix is what its window makes it, whatever windows were looked at before."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnstep.view.text.canvas import line_text
from nnstep.view.text.matrix import MatrixView


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 5)), min_size=1, max_size=6))
def test_rows_do_not_depend_on_what_was_shown_before(windows: list[tuple[int, int]]) -> None:
    def made() -> MatrixView:
        return MatrixView("W", "W", "parameter", (6, 1), np.arange(6.0).reshape(6, 1))

    used = made()
    for height, at in windows:
        fresh = made()
        window = fresh.window(20, height, (at, 0))
        rows = [line_text(used.row(row, window)) for row in window.rows]
        assert rows == [line_text(fresh.row(row, window)) for row in window.rows]
