"""How each operation is written in LaTeX. Those with a sign between two operands, and the like, are not listed: how a
sum, a power or a transpose is written is the printer's own business.
"""

from __future__ import annotations

from nnstep.language.latex import Form
from nnstep.language.latex_names import escaped
from nnstep.ops.operation import Operation
from nnstep.ops.table import OPERATIONS

__all__ = ["FORMS"]

_SIGNS = {
    "maximum": r"\max",
    "minimum": r"\min",
    "exp": r"\exp",
    "log": r"\log",
    "sin": r"\sin",
    "cos": r"\cos",
    "tanh": r"\tanh",
    "sign": r"\operatorname{sgn}",
    "sigmoid": r"\sigma",
    "normal_cdf": r"\Phi",
    "normal_pdf": r"\varphi",
    "sum": r"\sum",
    "mean": r"\operatorname*{mean}",
    "max": r"\max",  # of one value, where that of maximum is of two
    "min": r"\min",
    "argmax": r"\operatorname*{arg\,max}",
    "one_hot": r"\operatorname{onehot}",
    "log_softmax": r"\operatorname{log\,softmax}",
    "bce_with_logits": r"\operatorname{BCEWithLogits}",
}
_GREEK = ("sigmoid", "normal_cdf")  # a value may be called sigma or Phi; then these are spelled
_FENCES = {"abs": ("|", "|"), "norm": (r"\lVert ", r"\rVert ")}
_BELOW = {"reshape": ("rows", "cols"), "broadcast": ("rows", "cols"), "one_hot": ("classes",)}


def _operator(word: str) -> str:
    return rf"\operatorname{{{escaped(word)}}}"


def _form(entry: Operation) -> Form:
    inputs = 2 if entry.name == "put" else len(entry.inputs)  # the second one says where to
    return Form(
        sign=_SIGNS.get(entry.name) or _operator(entry.symbol),
        inputs=inputs,
        options=tuple(entry.options),
        axis="axis" in entry.options,
        below=_BELOW.get(entry.name, ()),
        spelled=_operator(entry.name) if entry.name in _GREEK else "",
        fences=_FENCES.get(entry.name),
        wide=entry.name == "sum",
    )


FORMS: dict[str, Form] = {entry.name: _form(entry) for entry in OPERATIONS}
