"""An explanation as text and as a record: the numbers of each are those of the other."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnstep.scenario import bundled, find, load
from nnstep.scenario.model import Scenario
from nnstep.view.reports.against import against
from nnstep.view.reports.explain import asked, explain
from nnstep.view.reports.explained import as_data
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import line_text

NUMBER = re.compile(r"(?<![\w.\[,₀-₉])[−-]?(?:\d[\d,]*(?:\.\d+)?(?:e[−-]?\d+)?|∞|NaN)(?![\w×\]])")
NAMES = [one.name for one in bundled() if one.name not in ("deep", "wide")]  # those two are large, and nothing else


def cells(scenario: Scenario) -> Iterator[str]:
    """The last entry of every value of the first iteration that has a gradient, and of each gradient."""
    for value in Stepper(scenario).session.program.values:
        if value.role in ("parameter", "activation", "gradient"):
            yield value.name + (f"[{','.join(str(size - 1) for size in value.shape)}]" if value.shape else "")


def sections(lines: Iterator[str]) -> dict[str, list[str]]:
    """The lines of each part by its heading."""
    found: dict[str, list[str]] = {"": []}
    heading = ""
    for line in lines:
        if line and not line.startswith(" "):
            heading = line
            found[heading] = []
        found[heading].append(line)
    return found


def printed(lines: list[str]) -> Iterator[str]:
    """The numbers that lines show, without indices, shapes, and those in names."""
    for line in lines:
        yield from (
            found.replace(",", "").replace("−", "-") for found in NUMBER.findall(re.sub(r"\[[\d,]*\]", "", line))
        )


def rounds(text: str, number: float) -> bool:
    """Whether a text is what a number is rounded to."""
    if not math.isfinite(number) or "∞" in text or text == "NaN":
        return float(text.replace("∞", "inf")) == number or (text == "NaN" and math.isnan(number))
    digits = text.partition("e")[0].partition(".")[2]
    power = int(text.partition("e")[2] or 0)
    return abs(float(text) - number) <= 0.5001 * 10.0 ** (power - len(digits)) + 1e-12 * abs(number)


@pytest.mark.parametrize("name", NAMES)
def test_text_and_record_have_the_same_numbers(name: str) -> None:
    scenario = load(find(name))
    for cell in cells(scenario):
        found = asked(scenario, cell, 1)
        data, text = as_data(found), sections(explain(found))
        used = [line.partition(" = ")[0].rpartition("  ")[0] for line in text["What uses it"][3:]]
        values = [one for use in data["uses"] for one in (use["step"], *use["values"])]
        assert all(any(rounds(number, one) for one in values) for number in printed(used)), (cell, used)
        assert any(printed(used)) == bool(data["uses"]), cell
        if "chain" not in data:
            continue
        chain, check = data["chain"], data["check"]
        seen = list(printed(text["The chain rule, entry by entry"]))
        products = [product["value"] for path in chain["paths"] for product in path["products"]]
        for number in (chain["stored"], *products):
            assert any(rounds(one, number) for one in seen), (cell, number)
        told = [line for line in text["Gradient check"] if re.match(r"  (analytic|central difference) ", line)]
        (analytic,), (numeric,) = (list(printed([line])) for line in told)
        assert rounds(analytic, check["analytic"]), cell
        assert rounds(numeric, check["numeric"]), cell
        (error,) = (line for line in text["Gradient check"] if line.startswith("  error  "))
        assert ("they agree" in error) == (check["verdict"] == "ok"), cell


def test_the_chain_rule_is_that_of_the_number_itself() -> None:
    """Of a value that is no parameter it is not that of the parameter whose panel is shown."""
    found = asked(load(find("two_layer")), "h[0,0]", 1)
    text = sections(explain(found))["The chain rule, entry by entry"]
    assert text[1].startswith("  ∂L/∂h[0,0] = ")
    assert as_data(found)["chain"]["entry"] == "grad(h)[0,0]"


def test_the_jacobian_is_that_of_the_numbers_row() -> None:
    found = asked(load(find("two_layer")), "h[1,0]", 1)
    told = as_data(found)["step"]["jacobian"]
    assert (told["of"], told["input"], told["row"]) == ("h", "z", 1)
    h = found.record["h"][1]
    assert [told["matrix"][k][k] for k in range(3)] == pytest.approx((h * (1 - h)).tolist())
    text = sections(explain(found))
    (heading,) = (name for name in text if "Jacobian" in name)
    assert "∂h[1,k]/∂z[1,i]" in text[heading][1]


def test_numbers_that_are_pasted_and_those_of_a_file_are_compared_in_the_same_words(tmp_path: Path) -> None:
    seen = Stepper(load(find("two_layer")))
    arrays = {f"d{name}": seen.session.record[f"grad({name})"].tolist() for name in ("W1", "b1", "W2", "b2")}
    arrays["dW1"][1][2] += 0.5
    (tmp_path / "mine.json").write_text(json.dumps(arrays), "utf-8")
    state = seen.do("mine.compare", json.dumps(arrays))
    panel = [line_text(line).rstrip() for line in state.panels["operation"].paint(200, 60).lines]
    lines = against(seen.session.timeline, 1, [str(tmp_path / "mine.json")], 0.0, plain=False).lines
    assert [line.rstrip() for line in lines] == panel[-len(lines) :]
    assert any("first difference" in line for line in lines)
