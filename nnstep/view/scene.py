"""Session + choice -> ViewState: what each panel shows at this step. Nothing of a later step can be seen from here."""

from __future__ import annotations

from functools import cached_property

from nnstep.debugger import Session
from nnstep.engine import Record, evaluate
from nnstep.language import Entry, Expression, substitute, tokens
from nnstep.ops import Array, Index, entries
from nnstep.program import Program, Step, Value, cell, infer
from nnstep.text import clean
from nnstep.view.arithmetic import CellLines, cell_lines
from nnstep.view.canvas import Line, Piece
from nnstep.view.choice import Choice
from nnstep.view.gallery import Gallery
from nnstep.view.matrix import Cell, MatrixView
from nnstep.view.numbers import exact
from nnstep.view.operation import Operand, OperationPanel, arrange, display_expression, equation_line
from nnstep.view.symbols import SYMBOLS
from nnstep.view.values import Shown, ValuesPanel
from nnstep.view.words import heading, sentences

__all__ = ["Scene"]

_TITLES = {"parameters": "Parameters", "activations": "Activations", "gradients": "Gradients"}
_EMPTY = {
    "parameters": "This scenario has no parameters.",
    "activations": "Nothing has a name here.",
    "gradients": "No gradients: no trainable parameter reaches a scalar to differentiate.",
}


