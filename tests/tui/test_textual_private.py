"""Of Textual only what is documented is used, but for a handful of names that one module has, each with its reason."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import textual

import nnstep.tui
from nnstep.tui import textual_private

ROOM = Path(nnstep.tui.__file__).parent
FILES = sorted(path for path in ROOM.rglob("*.py") if path != Path(textual_private.__file__))
PRIVATE = re.compile(r"_[a-z][a-z0-9_]*")
PYTHONS = {"_replace", "_asdict", "_fields", "_exit"}  # of named tuples, and os._exit
DECORATED = {"_dispatch_message", "_handle_exception"}  # which the decorators of that module set


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def private_names(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Every private name that is asked for, set or defined, and whether that is done to `self` or in a class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and PRIVATE.fullmatch(node.attr):
            yield node.attr, isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and PRIVATE.fullmatch(node.name):
            yield node.name, True
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("attr"):
            for argument in node.args[1:2]:
                if isinstance(argument, ast.Constant) and PRIVATE.fullmatch(str(argument.value)):
                    yield str(argument.value), False


@cache
def textuals_names() -> frozenset[str]:
    """Every private name that anything of Textual has."""
    files = Path(textual.__file__).parent.rglob("*.py")
    return frozenset(name for path in files for name, _ in private_names(parsed(path)))


def own_classes() -> list[type]:
    """Our classes that are a kind of one of Textual's."""
    found = []
    for path in sorted(ROOM.rglob("*.py")):
        module = importlib.import_module(f"nnstep.tui.{'.'.join(path.relative_to(ROOM).with_suffix('').parts)}")
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ == module.__name__ and any(base.__module__.startswith("textual") for base in cls.__mro__):
                found.append(cls)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOM)))
def test_no_private_module_and_no_private_name_of_anothers(path: Path) -> None:
    imported = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)]
    for node in imported:
        if (node.module or "").partition(".")[0] in ("textual", "rich"):
            assert not [name for name in (f"{node.module}.{one.name}" for one in node.names) if "._" in name]
    others = {name for name, own in private_names(parsed(path)) if not own}
    assert others & textuals_names() - PYTHONS == set()


@pytest.mark.parametrize("cls", own_classes(), ids=lambda cls: cls.__name__)
def test_no_class_of_ours_has_a_private_name_that_its_base_has(cls: type) -> None:
    """Neither to use it, nor by accident."""
    textuals: set[str] = set()
    for base in cls.__mro__:
        if base.__module__.startswith("textual"):
            textuals |= {name for name, own in private_names(ast.parse(inspect.getsource(base))) if own}
    ours = {name for name, own in private_names(ast.parse(inspect.getsource(cls))) if own}
    assert ours & textuals - DECORATED == set()


def test_each_name_has_its_reason() -> None:
    tree = parsed(Path(textual_private.__file__))
    asked = {name for name, own in private_names(tree) if not own}
    asked |= set(re.findall(r"textual\.(_\w+)", "\n".join(map(ast.unparse, tree.body[1:]))))
    assert asked == {*DECORATED, "_xterm_parser"}
    assert textual_private.__doc__ is not None
    assert all(f"{name}  " in textual_private.__doc__ for name in asked)
