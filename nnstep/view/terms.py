"""The chain-rule panel's content: the factors of one parameter's gradient, and one entry of it through every path."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from nnstep.language import Call, Entry, Expression, Name, label, names, substitute, tokens
from nnstep.ops import evaluate_cell
from nnstep.program import Factor, cell, chain, infer, parameters_with_gradient
from nnstep.view.canvas import Line, Piece
from nnstep.view.chain import ChainPanel, FactorLine
from nnstep.view.lit import DARK
from nnstep.view.matrix import MatrixView
from nnstep.view.numbers import plain, shape_text
from nnstep.view.operation import local_name
from nnstep.view.scene import Scene
from nnstep.view.symbols import SYMBOLS
from nnstep.view.values import Shown

__all__ = ["chain_panel"]

_LONGEST_FORMULA = 12  # factors that are written as one nested product
_MOST_TERMS = 8


def chain_panel(scene: Scene) -> ChainPanel:
    """The panel for the chosen parameter (the first one, when none is chosen)."""
    tabs = parameters_with_gradient(scene.program)
    title = (Piece("Chain rule", "heading"),)
    if not tabs:
        said = "No gradients here: no trainable parameter reaches a scalar to differentiate."
        return ChainPanel(title, (), "", empty=said)
    chosen = scene.choice.weight if scene.choice.weight in tabs else tabs[0]
    factors = chain(scene.program, chosen)
    current = _current(scene, factors)
    return ChainPanel(
        title=(*title, Piece(f" · ∂{scene.objective}/∂{chosen}", "gradient")),
        tabs=tabs,
        chosen=chosen,
        formula=_formula(scene, chosen, factors, current),
        factors=[_line(scene, found, current) for found in factors if found.kind != "seed"],
        shown=_matrices(scene, current),
        entry=lambda width: _entry(scene, chosen, factors, width),
    )


def _current(scene: Scene, factors: Sequence[Factor]) -> Factor | None:
    """The factor of the current step; between factors, the one done last."""
    done = [found for found in factors if found.step.index <= scene.now]
    return done[-1] if done and done[-1].step.index <= scene.now else None


def _state(scene: Scene, found: Factor) -> str:
    return "now" if found.step.index == scene.now else "done" if found.step.index < scene.now else "todo"


def _line(scene: Scene, found: Factor, current: Factor | None) -> FactorLine:
    program, objective = scene.program, scene.objective
    above, of = label(found.above, objective), label(found.of, objective)
    symbol = {
        "start": f"∂{objective}/∂{_short(of)}",
        "add": f"∂{objective}/∂{_short(of)}",
        "whole": f"∂{_short(above)}/∂{_short(of)}",
    }.get(found.kind, f"∂{_short(above)}/∂{_short(of)}")
    target = program.values[found.step.target]
    shape = target.shape
    expression = found.local
    if expression is not None and found.kind in ("left", "right", "entrywise"):
        slots = dict(found.step.operands)
        shape = infer(expression, lambda name: program.values[slots[name]].shape)
    return FactorLine(symbol, _words(scene, found), shape_text(shape), _state(scene, found), found.step.index)


def _short(name: str) -> str:
    return name if " " not in name else f"({name})"


def _words(scene: Scene, found: Factor) -> Line:
    """A factor's expression: σ′(z1), W2ᵀ, Σ rows."""
    if found.kind == "add":
        return (Piece(f"Σ of {len(found.upstream)} paths", "text"),)
    if found.kind == "sum":
        return (Piece("Σ over what was repeated", "text"),)
    if found.kind == "identity" or found.local is None:
        return (Piece("1", "number"),)
    if found.kind == "entrywise" and isinstance(found.local, Call):
        return _written(scene, Name(local_name(scene.program, found)))
    return _written(scene, found.local)


def _written(scene: Scene, expression: Expression) -> Line:
    return tuple(Piece(*token) for token in tokens(expression, SYMBOLS, scene.objective))


