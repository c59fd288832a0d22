"""Reading values out of a document: each reader takes a `Field`, gives the value or notes a problem with its place.

A reader that finds something wrong gives None (or the default it was handed) and reading goes on, so that all problems
of a file are found in one go.
"""

from __future__ import annotations

import datetime
import math
import tomllib
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from nnstep.catalogue import say, say_count
from nnstep.errors import NnstepError, Problem
from nnstep.scenario.hints import suggest
from nnstep.scenario.toml.positions import KeyPath, Positions, dotted
from nnstep.scenario.toml.spelling import spell
from nnstep.text import clean

_MOST = 100  # problems listed of one file
_FEW = 40


class Report:
    """The problems of one file, found so far, and where its keys stand."""

    def __init__(self, file: str | None, positions: Positions, known: Iterable[Problem] = ()) -> None:
        self.file, self.positions = file, positions
        self.problems: list[Problem] = [*known]
        self.more = 0  # found beyond those listed

    def add(self, path: KeyPath, message: str, hint: str | None = None, line: int | None = None) -> None:
        """Note a problem with what stands at `path`; `line` where it is known better than by the path."""
        if len(self.problems) >= _MOST:
            self.more += 1
            return
        place = self.positions.place(path)
        at = (line, None) if line else place
        self.problems.append(Problem(message, self.file, at[0], at[1], dotted(path) or None, hint))

    @property
    def few(self) -> bool:
        """Whether so few problems are noted that what is meant by a word is worth being looked up."""
        return len(self.problems) < _FEW

    def finish(self) -> None:
        """Raise NnstepError with all problems, in the order of their lines, if there are any."""
        if not self.problems:
            return
        found = sorted(self.problems, key=lambda problem: problem.line or 0)
        if self.more:
            found.append(Problem(say_count("field.more", self.more), self.file))
        raise NnstepError(found)


class Field(NamedTuple):
    """A value of the document, its path, and the report that its problems go to."""

    value: Any
    path: KeyPath
    report: Report

    def child(self, key: str | int) -> Field:
        """The field of an entry of this table, or of an item of this list."""
        return Field(self.value[key], (*self.path, key), self.report)

    def items(self) -> list[Field]:
        """The fields of a list's items."""
        return [self.child(index) for index in range(len(self.value))]

    def wrong(self, message: str, hint: str | None = None) -> None:
        """Note a problem with this value."""
        self.report.add(self.path, message, hint)

    def expected(self, what: str, hint: str | None = None) -> None:
        """Note that this value is not of the expected kind."""
        self.wrong(say("found.expected", found=describe(self.value), wanted=what), hint)

    @property
    def line(self) -> int:
        """The line at which the field stands."""
        return self.report.positions.place(self.path).line

    @property
    def key(self) -> str:
        """The path as messages write it."""
        return dotted(self.path)


