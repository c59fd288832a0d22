"""What all ways of writing a program share: the letter of its derivative, and ASCII for where there is nothing else."""

from __future__ import annotations

from nnstep.program import Program

__all__ = ["SIGNS", "ascii_text", "objective_letter"]

SIGNS = "∂ᵀ⊙·←−×–…⎡⎤⎢⎥⎣⎦⋮σΣ√≤≥≠∞ε²′"  # what a stream must be able to carry to be written to in Unicode

_ASCII = str.maketrans(
    dict.fromkeys("⎡⎢⎣", "[")
    | dict.fromkeys("⎤⎥⎦", "]")
    | {"−": "-", "–": "-", "·": "-", "×": "x", "∞": "inf", "ε": "~0", "…": "...", "⋮": ":"}
)


def ascii_text(line: str) -> str:
    """A line with the signs that this program adds written in ASCII; what a file says stays as it is."""
    return line.translate(_ASCII)


def objective_letter(program: Program) -> str:
    """The letter of ∂L/∂x: L for a loss, else the objective's own name."""
    name = "loss" if program.objective is None else program.values[program.objective].name
    return "L" if name == "loss" else name