def _formula(scene: Scene, chosen: str, factors: Sequence[Factor], current: Factor | None) -> Line:
    """∂L/∂W1 = xᵀ @ ((∂L/∂o @ W2ᵀ) ⊙ σ′(z1)), the current factor marked."""
    head = (Piece(f"∂{scene.objective}/∂{chosen}", "gradient"), Piece(" = ", "operator"))
    by_target = {scene.program.values[found.step.target].name: found for found in factors}
    if len(factors) > _LONGEST_FORMULA:
        return (*head, Piece(f"a product of {len(factors) - 1} terms, listed in the order they are computed", "dim"))
    marks = {f"⟨{found.step.index}⟩": found for found in factors}

    def inlined(name: str) -> Expression:
        found = by_target[name]
        if found.kind in ("seed", "start"):
            return Name(name)
        mark = Name(f"⟨{found.step.index}⟩")
        parts = [inlined(upstream) for upstream in found.upstream]
        if found.kind == "left":
            return Call("matmul", (mark, parts[0]))
        if found.kind == "right":
            return Call("matmul", (parts[0], mark))
        if found.kind == "entrywise":
            return Call("multiply", (parts[0], mark))
        if found.kind == "identity":
            return parts[0]
        inner = dict(zip(found.upstream, parts, strict=True))
        return substitute(found.step.expression, lambda leaf: inner.get(leaf.id) if isinstance(leaf, Name) else None)

    pieces: list[Piece] = []
    single = {f"⟨{found.step.index}⟩" for found in factors if scene.program.values[found.step.target].shape == ()}
    for token in tokens(inlined(f"grad({chosen})"), SYMBOLS, scene.objective, single.__contains__):
        marked = marks.get(token.text)
        if marked is None:
            pieces.append(Piece(*token))
            continue
        state = _state(scene, marked)
        words = _words(scene, marked)
        text = "".join(piece.text for piece in words)
        if " " in text:
            text = f"({text})"
        pieces.append(Piece(text, {"now": "now", "done": "text", "todo": "dim"}[state]))
    return (*head, *pieces)


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
    lines += _sample_lines(scene, last, spine, rows, (row, column))
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
    scene: Scene, last: Factor, spine: list[Factor], samples: range, entry: tuple[int, int]
) -> list[Line]:
    """n=2  1 · 0.2475 · ? = ?: each sample's share, in columns; a question mark for what is not computed yet."""
    assert isinstance(last.local, Call)
    below = spine[-1] if spine else last
    sources = [(last, last.local.arguments[0], entry[0])]
    sources += [(found, found.local, entry[1]) for found in spine if found.local is not None]
    sources.append((below, Name(below.upstream[0]), entry[1]))
    columns = [[_number(scene, found, local, (n, at)) for n in samples] for found, local, at in sources]
    shares = [None if None in numbers else prod(map(float, numbers)) for numbers in zip(*columns, strict=True)]
    said = [[_said(scene, number) for number in column] for column in [*columns, shares]]
    widths = [max(map(len, column)) for column in said]
    lines: list[Line] = []
    for row, n in enumerate(samples):
        pieces = [Piece(f"n={n:<{len(str(samples[-1]))}} ", "dim")]
        for position, (column, width) in enumerate(zip(said, widths, strict=True)):
            sign = "" if not position else " = " if position == len(said) - 1 else " · "
            pieces += [Piece(sign, "operator"), Piece(f"{column[row]:>{width}}", "number")]
        lines.append(tuple(pieces))
    return lines


def _said(scene: Scene, number: float | None) -> str:
    return "?" if number is None else plain(number, scene.gallery.digits)


def _number(scene: Scene, found: Factor, expression: Expression | None, index: tuple[int, int]) -> float | None:
    """An entry of an expression of a step's operands; None while one of them is not computed."""
    assert expression is not None
    slots = dict(found.step.operands)
    if any(scene.program.values[slots[name]].step > scene.now for name in names(expression)):
        return None
    operands = scene.operands(found.step)
    shape = infer(expression, operands.shape)
    tree = cell(expression, operands.shape, index if len(shape) == 2 else ())
    return evaluate_cell(tree, lambda name, at: float(operands.value(name)[at]))