def describe(value: Any) -> str:
    """What was found, in a few words."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() if abs(value) >= 10**20:
            return say("found.digits", count=_digits(value))
        case int() | float():
            return str(value)
        case str():
            return say("found.string", text=clean(value, 40))
        case list():
            return say("found.list", count=len(value)) if value else say("found.list.empty")
        case dict():
            return say("found.table")
        case datetime.date() | datetime.time():
            return say("found.date")
    return type(value).__name__


def _digits(value: int) -> int:
    return int(math.log10(abs(value))) + 1


def table(owner: Field, keys: Collection[str], *, others: Mapping[str, str] = MappingProxyType({})) -> dict[str, Field]:
    """The entries of a table by name, those among `keys`; any other key is a problem.

    `others` has what is to be said of keys that are valid elsewhere.
    """
    if not isinstance(owner.value, dict):
        several = isinstance(owner.value, list) and owner.value and all(isinstance(one, dict) for one in owner.value)
        hint = say("toml.single", name=owner.key) if several and len(owner.path) == 1 else None
        owner.expected(say("wanted.table", name=owner.path[-1]), hint)
        return {}
    unknown = [key for key in owner.value if key not in keys]
    for key in unknown:
        place_here = suggest.context_of(owner.path, keys=True)
        free = [one for one in keys if one not in owner.value]  # a key that is there is not to be given twice
        hint = others.get(key) or (suggest.hint(key, free, place_here) if owner.report.few else None)
        said = say("field.unknown" if owner.path else "field.unknown.top", name=clean(key, 40), table=owner.key)
        owner.child(key).wrong(said, hint or say("field.valid", keys=", ".join(keys)))
    return {key: owner.child(key) for key in owner.value if key in keys}


def text(field: Field | None, default: str = "", *, longest: int = 4_000) -> str:
    """A string."""
    if field is None:
        return default
    if not isinstance(field.value, str):
        field.expected(say("wanted.string"))
        return default
    if len(field.value) > longest:
        field.wrong(say("field.long", count=len(field.value), most=longest))
        return default
    return field.value


def texts(field: Field | None, what: str, *, most: int = 10_000) -> list[Field]:
    """A list of at most `most` strings, `what` in words, as fields; what is not a string is left out."""
    if field is None:
        return []
    if isinstance(field.value, list) and len(field.value) > most:
        field.wrong(say("field.list.long", count=len(field.value), most=most))
        return []
    if not isinstance(field.value, list):
        alone = isinstance(field.value, str)
        field.expected(what, say("toml.write", meant=f'["{clean(field.value, 40)}"]') if alone else None)
        return []
    for item in field.items():
        if not isinstance(item.value, str):
            item.expected(say("wanted.string"))
    return [item for item in field.items() if isinstance(item.value, str)]


def choice(field: Field | None, words: Collection[str], default: str | None = None) -> str | None:
    """One of some words."""
    if field is None:
        return default
    if not isinstance(field.value, str) or field.value not in words:
        word = field.value if isinstance(field.value, str) else ""
        hint = suggest.hint(word, words, suggest.context_of(field.path, keys=False)) if word else None
        field.expected(say("wanted.one-of", words=", ".join(words)), hint)
        return default
    return field.value


def flag(field: Field | None, default: bool) -> bool:
    """true or false."""
    if field is None:
        return default
    if not isinstance(field.value, bool):
        field.expected(say("wanted.flag"), unquoted(field.value))
        return default
    return field.value


def whole_number(field: Field | None, default: int | None, *, least: int, most: int) -> int | None:
    """A whole number from `least` to `most`."""
    if field is None:
        return default
    value = field.value
    if isinstance(value, bool) or not isinstance(value, int):
        plain = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
        hint = say("toml.write", meant=int(value)) if plain else unquoted(value)
        field.expected(say("wanted.whole.least", least=least), hint)
        return default
    if not least <= value <= most:
        field.expected(say("wanted.whole.least" if value < least else "wanted.whole.most", least=least, most=most))
        return default
    return value


def finite_number(value: Any, infinite: bool = False) -> float | str:
    """A finite number (with `infinite` also an infinite one) as a float, or in words what was expected for `value`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return say("wanted.number")
    try:
        number = float(value)
    except OverflowError:
        return say("wanted.number.fits")
    if not math.isfinite(number) and not (infinite and math.isinf(number)):
        return say("wanted.number" if infinite else "wanted.number.finite")
    return number if number == value else say("wanted.number.exact")


def unquoted(value: Any) -> str | None:
    """A hint for a string that holds a number, true or false, or lists of them; None for any other value."""
    if not isinstance(value, str) or len(value) > 1_000:
        return None
    written = value.strip()
    if written.startswith("["):
        try:
            tomllib.loads(f"k = {written}")
        except (ValueError, RecursionError):
            return None
        return say("toml.unquoted", meant=clean(written, 60))
    found = spell(written)
    return None if found.reason in ("word", "nothing", "unreadable") else say("toml.unquoted", meant=found.text)


def real(
    field: Field | None,
    default: float,
    *,
    least: float = -math.inf,
    below: float = math.inf,
    above: float = -math.inf,
) -> float:
    """A finite number with `least <= number`, `above < number < below`."""
    if field is None:
        return default
    number = finite_number(field.value)
    if isinstance(number, str):
        field.expected(number, unquoted(field.value))
        return default
    if not (least <= number < below and number > above):
        bounds = {"least": least, "above": above, "below": below}
        said = {name: f"{bound:g}" for name, bound in bounds.items() if math.isfinite(bound)}
        field.expected(say(f"wanted.number.{'-'.join(said)}", **said))
        return default
    return number


def required_field(fields: Mapping[str, Field], key: str, owner: Field, what: str) -> Field | None:
    """The field `key`, which has to be there."""
    if key not in fields and isinstance(owner.value, dict) and key not in owner.value:
        others = [one for one in owner.value if one not in fields and len(one) < 80][:20]
        place = suggest.context_of(owner.path, keys=True)
        meant = next((one for one in others if suggest.meant_word(one, (key,), place) == key), None)
        owner.wrong(say("field.missing", name=key, what=what), meant and say("field.missing.meant", word=meant))
    return fields.get(key)
