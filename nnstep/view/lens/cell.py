"""Where a cell comes from: its arithmetic with names and numbers, and each term with the cells that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nnstep.catalogue import say, say_count
from nnstep.debugger.provenance.cell import Cell
from nnstep.debugger.provenance.origin import SUM, Origin, Term
from nnstep.language import Entry, Expression, Name, Number, substitute, tokens
from nnstep.ops import evaluate_cell
from nnstep.ops.cells import CellLookup
from nnstep.view.lens.row_list import ColumnStyle, Listed, Row
from nnstep.view.scene.scene import Scene
from nnstep.view.text.canvas import Line, Piece, Target, line_text
from nnstep.view.text.cell_arithmetic import ABOUT, EQUALS, GUARDS, USUAL_GUARDS, FormatNumber, addends, cell_lines
from nnstep.view.text.numbers import NumberFormat, parse_number, plain, single
from nnstep.view.text.symbols import SYMBOLS

_MOST = 12  # terms that are listed unless all are asked for
_LARGEST = 10  # of more, these many
_BAR = 6  # columns of the bar that shows a term's share
_MARK = "\ue000"  # stands for the chosen cell while a term is written; no name has it, since names are cleaned
_COLUMNS = (ColumnStyle(), ColumnStyle(), ColumnStyle(rank=2), ColumnStyle(right=True), ColumnStyle(rank=3))


class CellRows(NamedTuple):
    """The terms of a cell that are listed, and for each row which term it is and which cell it leads to.

    A term with two cells is one row: its cells are chosen one after the other. What is no sum has a row for each cell.
    `cells` has (row, cell) in order.
    """

    origin: Origin
    terms: tuple[Term, ...]
    left_out: int
    rest: float
    cells: tuple[tuple[int, Cell], ...]

    @property
    def total(self) -> float:
        """What all terms come to."""
        return sum(term.value for term in self.origin.terms)


def cell_rows(found: Origin, full: bool) -> CellRows:
    """What is listed for a cell: of many terms the largest, unless `full`."""
    terms = found.terms
    if len(terms) > _MOST and not full:
        largest = sorted(sorted(range(len(terms)), key=lambda k: -abs(terms[k].value))[:_LARGEST])
        shown = tuple(terms[k] for k in largest)
        rest = sum(term.value for term in terms) - sum(term.value for term in shown)
    else:
        shown, rest = terms, 0.0
    cells = tuple((row, one) for row, term in enumerate(shown) for one in dict.fromkeys(term.cells))
    if len(terms) == 1:
        cells = tuple(enumerate(dict.fromkeys(terms[0].cells)))
    return CellRows(found, shown, len(terms) - len(shown), rest, cells)


def cell_line(scene: Scene, cell: Cell, role: str = "") -> Line:
    """A cell as it is written: ∂L/∂z1[0,2]."""
    line = scene.written(cell)
    return tuple(Piece(piece.text, role) for piece in line) if role else line


def listed_terms(scene: Scene, rows: CellRows, chosen: int, trail: Sequence[Line]) -> Listed:
    """The view of a cell: `chosen` is the place in `rows.cells` of the cell that Enter follows."""
    found = rows.origin
    at = rows.cells[chosen] if rows.cells else None
    written = _written(scene, rows)
    sizes = sum(abs(term.value) for term in found.terms) or 1.0
    lines = _by_cell(scene, rows, at) if len(found.terms) == 1 else []
    for number, term in enumerate(rows.terms if not lines else ()):
        marked = at[1] if at is not None and at[0] == number else None
        share = abs(term.value) / sizes
        lines.append(
            Row(
                (
                    _label(scene, term),
                    _names(scene, term, found, marked),
                    _numbers(scene, term, found, written.terms),
                    (Piece(written.terms.text(term.value), "strong"),),
                    _bar(term.value, share),
                ),
                _target(rows, number),
            )
        )
    return Listed(
        head=lambda width: _head(scene, found, width, trail),
        rows=lines if rows.cells else [],
        columns=_COLUMNS,
        chosen=at[0] if at is not None else None,
        foot=_foot(scene, rows, at[1] if at is not None else None, written),
    )


class _Written(NamedTuple):
    """How the terms and their sum are written, and whether the written terms add up to the written sum."""

    terms: NumberFormat
    total: FormatNumber
    adds: bool


def _written(scene: Scene, rows: CellRows) -> _Written:
    digits = scene.gallery.digits
    values = [term.value for term in rows.terms] + ([rows.rest] if rows.left_out else [])
    total = _total(scene, rows, digits)
    form, adds = addends(values, rows.total, total, digits)
    return _Written(form, total, adds)


def _total(scene: Scene, rows: CellRows, digits: int) -> FormatNumber:
    """How the sum of the terms is printed: as the cell where it is the cell, else so that the cell follows from it."""
    found = rows.origin
    said = scene.said(found.cell)
    if found.outside is None:
        return said
    number, wanted = _lookup(scene, found), said(found.result)
    for more in (0, *GUARDS):
        printed = parse_number(single(rows.total, digits + more))
        if said(evaluate_cell(found.outside, _with_sum(number, printed))) == wanted:
            break
    return lambda value: single(value, digits + more)


def _with_sum(number: CellLookup, total: float) -> CellLookup:
    """The numbers that go in, and the sum of the terms."""
    return lambda name, index: total if name == SUM.name else number(name, index)


def _target(rows: CellRows, number: int) -> Target | None:
    places = [place for place, (row, _) in enumerate(rows.cells) if row == number]
    return Target("row.choose", places[0]) if places else None


def _head(scene: Scene, found: Origin, width: int, trail: Sequence[Line]) -> list[Line]:
    lines: list[Line] = []
    if trail:
        pieces: list[Piece] = []
        for line in trail:
            pieces += [Piece(line_text(line), "dim"), Piece(" ← ", "operator")]
        lines += [(*pieces, *cell_line(scene, found.cell)), ()]
    lines += _arithmetic(scene, found, width)
    if found.step is not None:
        said = say("cell.step", step=found.step.index, phase=say(f"phase.{found.step.phase}"))
        lines.append((Piece(said, "dim"),))
    return lines


def _arithmetic(scene: Scene, found: Origin, width: int) -> Sequence[Line]:
    """The cell with names, with numbers, and its result; what has no name of its own is written out."""
    if found.tree is None:
        return scene.lines_of(found.cell, width)
    target = Entry(scene.program.values[found.cell.slot].name, found.cell.index)
    said, digits = scene.said(found.cell), scene.gallery.digits
    return cell_lines(target, found.tree, _lookup(scene, found), found.result, scene.objective, said, digits, width)


def _lookup(scene: Scene, found: Origin) -> CellLookup:
    """The number of an entry that the cell's arithmetic names."""
    arrays = {name: scene.record.value(slot) for name, slot in found.slots.items()}
    return lambda name, index: float(arrays[name][index])


