"""The chain-rule panel's content: the factors of one parameter's gradient, and one entry of it through every path."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from nnstep.language import Call, Entry, Expression, Name, label, names, tokens
from nnstep.program import Factor, parameters_with_gradient
from nnstep.view.canvas import Line, Piece
from nnstep.view.chain import ChainPanel
from nnstep.view.lit import DARK
from nnstep.view.matrix import MatrixView
from nnstep.view.numbers import plain
from nnstep.view.operation import local_name
from nnstep.view.scene import Scene
from nnstep.view.symbols import SYMBOLS
from nnstep.view.values import Shown

__all__ = ["chain_panel"]

_MOST_TERMS = 8


def chain_panel(scene: Scene) -> ChainPanel:
    """The panel for the chosen parameter (the first one, when none is chosen)."""
    tabs = parameters_with_gradient(scene.program)
    title = (Piece("Chain rule", "heading"),)
    if not tabs:
        said = "No gradients here: no trainable parameter reaches a scalar to differentiate."
        return ChainPanel(title, (), "", empty=said)
    chosen = scene.choice.weight if scene.choice.weight in tabs else tabs[0]
    found = scene.gallery.plan(scene.program, chosen)
    done = [one for one in found.factors if one.step.index <= scene.now]
    return ChainPanel(
        title=(*title, Piece(f" · ∂{scene.objective}/∂{chosen}", "gradient")),
        tabs=tabs,
        chosen=chosen,
        formula=_formula(found.formula, scene.now),
        factors=found.words,
        now=scene.now,
        shown=_matrices(scene, done[-1] if done else None),
        entry=lambda width: _entry(scene, chosen, found.factors, width),
    )


def _formula(pieces: Sequence[tuple[Piece, int]], now: int) -> Line:
    """The formula with the current factor marked and those to come dimmed."""
    return tuple(
        Piece(piece.text, "now" if step == now else "text" if step < now else "dim") if step else piece
        for piece, step in pieces
    )


def _matrices(scene: Scene, current: Factor | None) -> list[Shown]:
    """The last factor that is computed, and the gradient it gives."""
    if current is None or current.kind == "seed":
        return []
    target = scene.program.values[current.step.target]
    shown = []
    if current.kind in ("left", "right", "entrywise") and current.local is not None:
        shown.append(Shown(_local_picture(scene, current)))
    shown.append(Shown(scene.picture(target), None, DARK, current.step.index == scene.now))
    return shown


def _local_picture(scene: Scene, found: Factor) -> MatrixView:
    assert found.local is not None
    name = local_name(scene.program, found)
    return scene.gallery.expression(scene.record, name, found.step, found.local, scene.operands(found.step))


def _entry(scene: Scene, chosen: str, factors: Sequence[Factor], width: int) -> list[Line]:
    """∂L/∂W1[i,j] = Σₙ …, with the numbers of each sample once they are there."""
    program = scene.program
    value = program.values[program.versions[chosen][0]]
    picture = scene.picture(value)
    row, column = min(scene.choice.entry[0], picture.rows - 1), min(scene.choice.entry[1], picture.columns - 1)
    index = picture.index_of((row, column))
    gradient = scene.latest(f"grad({chosen})")
    target = tuple(Piece(*token) for token in tokens(Entry(gradient.name, index), SYMBOLS, scene.objective))
    last = factors[-1]
    result = float(scene.record.value(gradient.slot)[index]) if scene.computed(gradient) else None
    answer = Piece("?" if result is None else plain(result, scene.gallery.digits + 2), "strong")
    if last.kind != "left" or not isinstance(last.local, Call) or last.local.function != "transpose":
        return [(*target, Piece(" = ", "operator"), answer)]
    spine = _entrywise_above(factors, last)
    samples = program.values[dict(last.step.operands)[last.upstream[0]]].shape[0]
    lines: list[Line] = [
        (*target, Piece(" = ", "operator"), answer),
        (Piece("= Σₙ ", "operator"), *_general(scene, last, spine, row, column)),
    ]
    rows = range(samples) if samples <= _MOST_TERMS else range(_MOST_TERMS - 1)
    lines += _sample_lines(scene, last, spine, rows, (row, column), width)
    if len(rows) < samples:
        lines.append((Piece(f"… and {samples - len(rows)} more samples", "dim"),))
    return lines


def _entrywise_above(factors: Sequence[Factor], last: Factor) -> list[Factor]:
    """The entrywise factors right above the last one: for those, entry (n, j) depends on entry (n, j) alone."""
    by_step = {found.step.target: found for found in factors}
    spine: list[Factor] = []
    found = last
    while True:
        slot = dict(found.step.operands)[found.upstream[0]]
        above = by_step.get(slot)
        if above is None or above.kind != "entrywise":
            return spine
        spine.append(above)
        found = above


def _general(scene: Scene, last: Factor, spine: list[Factor], row: int, column: int) -> Line:
    assert isinstance(last.local, Call)
    source = _plain_name(last.local.arguments[0])
    pieces = [Piece(f"{source}[n,{row}]", "name")]
    for found in spine:
        name = "".join(token.text for token in tokens(Name(local_name(scene.program, found)), SYMBOLS, scene.objective))
        pieces += [Piece(" · ", "operator"), Piece(f"{name if ' ' not in name else f'({name})'}[n,{column}]", "name")]
    top = (spine[-1] if spine else last).upstream[0]
    return (*pieces, Piece(" · ", "operator"), Piece(f"{label(top, scene.objective)}[n,{column}]", "gradient"))


def _plain_name(expression: Expression) -> str:
    text = "".join(token.text for token in tokens(expression))
    return text if " " not in text else f"({text})"


def _sample_lines(
    scene: Scene, last: Factor, spine: list[Factor], samples: range, entry: tuple[int, int], width: int
) -> Sequence[Line]:
    """n=2  1 · 0.2475 · ? = ?: each sample's share, in columns; a question mark for what is not computed yet."""
    assert isinstance(last.local, Call)
    below = spine[-1] if spine else last
    sources = [(last, last.local.arguments[0], entry[0])]
    sources += [(found, found.local, entry[1]) for found in spine if found.local is not None]
    sources.append((below, Name(below.upstream[0]), entry[1]))
    known = tuple(_is_known(scene, found, local) for found, local, _ in sources)
    looks = (last.step.index, samples, entry, width, known, scene.gallery.digits)

    def make() -> Sequence[Line]:
        columns = [
            _column(scene, found, local, samples, at) if there else [None] * len(samples)
            for (found, local, at), there in zip(sources, known, strict=True)
        ]
        shares = [None if None in numbers else prod(map(float, numbers)) for numbers in zip(*columns, strict=True)]
        return _table([[_said(scene, number) for number in column] for column in [*columns, shares]], samples, width)

    return scene.gallery.lines(scene.record, looks, make)


