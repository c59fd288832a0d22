"""The views of the middle panel: what they say is so, following leads to the cell named, nothing is told early."""

from __future__ import annotations

import re
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.debugger import Cell
from nnstep.debugger.provenance.origin import origin
from nnstep.scenario import bundled, loads
from nnstep.scenario.model import Scenario
from nnstep.view.lens.registry import row_cells
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text
from tests.engine.strategies import scenarios
from tests.view.samples import ALL, stepper


def middle(seen: Stepper, width: int = 100, height: int = 60) -> str:
    """The text of the middle panel."""
    return "\n".join(map(line_text, seen.view().panels["operation"].paint(width, height).lines))


def chain(seen: Stepper, width: int = 110, height: int = 80) -> str:
    """The text of the chain-rule panel."""
    return "\n".join(map(line_text, seen.view().panels["chain"].paint(width, height).lines))


def at(name: str, place: str, *commands: str) -> Stepper:
    """A bundled scenario at a place, after some commands."""
    seen = Stepper.open(name)
    seen.do("step.goto", place)
    for command in commands:
        seen.do(command)
    return seen


# ---- Where a cell comes from ------------------------------------------------------------------------------


def test_the_arithmetic_goes_through_values_without_a_name() -> None:
    text = middle(at("two_layer", "z", "cell.right", "cell.follow"))
    for term in ("x[0,0] · W1[0,1]", "x[0,1] · W1[1,1]", "b1[1]"):
        assert term in text
    assert "sum of 3 terms = 1" in text


def test_a_sum_over_the_batch_says_which_sample() -> None:
    text = middle(at("minibatch_sgd", "2:7", "cell.follow"))
    rows = at("minibatch_sgd", "2:1").session.record.rows
    assert all(f"sample {row}" in text for row in rows)


def test_a_sum_over_paths_says_which_path() -> None:
    text = middle(at("tied_autoencoder", "grad(W)", "cell.follow"))
    assert "via x @ W" in text
    assert "via W.T" in text


def test_a_long_sum_is_short_until_all_is_asked_for() -> None:
    rows = [[round(0.1 * k, 1) for k in range(30)]]
    columns = [[(-1) ** k] for k in range(30)]
    seen = Stepper(loads(f'equations = "o = x @ W"\n[data]\nx = {rows}\n[parameters]\nW = {columns}\n'))
    for command in ("step.next", "cell.follow"):
        seen.do(command)
    text = middle(seen)
    assert "20 more terms, together" in text
    assert "x[0,29] · W[29,0]" in text, "the largest are shown"
    assert "x[0,3] · W[3,0]" not in text
    seen.do("terms.all")
    assert "more terms" not in middle(seen)
    assert "x[0,3] · W[3,0]" in middle(seen)


@pytest.mark.parametrize("name", [one.name for one in bundled()])
def test_following_any_number_leads_to_the_step_that_computed_it_and_back(name: str) -> None:
    seen, rng = Stepper.open(name), Random(name)
    for _ in range(6):
        seen.do(
            "step.goto", f"{min(2, seen.session.timeline.iterations)}:{rng.randint(1, len(seen.session.program.steps))}"
        )
        seen.do("lens.step")
        seen.do("cell.follow")
        visits = []
        for _ in range(rng.randint(1, 6)):
            cells = row_cells(seen.moment())
            if not cells:
                break
            seen.do("row.down", rng.randrange(len(cells)))
            here, choice = seen.session.position, seen.choice
            moment = seen.moment()
            cell = row_cells(moment)[min(choice.row, len(cells) - 1)]
            value = moment.at.program.values[cell.slot]
            number = float(moment.at.record.value(cell.slot)[cell.index])
            before = middle(seen)
            seen.do("cell.follow")
            there = seen.moment().at
            assert there.cell is not None
            assert there.program.values[there.cell.slot].name == value.name
            assert there.cell.index == cell.index
            assert float(there.record.value(there.cell.slot)[there.cell.index]) == number
            visits.append((here, before))
        while visits:
            here, before = visits.pop()
            if seen.session.position == here and middle(seen) == before:
                continue  # a given value was chosen where we are, and that is what was left
            seen.do("cell.return")
            assert seen.session.position == here
            assert middle(seen) == before


