"""Scenarios made hostile: `scenario(seed, number)` is always the same bytes, so that a case can be had again."""

from __future__ import annotations

import datetime
import json
import random
import re
import tomllib
from typing import Any

from tests.hostile.sources import SOURCES
from tests.hostile.values import EQUATIONS, EXPRESSIONS, KEYS, MILD, NUMBERS, TEXTS, VALUES, quoted

__all__ = ["scenario"]


class Raw(str):
    """A value or a key that is written as it stands."""

    __slots__ = ()
    __hash__ = object.__hash__  # a key may come twice
    __eq__ = object.__eq__


def scenario(seed: int, number: int) -> bytes:
    """The scenario of a number among those of a seed."""
    rng = random.Random(f"{seed}:{number}")
    text = rng.choice(SOURCES)
    kind = rng.random()
    if kind < 0.7:
        document = tomllib.loads(text)
        gentle = kind < 0.2
        for _ in range(1 if gentle else rng.choice((1, 1, 1, 2, 2, 3, 6))):
            rng.choice(_GENTLE if gentle else _OF_A_DOCUMENT)(rng, document)
        text = _written(document)
    if kind > 0.6:
        for _ in range(rng.choice((1, 1, 2, 4))):
            text = rng.choice(_OF_A_TEXT)(rng, text)
    content = text.encode("utf-8", "surrogatepass")
    if kind > 0.88:
        for _ in range(rng.choice((1, 1, 3, 20))):
            content = rng.choice(_OF_BYTES)(rng, content)[: 3 << 20]
    return content


# A document.


def _places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key or index) of every value within."""
    found = []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += [(value, key), *_places(inner)]
    return found


def _tables(value: Any) -> list[dict[Any, Any]]:
    return [inner for inner in [value, *(at[key] for at, key in _places(value))] if isinstance(inner, dict)]


def _replace(rng: random.Random, document: Any) -> None:
    if places := _places(document):
        at, key = rng.choice(places)
        at[key] = Raw(rng.choice(MILD if rng.random() < 0.3 else VALUES))


def _remove(rng: random.Random, document: Any) -> None:
    if places := _places(document):
        at, key = rng.choice(places)
        del at[key]


def _add(rng: random.Random, document: Any) -> None:
    rng.choice(_tables(document))[Raw(rng.choice(KEYS))] = Raw(rng.choice(VALUES))


def _duplicate(rng: random.Random, document: Any) -> None:
    if places := _places(document):
        at, key = rng.choice(places)
        if isinstance(at, list):
            at.insert(key, at[key])
        else:
            at[Raw(_key(key))] = at[key]


def _rename(rng: random.Random, document: Any) -> None:
    if places := [(at, key) for at, key in _places(document) if isinstance(at, dict)]:
        at, key = rng.choice(places)
        at[Raw(rng.choice(KEYS))] = at.pop(key)


def _move(rng: random.Random, document: Any) -> None:
    if places := [(at, key) for at, key in _places(document) if isinstance(at, dict)]:
        at, key = rng.choice(places)
        value = at.pop(key)
        rng.choice(_tables(document))[Raw(_key(key))] = value


def _swap(rng: random.Random, document: Any) -> None:
    if places := _places(document):
        (at, key), (to, other) = rng.choice(places), rng.choice(places)
        if isinstance(at[key], int | float | str) and isinstance(to[other], int | float | str):
            at[key], to[other] = to[other], at[key]


def _reshape(rng: random.Random, document: Any) -> None:
    """A list in another shape."""
    lists = [(at, key) for at, key in _places(document) if isinstance(at[key], list) and at[key]]
    if lists:
        at, key = rng.choice(lists)
        value = at[key]
        flat = [item for row in value for item in (row if isinstance(row, list) else [row])]
        at[key] = rng.choice(
            (
                [[item] for item in flat],
                flat,
                [flat],
                [flat, flat[:-1]],
                [value],
                value * rng.choice((2, 50)),
                value[:-1],
                [],
                [*value, value],
                [*value, Raw(rng.choice(VALUES))],
            )
        )


def _numbers(rng: random.Random, document: Any) -> None:
    """A number for a number."""
    numbers = [
        (at, key) for at, key in _places(document) if isinstance(at[key], int | float) and not isinstance(at, bool)
    ]
    if numbers:
        at, key = rng.choice(numbers)
        at[key] = Raw(rng.choice(MILD if rng.random() < 0.6 else NUMBERS))


def _express(rng: random.Random, document: Any) -> None:
    """An expression where one is read."""
    if not isinstance(document, dict):
        return
    text = rng.choice(EXPRESSIONS)
    kind = rng.randrange(6)
    if kind == 0:
        document["debug"] = {rng.choice(("watch", "breakpoints")): [text, rng.choice(EXPRESSIONS)]}
    elif kind == 1:
        document["edits"] = [{"iteration": 1, "cell": text, "value": 1}]
    elif kind == 2:
        document["objective"] = text
    elif kind == 3 and isinstance(document.get("equations"), str):
        lines = document["equations"].splitlines() or [""]
        lines[rng.randrange(len(lines))] = f"q = {text}"
        document["equations"] = "\n".join(lines)
    elif isinstance(document.get("equations"), str):
        document["equations"] += f"\nq = {text}"
    else:
        for key in ("layers", "loss"):
            document.pop(key, None)
        document["equations"] = rng.choice((rng.choice(EQUATIONS), f"q = {text}\nloss = sum(q)"))


def _name(rng: random.Random, document: Any) -> None:
    """A hostile text where a person writes one, or within any string."""
    if not isinstance(document, dict):
        return
    strings = [(at, key) for at, key in _places(document) if type(at[key]) is str]
    if strings and rng.random() < 0.5:
        at, key = rng.choice(strings)
        value, cut = at[key], rng.randrange(len(at[key]) + 1)
        at[key] = value[:cut] + rng.choice(TEXTS) + value[cut:]
    else:
        document[rng.choice(("title", "description", "objective"))] = rng.choice(TEXTS)


_OF_A_DOCUMENT = (
    *(_replace, _replace, _replace, _replace, _remove, _add, _duplicate, _rename, _move, _swap, _reshape, _reshape),
    *(_numbers, _numbers, _express, _express, _name, _name),
)
_GENTLE = (_swap, _numbers, _numbers, _name, _express)  # often a scenario that can be used


def _key(key: str) -> str:
    return key if isinstance(key, Raw) or re.fullmatch("[A-Za-z0-9_-]+", key) else quoted(key)


def _value(value: Any) -> str:
    match value:
        case Raw() as raw:
            return "".join(raw)
        case str():
            return quoted(value)
        case bool():
            return json.dumps(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_key(key)} = {_value(inner)}' for key, inner in value.items())} }}"
        case datetime.date() | datetime.time():
            return value.isoformat()
    return repr(value)


def _written(document: Any) -> str:
    """A document as TOML, as far as what has been done to it allows."""
    lines: list[str] = []
    tables: list[str] = []
    for key, value in document.items():
        rows = value if isinstance(value, list) and value and all(isinstance(one, dict) for one in value) else None
        if rows is not None or isinstance(value, dict):
            for row in [value] if rows is None else rows:
                tables.append(f"\n[[{_key(key)}]]" if rows else f"\n[{_key(key)}]")
                tables += [f"{_key(inner)} = {_value(one)}" for inner, one in row.items()]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return "\n".join([*lines, *tables, ""])


# A text.


def _insert(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    put: str = rng.choice((*VALUES, *TEXTS, *"\"'[]{}=.,#\n\r\\_", '"""', "'''", "[[", "]]"))
    return text[:at] + put + text[at:]


