"""The memory of the tape: what a run would hold that frees every value as soon as its last reader is done."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.engine.arena_layout import layout
from nnstep.language import Call, Expression, Name
from nnstep.program import Program, Step, Tape, compile_program, tape
from nnstep.scenario import find, load, loads
from nnstep.scenario.model import Scenario
from tests.engine.strategies import scenarios

FEW = settings(max_examples=40, deadline=None)


def program_of(text: str) -> Program:
    """The program of a few equations and parameters."""
    return compile_program(loads(text))


def slot_of(program: Program, name: str) -> int:
    """The last slot of a name."""
    return program.versions[name][-1]


# ---- An independent account: every step is done in turn, and after it what nobody reads any more is freed ----------


class Run:
    """Goes through some steps of a program with a memory of slots, freeing as early as that can be."""

    def __init__(self, program: Program, steps: Iterable[Step], kept: set[int]) -> None:
        self.program, self.steps = program, list(steps)
        self.aliases = layout(program).aliases
        self.replaced = {end: start for start, end in program.carried if start != end}
        self.kept = {self.owner(slot) for slot in kept}
        self.during: list[set[int]] = []
        memory: set[int] = set()
        for position, step in enumerate(self.steps):
            memory = memory | {self.owner(step.target)}
            self.during.append(self.made(memory))
            wanted = {self.owner(slot) for later in self.steps[position + 1 :] for slot in reads(later)}
            memory = memory & (wanted | self.kept)
        self.after = self.made(memory)

    def owner(self, slot: int) -> int:
        """The slot whose memory it is."""
        while slot in self.aliases:
            slot = self.aliases[slot][0]
        return self.replaced.get(slot, slot)

    def made(self, slots: set[int]) -> set[int]:
        """Those that a step makes, and that are not there from the start."""
        return {slot for slot in slots if self.program.values[slot].step}

    def bytes(self, slots: Iterable[int]) -> int:
        return sum(8 * int(prod(self.program.values[slot].shape)) for slot in slots)


def reads(step: Step) -> set[int]:
    """The slots that a step reads: of `put(g, x[0:2])` the place is none."""

    def names(expression: Expression) -> set[str]:
        match expression:
            case Name(id):
                return {id}
            case Call("put", (g, *_)):
                return names(g)
            case Call(_, arguments):
                return set().union(*map(names, arguments))
        return set()

    slots = dict(step.operands)
    return {slots[name] for name in names(step.expression)}


def unread(steps: list[Step]) -> set[int]:
    """What these steps make and none of them reads."""
    return {step.target for step in steps} - {slot for step in steps for slot in reads(step)}


def runs(program: Program) -> tuple[Run, Run]:
    """The forward pass alone, and the whole."""
    forward = [step for step in program.steps if step.phase == "forward"]
    results = unread(forward) | (set() if program.objective is None else {program.objective})
    parameters = {program.values[start].name for start, _ in program.carried}
    gradients = {
        slot
        for slot in unread(list(program.steps))
        if program.values[slot].role == "gradient" and program.values[slot].of in parameters
    }
    return Run(program, forward, results), Run(program, program.steps, results | gradients)


def alone_steps(program: Program) -> int:
    return sum(step.phase == "forward" for step in program.steps)


# ---- Laws ----------------------------------------------------------------------------------------------------------


@FEW
@given(scenarios())
def test_each_step_holds_what_a_run_that_frees_at_once_would_hold(scenario: Scenario) -> None:
    program = compile_program(scenario)
    found, (alone, whole) = tape(program), runs(program)
    assert found.alone == tuple(alone.bytes(slots) for slots in alone.during)
    assert found.whole == tuple(whole.bytes(slots) for slots in whole.during)
    forward = {step.target for step in alone.steps}
    assert found.values == tuple(whole.bytes(slots & forward) for slots in whole.during)
    assert found.returned == alone.bytes(alone.after)
    for step, slots in zip(program.steps, whole.during, strict=True):
        now = found.at(step.index)
        assert set(now.held) == slots
        assert set(now.freed) == whole.made({whole.owner(one.target) for one in program.steps[: step.index]}) - slots
    start = found.at(0)
    assert (start.held, start.freed, start.needed) == ((), (), ())


@FEW
@given(scenarios())
def test_a_step_holds_at_least_its_operands_and_its_result(scenario: Scenario) -> None:
    program = compile_program(scenario)
    found, (alone, whole) = tape(program), runs(program)
    for step in program.steps:
        own = whole.made({whole.owner(slot) for slot in (*reads(step), step.target)})
        assert own <= set(found.at(step.index).held)
        assert found.whole[step.index - 1] >= whole.bytes(own)
        if step.index <= found.forward:
            assert found.alone[step.index - 1] >= alone.bytes(own)


@FEW
@given(scenarios())
def test_a_value_is_freed_right_after_its_last_reader_and_not_before(scenario: Scenario) -> None:
    program = compile_program(scenario)
    found, (_, whole) = tape(program), runs(program)
    for one in found.lifetimes:
        readers = [step.index for step in program.steps if one.slot in {whole.owner(slot) for slot in reads(step)}]
        assert list(one.readers) == readers
        assert one.made == program.values[one.slot].step
        assert one.bytes == whole.bytes([one.slot])
        assert one.last == (len(program.steps) if one.kept else max([one.made, *readers]))
        assert one.kept == (one.slot in whole.kept)
        if one.made > found.forward:
            assert one.forward == 0
            continue
        assert one.made <= one.forward <= min(one.last, found.forward)
        forward_readers = [index for index in readers if index <= found.forward]
        assert one.forward == (found.forward if one.returned else max([one.made, *forward_readers]))


@FEW
@given(scenarios())
def test_what_later_backward_steps_need_is_held_until_then(scenario: Scenario) -> None:
    program = compile_program(scenario)
    found = tape(program)
    for step in (0, *(step.index for step in program.steps)):
        now = found.at(step)
        indices = [index for index, _ in now.needed]
        assert indices == sorted(set(indices))
        for index, slots in now.needed:
            assert index > step
            assert program.steps[index - 1].phase == "backward"
            assert set(slots) <= set(now.held)
            assert set(slots) == {one.slot for one in found.lifetimes if index in one.readers and one.made <= step}


@FEW
@given(scenarios())
def test_backward_never_makes_a_forward_pass_cheaper_and_peaks_are_the_most(scenario: Scenario) -> None:
    found = tape(compile_program(scenario))
    assert len(found.alone) == found.forward
    for alone, values, whole in zip(found.alone, found.values, found.whole, strict=False):
        assert alone <= values == whole, "in the forward pass there are no gradients"
    for peak, held in ((found.alone_peak, found.alone), (found.peak, found.whole)):
        assert peak.bytes == max(held)
        assert held.index(peak.bytes) == peak.step - 1
    assert found.peak.bytes >= found.alone_peak.bytes


@FEW
@given(scenarios())
def test_the_shares_of_the_layers_add_up(scenario: Scenario) -> None:
    program = compile_program(scenario)
    found, (_, whole) = tape(program), runs(program)
    later = {whole.owner(slot) for step in program.steps[found.forward :] for slot in reads(step)}
    waiting = whole.during[found.forward - 1] & (later | whole.kept)
    members = [slot for share in found.shares for slot in share.slots]
    assert sorted(members) == sorted(waiting)
    assert sum(share.bytes for share in found.shares) == whole.bytes(waiting)
    assert all(share.bytes == whole.bytes(share.slots) for share in found.shares)
    assert len({share.name for share in found.shares}) == len(found.shares)


@FEW
@given(scenarios())
def test_what_is_there_from_the_start_is_counted_apart(scenario: Scenario) -> None:
    program = compile_program(scenario)
    found = tape(program)
    given_slots = [value.slot for value in program.values if not value.step]
    assert found.fixed == sum(8 * prod(program.values[slot].shape) for slot in given_slots)
    assert not set(given_slots) & set(found.by_slot)
    assert set(found.by_slot) | set(found.looks) == {step.target for step in program.steps}
    assert not set(found.by_slot) & set(found.looks)
    assert not set(found.looks.values()) & set(found.looks), "what is looked at has memory of its own"
    _check_updates(program, found)


def _check_updates(program: Program, found: Tape) -> None:
    """An update writes over the old numbers, unless they are read once more: another gradient may be just these."""
    for start, end in program.carried:
        later = program.steps[program.values[end].step :]
        read = {found.looks.get(slot, slot) for step in later for _, slot in step.operands}
        assert start == end or (end in found.looks) or found.looks.get(start, start) in read


def test_numbers_that_are_still_the_gradient_of_another_are_not_written_over() -> None:
    net = 'equations = "loss = W1 * (W2 + 0.5)"\n[parameters]\nW1 = 2\nW2 = 3\n[optimizer]\ntype = "sgd"\nlr = 0.1\n'
    program = compile_program(loads(net))
    found = tape(program)
    first, second = (program.versions[name][-1] for name in ("W1", "W2"))
    assert first not in found.looks  # grad(W2) is W1, and is read by the next step
    assert second in found.looks
    _check_updates(program, found)


@FEW
@given(scenarios())
def test_what_waits_would_be_free_without_a_backward_pass(scenario: Scenario) -> None:
    program = compile_program(scenario)
    found, (alone, _) = tape(program), runs(program)
    expected = [
        one.slot
        for one in found.lifetimes
        if one.slot in alone.made({alone.owner(step.target) for step in alone.steps}) - alone.after
        and any(program.steps[index - 1].phase == "backward" for index in one.readers)
    ]
    assert [one.slot for one in found.waiting] == expected
    if found.forward == len(program.steps):
        assert not found.waiting
        assert found.alone == found.whole


@settings(max_examples=30, deadline=None)
@given(scenarios("layers"), st.integers(2, 5))
def test_in_layers_a_larger_batch_needs_more_but_no_more_than_in_proportion(scenario: Scenario, times: int) -> None:
    few = compile_program(scenario)
    many = compile_program(scenario, few.rows * times)
    small, large = tape(few), tape(many)
    data = sum(8 * prod(value.shape) for value in few.values if value.role == "data")
    assert large.fixed - times * data == small.fixed - data, "parameters do not grow"
    for before, after in zip(small.whole, large.whole, strict=True):
        assert before <= after <= times * before


# ---- Worked out by hand --------------------------------------------------------------------------------------------


def test_exclusive_or_by_hand() -> None:
    """x is 4×2, y 4×1, W1 2×3, b1 3, W2 3×1, b2 1: 8 + 4 + 6 + 3 + 3 + 1 = 25 numbers, 200 bytes, always there.

    The values: x @ W1, z1 and h1 are 4×3, 96 bytes each; h1 @ W2 and o are 4×1, 32 each; the loss is 8.

    Forward alone            held                          bytes
      1  x @ W1              x @ W1                           96
      2  z1                  x @ W1, z1                      192
      3  h1                  z1, h1                          192
      4  h1 @ W2             h1, h1 @ W2                     128
      5  o                   h1 @ W2, o                       64
      6  loss                o, loss                          40

    With backward h1 and o are held on, since tanh's rule is g · (1 − h1²) and that of the loss 2/4 · (o − y):
      5                      h1 @ W2, o, h1                  160
      6                      o, loss, h1                     136
      7  grad(loss)          136 + 8                         144
      8  grad(o)             136 + 32 (the 1 is not read)    168
      9  grad(b2)            h1, loss: 104; 32 + 8           144
     10  grad(W2)            104; 32 + 8 + 24                168
     11  grad(h1)            104; 32 + 8 + 24 + 96           264
     12  grad(z1)            104; 8 + 24 + 96 + 96           328
     13  grad(b1)            loss: 8; 8 + 24 + 96 + 24       160
     14  grad(W1)            8; 8 + 24 + 96 + 24 + 48        208
    and the update reads one gradient after another: W1, b1, W2, b2.
     15                      8; 8 + 24 + 24 + 48             112
     16                      8; 8 + 24 + 24                   64
     17                      8; 8 + 24                        40
     18                      8; 8                             16
    """
    program = compile_program(load(find("xor")))
    found = tape(program)
    assert found.fixed == 200
    assert found.alone == (96, 192, 192, 128, 64, 40)
    assert found.whole[:6] == (96, 192, 192, 128, 160, 136)
    assert found.whole[6:14] == (144, 168, 144, 168, 264, 328, 160, 208)
    assert found.whole[14:] == (112, 64, 40, 16)
    assert found.alone_peak == (2, 192)
    assert found.peak == (12, 328)
    assert [program.values[one.slot].name for one in found.waiting] == ["h1", "o"]
    assert [(program.values[one.name].name, one.bytes) for one in found.shares] == [("W1", 96), ("W2", 40)]
    h1 = found.by_slot[slot_of(program, "h1")]
    assert (h1.made, h1.forward, h1.last, h1.readers) == (3, 4, 12, (4, 10, 12))
    assert found.later(h1) == (10, 12)


def test_numbers_alone_by_hand() -> None:
    """No update takes the gradients of a and b, so they are held to the end, as the objective is.

    p = a * b and L = exp(p), with the rules of exp, g · L, and of the product, g · b and g · a:

      1  p            p                                      8
      2  L            p, L                                  16
      3  grad(L)      L, and the 1 that it is               16   (no rule reads p)
      4  grad(p)      L: the gradient of p is 1 · L, itself  8
      5  grad(a)      L, grad(a)                            16
      6  grad(b)      L, grad(a), grad(b)                   24
    """
    program = program_of('objective = "L"\nequations = "p = a * b\\nL = exp(p)"\n[parameters]\na = 2\nb = -3\n')
    found = tape(program)
    names = [program.values[step.target].name for step in program.steps]
    assert names == ["p", "L", "grad(L)", "grad(p)", "grad(a)", "grad(b)"]
    assert found.fixed == 16
    assert found.alone == (8, 16)
    assert found.whole == (8, 16, 16, 8, 16, 24)
    assert found.peak == (6, 24)
    assert not found.waiting
    assert found.looks == {slot_of(program, "grad(p)"): slot_of(program, "L")}
    kept = [program.values[one.slot].name for one in found.lifetimes if one.kept]
    assert kept == ["L", "grad(a)", "grad(b)"]


# ---- Particular programs -------------------------------------------------------------------------------------------


def layers_of(program: Program) -> list[tuple[str, list[str]]]:
    """Each layer by its name, with the names of what it holds once the forward pass is done."""
    values = program.values
    return [(values[one.name].name, [values[slot].name for slot in one.slots]) for one in tape(program).shares]


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("mlp", [("W1", ["h1"]), ("W2", ["h2"]), ("W3", ["h3"]), ("W4", ["o", "loss"])]),
        ("residual", [("W1", ["tanh(x @ W1)", "h1"]), ("W2", ["tanh(h1 @ W2)", "h2"]), ("W3", ["o", "loss"])]),
        ("tied_autoencoder", [("W", ["h"]), ("r", ["r", "loss"])]),
        (
            "attention",
            [("Wq", ["q"]), ("Wk", ["k"]), ("Wv", ["v"]), ("scores", ["sqrt(2)", "a"]), ("o", ["o", "loss"])],
        ),
        ("softmax", [("p", ["from_logits", "from_probabilities"])]),
    ],
)
def test_layers_are_those_that_a_person_would_name(name: str, layers: list[tuple[str, list[str]]]) -> None:
    assert layers_of(compile_program(load(find(name)))) == layers


def test_what_is_made_of_data_alone_belongs_to_the_layer_that_reads_it() -> None:
    text = 'equations = "c = x - 1\\nn = c / 2\\nz = n @ W\\nloss = mean(z ** 2)"\n[data]\nx = [[1, 2]]\n'
    assert layers_of(program_of(text + "[parameters]\nW = [[1], [2]]\n")) == [("W", ["n", "z", "loss"])]


def test_a_view_has_no_bytes_and_holds_what_it_looks_at() -> None:
    program = program_of(
        'equations = "h = x @ W\\nt = h.T\\nu = x + 1\\nv = t @ u\\nloss = sum(v)"\n'
        "[data]\nx = [[1, 2], [3, 4], [5, 6]]\n[parameters]\nW = [[1, 2], [3, 4]]\n"
    )
    found = tape(program)
    h, t, v = (slot_of(program, name) for name in ("h", "t", "v"))
    assert found.looks[t] == h
    assert t not in found.by_slot
    assert program.values[v].step in found.by_slot[h].readers
    assert found.by_slot[h].forward == program.values[v].step, "held for its transpose, which is read later"


def test_the_place_of_a_put_is_not_read() -> None:
    program = program_of(
        'equations = "h = tanh(x @ W)\\ns = h[0:1, :]\\nloss = sum(s)"\n'
        "[data]\nx = [[1, 2], [3, 4]]\n[parameters]\nW = [[1, 2], [3, 4]]\n"
    )
    put = next(step for step in program.steps if "put(" in step.equation)
    h = tape(program).by_slot[slot_of(program, "h")]
    assert h.slot in dict(put.operands).values()
    assert put.index not in h.readers


def test_a_prediction_is_held_with_the_loss() -> None:
    program = compile_program(load(find("two_layer")))
    found = tape(program)
    returned = [program.values[one.slot].name for one in found.lifetimes if one.returned]
    assert returned == ["p", "loss"]
    assert found.returned == found.alone[-1] - found.by_slot[slot_of(program, "o")].bytes


def test_a_gradient_that_looks_at_a_forward_value_keeps_it() -> None:
    program = compile_program(load(find("circuit")))
    q = tape(program).by_slot[slot_of(program, "q")]
    assert tape(program).looks[slot_of(program, "grad(z)")] == q.slot
    assert q.kept
    assert not q.returned


def test_deeper_networks_need_more_for_backward_and_not_for_forward() -> None:
    def memory(depth: int) -> Tape:
        layers = '[[layers]]\ntype = "linear"\nunits = 4\n[[layers]]\ntype = "tanh"\n' * depth
        data = "[data]\nx = [[1, 2, 3, 4], [5, 6, 7, 8]]\ny = [[1, 2, 3, 4], [5, 6, 7, 8]]\n"
        return tape(program_of(f'{data}{layers}[loss]\ntype = "mse"\n[optimizer]\ntype = "sgd"\nlr = 0.1\n'))

    found = [memory(depth) for depth in (2, 4, 8)]
    assert len({one.alone_peak.bytes for one in found}) == 1
    held = [sum(share.bytes for share in one.shares) for one in found]
    layer = 8 * 2 * 4
    assert [held[1] - held[0], held[2] - held[1]] == [2 * layer, 4 * layer]


def test_a_program_is_looked_at_once() -> None:
    program = compile_program(load(find("mazur")))
    assert tape(program) is tape(program)
