"""What the chain-rule panel says of a parameter at every step alike: the factors in words, and the product of them."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.catalogue import say
from nnstep.language import Call, Expression, Name, substitute, tokens
from nnstep.program import Factor, Program, chain, infer
from nnstep.view.scene.display import local_name
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.numbers import shape_text
from nnstep.view.text.symbols import SYMBOLS, label

_LONGEST_FORMULA = 12  # factors that are written as one nested product


class FactorWords(NamedTuple):
    """A factor: its symbol ∂h1/∂z1, its expression σ′(z1), its shape, and the step that it is."""

    symbol: str
    expression: Line
    shape: str
    step: int


class Plan(NamedTuple):
    """The factors from the objective to the parameter; the formula in pieces, each with the step it is (0: none)."""

    factors: tuple[Factor, ...]
    words: tuple[FactorWords, ...]
    formula: tuple[tuple[Piece, int], ...]


def plan(program: Program, parameter: str, objective: str) -> Plan:
    """The plan of one parameter that has a gradient."""
    factors = chain(program, parameter)
    words = tuple(_factor_words(program, found, objective) for found in factors if found.kind != "seed")
    return Plan(factors, words, tuple(_formula(program, parameter, factors, objective)))


def _factor_words(program: Program, found: Factor, objective: str) -> FactorWords:
    above = objective if found.kind in ("start", "add") else _short(label(found.above, objective))
    shape = program.values[found.step.target].shape
    if found.local is not None and found.kind in ("left", "right", "entrywise"):
        slots = dict(found.step.operands)
        shape = infer(found.local, lambda name: program.values[slots[name]].shape)
    symbol = f"∂{above}/∂{_short(label(found.of, objective))}"
    return FactorWords(symbol, _expression(program, found, objective), shape_text(shape), found.step.index)


def _short(name: str) -> str:
    return name if " " not in name else f"({name})"


def _expression(program: Program, found: Factor, objective: str) -> Line:
    """A factor's expression: σ′(z1), W2ᵀ, Σ of 2 paths."""
    if found.kind == "add":
        return (Piece(say("chain.paths", count=len(found.upstream)), "text"),)
    if found.kind == "sum":
        return (Piece(say("chain.repeated"), "text"),)
    if found.kind == "identity" or found.local is None:
        return (Piece("1", "number"),)
    local: Expression = found.local
    if found.kind == "entrywise" and isinstance(local, Call):
        local = Name(local_name(program, found))
    return tuple(Piece(*token) for token in tokens(local, SYMBOLS, objective))


def _formula(program: Program, parameter: str, factors: tuple[Factor, ...], objective: str) -> list[tuple[Piece, int]]:
    """∂L/∂W1 = xᵀ @ ((∂L/∂o @ W2ᵀ) ⊙ σ′(z1)): each factor where it stands in the computation."""
    head = [(Piece(f"∂{objective}/∂{parameter}", "gradient"), 0), (Piece(" = ", "operator"), 0)]
    if len(factors) > _LONGEST_FORMULA:
        said = say("chain.long-product", count=len(factors) - 1)
        return [*head, (Piece(said, "dim"), 0)]
    by_target = {program.values[found.step.target].name: found for found in factors}
    marks = {f"⟨{found.step.index}⟩": found for found in factors}
    single = {f"⟨{found.step.index}⟩" for found in factors if program.values[found.step.target].shape == ()}
    pieces = head
    nested = _nested(f"grad({parameter})", by_target)
    for token in tokens(nested, SYMBOLS, objective, single.__contains__):
        marked = marks.get(token.text)
        if marked is None:
            pieces.append((Piece(*token), 0))
        else:
            text = "".join(piece.text for piece in _expression(program, marked, objective))
            pieces.append((Piece(_short(text), "text"), marked.step.index))
    return pieces


def _nested(name: str, by_target: dict[str, Factor]) -> Expression:
    """A gradient as the product it is, down to the first link, with a mark in the place of each local derivative."""
    found = by_target[name]
    if found.kind in ("seed", "start"):
        return Name(name)
    mark = Name(f"⟨{found.step.index}⟩")
    parts = [_nested(upstream, by_target) for upstream in found.upstream]
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
