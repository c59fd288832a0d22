"""The trace of a run as text that a person reads: every step with its equation, its shape and its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from nnstep.catalogue import say
from nnstep.engine import Record, Timeline
from nnstep.language import to_text
from nnstep.memo import memoized
from nnstep.ops import Array
from nnstep.program import Program, Step, Value
from nnstep.program.naming import objective_letter
from nnstep.scenario.edits.edit_text import edit_text
from nnstep.text import clean, width
from nnstep.view.scene.display import equation_line
from nnstep.view.text.canvas import line_text
from nnstep.view.text.matrix import MatrixView
from nnstep.view.text.numbers import plain, shape_text
from nnstep.view.text.symbols import label

_DIGITS = 6  # significant digits of the largest number of a matrix
_SCALAR_DIGITS = 9  # decimals of a single number
_WIDEST = 100  # columns that the numbers of a row may take
_HIGHEST = 12  # rows of a matrix
_SHAPE_AT = 56  # the column where shapes and operations start


def transcript(timeline: Timeline, first: int, last: int, *, unicode: bool = True) -> Iterator[str]:
    """The lines of iterations `first` to `last` (both included), as the run goes on.

    Of a large matrix the first rows and columns are shown and the line below says what is left out. With `unicode`
    False equations are written as they are typed. Raises IndexError outside the run.
    """
    yield clean(timeline.scenario.title)
    writer = memoized()(lambda program: _Writer(program, unicode))
    for number in range(first, last + 1):
        record = timeline.record(number)
        written = writer(record.program)
        yield ""
        yield _iteration_line(timeline, record)
        era = timeline.era(number)
        edits = era.edits if number == era.first else ()
        if edits:
            yield f"  {say('trace.edited', edits=clean('; '.join(map(edit_text, edits)), 400))}"
        yield from written.start(record, everything=number == first or bool(edits))
        yield from written.steps(record)


def _iteration_line(timeline: Timeline, record: Record) -> str:
    plan = timeline.schedule
    parts = [
        say("trace.iteration", at=record.iteration, of=timeline.iterations),
        say("trace.epoch", at=record.epoch, of=plan.epochs),
        say("trace.batch", at=record.batch, of=plan.batches),
    ]
    if record.rows:
        parts.append(say("words.rows", span=_rows_text(record.rows)))
    return " · ".join(parts)


def _rows_text(rows: tuple[int, ...]) -> str:
    if len(rows) > 2 and rows == tuple(range(rows[0], rows[-1] + 1)):
        return f"{rows[0]}–{rows[-1]}"
    shown = ", ".join(map(str, rows[:16]))
    return say("trace.rows", rows=shown, count=len(rows)) if len(rows) > 16 else shown


class _Writer:
    """Writes the iterations of one program; what is alike in each of them is worked out once."""

    def __init__(self, program: Program, unicode: bool) -> None:
        self.program = program
        self.unicode = unicode
        self.objective = objective_letter(program)
        self.equations = {step.index: self._equation(step) for step in program.steps}

    def start(self, record: Record, *, everything: bool) -> Iterator[str]:
        """What is there before the first step, with the edits: the batch, and with `everything` all else as well."""
        given = [value for value in self.program.values if value.step == 0 and value.role != "counter"]
        shown = [value for value in given if everything or value.role == "data"]
        if shown:
            yield ""
            yield f"  {say('trace.given')}"
        for value in shown:
            yield _padded(f"      {self._name(value.name)}", value, say(f"trace.given.{value.role}"))
            yield from matrix_lines(record.value(value.slot))

    def steps(self, record: Record) -> Iterator[str]:
        """Every step, under the headings of its phases."""
        phase = ""
        for step in self.program.steps:
            if step.phase != phase:
                phase = step.phase
                yield ""
                yield f"  {say(f'phase.{phase}')}"
            value = self.program.values[step.target]
            yield _padded(f"{step.index:5} {self.equations[step.index]}", value, step.operation)
            yield from matrix_lines(record.value(step.target))

    def _name(self, name: str) -> str:
        return label(name, self.objective) if self.unicode else name

    def _equation(self, step: Step) -> str:
        if self.unicode:
            return clean(line_text(equation_line(self.program, step, self.objective)), 400)
        target = self.program.values[step.target]
        expression = to_text(step.expression)
        return clean(expression if target.role == "unnamed" else f"{target.name} = {expression}", 400)


def _padded(text: str, value: Value, what: str) -> str:
    """The text with the shape and a word at the right."""
    gap = " " * max(2, _SHAPE_AT - width(text))
    return f"{text}{gap}{shape_text(value.shape) or say('report.scalar')}  {what}"


def matrix_lines(array: Array) -> Iterator[str]:
    """The numbers of a value as the trace writes them, of a large one those of the first rows and columns."""
    if not array.shape:
        yield " " * 8 + plain(float(array), _SCALAR_DIGITS)
        return
    view = MatrixView("", "", "", array.shape, array, _DIGITS)
    window = view.window(_WIDEST, _HIGHEST)
    for row in window.rows:
        yield " " * 8 + line_text(view.row(row, window))
    shown = [
        say(f"trace.first-{what}", shown=shown, count=count)
        for shown, count, what in (
            (len(window.rows), view.rows, "rows"),
            (len(window.columns), view.columns, "columns"),
        )
        if shown < count
    ]
    if shown:
        yield " " * 8 + say("trace.shown", parts=say("words.and").join(shown))