def _foot(scene: Scene, rows: CellRows, chosen: Cell | None, printed: _Written) -> list[Line]:
    found = rows.origin
    lines: list[Line] = []
    if found.too_large:
        lines.append((Piece(say_count("cell.large", found.too_large), "dim"),))
    if rows.left_out:
        said = say_count("cell.left-out", rows.left_out, rest=printed.terms.text(rows.rest))
        lines.append((Piece(said, "dim"),))
    if len(found.terms) > 1:
        line: Line = (Piece(say_count("cell.sum", len(found.terms)), "text"), EQUALS if printed.adds else ABOUT)
        line = (*line, Piece(printed.total(rows.total), "strong"))
        if found.outside is not None:
            line = (*line, Piece("   "), *cell_line(scene, found.cell), EQUALS)
            written = tokens(found.outside, SYMBOLS, scene.objective, lambda name: True)
            line = (*line, *(Piece(*token) for token in written), EQUALS)
            line = (*line, Piece(scene.said(found.cell)(found.result), "strong"))
        lines.append(line)
    if chosen is not None:
        name = (Piece(say("cell.followed") + " ", "dim"), *cell_line(scene, chosen), EQUALS)
        lines.append((*name, Piece(scene.number(chosen), "strong")))
    return lines


def _by_cell(scene: Scene, rows: CellRows, chosen: tuple[int, Cell] | None) -> list[Row]:
    """A row for each cell, where what is listed is no sum."""
    lines = []
    for number, cell in rows.cells:
        name = cell_line(scene, cell, "cursor" if chosen is not None and chosen[0] == number else "")
        value = (Piece(scene.number(cell), "strong"),)
        lines.append(Row(((), name, (), value, ()), Target("row.choose", number)))
    return lines


def _label(scene: Scene, term: Term) -> Line:
    if term.label is None:
        return ()
    kind, which = term.label
    if kind == "sample":
        rows = scene.record.rows
        number = rows[int(which)] if int(which) < len(rows) else which
        return (Piece(say("cell.sample", number=number), "dim"),)
    via = str(which).partition(" via ")[2] or str(which)
    return (Piece(say("cell.path", name=via), "dim"),)


def _names(scene: Scene, term: Term, found: Origin, marked: Cell | None) -> Line:
    """The term with names; the marked cell as a cursor."""

    def leaf(node: Expression) -> Expression | None:
        if marked is not None and isinstance(node, Entry):
            slot = found.slots.get(node.name)
            if (slot, node.index) == (marked.slot, marked.index):
                return Name(_MARK)
        return None

    expression = substitute(term.expression, leaf)
    line = [Piece(*token) for token in tokens(expression, SYMBOLS, scene.objective, lambda name: True)]
    if marked is None:
        return tuple(line)
    said = line_text(cell_line(scene, marked))
    return tuple(Piece(said, "cursor") if piece.text == _MARK else piece for piece in line)


def _numbers(scene: Scene, term: Term, found: Origin, form: NumberFormat) -> Line:
    """The term with the numbers that go in, of as many digits as it takes to work it out again."""
    if isinstance(term.expression, Entry):
        return ()
    number = _lookup(scene, found)
    digits = _digits_for(term, number, form, scene.gallery.digits)

    def leaf(node: Expression) -> Expression | None:
        return Number(number(node.name, node.index)) if isinstance(node, Entry) else None

    written = tokens(
        substitute(term.expression, leaf), SYMBOLS, scene.objective, lambda name: True, lambda x: plain(x, digits)
    )
    return tuple(Piece(*token) for token in written)


def _digits_for(term: Term, number: CellLookup, form: NumberFormat, digits: int) -> int:
    """The fewest digits of the numbers that go in with which they give the term as it is written."""
    wanted = form.text(term.value)
    for guard in GUARDS:
        if form.text(evaluate_cell(term.expression, _rounded(number, digits + guard))) == wanted:
            return digits + guard
    return digits + USUAL_GUARDS


def _rounded(number: CellLookup, digits: int) -> CellLookup:
    """The numbers that go in as they are printed."""
    return lambda name, index: parse_number(plain(number(name, index), digits))


def _bar(value: float, share: float) -> Line:
    size = round(share * _BAR) if share == share and share != float("inf") else 0
    if not size:
        return (Piece(" " * _BAR),)
    return (Piece(" " * size, "pos4" if value > 0 else "neg4"), Piece(" " * (_BAR - size)))