def _table(said: list[list[str]], samples: range, width: int) -> list[Line]:
    """Factors and their product, a line a sample; in columns where there is room."""
    widths = [max(map(len, column)) for column in said]
    wide = sum(widths) + 3 * len(said) + 2 + len(str(samples[-1])) <= width
    times, equals = (" · ", " = ") if wide else ("·", "=")
    lines: list[Line] = []
    for row, n in enumerate(samples):
        pieces = [Piece(f"n={n:<{len(str(samples[-1]))}} ", "dim")]
        for position, (column, size) in enumerate(zip(said, widths, strict=True)):
            sign = "" if not position else equals if position == len(said) - 1 else times
            pieces += [Piece(sign, "operator"), Piece(f"{column[row]:>{size}}" if wide else column[row], "number")]
        lines.append(tuple(pieces))
    return lines


def _said(scene: Scene, number: float | None) -> str:
    return "?" if number is None else plain(number, scene.gallery.digits)


def _is_known(scene: Scene, found: Factor, expression: Expression | None) -> bool:
    """Whether all that an expression of a step names is computed."""
    assert expression is not None
    slots = dict(found.step.operands)
    return all(scene.program.values[slots[name]].step <= scene.now for name in names(expression))


def _column(
    scene: Scene, found: Factor, expression: Expression | None, rows: range, column: int
) -> Sequence[float | None]:
    """Some rows of a column of an expression of a step's operands, which are all computed."""
    if isinstance(expression, Name):
        picture = scene.gallery.value(
            scene.record, scene.program.values[dict(found.step.operands)[expression.id]], True
        )
    else:
        picture = _local_picture(scene, found)
    assert picture.array is not None
    column = min(column, picture.columns - 1)
    numbers: list[float] = picture.array[rows.start : rows.stop, column : column + 1][:, 0].tolist()
    return numbers if len(numbers) == len(rows) else numbers * len(rows)
