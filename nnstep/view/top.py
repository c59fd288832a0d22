"""The header and the program listing of a moment, and which commands can do something at it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nnstep.language import label
from nnstep.program import Program
from nnstep.text import clean
from nnstep.view.canvas import Line, Piece
from nnstep.view.header import Header, sparkline
from nnstep.view.listing import ListingLine
from nnstep.view.numbers import plain, shape_text
from nnstep.view.operation import equation_line
from nnstep.view.scene import Scene

__all__ = ["enabled", "header", "listing", "title"]

_ALWAYS = frozenset(
    {
        "step.goto",
        "name.find",
        "cell.left",
        "cell.right",
        "cell.up",
        "cell.down",
        "cell.choose",
        "weight.next",
        "weight.choose",
        "digits.more",
        "digits.fewer",
        "panel.focus",
    }
)
_SPARK = 12  # columns of the loss's curve


def title(scene: Scene) -> str:
    """What the scenario is called, fit for a terminal."""
    scenario = scene.session.scenario
    return clean(scenario.title or Path(scenario.path or "nnstep").stem, 60)


def header(scene: Scene) -> Header:
    """The two lines at the top."""
    record, schedule = scene.record, scene.session.timeline.schedule
    counted = (
        ("epoch", record.epoch, schedule.epochs),
        ("batch", record.batch, schedule.batches),
        ("iteration", record.iteration, schedule.iterations),
    )
    counters: list[Piece] = []
    for name, at, of in counted:
        if of > 1:
            counters += [Piece(f"{name} ", "dim"), Piece(f"{at}/{of}   ", "text")]
    return Header(
        name=title(scene),
        file=clean(Path(scene.session.scenario.path or "").name, 40),
        counters=tuple(counters),
        loss=_loss(scene),
        phases=scene.program.phases,
        step=scene.now,
        steps=len(scene.program.steps),
    )


def _loss(scene: Scene) -> Line:
    """The objective once this iteration has computed it, and its curve over the iterations up to here."""
    program = scene.program
    if program.objective is None:
        return ()
    value = program.values[program.objective]
    there = scene.computed(value)
    said = plain(float(scene.record.value(value.slot)), scene.gallery.digits) if there else "·"
    end = scene.record.iteration - (0 if there else 1)
    losses: Sequence[float] = scene.session.timeline.losses[: end : max(1, end // (8 * _SPARK))]  # eight a bar will do
    return (
        Piece(f"{clean(value.name, 20)} ", "dim"),
        Piece(f"{said} ", "strong"),
        Piece(sparkline(losses, _SPARK), "spark"),
    )


def listing(program: Program, objective: str) -> tuple[ListingLine, ...]:
    """Every step of the program under its phase's heading."""
    lines: list[ListingLine] = []
    for phase, first, last in program.phases:
        lines.append(ListingLine((Piece(phase.upper(), "heading"),), {}))
        for step in program.steps[first - 1 : last]:
            shape = shape_text(program.values[step.target].shape)
            lines.append(ListingLine(_listed(program, step.index, objective), {}, shape, step.index))
    return tuple(lines)


def _listed(program: Program, index: int, objective: str) -> Line:
    """A step as the listing writes it: the part computed just before, which has no name, is an ellipsis."""
    step = program.steps[index - 1]
    line = equation_line(program, step, objective)
    before = program.values[program.steps[index - 2].target] if index > 1 else None
    if step.phase == "forward" and before is not None and before.role == "unnamed":
        head, rest = (line[:2], line[2:]) if program.values[step.target].role != "unnamed" else ((), line)
        text, part = "".join(piece.text for piece in rest), label(before.name)
        said = f"({part})" if f"({part})" in text else part
        line = (*head, Piece(text.replace(said, "…", 1), "text"))
    return tuple(Piece(piece.text, "name" if piece.role == "now" else piece.role) for piece in line)


def enabled(scene: Scene) -> frozenset[str]:
    """The ids of the commands that can do something here."""
    record, steps = scene.record, len(scene.program.steps)
    first, last = record.iteration == 1, record.iteration == scene.session.timeline.iterations
    later_phase = any(start > scene.now for _, start, _ in scene.program.phases)
    able = {
        "step.next": not (last and scene.now == steps),
        "step.back": not (first and scene.now == 0),
        "step.first": scene.now > 0,
        "step.last": scene.now < steps,
        "phase.next": later_phase or not last,
        "phase.previous": not (first and scene.now == 0),
        "iteration.next": not last,
        "iteration.previous": not first,
    }
    return _ALWAYS | {command for command, can in able.items() if can}
