"""Hostile scenarios by the hundred, in a process of their own whose memory is measured; and by the thousand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from nnstep.engine import Timeline
from nnstep.scenario import load
from tests.hostile.mutate import scenario
from tests.hostile.running import faults, ran, unfit
from tests.hostile.scenarios import FILE, examined, prepared


def _run(count: int, seed: int) -> None:
    command = [sys.executable, "-m", "tests.hostile.scenarios", "--count", str(count), "--seed", str(seed)]
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r"^(\w+ exit \w+) +([\d,]+)$", done.stdout, re.MULTILINE)
    counts = {name: int(number.replace(",", "")) for name, number in found}
    assert counts["check exit 0"] + counts["check exit 2"] == count
    assert min(counts["check exit 0"], counts["trace exit 0"]) > count // 20  # what is borne is tried too


def test_hostile_scenarios() -> None:
    _run(600, 1)


@pytest.mark.slow
def test_many_hostile_scenarios() -> None:
    _run(20_000, 0)


def test_a_case_can_be_had_again() -> None:
    assert [scenario(1, number) for number in range(20)] == [scenario(1, number) for number in range(20)]
    assert len({scenario(1, number) for number in range(20)}) > 15


def test_the_run_sees_what_it_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that is put in is reported: else the run would prove nothing."""
    with prepared():
        Path(FILE).write_text("equations = 'z = a'\n[parameters]\na = 1\n", encoding="utf-8")
        assert faults(ran(["check", FILE]), FILE) == []
        monkeypatch.setattr("nnstep.cli.check.load_scenario", lambda name: 1 // 0)
        assert faults(ran(["check", FILE]), FILE) == ["traceback"]
        monkeypatch.setattr("nnstep.cli.check.complain", lambda error: sys.stderr.write("no\x1b\n"))
        monkeypatch.undo()
        monkeypatch.setattr("nnstep.cli.check.complain", lambda error: sys.stderr.write("no\x1b\n"))
        Path(FILE).write_text("a = 1", encoding="utf-8")
        assert faults(ran(["check", FILE]), FILE) == ["control", "no place"]
        monkeypatch.undo()
        monkeypatch.setattr("tests.hostile.running.BUSY", 0.05)
        monkeypatch.setattr("nnstep.cli.check.run", lambda options: all(True for _ in iter(int, 1)))
        assert faults(ran(["check", FILE]), FILE) == ["hang"]


def test_what_is_unfit() -> None:
    assert unfit("plain ∂σ漢é\n") == ""
    assert [unfit(f"a{char}") for char in "\x00\x1b\x7f\x9b\u200b\u202e\u034f\ufe0f"] == list(
        "\x00\x1b\x7f\x9b\u200b\u202e\u034f\ufe0f"
    )


HUGE = [
    ('[[layers]]\ntype = "linear"\nunits = 1000000000\n', "layers[0].units"),
    ('[[layers]]\ntype = "linear"\nunits = 100000\n[[layers]]\ntype = "linear"\nunits = 100000\n', "layers[1].units"),
]
PRODUCTS = [
    "loss = sum((w @ w.T) @ (w @ w.T))\n",  # 30,000 × 30,000
    "loss = sum(w @ v)\n",
    "loss = sum(w[:, 0] * w)\nq = one_hot(argmax(w), 1000000000)\n",
]


@pytest.mark.parametrize(("text", "key"), HUGE)
def test_shapes_that_would_not_fit_are_refused(text: str, key: str) -> None:
    with prepared():
        for _, outcome, found in examined(f"[data]\nx = [[1, 2]]\n{text}".encode()):
            assert (outcome.status, found) == (2, [])
            assert f": {key}: " in outcome.err


@pytest.mark.parametrize("equations", PRODUCTS)
def test_products_that_would_not_fit_are_refused(equations: str) -> None:
    parameters = '[parameters]\nw = { shape = [30000, 2], init = "ones" }\nv = { shape = [2, 30000], init = "ones" }\n'
    with prepared():
        for _, outcome, found in examined(f"equations = '''\n{equations}'''\n{parameters}".encode()):
            assert (outcome.status, found) == (2, [])
            assert re.search("hostile.toml:[23]: equations: ", outcome.err)


def test_very_many_uses_of_a_value() -> None:
    """A gradient of hundreds of contributions is added up without nesting as deep."""
    lines = "\n".join(f"a{n} = a{n - 1} + x * w * {n}" for n in range(1, 320))
    text = f"equations = '''\na0 = x @ w\n{lines}\nloss = sum(a319)\n'''\n[data]\nx = [[1]]\n[parameters]\nw = [[1]]\n"
    with prepared():
        for _, outcome, found in examined(text.encode()):
            assert (outcome.status, found) == (0, [])
        record = Timeline(load(FILE)).record(1)
        assert record.value(record.program.versions["grad(w)"][-1]) == 1 + sum(range(1, 320))


def test_very_many_operations() -> None:
    lines = "\n".join(f"a{n} = exp(sin(x * {n}) + cos(x / {n}))" for n in range(1, 900))
    with prepared():
        for _, outcome, found in examined(f"equations = '''\n{lines}\n'''\n[data]\nx = [[1]]\n".encode()):
            assert (outcome.status, found) == (2, [])
            assert "hostile.toml:169: equations: more than 1,000 operations" in outcome.err


def test_very_many_edits() -> None:
    """Each other optimizer is another program, and each edit of the data another copy of it."""
    net = 'equations = "loss = sum(x @ w)"\n[data]\nx = [[1]]\n[parameters]\nw = [[1]]\n'
    run = '[optimizer]\ntype = "adam"\nlr = 1\n[training]\nepochs = 1000\n'
    edits = "".join(f"[[edits]]\niteration = {n}\noptimizer = {{ lr = {n} }}\n" for n in range(1, 1_000))
    rows = ", ".join(["[1]"] * 9_000)
    copies = "".join(f"[[edits]]\niteration = {n}\ncell = 'x[0, 0]'\nvalue = {n}\n" for n in range(1, 1_000))
    with prepared():
        for content in (net + run + edits, net.replace("[[1]]", f"[{rows}]", 1) + run + copies):
            for _, outcome, found in examined(content.encode()):
                assert (outcome.status, found) == (2, [])
                assert re.search(r"hostile.toml:\d+: edits\[\d+\]: up to here ", outcome.err)
        few = edits.partition("[[edits]]\niteration = 300\n")[0]
        assert [found for _, _, found in examined((net + run + few).encode())] == [[], []]
