"""What is found about the health of a run, in words: a heading, a place, what was seen, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import NamedTuple

from nnstep.catalogue import say, say_count
from nnstep.debugger.health.finding import Finding, cell_expression
from nnstep.debugger.health.setup import doubled, single_columns
from nnstep.debugger.health.weight_matrices import argument
from nnstep.debugger.health.written_out import applied
from nnstep.language import Call, Entry, Expression, Name, Number, number_text, to_text, to_unicode
from nnstep.ops import facts
from nnstep.program import Program, Step
from nnstep.text import clean
from nnstep.view.sentences.phrases import short_text
from nnstep.view.text.numbers import plain
from nnstep.view.text.symbols import SYMBOLS

_FEW = 4  # operands of a call that is written out
_LISTED = 12  # names, numbers or units
_SMALL = 1e-3  # numbers below are written with an exponent


FieldTexts = dict[str, str]


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
        return said if isinstance(one, Name | Entry) else short_text(said)

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
    """Which of the texts of silent units it is: of one, of several, of a whole layer, of a layer of one."""
    units, of = finding.values.get("units"), finding.values.get("of")
    if finding.kind not in ("dead", "saturated") or not isinstance(units, tuple):
        return ""
    if len(units) == 1:
        return ".only" if of == 1 else ""
    return ".layer" if len(units) == of else ".several"


def finding_heading(finding: Finding) -> str:
    """A few words."""
    about = f".{finding.cause}" if finding.kind == "doubled" else _variant(finding)
    return say(f"health.{finding.kind}{about}")


def finding_place(finding: Finding, writer: Writer) -> tuple[str, str]:
    """Where it is: the iteration and the step, and the cell."""
    at = {"iteration": f"{finding.iteration:,}", "step": finding.step}
    said = say("health.place", **at) if finding.step else say("health.place.start", iteration=at["iteration"])
    return said, writer.value(cell_expression(finding.name, finding.index))


def finding_sentences(finding: Finding, writer: Writer) -> list[str]:
    """What was seen with its numbers, since when or how often, the cause where it is known, and what to try."""
    values = {key: writer.value(one) for key, one in _scalars(finding.values).items()}
    found = _KINDS.get(finding.kind, _plain)(finding, values, writer)
    often, worst = finding.values.get("often"), finding.values.get("worst")
    if isinstance(often, int) and finding.values["iterations"] != 1:
        iterations = writer.value(finding.values["iterations"])
        found.append(say_count("health.often", often, iterations=iterations, worst=writer.value(worst)))
    if finding.remedy:
        found.append(say("health.try", what=say(f"health.try.{finding.remedy}", **_typed(finding, values))))
    return found


def program_notes(program: Program) -> Iterator[str]:
    """What `check` says of a program: where softmax or sigmoid is applied twice, or to a single column."""
    for one in doubled(program):
        whole = applied(program)[one.outer.target]
        given, logits = (clean(program.values[slot].name) for slot in (whole.given, one.given))
        yield say(f"report.doubled.{one.kind}", outer=whole.function, inner=one.function, name=given, logits=logits)
    for step in single_columns(program):
        yield say("report.column", function=step.operation, name=_operand(program, step))


def _operand(program: Program, step: Step) -> str:
    slot = argument(step, 0)
    return clean(program.values[slot].name) if slot is not None else ""


def _typed(finding: Finding, values: FieldTexts) -> FieldTexts:
    """The numbers of what to try, as a person would type them."""
    numbers = {key: one for key, one in finding.values.items() if isinstance(one, float)}
    return {**values, **{key: _plainly(one) for key, one in numbers.items()}}


def _plainly(number: float) -> str:
    rounded = float(f"{number:.3g}")
    return number_text(rounded)


def _scalars(values: Mapping[str, object]) -> dict[str, object]:
    """What can stand in a sentence as it is."""
    return {key: one for key, one in values.items() if key not in ("layers", "operands", "units")}


def _silent(finding: Finding, values: FieldTexts, writer: Writer) -> list[str]:
    samples, units = finding.values["samples"], finding.values["units"]
    assert isinstance(samples, int)
    assert isinstance(units, tuple)
    if finding.values["whole"]:
        values["samples"] = say_count("health.samples.all", samples)
    else:
        values["samples"] = say("health.samples.batch", count=f"{samples:,}")
    values["units"] = _listed(list(map(str, units)))
    values["count"] = f"{len(units):,}"
    function = finding.values.get("function")
    steepest = facts(function).steepest if isinstance(function, str) else None
    if steepest is not None:
        values["steepest"] = writer.value(steepest)
    found = [say(f"health.{finding.kind}{_variant(finding)}.says", **values)]
    if (finding.cause, finding.values["how"]) != ("start", "exact"):
        found.append(say(f"health.since.{finding.values['how']}", since=values["since"]))
    if finding.cause:
        found.append(say(f"health.{finding.kind}.cause.{finding.cause}", **values))
    return found


def _flow(finding: Finding, values: FieldTexts, writer: Writer) -> list[str]:
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


def _number(finding: Finding, values: FieldTexts, writer: Writer) -> list[str]:
    found = [say(f"health.{finding.kind}.says{'' if finding.values['exact'] else '.looked'}", **values)]
    operands = finding.values.get("operands")
    if isinstance(operands, tuple) and operands:
        pairs = (
            say("health.operand", expression=writer.value(one), number=writer.value(number)) for one, number in operands
        )
        values["operands"] = ", ".join(pairs)
    elif finding.cause in ("pole", "undefined", "overflow"):
        return [*found, say("health.number.bare", **values)]
    if finding.cause:
        found.append(say(f"health.number.{finding.cause}", **values))
    return [*found, say("health.number.slope", **values)] if "function" in values else found


def _update(finding: Finding, values: FieldTexts, writer: Writer) -> list[str]:
    found = [say(f"health.{finding.kind}.says{_how_small(finding)}", **values)]
    if finding.values["of"] != 1:
        found.append(say("health.update.share", **values))
    return [*found, say(f"health.update.{finding.cause}", **values)] if finding.cause != "zero" else found


def _how_small(finding: Finding) -> str:
    """Which of the texts of an update that does not move the weights at all it is."""
    return f".{finding.cause}" if finding.cause in ("lost", "zero") else ""


def _loss(finding: Finding, values: FieldTexts, writer: Writer) -> list[str]:
    found = [say(f"health.{finding.kind}.says", **values)]
    return [*found, say(f"health.loss.{finding.cause}", **values)] if finding.cause else found


def _plain(finding: Finding, values: FieldTexts, writer: Writer) -> list[str]:
    """What is said of most kinds: what is so, and the cause."""
    values = {**values, **_places(finding, writer)}
    single = ".one" if finding.kind == "targets" and finding.values["of"] == 1 else ""
    found = [say(f"health.{finding.kind}.says{single}", **values)]
    if finding.cause:
        found.append(say(f"health.{finding.kind}.cause.{finding.cause}", **values))
    return [*found, say("health.targets.below", **values)] if "below" in values else found


def _places(finding: Finding, writer: Writer) -> FieldTexts:
    """Units and classes, one after the other."""
    units = finding.values.get("units")
    return {"units": _listed(list(map(str, units)))} if isinstance(units, tuple) else {}


def _twins(finding: Finding, values: FieldTexts, writer: Writer) -> list[str]:
    by_name = ".names" if finding.cause == "names" else ""
    return [say(f"health.twins.says{by_name}", **{**values, **_places(finding, writer)})]


def _still(finding: Finding, values: FieldTexts, writer: Writer) -> list[str]:
    always = "always" if finding.values["always"] else "since"
    always = "rounding" if finding.values["how"] == "rounding" else always
    found = [say(f"health.still.says.{always}", **values)]
    if finding.values["how"] == "looked":
        found.append(say("health.since.looked", since=values["since"]))
    return [*found, say(f"health.still.cause.{finding.cause}", **values)]


_KINDS: dict[str, Callable[[Finding, FieldTexts, Writer], list[str]]] = {
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
    "still": _still,
    "twins": _twins,
}
"""How more than what is so and its cause is said, by the kind."""
