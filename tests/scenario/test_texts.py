"""What is wrong with a file is said in the words of the catalogue: no problem is made of English in the code."""

import ast
from pathlib import Path

import pytest

import nnstep.scenario

ROOM = Path(nnstep.scenario.__file__).parent
FILES = sorted([*ROOM.rglob("*.py"), *(ROOM.parent / "pasted").rglob("*.py")])
SAYING = {"wrong", "expected", "add", "given", "texts", "Problem", "DataFileError", "NotNumbersError"}


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def written(node: ast.expr) -> str:
    """The letters of a text that is written out in the code; "" for any other expression."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return "".join(texts)


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOM.parent)))
def test_a_problem_is_said_by_the_catalogue(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and name_of(node) in SAYING:
            for given in (*node.args, *(word.value for word in node.keywords if word.arg == "hint")):
                assert " " not in written(given).strip(), node.lineno
