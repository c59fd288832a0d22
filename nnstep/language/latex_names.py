"""Names of values in LaTeX: `W1` is W_{1}, `Wq` is W_{q}, `alpha` is \\alpha, `z_hidden` is z_{\\mathrm{hidden}}.

Two names that would look alike are told apart: the second one is then spelled out as it is typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# fmt: off
_LETTERS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}
# fmt: on
_GREEK = frozenset(_LETTERS.values())
_SPECIAL = str.maketrans(
    {char: "\\" + char for char in "_%&#${}"} | {"\\": r"\backslash ", "~": r"\sim ", "^": r"\hat{}"}
)
_PART = re.compile(r"([^\W\d_]+)(\d*)")
# A capital with one or two small letters after it, or with a word that says what a matrix is for.
_CAPITAL = re.compile(r"([A-Z])([a-z]{1,2}|in|out|inp|hid|emb|enc|dec|rec|key|val|query|value)")


def escaped(text: str) -> str:
    """A text with the characters escaped that LaTeX gives a meaning."""
    return text.translate(_SPECIAL)


def names_to_latex(names: Iterable[str], given: Mapping[str, str] = {}) -> dict[str, str]:
    """Each name in LaTeX, no two alike. `given` has the names that are written otherwise, such as the loss."""
    found: dict[str, str] = dict(given)
    taken = set(given.values())
    for name in names:
        if name not in found:
            written = name_to_latex(name)
            found[name] = spelled(name) if written in taken else written
            taken.add(found[name])
    return found


def spelled(name: str) -> str:
    """A name as it is typed, as one word."""
    return rf"\mathit{{{_ascii(name)}}}"


def name_to_latex(name: str) -> str:
    """A name with the subscripts that its spelling stands for."""
    parts = name.split("_")
    first = _PART.fullmatch(parts[0])
    if first is None or not all(parts):
        return spelled(name)
    letters, digits = first.groups()
    below = []
    base = _letter(letters)
    if base is None:
        capital = _CAPITAL.fullmatch(letters)
        if capital is not None:
            base, short = capital.groups()
            below.append(short if len(short) < 3 else rf"\mathrm{{{short}}}")
        else:
            base = spelled(letters)
    below += [digits] if digits else []
    below += [_below(part) for part in parts[1:]]
    return f"{base}_{{{','.join(below)}}}" if below else base


def _letter(letters: str) -> str | None:
    """What is one letter in mathematics: a letter, or the name of a Greek one; None for a word."""
    greek = _LETTERS.get(letters, letters)
    if greek in _GREEK:
        return f"\\{greek}"
    return _ascii(letters) if len(letters) == 1 else None


def _below(part: str) -> str:
    """A part of a name after an underscore."""
    return part if part.isdecimal() and part.isascii() else _letter(part) or rf"\mathrm{{{_ascii(part)}}}"


def _ascii(text: str) -> str:
    """A text for mathematics; other letters than those of ASCII stand in text."""
    plain = escaped(text)
    return plain if plain.isascii() else rf"\text{{{plain}}}"