@settings(max_examples=25, deadline=None)
@given(scenarios(), st.randoms(use_true_random=False))
def test_the_terms_that_are_listed_add_up(scenario: Scenario, rng: Random) -> None:
    seen = Stepper(scenario)
    program = seen.session.program
    step = rng.choice(program.steps)
    seen.do("step.goto", str(step.index))
    seen.do("cell.follow")
    scene = seen.moment().at
    assert scene.cell is not None
    found = origin(scene.record, scene.cell)
    total = sum(term.value for term in found.terms)
    if found.terms and found.outside is None and np.isfinite(found.result):
        scale = sum(abs(term.value) for term in found.terms) + 1e-12
        assert abs(total - found.result) <= 1e-9 * scale
    assert middle(seen)


def test_what_a_cell_is_used_by_is_said_with_what_is_not_computed_yet_left_open() -> None:
    seen = at("two_layer", "h", "lens.uses")
    text = middle(seen)
    assert "is used by" in text
    assert re.search(r"13 +∂L/∂z\[0,0\] +·", text)
    seen.do("step.last")
    seen.do("step.goto", "h")
    assert re.search(r"5 +o\[0,0\] +·", middle(seen)), "step 5 is to come, wherever we were before"


# ---- The chain rule ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [one.name for one in bundled()])
def test_every_entry_of_every_gradient_is_the_sum_of_its_products(name: str) -> None:
    from nnstep.program import parameters_with_gradient

    seen = Stepper.open(name)
    seen.do("step.last")
    for weight in parameters_with_gradient(seen.session.program):
        seen.do("weight.choose", weight)
        text = chain(seen)
        assert "✔" in text
        assert "✘" not in text
        assert "stored gradient" in text


@pytest.mark.parametrize("name", ["two_layer", "mlp", "deep"])
@pytest.mark.parametrize("width", [34, 48, 76])
def test_no_number_of_a_product_is_cut_in_a_narrow_panel(name: str, width: int) -> None:
    seen = Stepper.open(name)
    seen.do("step.last")
    products = chain(seen, width, 400).split("= Σ", 1)[1]
    numbers = [line for line in products.splitlines() if "·" in line and re.search(r"\d", line)]
    assert numbers
    assert not [line for line in numbers if line.endswith("…")]
    assert "stored gradient" in " ".join(products.split())


def test_a_value_used_twice_has_a_line_for_each_path() -> None:
    text = chain(at("tied_autoencoder", "grad(W)"))
    assert "path 1" in text
    assert "path 2" in text
    assert "path 1 gives" in text


def test_terms_that_vanish_are_said_to_vanish_and_why() -> None:
    text = chain(at("two_layer", "grad(W1)"))
    assert "of z, h only column 0 depends on W1[0,0]: 3 of 9 entries; the other terms vanish" in text
    assert "since ∂z/∂W1 is 0 there" in text


def test_numbers_that_are_not_computed_are_question_marks() -> None:
    text = chain(at("two_layer", "grad(loss)"))
    assert "? ·" in text
    assert "∂L/∂W1[0,0] = ?" in text
    assert "equals the stored gradient" not in text


# ---- The other views --------------------------------------------------------------------------------------


def test_the_jacobian_of_a_softmax_row_is_that_of_its_probabilities() -> None:
    seen = at("softmax", "p") if "p" in at("softmax", "0").names() else at("two_layer", "p")
    seen.do("lens.jacobian")
    p = seen.session.record["p"][0]
    matrix = np.diag(p) - np.outer(p, p)
    text = middle(seen)
    numbers = [float(one.replace("−", "-")) for one in re.findall(r"[−-]?\d+\.\d+", text.split("J ")[1])]
    assert numbers[: matrix.size] == pytest.approx(matrix.ravel().tolist(), abs=6e-5)


def test_the_jacobian_of_a_saturated_row_is_not_called_diagonal() -> None:
    text = (
        'equations = "p = softmax(o)\\nloss = cross_entropy(o, c)"\n[parameters]\no = [0.0, 800.0]\n[constants]\nc = 0'
    )
    seen = Stepper(loads(text))
    seen.do("step.goto", "p")
    seen.do("lens.jacobian")
    assert "Diagonal" not in middle(seen)
    assert "The numbers of this row of p are 0 and 1 to the last digit" in middle(seen)


