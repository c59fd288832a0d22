"""The signs that this program adds to what it writes, and ASCII for where there is nothing else."""

from __future__ import annotations

SIGNS = "∂ᵀ⊙·←−×–…⎡⎤⎢⎥⎣⎦⋮σΣ√≤≥≠∞ε²′"  # what a stream must be able to carry to be written to in Unicode

_ASCII = str.maketrans(
    dict.fromkeys("⎡⎢⎣", "[")
    | dict.fromkeys("⎤⎥⎦", "]")
    | {"−": "-", "–": "-", "·": "*", "×": "x", "∞": "inf", "ε": "~0", "…": "...", "⋮": ":"}
)


def ascii_text(line: str) -> str:
    """A line with the signs that this program adds written in ASCII; what a file says stays as it is."""
    return line.translate(_ASCII)
