"""Initialisers draw from the distributions that PyTorch defines, each parameter from a stream of its own."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.scenario import loads
from nnstep.scenario.initialisers import INITIALISERS, initial
from tests.scenario.helpers import DATA, network

ROWS, COLUMNS = 300, 200

# torch.nn.init with fan_in = rows, fan_out = columns (PyTorch stores the transpose): half width, standard deviation
BOUNDS = {"xavier_uniform": (6 / 500) ** 0.5, "he_uniform": (6 / 300) ** 0.5}
DEVIATIONS = {"xavier_normal": (2 / 500) ** 0.5, "he_normal": (2 / 300) ** 0.5, "normal": 1.0}


@pytest.mark.parametrize("name", BOUNDS)
def test_uniform_within_the_bound(name: str) -> None:
    value, bound = initial("W", name, (ROWS, COLUMNS), 0), BOUNDS[name]
    assert np.abs(value).max() <= bound
    assert np.abs(value).max() > 0.999 * bound
    assert abs(value.mean()) < 4 * bound / (3 * value.size) ** 0.5
    assert value.std() == pytest.approx(bound / 3**0.5, rel=0.01)


@pytest.mark.parametrize("name", DEVIATIONS)
def test_normal_with_the_deviation(name: str) -> None:
    value, deviation = initial("W", name, (ROWS, COLUMNS), 0), DEVIATIONS[name]
    assert value.std() == pytest.approx(deviation, rel=0.01)
    assert abs(value.mean()) < 4 * deviation / value.size**0.5
    assert (np.abs(value) < deviation).mean() == pytest.approx(0.6827, abs=0.01)


def test_uniform_zeros_and_ones() -> None:
    value = initial("W", "uniform", (ROWS, COLUMNS), 0)
    assert value.min() >= 0
    assert value.max() < 1
    assert value.mean() == pytest.approx(0.5, abs=0.01)
    assert np.histogram(value, 10)[0] == pytest.approx(value.size / 10, rel=0.05)
    assert (initial("W", "zeros", (2, 3), 0) == 0).all()
    assert (initial("W", "ones", (), 0) == 1).all()


@given(st.sampled_from(INITIALISERS), st.integers(0, 2**63 - 1), st.tuples(st.integers(1, 4), st.integers(1, 4)))
def test_the_same_seed_gives_the_same_bits(name: str, seed: int, shape: tuple[int, int]) -> None:
    first, second = initial("W1", name, shape, seed), initial("W1", name, shape, seed)
    assert first.tobytes() == second.tobytes()
    assert (first.shape, first.dtype, first.flags.writeable) == (shape, np.dtype(np.float64), False)
    if name not in ("zeros", "ones"):
        assert (initial("W1", name, shape, seed ^ 1) != first).any()
        assert (initial("W2", name, shape, seed) != first).any()


def test_the_numbers_of_a_seed_stay() -> None:
    """Frozen: a scenario with a seed gives the same run tomorrow."""
    assert initial("W1", "xavier_uniform", (2, 2), 0).round(12).tolist() == [
        [0.337143774046, -0.548340715948],
        [-0.240136922162, 0.323909685514],
    ]
    assert initial("W1", "normal", (3,), 7).round(12).tolist() == [0.303645793622, 1.347480203735, 0.89014683986]


def test_one_parameter_more_does_not_change_the_others() -> None:
    few = 'equations = "z = 1"\n[parameters]\nW2 = { shape = [2, 2] }\n'
    other = 'W1 = { shape = [5, 5] }\nb = { shape = [3], init = "normal" }\n'
    more = few.replace("W2", other + "W2")
    assert loads(few).parameters[0].value.tolist() == loads(more).parameters[2].value.tolist()


def test_layers_and_equations_give_a_parameter_the_same_numbers() -> None:
    layers = loads(network('type = "linear"\nunits = 3')).parameters[0]
    given_name = loads(f'equations = "o = x @ W1"\n{DATA}[parameters]\nW1 = {{ shape = [2, 3] }}\n').parameters[0]
    assert layers.value.tolist() == given_name.value.tolist()


def test_data_does_not_depend_on_the_parameters_nor_they_on_it() -> None:
    text = 'seed = 5\n[data]\ngenerate = "moons"\nnoise = 0.1\n[[layers]]\ntype = "linear"\nunits = {units}\n'
    one, two = loads(text.format(units=1)), loads(text.format(units=2))
    assert one.data is not None
    assert two.data is not None
    assert one.data.x.tobytes() == two.data.x.tobytes()
    moved = loads(text.format(units=1).replace("0.1", "0.2"))
    assert moved.parameters[0].value.tobytes() == one.parameters[0].value.tobytes()


def test_the_streams_of_a_seed_are_unlike() -> None:
    """No two parameters, and no two seeds, are correlated."""
    values = [
        initial(name, "normal", (2000,), seed) for seed in (0, 1, 2**32, 2**63 - 1) for name in ("W1", "W2", "b1")
    ]
    correlation = np.corrcoef(np.stack(values))
    assert np.abs(correlation - np.eye(len(values))).max() < 0.1


def test_random_numbers_are_imported_only_where_something_is_random() -> None:
    program = (
        "import sys; from nnstep.scenario import loads, load, find; load(find('two_layer'));"
        "assert 'numpy.random' not in sys.modules; load(find('xor'));"
        "assert 'numpy.random' in sys.modules; assert 'textual' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