def test_a_clamp_in_force_is_the_first_thing_that_is_said() -> None:
    text = 'equations = "p = sigmoid(o)\\nloss = bce(p, c)"\n[parameters]\no = [0.0, 800.0]\n[constants]\nc = [0, 0]'
    seen = Stepper(loads(text))
    for place, general in (("loss", "Each entry gives"), ("grad(p)", "How loss changes")):
        seen.do("step.goto", place)
        said = middle(seen)
        assert 0 < said.index("A clamp is in force in 1 of 2 entries, p[1]") < said.index(general)


def test_a_gradient_that_is_no_number_is_what_its_products_add_up_to() -> None:
    seen = Stepper(loads('equations = "loss = sum(log(sigmoid(w)))"\n[parameters]\nw = [-1000.0, 1.0]'))
    seen.do("step.last")
    text = chain(seen)
    assert "∂L/∂w[0] = NaN" in text
    assert "= NaN  ✔ equals the stored gradient" in text


def test_a_check_waits_for_the_gradient() -> None:
    seen = at("two_layer", "3", "lens.check")
    assert "not computed yet" in middle(seen)
    seen.do("step.last")
    text = middle(seen)
    assert "they agree" in text
    assert "truncation" in text
    assert "6 of 6 entries checked" in text or "entries checked" in text


def test_the_picture_that_fits_comes_first_and_the_others_after_it() -> None:
    seen = at("two_layer", "h", "lens.picture")
    assert "h = σ(z)" in middle(seen)
    seen.do("lens.picture")
    assert "sample 1 of 3" in middle(seen)
    seen.do("lens.picture")
    assert "9 entries" in middle(seen)
    seen.do("lens.picture")
    assert "h = σ(z)" in middle(seen)


def test_a_pasted_gradient_is_compared_where_it_is_meant() -> None:
    seen = at("two_layer", "grad(W1)")
    right = seen.session.record["grad(W1)"]
    assert seen.question("mine") == "∂L/∂W1, 2×3"
    seen.do("mine.compare", repr((3 * right).tolist()))
    assert "1/n of the mean over the rows is missing" in " ".join(middle(seen).split())
    seen.do("mine.compare", repr(right.tolist()))
    assert "agree" in middle(seen)
    message = line_text(seen.do("mine.compare", "one two").message)
    assert "is no number" in message
    assert "agree" in middle(seen), "what was there is kept"


# ---- Step into --------------------------------------------------------------------------------------------


def test_the_breadcrumb_says_where_we_are_inside() -> None:
    seen = at("two_layer", "7.1.3")
    text = middle(seen)
    assert "7 loss = CE(o, y)  ›  1 logs = log softmax(o)  ›  step 3 of 6" in text
    listing = "\n".join(map(line_text, seen.view().panels["program"].paint(60, 60).lines))
    assert re.search(r"▾ +7 loss", listing)
    assert re.search(r"▶ +3 exp", listing)


def test_the_end_of_a_body_says_how_it_compares() -> None:
    assert "to the last bit" in middle(at("two_layer", "6.5"))


@pytest.mark.parametrize("name", ALL)
def test_inside_of_a_step_its_value_is_not_told_before_it_is_computed(name: str) -> None:
    seen = stepper(name)
    for step in seen.session.program.steps:
        size = seen.session.size((step.index,))
        for index in range(1, size):
            seen.do("step.goto", f"{step.index}.{index}")
            moment = seen.moment()
            assert not moment.outer.computed(moment.outer.program.values[step.target])
            last = moment.inner.program.steps[-1]
            assert not moment.inner.computed(moment.inner.program.values[last.target])


# ---- Help -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel", ["program", "operation", "chain", "parameters", "activations", "gradients"])
def test_each_panel_says_how_it_is_read(panel: str) -> None:
    seen = stepper("layers")
    seen.do("panel.focus", panel)
    plain = [line_text(line) for line in seen.view().panels[panel].paint(60, 30).lines]
    seen.do("panel.reading")
    told = [line_text(line) for line in seen.view().panels[panel].paint(60, 30).lines]
    assert len(told[0]) > 20
    assert told != plain
    seen.do("panel.reading")
    assert [line_text(line) for line in seen.view().panels[panel].paint(60, 30).lines] == plain


def test_a_cell_of_the_scene_is_the_one_that_is_chosen() -> None:
    seen = at("two_layer", "grad(W1)", "cell.right", "cell.down")
    assert seen.moment().at.cell == Cell(seen.session.program.versions["grad(W1)"][-1], (1, 1))
