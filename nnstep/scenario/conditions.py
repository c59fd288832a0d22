"""The [debug] table: breakpoints and watches, each an expression over values of the network."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.errors import LanguageError
from nnstep.language import REFERENCES, Expression, Name, parse_expression, walk
from nnstep.language import names as used_names
from nnstep.language.references import Vocabulary, read_expression
from nnstep.scenario.hints import suggest
from nnstep.scenario.hints.equations import line_hint
from nnstep.scenario.model import DebugEntry
from nnstep.scenario.toml.fields import Field, flag, table, texts, whole_number
from nnstep.text import clean

_MOST = 200  # breakpoints, or watches
_COUNTERS = ("iteration", "epoch", "step")
_PHASES = ("forward", "backward", "update", "phase")  # a breakpoint may be one of these


def read_conditions(
    owner: Field, names: list[str] | None, objective: str | None = None
) -> tuple[tuple[DebugEntry, ...], tuple[DebugEntry, ...]]:
    """(breakpoints, watches): each a value's name, grad(NAME), a condition or an expression.

    A breakpoint may also be a phase or changes(EXPRESSION), and a table:
    { when = "loss < 0.1", hits = 5, enabled = false }.
    `names` are those of all values, or None where they are not known for sure; then nothing is said about names.
    """
    fields = table(owner, ("breakpoints", "watch"))
    return (
        _conditions(fields.get("breakpoints"), names, objective, phases=True),
        _conditions(fields.get("watch"), names, objective, phases=False),
    )


def _conditions(
    field: Field | None, names: list[str] | None, objective: str | None, *, phases: bool
) -> tuple[DebugEntry, ...]:
    if field is None:
        return ()
    what = say("wanted.expressions")
    items = field.items() if isinstance(field.value, list) else []
    tables = [item for item in items if isinstance(item.value, dict)] if phases else []
    if not tables:
        items = texts(field, what, most=_MOST)
    elif len(items) > _MOST:
        field.wrong(say("field.list.long", count=len(items), most=_MOST))
        items = []
    found = []
    for item in items:
        made = _in_table(item) if item in tables else DebugEntry("", item.line, item.key)
        if made is None:
            continue
        where = item.child("when") if item in tables else item
        if not isinstance(where.value, str):
            where.expected(say("wanted.string"))
            continue
        try:
            expression = read_expression(where.value, _vocabulary(names, objective))
        except LanguageError as error:
            message, hint = line_hint(where.value, "condition")
            said = say("said.about", what=clean(where.value, 60), reason=message or error.message)
            where.wrong(said, hint or error.hint)
            continue
        if names is not None:
            _check_names(where, expression, [*names, *(_PHASES if phases else ())])
        found.append(made._replace(text=where.value.strip()))
    return tuple(found)


def _in_table(item: Field) -> DebugEntry | None:
    """A breakpoint with how many hits it waits for, and whether it is on."""
    fields = table(item, ("when", "hits", "enabled"))
    if "when" not in fields:
        item.wrong(say("field.missing", name="when", what=say("training.when")), say("training.when.hint"))
        return None
    hits = whole_number(fields.get("hits"), 1, least=1, most=2**53) or 1
    return DebugEntry("", item.line, item.key, hits, flag(fields.get("enabled"), True))


def _check_names(item: Field, expression: Expression, names: list[str]) -> None:
    """Note each name that no value has."""
    used = (node.id for node in walk(expression) if isinstance(node, Name))
    for name in dict.fromkeys(inner for one in used for inner in _names_in(_value_name(one)) or (one,)):
        if name not in names and name not in _COUNTERS:
            meant = suggest.hint(name, names, "value") if item.report.few else None
            item.wrong(say("names.undefined", name=clean(name, 40)), meant or suggest.there(names))


def _vocabulary(names: list[str] | None, objective: str | None) -> Vocabulary:
    """The names of values; one without a name goes by its text, of which the program knows whether there is it."""

    def known(text: str) -> bool:
        used = _names_in(_value_name(text))
        return bool(used) and (names is None or all(name in names for name in used))

    return Vocabulary(known, objective or "loss")


def _names_in(text: str) -> tuple[str, ...]:
    """The name itself, or those in the text of a value without one; none in what is no such text."""
    try:
        return (text,) if text.isidentifier() else used_names(parse_expression(text))
    except LanguageError:
        return ()


def _value_name(name: str) -> str:
    """The value that a reference is about: W1 for grad(W1) and for prev(grad(W1))."""
    while name.endswith(")"):
        reference, _, inner = name[:-1].partition("(")
        if reference not in REFERENCES:
            break
        name = inner
    return name
