"""What is found about the health of a run, in words: a heading, a place, what was seen, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import NamedTuple

from nnstep.catalogue import say, say_count
from nnstep.debugger.health_finding import Finding, written
from nnstep.language import Call, Entry, Expression, Name, Number, to_text, to_unicode
from nnstep.text import clean
from nnstep.view.numbers import plain
from nnstep.view.phrases import short
from nnstep.view.symbols import SYMBOLS

__all__ = ["Writer", "heading", "place", "sentences"]

_STEEPEST = {"sigmoid": 0.25, "tanh": 1.0}
_FEW = 4  # operands of a call that is written out
_LISTED = 12  # names, numbers or units
_SMALL = 1e-3  # numbers below are written with an exponent


class Writer(NamedTuple):
    """How names and numbers are written: with ∂L/∂W1 for `objective` "L", as the language has them where it is ""."""

    objective: str
    digits: int = 4

    def expression(self, one: Expression) -> str:
        """A name, a cell, or a call, as short as it may stand in a sentence."""
        if isinstance(one, Call) and len(one.arguments) > _FEW:
            function = SYMBOLS.get(one.function, one.function) if self.objective else one.function
            return say("health.many-operands", function=function, count=f"{len(one.arguments):,}")
        said = to_unicode(one, SYMBOLS, self.objective) if self.objective else to_text(one)
        return said if isinstance(one, Name | Entry) else short(said)

    def number(self, one: float) -> str:
        """A number with `digits` significant digits."""
        if not isfinite(one):
            return plain(one)
        if one and abs(one) < _SMALL:
            mantissa, exponent = f"{one:.{self.digits - 1}e}".split("e")
            mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
            return f"{mantissa}e{int(exponent)}".replace("-", "−")
        rounded = float(f"{one:.{self.digits}g}")
        return plain(rounded if isfinite(rounded) else one, 2 * self.digits)

    def value(self, one: object) -> str:
        """What a sentence has in one of its places."""
        match one:
            case Name() | Entry() | Call() | Number():
                return clean(self.expression(one))
            case bool() | str():
                return str(one)
            case int():
                return f"{one:,}"
            case float():
                return self.number(one)
            case tuple():
                return _listed(list(map(self.value, one)))
        raise TypeError(one)


def _listed(texts: list[str]) -> str:
    """A few texts one after the other."""
    return ", ".join([*texts[:_LISTED], "…"] if len(texts) > _LISTED else texts)


def _variant(finding: Finding) -> str:
    """Which of the texts of silent units it is: of one, of several, of a whole layer."""
    units, of = finding.values.get("units"), finding.values.get("of")
    if not isinstance(units, tuple) or len(units) == 1:
        return ""
    return ".layer" if len(units) == of else ".several"


def heading(finding: Finding) -> str:
    """A few words."""
    return say(f"health.{finding.kind}{_variant(finding)}")


def place(finding: Finding, writer: Writer) -> tuple[str, str]:
    """Where it is: the iteration and the step, and the cell."""
    at = {"iteration": f"{finding.iteration:,}", "step": finding.step}
    said = say("health.place", **at) if finding.step else say("health.place.start", iteration=at["iteration"])
    return said, writer.value(written(finding.name, finding.index))


def sentences(finding: Finding, writer: Writer) -> list[str]:
    """What was seen with its numbers, since when or how often, and the cause where it is known."""
    values = {key: writer.value(one) for key, one in _scalars(finding.values).items()}
    found = _KINDS[finding.kind](finding, values, writer)
    often, worst = finding.values.get("often"), finding.values.get("worst")
    if isinstance(often, int):
        iterations = writer.value(finding.values["iterations"])
        found.append(say_count("health.often", often, iterations=iterations, worst=writer.value(worst)))
    return found


def _scalars(values: Mapping[str, object]) -> dict[str, object]:
    """What can stand in a sentence as it is."""
    return {key: one for key, one in values.items() if key not in ("layers", "operands", "units")}


Values = dict[str, str]


def _silent(finding: Finding, values: Values, writer: Writer) -> list[str]:
    samples, units = finding.values["samples"], finding.values["units"]
    assert isinstance(samples, int)
    assert isinstance(units, tuple)
    values["samples"] = say_count(f"health.samples.{'all' if finding.values['whole'] else 'batch'}", samples)
    values["units"] = _listed(list(map(str, units)))
    values["count"] = f"{len(units):,}"
    function = finding.values.get("function")
    if isinstance(function, str) and function in _STEEPEST:
        values["steepest"] = writer.value(_STEEPEST[function])
    found = [say(f"health.{finding.kind}{_variant(finding)}.says", **values)]
    if (finding.cause, finding.values["how"]) != ("start", "exact"):
        found.append(say(f"health.since.{finding.values['how']}", since=values["since"]))
    if finding.cause:
        found.append(say(f"health.{finding.kind}.cause.{finding.cause}", **values))
    return found


def _flow(finding: Finding, values: Values, writer: Writer) -> list[str]:
    huge = finding.cause == "huge"
    found = [say(f"health.{finding.kind}.says{'.huge' if huge else ''}", **values)]
    layers = finding.values["layers"]
    assert isinstance(layers, tuple)
    if len(layers) > 1:
        pairs = [f"{writer.value(name)} {writer.value(size)}" for name, size in layers]
        found.append(say("health.layers", layers=_listed(pairs)))
    through = finding.values.get("through")
    if isinstance(through, int):
        count = {key: one for key, one in values.items() if key != "count"}
        found.append(say_count(f"health.flow.{finding.cause}", through, **count))
    elif finding.cause == "inputs":
        found.append(say("health.flow.inputs", **values))
    return found


def _number(finding: Finding, values: Values, writer: Writer) -> list[str]:
    found = [say(f"health.{finding.kind}.says{'' if finding.values['exact'] else '.looked'}", **values)]
    operands = finding.values.get("operands")
    if isinstance(operands, tuple) and operands:
        pairs = (
            say("health.operand", expression=writer.value(one), number=writer.value(number)) for one, number in operands
        )
        values["operands"] = ", ".join(pairs)
    elif finding.cause in ("pole", "undefined", "overflow"):
        return [*found, say("health.number.bare", **values)]
    return [*found, say(f"health.number.{finding.cause}", **values)] if finding.cause else found


def _update(finding: Finding, values: Values, writer: Writer) -> list[str]:
    found = [say(f"health.{finding.kind}.says{'.lost' if finding.cause == 'lost' else ''}", **values)]
    if finding.values["of"] != 1:
        found.append(say("health.update.share", **values))
    return [*found, say(f"health.update.{finding.cause}", **values)] if finding.cause else found


def _loss(finding: Finding, values: Values, writer: Writer) -> list[str]:
    found = [say(f"health.{finding.kind}.says", **values)]
    return [*found, say(f"health.loss.{finding.cause}", **values)] if finding.cause else found


_KINDS: dict[str, Callable[[Finding, Values, Writer], list[str]]] = {
    "dead": _silent,
    "saturated": _silent,
    "vanishing": _flow,
    "exploding": _flow,
    "infinite": _number,
    "nan": _number,
    "large-update": _update,
    "small-update": _update,
    "stalled": _loss,
    "rising": _loss,
}