class Scene:
    """The moment that the session is at, with everything that panels ask of it worked out once."""

    def __init__(self, session: Session, gallery: Gallery, choice: Choice) -> None:
        self.session = session
        self.gallery = gallery
        self.choice = choice
        self.now = session.position.step
        self.program: Program = session.program
        self.record: Record = session.record
        self.step: Step | None = session.step
        self.objective = gallery.objective

    # -- values

    def latest(self, name: str) -> Value:
        """The slot that a name shows now: the newest one that is computed, else the first that will be."""
        slots = self.program.versions[name]
        found = self.program.latest(name, self.now)
        return found if found is not None else self.program.values[slots[0]]

    def computed(self, value: Value) -> bool:
        """Whether a value is there at this step."""
        return value.step <= self.now

    def picture(self, value: Value) -> MatrixView:
        """The matrix of a value, of dots while it is not computed."""
        return self.gallery.value(self.record, value, self.computed(value))

    @cached_property
    def chosen(self) -> Value | None:
        """The value whose cell is chosen: by default what this step assigned."""
        if self.choice.name in self.program.versions:
            return self.latest(self.choice.name)
        return self.program.values[self.step.target] if self.step else None

    @cached_property
    def cursor(self) -> Cell:
        """The chosen cell, within the chosen value."""
        if self.chosen is None:
            return (0, 0)
        picture = self.picture(self.chosen)
        row, column = self.choice.cell
        return (min(row, picture.rows - 1), min(column, picture.columns - 1))

    def shown(self, value: Value) -> Shown:
        """A value as a panel of values shows it."""
        picture = self.picture(value)
        chosen = self.chosen is not None and value.slot == self.chosen.slot
        lit = frozenset(picture.cell_of(index) for index in self.lit.get(value.slot, ()))
        changed = self.step is not None and value.slot == self.step.target
        return Shown(picture, self.cursor if chosen else None, lit, changed)

    # -- the chosen cell

    @cached_property
    def origin(self) -> Step | None:
        """The step that computed the chosen value; None for what was there before the first step, or is to come."""
        if self.chosen is None or not self.chosen.step or not self.computed(self.chosen):
            return None
        return self.program.steps[self.chosen.step - 1]

    @cached_property
    def display(self) -> tuple[Expression, dict[str, Expression]]:
        """The expression of the chosen value's step as it is shown, and its inner parts."""
        assert self.origin is not None
        return display_expression(self.program, self.origin)

    def value_in(self, step: Step, name: str) -> Array:
        """What a name means in a step's expression."""
        return self.record.value(dict(step.operands)[name])

    def array_of(self, step: Step, inner: dict[str, Expression], name: str) -> Array:
        """The numbers of an operand of a step as it is shown: a value, or an inner part."""
        if name in inner:
            return evaluate(inner[name], lambda leaf: self.value_in(step, leaf))
        return self.value_in(step, name)

    @cached_property
    def tree(self) -> Expression | None:
        """How the chosen cell was computed, over the operands as they are shown."""
        if self.origin is None or self.chosen is None:
            return None
        expression, inner = self.display
        step = self.origin
        index = self.picture(self.chosen).index_of(self.cursor)

        def shape_of(name: str) -> tuple[int, ...]:
            if name in inner:
                return infer(inner[name], lambda leaf: self.value_in(step, leaf).shape)
            return self.value_in(step, name).shape

        return cell(expression, shape_of, index)

    @cached_property
    def plain_tree(self) -> Expression | None:
        """The same, with entries of what is only another arrangement (xᵀ[0,1]) called by what they are (x[1,0])."""
        if self.tree is None or self.origin is None:
            return None
        inner, step = self.display[1], self.origin

        def original(leaf: Expression) -> Expression | None:
            if isinstance(leaf, Entry) and leaf.name in inner:
                found = cell(inner[leaf.name], lambda name: self.value_in(step, name).shape, leaf.index)
                return found if isinstance(found, Entry) else None
            return None

        return substitute(self.tree, original)

    @cached_property
    def lit(self) -> dict[int, set[Index]]:
        """The cells that made the chosen one, by slot."""
        if self.plain_tree is None or self.origin is None:
            return {}
        slots = dict(self.origin.operands)
        return {slots[name]: found for name, found in _by_name(self.plain_tree).items() if name in slots}

    def lines_of_cell(self, width: int) -> CellLines:
        """The chosen cell's arithmetic."""
        if self.chosen is None:
            return ()
        picture = self.picture(self.chosen)
        index = picture.index_of(self.cursor)
        target = Entry(self.chosen.name, index)
        if self.origin is None or self.plain_tree is None:
            value = float(self.record.value(self.chosen.slot)[index]) if self.computed(self.chosen) else None
            return self._given(target, value)
        step, inner = self.origin, self.display[1]
        arrays: dict[str, Array] = {}

        def lookup(name: str, at: Index) -> float:
            if name not in arrays:
                arrays[name] = self.array_of(step, inner, name)
            return float(arrays[name][at])

        result = float(self.record.value(self.chosen.slot)[index])
        return cell_lines(target, self.plain_tree, lookup, result, self.objective, self.gallery.digits + 2, width)

    def _given(self, target: Entry, value: float | None) -> CellLines:
        name = tuple(Piece(*token) for token in tokens(target, SYMBOLS, self.objective))
        said = "not computed yet" if value is None else f"{exact(value)}"
        origin = "" if value is None else "   given, not computed by a step of this iteration"
        return ((*name, Piece(" = ", "operator"), Piece(said, "strong"), Piece(origin, "dim")),)

    # -- panels

    def operation_panel(self) -> OperationPanel:
        """The current step."""
        if self.step is None:
            return self._opening()
        step, target = self.step, self.program.values[self.step.target]
        expression, inner = display_expression(self.program, step)
        lit = self.lit_operands(step) if self.origin is step else {}
        shown = {}
        shapes = {name: self.value_in(step, name).shape for name, _ in step.operands}
        parts = arrange(expression, lambda name: shapes.get(name) == ())
        for part in parts:
            if isinstance(part, Operand):
                picture = self._operand(step, inner, part.name)
                shown[part.name] = Shown(picture, None, frozenset(map(picture.cell_of, lit.get(part.name, ()))))
        note: Line = ()
        if target.role == "unnamed":
            note = (Piece("a part of  ", "dim"), Piece(step.equation, "dim"))
        elif inner:
            note = self._note(inner)
        title = (Piece("Operation", "heading"), Piece(" · " + heading(self.program, step), "dim"))
        equation = equation_line(self.program, step, self.objective)
        result = self.shown(target)
        return OperationPanel(
            title=title,
            equation=equation,
            note=note,
            parts=parts if shown else (),
            shown=shown,
            result=Shown(result.matrix, result.cursor, result.lit, False),
            cell=self.lines_of_cell,
            sentences=sentences(self.program, step, self.objective),
        )

    def lit_operands(self, step: Step) -> dict[str, set[Index]]:
        """The cells of the operands, as shown, that made the chosen one."""
        return _by_name(self.tree) if self.tree is not None else {}

    def _operand(self, step: Step, inner: dict[str, Expression], name: str) -> MatrixView:
        if name not in inner:
            return self.gallery.value(self.record, self.program.values[dict(step.operands)[name]], True)
        shape = infer(inner[name], lambda leaf: self.value_in(step, leaf).shape)
        return self.gallery.expression(self.record, name, step.index, shape, lambda: self.array_of(step, inner, name))

    def _note(self, inner: dict[str, Expression]) -> Line:
        """What the names made up for inner parts stand for: σ′(z1) = h1 ⊙ (1 − h1)."""
        line: list[Piece] = []
        for name, expression in inner.items():
            if "′" in name:
                written = tokens(expression, SYMBOLS, self.objective)
                line += [Piece(name, "name"), Piece(" = ", "operator"), *(Piece(*token) for token in written)]
        return tuple(line)

    def _opening(self) -> OperationPanel:
        """Before the first step: what this is about, and what is there to start from."""
        scenario, place = self.session.scenario, self.session.timeline.schedule.place(self.record.iteration)
        paragraphs = scenario.description.split("\n\n") if self.record.iteration == 1 else []
        about = [clean(" ".join(paragraph.split()), 2000) for paragraph in paragraphs if paragraph.strip()]
        rows = ", ".join(map(str, place.rows[:12])) + (", …" if len(place.rows) > 12 else "")
        batch = f"Iteration {place.iteration}: epoch {place.epoch}, batch {place.batch}"
        batch += f", rows {rows} of the data." if place.rows else "."
        steps = len(self.program.steps)
        return OperationPanel(
            title=(Piece("Operation", "heading"), Piece(" · nothing computed yet", "dim")),
            equation=(Piece(clean(scenario.title) or "Untitled", "title"),),
            sentences=(*about, batch, f"{steps} steps ahead: → or n does the next one, ? shows all keys."),
        )

    def values_panel(self, key: str) -> ValuesPanel:
        """One of the three panels of values."""
        shown = tuple(self.shown(value) for value in self.members(key))
        return ValuesPanel(key, (Piece(_TITLES[key], "heading"),), shown, _EMPTY[key])

    def members(self, key: str) -> list[Value]:
        """The values of a panel, in order."""
        names: dict[str, None] = {}
        for value in self.program.values:
            if self._panel_of(value) == key:
                names[value.name] = None
        return [self.latest(name) for name in names]

    def _panel_of(self, value: Value) -> str:
        if value.role in ("parameter", "state", "constant"):
            return "parameters"
        if value.role in ("data", "activation"):
            return "activations"
        named = self.program.versions.get(value.of)
        if value.role == "gradient" and named and self.program.values[named[0]].role != "unnamed":
            return "gradients"
        return ""


def _by_name(tree: Expression) -> dict[str, set[Index]]:
    """The entries that a cell is made of, by the name of their value."""
    found: dict[str, set[Index]] = {}
    for entry in entries(tree):
        found.setdefault(entry.name, set()).add(entry.index)
    return found
