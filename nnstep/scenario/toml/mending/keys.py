"""Keys of TOML: what one is made of, and how one is written that is made of something else."""

from __future__ import annotations

import re
import tomllib
import unicodedata

from nnstep.scenario.toml.mending.scan import Scan
from nnstep.scenario.toml.spelling import quoted
from nnstep.text import clean

LISTS = ("layers", "edits")  # tables that there may be several of
TABLES = ("data", "loss", "parameters", "constants", "optimizer", "training", "debug")
_GREEK = {  # of an optimizer
    "η": "lr",
    "α": "lr",
    "λ": "weight_decay",
    "μ": "momentum",
    "ε": "eps",
    "ϵ": "eps",
}
DOUBLE = "“”„‟«»″＂〝〞「」『』"
SINGLE = "‘’‚‛‹›′＇`´"
BARE = re.compile(r"[A-Za-z0-9_-]+")
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
HEADER_LINE = re.compile(r"[ \t]*\[\[?[ \t]*[A-Za-z_][\w.-]*[ \t]*\]\]?[ \t]*(?:#[^\n]*)?(?:\n|$)")


def full_key(scan: Scan, name: str) -> str:
    """A key with the tables that it stands in, as messages have it: layers[0].units."""
    parts = [f"[{part - 1}]" if isinstance(part, int) else f".{part}" for part in scan.table]
    return clean("".join([*parts, f".{name}"]).removeprefix("."), 80)


def mended_key(scan: Scan, key: str, at: int) -> str:
    """A key that TOML does not take, as it is written."""
    greek = _GREEK.get(key.strip())
    if greek is not None and scan.table[:1] == ("optimizer",):
        scan.note("greek", key, greek, at=at)
        return greek
    if re.fullmatch(r"[\w()]+\s*\[.*\]", key):
        scan.note("key-cell", key, at=at)
        scan.sure = False
        return bare_key(key)
    meant = bare_key(key)
    scan.note("key", clean(key, 40), meant, at=at)
    return meant


def bare_key(key: str) -> str:
    """A key as TOML takes it."""
    text = key.strip().strip(DOUBLE + SINGLE + "\"'").strip()
    plain = unicodedata.normalize("NFKC", text)
    for one in (text, plain, re.sub(r"\s+", "_", plain)):
        if BARE.fullmatch(one):
            return one
    return quoted(text)


def parts_of(name: str) -> list[str]:
    """The parts of a key. Raises ValueError."""
    parts: list[str] = []
    table: object = tomllib.loads(f"{name} = 0")
    while isinstance(table, dict):
        (key,) = table
        parts.append(key)
        table = table[key]
    return parts
