"""Plots of what a network says: regions, curves, counts and bars are those of the numbers, and fit any room."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep import catalogue
from nnstep.catalogue.en import TEXTS
from nnstep.debugger.prediction import Prediction, Predictor, decided, prediction_of, predictor, probabilities
from nnstep.engine import Record, Timeline
from nnstep.ops import Array
from nnstep.scenario import Scenario, bundled, find, load, loads
from nnstep.text import width as text_width
from nnstep.view.lens.plot import plots_there
from nnstep.view.lens.run import RUN_PLOTS, run_view
from nnstep.view.plots import boundary as boundaries
from nnstep.view.plots.bars import Judged, bars_block
from nnstep.view.plots.boundary import boundary_block, class_map, plane
from nnstep.view.plots.confusion import confusion, confusion_block, scatter_block
from nnstep.view.plots.fitted import Predict
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import Piece, Target, line_text
from tests.present import present
from tests.test_catalogue import wide
from tests.view.test_plots import assert_fits, painted, target_of, text_of

NAMES = [one.name for one in bundled()]
TABS = ("loss", "gradients", "boundary", "classes", "probabilities")
sizes = st.tuples(st.integers(8, 140), st.integers(3, 50))
BLOBS = """
[data]
generate = "blobs"
samples = 30
classes = 3
noise = 2.0
[[layers]]
type = "linear"
units = 3
[loss]
type = "cross_entropy"
[optimizer]
type = "sgd"
lr = 0.1
[training]
epochs = 30
"""


@cache
def asked(name: str, iteration: int) -> tuple[Scenario, Predictor, Record]:
    """A scenario, its predictor, and the record of an iteration."""
    one = loads(BLOBS) if name == "blobs" else load(find(name))
    timeline = Timeline(one)
    return one, present(predictor(one)), timeline.record(min(iteration, timeline.iterations))


def predict(name: str, iteration: int) -> Predict:
    """The prediction of an iteration for any inputs."""
    _, network, record = asked(name, iteration)
    return lambda inputs: network.run(record, 0, inputs).values


# -- the boundary


@pytest.mark.parametrize("name", ["xor", "mlp", "two_layer", "minibatch_sgd", "blobs"])
@pytest.mark.parametrize("iteration", [1, 12, 80])
def test_the_class_of_every_dot_is_the_decision_there(name: str, iteration: int) -> None:
    one, network, _ = asked(name, iteration)
    where = present(plane(present(one.data).x, 17, 6))
    chosen, sure = class_map(network.found, predict(name, iteration), where)
    assert chosen.shape == sure.shape == (24, 34)
    for row, column in ((0, 0), (5, 30), (23, 33), (11, 7)):
        share = np.array([column / 33, 1 - row / 23])
        low = np.array([where.over.low, where.up.low])
        point = low + share * (np.array([where.over.high, where.up.high]) - low)
        values = predict(name, iteration)(point[None])
        assert chosen[row, column] == decided(network.found, values)[0]
        shares = sorted(probabilities(network.found, values)[0])
        assert abs(sure[row, column] - min(1.0, shares[-1] - shares[-2])) < 1e-9
        assert where.at(point) == (column, row)


@pytest.mark.parametrize("name", ["xor", "mlp", "two_layer", "minibatch_sgd", "blobs"])
def test_where_a_sample_is_the_region_is_what_it_is_taken_for(name: str) -> None:
    one, network, _ = asked(name, 80)
    where = present(plane(present(one.data).x, 120, 45))
    chosen, _ = class_map(network.found, predict(name, 80), where)
    own = decided(network.found, predict(name, 80)(present(one.data).x))
    checked = 0
    for point, choice in zip(present(one.data).x, own, strict=True):
        column, row = where.at(point)
        around = chosen[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        if (around == around[0, 0]).all():
            assert around[0, 0] == choice
            checked += 1
    assert checked >= len(own) - 2


def test_samples_stand_where_they_are_with_their_sign_and_wrong_ones_are_marked() -> None:
    one, network, record = asked("xor", 20)
    data = present(one.data)
    block = boundary_block(network.found, predict("xor", 20), data.x, data.y, (), 70, 24)
    lines = [line_text(line) for line in painted(block)]
    wrong = decided(network.found, network.run(record, 0, data.x).values) != present(data.y)[:, 0]
    body = "\n".join(line for line in lines if "│" in line or "┤" in line)
    assert 0 < wrong.sum() < 4
    assert body.count("!") == wrong.sum()
    assert body.count("○") == body.count("●") == 2
    assert f"{4 - wrong.sum()} of 4 right" in lines[0]
    top, bottom = [line for line in lines if "●" in line and ("│" in line or "┤" in line)]
    assert top.index("●") < 20  # (0, 1) is at the top left, (1, 0) at the bottom right
    assert bottom.index("●") > 50


def test_the_line_is_where_the_regions_meet() -> None:
    found = Prediction(0, 1, "o", "binary", "scores", ("0", "1"))
    x = np.array([[-1.0, -1.0], [1.0, 1.0]])
    block = boundary_block(
        found, lambda inputs: np.where(inputs[:, :1] > 0.1, 1.0, 0.0), x, np.array([[0.0], [1.0]]), (), 70, 20
    )
    (corner,) = [line_text(line) for line in painted(block) if "└" in line_text(line)]
    start = corner.index("└") + 1
    where = present(plane(x, 70 - start, block.height - 3))
    at = where.over.at(0.1) // 2
    for line in painted(block):
        text = line_text(line)[start:].ljust(70 - start)
        if "┤" in line_text(line) or "│" in line_text(line):
            dots = [column for column, char in enumerate(text) if "\u2801" <= char <= "\u28ff"]
            assert len(dots) == 1
            assert abs(dots[0] - at) <= 1
            assert set(text[: dots[0]]) <= {" ", "○"}
            assert set(text[dots[0] + 1 :]) <= {"░", "●"}


def test_a_network_that_takes_long_is_asked_at_fewer_places(monkeypatch: pytest.MonkeyPatch) -> None:
    one, network, _ = asked("xor", 300)
    where = present(plane(present(one.data).x, 31, 9))
    asked_for = []

    def counted(inputs: Array) -> Array:
        asked_for.append(len(inputs))
        return predict("xor", 300)(inputs)

    fine, _ = class_map(network.found, counted, where)
    monkeypatch.setattr(boundaries, "_WORK", 62 * 36 * 100 // 10)
    coarse, _ = class_map(network.found, counted, where, work=100)
    assert asked_for[0] == 62 * 36
    assert asked_for[1] <= 62 * 36 / 10
    assert coarse.shape == fine.shape
    assert (coarse == fine).mean() > 0.8


@pytest.mark.parametrize("name", ["xor", "mlp", "residual", "linear_regression", "blobs", "perceptron_sigmoid", "wide"])
@settings(deadline=None, max_examples=12)
@given(sizes, st.booleans(), st.booleans())
def test_boundaries_fit(name: str, size: tuple[int, int], ascii: bool, targets: bool) -> None:
    one, network, record = asked(name, 5)
    known = network.run(record, 0, present(one.data).x, present(one.data).y).targets if targets else None
    columns = present(one.data).columns
    block = boundary_block(network.found, predict(name, 5), present(one.data).x, known, columns, *size, ascii=ascii)
    assert_fits(block, *size, ascii)
    assert text_of(block).strip()


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300, 0.0])
@pytest.mark.parametrize("kind", ["classes", "binary", "numbers"])
@pytest.mark.parametrize("columns", [1, 2])
def test_predictions_of_any_number_are_drawn(value: float, kind: str, columns: int) -> None:
    width = 3 if kind == "classes" else 1
    found = Prediction(0, 1, "o", kind, "scores", () if kind == "numbers" else ("0", "1", "2")[: max(2, width)])
    x = np.random.default_rng(0).normal(size=(5, columns))
    targets = np.array([0.0, 1.0, 0.0, 1.0, 1.0])

    def odd(inputs: Array) -> Array:
        return np.where(inputs[:, :1] > 0, value, 1.0) * np.ones((1, width))

    for ascii in (False, True):
        assert_fits(boundary_block(found, odd, x, targets, (), 60, 20, ascii=ascii), 60, 20, ascii)


def test_where_there_is_none_it_is_said_why() -> None:
    one, network, _ = asked("perceptron_sigmoid", 1)
    said = text_of(
        boundary_block(network.found, predict("perceptron_sigmoid", 1), present(one.data).x, None, (), 80, 20)
    )
    assert said.startswith("x has 3 columns; a boundary can be drawn for 2")
    far = np.array([[-1.7e308, 0.0], [1.7e308, 1.0]])
    found = Prediction(0, 1, "o", "binary", "scores", ("0", "1"))
    assert "too far apart" in text_of(boundary_block(found, lambda inputs: inputs[:, :1], far, None, (), 80, 20))


def test_the_curve_of_a_regression_has_the_samples_and_goes_through_a_perfect_fit() -> None:
    found = Prediction(0, 1, "o", "numbers")
    x = np.linspace(-1, 1, 9)[:, None]
    block = boundary_block(found, lambda inputs: 2 * inputs + 1, x, 2 * x + 1, ("load",), 80, 24)
    lines = [line_text(line) for line in painted(block)]
    assert "o over load" in lines[0]
    body = [line for line in lines if "┤" in line or "│" in line]
    assert "".join(body).count("●") == 9
    at = [(line.index("●"), row) for row, line in enumerate(body) if "●" in line]
    assert at == sorted(at, reverse=True)
    for line in body:  # next to each sample the curve goes on: no sample has a distance to it
        assert all(line[k - 1] != " " or line[k + 1 : k + 2] != " " for k, char in enumerate(line) if char == "●")


# -- classes

labels = st.integers(1, 6).flatmap(
    lambda k: st.tuples(
        st.just(k),
        st.lists(st.tuples(st.integers(-1, k - 1), st.integers(-1, k - 1)), min_size=1, max_size=60),
    )
)


@given(labels)
def test_the_matrix_counts_every_sample_once(made: tuple[int, list[tuple[int, int]]]) -> None:
    classes, pairs = made
    truth, choice = (np.array(one, dtype=float) for one in zip(*pairs, strict=True))
    counts = confusion(truth, choice, classes)
    assert counts.sum() == len(pairs)
    assert np.trace(counts[:classes, :classes]) == sum(a == b >= 0 for a, b in pairs)
    for i in range(classes):
        for j in range(classes):
            assert counts[i, j] == sum((a, b) == (i, j) for a, b in pairs)


@settings(deadline=None)
@given(labels, sizes, st.booleans())
def test_the_matrix_fits_and_has_its_counts(
    made: tuple[int, list[tuple[int, int]]], size: tuple[int, int], ascii: bool
) -> None:
    classes, pairs = made
    truth, choice = (np.array(one, dtype=float) for one in zip(*pairs, strict=True))
    counts = confusion(truth, choice, classes)
    block = confusion_block(counts, [f"c{k}" for k in range(classes)], "all samples", *size, ascii)
    assert all(text_width(line_text(line)) <= size[0] for line in painted(block))
    assert not ascii or text_of(block).isascii()
    if size[0] >= 70 and size[1] >= 16:
        right = int(np.trace(counts[:classes, :classes]))
        assert f"{right} of {len(pairs)} right" in text_of(block)
        rows = [line_text(line).split() for line in painted(block)]
        nothing = "." if ascii else "·"
        for k in range(classes):
            (row,) = [row for row in rows if row and row[0] == f"c{k}" and len(row) > classes]
            found = [0 if one == nothing else int(one) for one in row[1 : classes + 1]]
            assert found == counts[k, :classes].tolist()


def test_of_many_classes_the_most_frequent_mistakes_are_listed() -> None:
    truth = np.repeat(np.arange(40.0), 5)
    choice = truth.copy()
    choice[:4] = 7
    choice[10] = 9
    said = text_of(confusion_block(confusion(truth, choice, 40), list(map(str, range(40))), "", 60, 20))
    assert "195 of 200 right  97.5 %" in said
    assert said.index("4  0 → 7") < said.index("1  2 → 9")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(width=64), st.floats(width=64)), min_size=1, max_size=40),
    sizes,
    st.booleans(),
)
def test_a_scatter_of_any_numbers_fits(pairs: list[tuple[float, float]], size: tuple[int, int], ascii: bool) -> None:
    truth, predicted = (np.array(one) for one in zip(*pairs, strict=True))
    assert_fits(scatter_block(truth, predicted, "all samples", *size, ascii), *size, ascii)


def test_what_is_predicted_exactly_lies_on_the_diagonal() -> None:
    numbers = np.linspace(-3, 5, 7)
    block = scatter_block(numbers, numbers, "all 7 samples", 60, 20)
    assert "off by 0 on average, 0 at most" in text_of(block)
    at = [
        (line_text(line).index("●"), row)
        for row, line in enumerate(painted(block))
        if "●" in line_text(line) and ("┤" in line_text(line) or "│" in line_text(line))
    ]
    assert len(at) == 7
    steps = {(a[0] - b[0]) / (b[1] - a[1]) for a, b in pairwise(at)}
    assert max(steps) - min(steps) <= 1.5


# -- probabilities

shares_of = st.integers(1, 13).flatmap(
    lambda k: st.lists(
        st.tuples(st.lists(st.floats(0, 1) | st.just(np.nan), min_size=k, max_size=k), st.integers(-1, k - 1)),
        min_size=1,
        max_size=6,
    )
)


def judged_of(samples: list[tuple[list[float], int]], rows: tuple[int, ...] = ()) -> Judged:
    shares = np.array([one for one, _ in samples])
    names = tuple(f"c{k}" for k in range(shares.shape[1]))
    found = Prediction(0, 1, "p", "classes", "probabilities", names)
    truth = np.array([float(one) for _, one in samples])
    return Judged("p", shares, decided(found, shares), truth, names, rows)


@settings(deadline=None)
@given(shares_of, st.integers(4, 120), st.booleans())
def test_the_decision_is_the_largest_probability(
    samples: list[tuple[list[float], int]], width: int, ascii: bool
) -> None:
    judged = judged_of(samples)
    block = bars_block(judged, 0, width, ascii)
    assert_fits(block, width, block.height, ascii)
    if width < 60:
        return
    each = (block.height + 1) // len(samples)
    for k, (shares, truth) in enumerate(samples):
        head, *lines = [line_text(block.line(y)) for y in range(k * each, min((k + 1) * each, block.height))]
        shown = [line.split() for line in lines if re.match(r" +c\d", line)]
        one_hot = [words[0] for words in shown if words[3] == "1"]
        if np.isnan(shares).any():
            assert "no decision" in head
            continue
        best = int(np.argmax(shares))
        assert one_hot == [f"c{best}"]
        assert ("right" in head) == (best == truth)
        assert [words[0] for words in shown if "true" in words] == ([f"c{truth}"] if truth >= 0 else [])


def test_bars_are_as_long_as_their_probability_and_a_click_chooses_the_sample() -> None:
    judged = judged_of([([0.25, 0.75], 0), ([1.0, 0.0], 0)], (4, 1))
    block = bars_block(judged, 1, 90)
    lines = [line_text(line) for line in painted(block)]
    full = lines[5].count("█")
    assert lines[1].count("█") * 4 in range(full - 4, full + 5)
    assert lines[2].count("█") * 4 in range(3 * full - 4, 3 * full + 5)
    assert lines[4].startswith("▸ sample 1")
    assert "(row 4 of the data)" in lines[0]
    assert "✘ wrong, it is c0" in lines[0]
    (hit,) = block.hits
    assert [target_of(hit, 3, y).argument for y in (0, 2, 4, 6)] == [("p", 0, 0), ("p", 0, 0), ("p", 1, 0), ("p", 1, 0)]


def test_many_samples_cost_no_more_than_those_that_are_seen() -> None:
    shares = np.full((100_000, 3), 1 / 3)
    judged = Judged("p", shares, np.zeros(100_000), None, ("a", "b", "c"), ())
    block = bars_block(judged, 0, 60)
    assert block.height == 5 * 100_000 - 1
    assert "sample 70000" in line_text(block.line(350_000))
    assert len(block.hits) == 1


# -- the view


def stepper_at(name: str, iteration: int, step: float, ascii: bool = False) -> Stepper:
    one = Stepper(loads(BLOBS) if name == "blobs" else load(find(name)), ascii=ascii)
    iteration = min(iteration, one.session.timeline.iterations)
    steps = len(one.session.timeline.program(iteration).steps)
    one.session.go_to(iteration, round(step * steps))
    return one


@pytest.mark.parametrize("name", NAMES)
def test_every_plot_of_every_scenario_fits(name: str) -> None:
    for turn, step in enumerate((0, 0.3, 0.7, 1)):
        seen = stepper_at(name, (1, 3, 6, 9)[turn], step, ascii=turn % 2 == 1)
        for tab in ("", *TABS):
            seen.choice = seen.choice._replace(run=tab, log=turn > 1)
            moment = seen.moment()
            moment.marks = (1, 2)
            for width, height in ((36, 8), (46, 14), (110, 40)):
                canvas = run_view(moment)(width, height, None)
                assert len(canvas.lines) <= height
                for line in canvas.lines:
                    assert text_width(line_text(line)) <= width
                    assert turn % 2 == 0 or line_text(line).isascii(), line_text(line)


def test_only_what_makes_sense_is_offered_and_a_click_takes_it() -> None:
    offered = {
        "xor": ("loss", "gradients", "boundary", "classes"),
        "two_layer": TABS,
        "softmax": ("probabilities",),
        "linear_regression": ("loss", "gradients", "boundary", "classes"),
        "tied_autoencoder": ("loss", "gradients"),
        "linear_model": (),
    }
    for name, tabs in offered.items():
        seen = stepper_at(name, 2, 0.5)
        assert plots_there(RUN_PLOTS, seen.moment()) == tabs
        canvas = run_view(seen.moment())(80, 20, None)
        targets = [hit.target for hit in canvas.hits if isinstance(hit.target, Target)]
        assert tuple(one.argument for one in targets if one.command == "run.choose") == tabs


def test_a_click_on_the_loss_goes_to_an_iteration() -> None:
    seen = stepper_at("xor", 200, 0.5)
    canvas = run_view(seen.moment())(80, 20, None)
    column = next(line_text(line).index("▲") for line in canvas.lines if "▲" in line_text(line))
    row = next(y for y, line in enumerate(canvas.lines) if "▲" in line_text(line))
    target = present(canvas.at(column, row - 2))
    assert target.command == "iteration.goto"
    assert abs(int(str(target.argument)) - 200) <= 500 / 70


def test_the_loss_of_this_iteration_is_not_told_before_it_is_computed() -> None:
    seen = stepper_at("xor", 3, 0)
    program = seen.session.program
    at = program.values[present(program.objective)].step
    loss = f"{seen.session.record.loss:.4f}"
    for step in (at - 1, at):
        seen.session.go_to(3, step)
        said = line_text(run_view(seen.moment())(80, 20, None).lines[2])
        assert (loss in said) == (step == at)
        assert ("·" in said) == (step < at)


def test_the_gradient_norms_are_there_once_they_are_computed() -> None:
    seen = stepper_at("two_layer", 2, 0)
    seen.choice = seen.choice._replace(run="gradients")
    record = seen.session.record
    norm = f"{np.sqrt((record['grad(W2)'] ** 2).sum()):.4f}"
    at = record.program.values[record.program.versions["grad(W2)"][-1]].step
    for step in (at - 1, at):
        seen.session.go_to(2, step)
        said = " ".join(line_text(line) for line in run_view(seen.moment())(110, 30, None).lines[:6])
        assert "‖∂L/∂W2‖" in said
        assert (norm in said) == (step == at)


def test_the_picture_follows_the_parameters_and_is_kept_between_updates() -> None:
    seen = stepper_at("xor", 20, 0)
    seen.choice = seen.choice._replace(run="boundary")

    def drawn() -> tuple[tuple[Piece, ...], ...]:
        return run_view(seen.moment())(80, 20, None).lines

    steps = len(seen.session.program.steps)
    before = drawn()
    seen.session.go_to(20, steps // 2)
    assert drawn() == before
    seen.session.go_to(20, steps)
    after = drawn()
    assert after != before
    seen.session.go_to(21, 0)
    assert drawn() == after


def test_the_matrix_is_that_of_all_samples_counted_by_hand() -> None:
    seen = stepper_at("blobs", 3, 0)
    record, data = seen.session.record, present(seen.session.scenario.data)
    logits = data.x @ record.value(record.program.versions["W1"][0]) + record.value(record.program.versions["b1"][0])
    right = int((logits.argmax(axis=1) == data.y).sum())
    seen.choice = seen.choice._replace(run="classes")
    said = " ".join(line_text(line) for line in run_view(seen.moment())(80, 20, None).lines)
    assert f"{right} of 30 right" in said
    assert 0 < right < 30


def test_a_network_that_needs_its_batch_is_judged_by_it_once_it_is_computed() -> None:
    seen = stepper_at("attention", 2, 0)
    seen.choice = seen.choice._replace(run="classes")
    assert "not computed yet" in line_text(run_view(seen.moment())(80, 20, None).lines[2])
    seen.session.last()
    assert "3 samples of this batch" in " ".join(line_text(one) for one in run_view(seen.moment())(80, 20, None).lines)
    seen.choice = seen.choice._replace(run="boundary")
    assert "depends on the others" in " ".join(line_text(one) for one in run_view(seen.moment())(80, 20, None).lines)


def test_the_chosen_sample_is_in_sight() -> None:
    seen = stepper_at("wide", 2, 0.4)
    found = present(prediction_of(seen.session.scenario, seen.session.program))
    seen.choice = seen.choice._replace(run="probabilities", name=found.name, cell=(25, 0))
    lines = [line_text(line) for line in run_view(seen.moment())(80, 16, None).lines]
    assert any(line.startswith("▸ sample 25") for line in lines)
    seen.choice = seen.choice._replace(name="W1", cell=(1, 0))
    lines = [line_text(line) for line in run_view(seen.moment())(80, 16, None).lines]
    assert not any("▸" in line for line in lines)
    assert any("sample 0" in line for line in lines)


def test_it_fits_in_a_wide_language() -> None:
    catalogue.use(texts={key: wide(text) for key, text in TEXTS.items()})
    try:
        for name in ("xor", "two_layer", "linear_regression", "residual", "attention"):
            seen = stepper_at(name, 4, 0.6)
            for tab in TABS:
                seen.choice = seen.choice._replace(run=tab)
                for width, height in ((12, 5), (40, 15), (90, 30)):
                    for line in run_view(seen.moment())(width, height, None).lines:
                        assert text_width(line_text(line)) <= width
    finally:
        catalogue.use()
