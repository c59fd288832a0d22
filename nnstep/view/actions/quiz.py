"""Predict, then reveal, as the screen has it: what is asked, what is said of an answer, hints, score, results."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nnstep.catalogue import say, say_count, say_reason
from nnstep.debugger import Cell, Position
from nnstep.debugger.answers.quiz import HINTS, Grade, Question, Quiz, judge
from nnstep.files import rewrite, write_new
from nnstep.pasted import NotNumbersError, read_numbers
from nnstep.text import clean
from nnstep.view.scene.display import equation_line
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.sources import Provenance
from nnstep.view.text.canvas import Line, Piece, line_text
from nnstep.view.text.numbers import exact, plain, shape_text
from nnstep.view.text.symbols import label


class Quizzing:
    """A quiz on a scenario. With a `path`, its results are written there after each answer."""

    def __init__(self, title: str, path: Path | None = None) -> None:
        self.on = False
        self.quiz = Quiz()
        self._title = title
        self._path = path

    def toggle(self) -> Line:
        """Begin to ask, or stop."""
        self.on = not self.on
        self.quiz = self.quiz.drop()
        return (Piece(say("quiz.on" if self.on else "quiz.off"), "good"),)

    def hides(self, position: Position) -> bool:
        """Whether what the step at a position computes is hidden."""
        question = self.quiz.question
        return (
            self.on
            and question is not None
            and (question.iteration, question.path)
            == (
                position.iteration,
                position.path,
            )
        )

    def ask(self, moment: Moment) -> Line:
        """Ask for what the step just gone to computes."""
        scene, position = moment.inner, moment.session.position
        if not self.on or scene.step is None:
            return ()
        name = scene.program.values[scene.step.target].name
        equation = line_text(equation_line(scene.program, scene.step, scene.objective))
        self.quiz = self.quiz.ask(Question(position.iteration, position.path, name, equation))
        return (Piece(say("quiz.asked"), "now"),)

    def do(self, command: str, argument: str, moment: Moment) -> Line:
        """Carry out quiz.answer or quiz.hint."""
        if not moment.hidden:
            return (Piece(say("quiz.nothing-asked"), "warning"),)
        if command == "quiz.answer":
            return self._answer(argument, moment)
        if self.quiz.hints + 1 >= HINTS:
            return self.reveal(moment)
        self.quiz = self.quiz.hint()
        return (Piece(say(f"quiz.hint.{self.quiz.hints}"), "dim"),)

    def reveal(self, moment: Moment) -> Line:
        """Show the answer."""
        cell = self._cell(moment)
        self.quiz = self.quiz.shown(self._written(moment, cell), exact(self._number(moment, cell)))
        return self._kept((Piece(say("quiz.shown"), "warning"),))

    def question(self, moment: Moment) -> str:
        """What the dialog asks."""
        if not moment.hidden:
            return say("quiz.nothing-asked")
        cell = self._cell(moment)
        value = moment.inner.program.values[cell.slot]
        name = clean(label(value.name, moment.inner.objective))
        if value.shape == ():
            return say("quiz.question.scalar", name=name, tolerance=say("quiz.tolerance"))
        shape, written = shape_text(value.shape), self._written(moment, cell)
        return say("quiz.question", name=name, cell=written, shape=shape, tolerance=say("quiz.tolerance"))

    def lines(self, moment: Moment, width: int) -> Sequence[Line]:
        """What stands in place of the arithmetic: what is asked, and the hints taken."""
        cell = self._cell(moment)
        scene = moment.inner
        asked = (*scene.written(cell), Piece(" = ", "operator"), Piece("?", "now"))
        lines = self._hints(moment, cell) if self.quiz.hints else [asked]
        return [*lines, (Piece(say("quiz.turn"), "help"),)]

    def line(self) -> Line:
        """The score, for the line of keys."""
        if not self.on and not self.quiz.answered:
            return ()
        quiz = self.quiz
        counts = {how: quiz.count(how) for how in ("right", "helped", "shown")}
        return (
            Piece(say("quiz.score.right", count=counts["right"]) + " ", "good"),
            Piece(say("quiz.score.helped", count=counts["helped"]) + " ", "warning"),
            Piece(say("quiz.score.shown", count=counts["shown"]), "dim"),
        )

    def summary(self) -> str:
        """The tally in a sentence; "" where nothing was asked."""
        total = len(self.quiz.answered)
        counts = {how: self.quiz.count(how) for how in ("right", "helped", "shown")}
        return say_count("quiz.summary", total, **counts) if total else ""

    def _cell(self, moment: Moment) -> Cell:
        """The chosen cell of the hidden value; its first where a cell of another value is chosen."""
        scene = moment.inner
        assert scene.step is not None
        slot = scene.step.target
        if moment.at is scene and scene.cell is not None and scene.cell.slot == slot:
            return scene.cell
        return Cell(slot, (0,) * len(scene.program.values[slot].shape))

    def _number(self, moment: Moment, cell: Cell) -> float:
        return float(moment.inner.record.value(cell.slot)[cell.index])

    def _written(self, moment: Moment, cell: Cell) -> str:
        return line_text(moment.inner.written(cell))

    def _answer(self, text: str, moment: Moment) -> Line:
        try:
            typed = read_numbers(text)
        except NotNumbersError as error:
            return (Piece(str(error), "error"),)
        cell = self._cell(moment)
        value = moment.inner.record.value(cell.slot)
        verdict = judge(value, typed, cell.index)
        whole = typed.shape != () or value.shape == ()
        name = clean(label(moment.inner.program.values[cell.slot].name, moment.inner.objective))
        asked = name if whole else self._written(moment, cell)
        expected = exact(self._number(moment, cell)) if value.shape == () or not whole else _listed(value)
        self.quiz = self.quiz.answer(verdict, asked, text, expected)
        if verdict.right:
            return self._kept((Piece(say("quiz.right", asked=asked), "good"),))
        return self._kept((Piece(self._wrong(moment, verdict, cell), "error"),))

    def _wrong(self, moment: Moment, verdict: Grade, cell: Cell) -> str:
        """What is wrong with an answer, without the right one."""
        if verdict.kind == "shape":
            shape = shape_text(moment.inner.program.values[cell.slot].shape)
            return say("quiz.shape", shape=shape) if shape else say("quiz.one-number")
        if verdict.kind == "transposed":
            return say("quiz.transposed")
        first = self._written(moment, Cell(cell.slot, verdict.first))
        return say_count("quiz.wrong", verdict.wrong, first=first, typed=plain(verdict.typed, 6))

    def _hints(self, moment: Moment, cell: Cell) -> Sequence[Line]:
        scene = moment.inner
        step = scene.step
        assert step is not None
        provenance = Provenance(scene.operands(step), cell.index, self._number(moment, cell))
        name = scene.program.values[cell.slot].name
        return provenance.hints(name, scene.objective, scene.gallery.digits + 2, self.quiz.hints)

    # Results for a teacher.

    def claim(self) -> None:
        """Begin the file of results. Raises FileExistsError where there is one, OSError where it cannot be written."""
        if self._path is not None:
            write_new(self._path, self._results())

    def _kept(self, said: Line) -> Line:
        """Write the results, and say so where that fails: what was said of the answer is not lost by it."""
        if self._path is not None:
            try:
                rewrite(self._path, self._results())
            except OSError as error:
                return (*said, Piece("  " + say("quiz.not-written", reason=clean(say_reason(error))), "error"))
        return said

    def _results(self) -> str:
        """The answers as CSV, a line each, which a spreadsheet opens."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(
            ("scenario", "iteration", "step", "equation", "asked", "typed", "expected", "result", "attempts", "hints")
        )
        for one in self.quiz.answered:
            question = one.question
            place = ".".join(map(str, question.path))
            cells = (question.iteration, place, question.equation, one.asked, one.typed, one.expected)
            writer.writerow([_harmless(str(cell)) for cell in (self._title, *cells, one.how, one.attempts, one.hints)])
        return out.getvalue()


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay what they are."""
    plain_text = clean(text, 2000)
    if plain_text.lstrip()[:1] in tuple("=+-@") and not re.fullmatch(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?", plain_text):
        return "'" + plain_text
    return plain_text


def _listed(value: np.ndarray) -> str:
    return str(value.tolist()) if value.size <= 100 else shape_text(value.shape)