def _part(rng: random.Random, text: str) -> str:
    parts = list(re.finditer(r'\w+|"[^"\n]*"|[^\s\w]', text))
    if not parts:
        return text
    chosen = rng.choice(parts)
    other = rng.choice((rng.choice(parts)[0], rng.choice(VALUES), ""))
    return text[: chosen.start()] + other + text[chosen.end() :]


def _lines(rng: random.Random, text: str) -> str:
    lines = text.splitlines() or [""]
    at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(4)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(to, lines[at])
    elif kind == 2:
        lines[at], lines[to] = lines[to], lines[at]
    else:
        lines[at : at + 1] = [lines[at]] * rng.choice((2, 100, 3_000))
    return "\n".join(lines)


def _header(rng: random.Random, text: str) -> str:
    key = rng.choice((*KEYS, "layers", "data.x", "data.data", "training.epochs"))
    return text + rng.choice((f"\n[{key}]\n", f"\n[[{key}]]\n", f"\n[[{key}]]\ntype = 1\n", f"\n{key} = 1\n"))


_OF_A_TEXT = (_insert, _insert, _part, _part, _lines, _header)


# Bytes.


def _flip(rng: random.Random, content: bytes) -> bytes:
    changed = bytearray(content or b"x")
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _byte(rng: random.Random, content: bytes) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + bytes([rng.choice((0, 0x1B, 0x7F, 0x80, 0x9B, 0xC0, 0xED, 0xFE, 0xFF))]) + content[at:]


def _cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _encoded(rng: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    mark = b"\xef\xbb\xbf"
    return rng.choice(
        (
            text.encode("utf-16"),
            text.encode("utf-16-be"),
            text.encode("utf-32"),
            text.encode("latin-1", "replace") + b"\xe9",
            mark + content,
            mark + mark + content,
            content + mark,
            content.replace(b"\n", b"\r\n"),
            content.replace(b"\n", b"\r"),
            content + b"\x00" * 100,
            content + b"\n# " + b"x" * (1 << 20),
        )
    )


_OF_BYTES = (_flip, _flip, _byte, _cut, _encoded)
