"""Text to expression tree: Python's expression syntax, read with `ast` and a whitelist. Nothing is ever evaluated.

The grammar is section "The language" of the documentation: names, numbers, `+ - * / % ** @`, unary minus, comparisons,
`and or not`, calls, `.T`, constant subscripts and slices; one assignment a line; `#` starts a comment. Whether an
operation may stand where it stands (a comparison outside a condition, say) is not for the parser to decide.
"""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Iterator

from nnstep.catalogue import say, say_known
from nnstep.errors import LanguageError
from nnstep.language.nodes import Assignment, Call, Expression, Name, Number, Option

# Written like calls of one name, but they name a value: the gradient of W1, W1 one iteration ago, W1's optimizer state,
# its gradient with weight decay added (d).
REFERENCES = ("grad", "prev", "velocity", "m", "v", "d")

_LONGEST = 4_000  # characters of one expression
_DEEPEST = 60  # nested operations of one expression
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Mod: "remainder",
    ast.Pow: "power",
    ast.MatMult: "matmul",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}


_SIGNS: dict[type[ast.AST], str] = {
    ast.FloorDiv: "//",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Invert: "~",
    ast.UAdd: "+",
}
_DESCRIBED: dict[type[ast.AST], str] = {
    ast.List: "list",
    ast.Tuple: "values",
    ast.Set: "set",
    ast.Dict: "dictionary",
    ast.IfExp: "if",
    ast.Lambda: "function",
    ast.ListComp: "list-of-loop",
    ast.GeneratorExp: "loop",
    ast.AugAssign: "change",
    ast.Call: "call",
}


def parse_expression(text: str) -> Expression:
    """Read one expression. Raises LanguageError, with the column where reading stopped."""
    tree = _python(text, "eval")
    assert isinstance(tree, ast.Expression)
    return _guarded(tree.body)


def parse_equations(text: str) -> tuple[Assignment, ...]:
    """Read equations, one assignment a line; a line may go on inside brackets.

    Raises LanguageError for the first line that cannot be read, with the other lines' errors in its `others`.
    """
    found: list[Assignment] = []
    wrong: list[LanguageError] = []
    for line, column, source in _logical_lines(text):
        try:
            found.append(_assignment(source, line))
        except LanguageError as error:
            error.source = source
            error.line, error.column = line + error.line - 1, error.column + (column if error.line == 1 else 0)
            wrong.append(error)
    if wrong:
        wrong[0].others = tuple(wrong[1:])
        raise wrong[0]
    return tuple(found)


def _logical_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """(line from 1, columns of indentation, source without comments) of each line that is not empty."""
    start, depth, parts = 1, 0, list[str]()
    for number, physical in enumerate(text.splitlines(), 1):
        code = physical.split("#", 1)[0].rstrip()
        if not parts:
            start = number
        parts.append(code)
        depth += sum(code.count(char) for char in "([{") - sum(code.count(char) for char in ")]}")
        if depth <= 0:
            yield from _one_line(start, parts)
            depth, parts = 0, []
    yield from _one_line(start, parts)


def _one_line(start: int, parts: list[str]) -> Iterator[tuple[int, int, str]]:
    source = "\n".join(parts)
    if source.strip():
        yield start, len(source) - len(source.lstrip()), source.strip()


def _assignment(source: str, line: int) -> Assignment:
    tree = _python(source, "exec")
    assert isinstance(tree, ast.Module)
    if len(tree.body) > 1:
        raise _refuse(tree.body[1], say("language.second"))
    statement = tree.body[0]
    if isinstance(statement, ast.Expr):
        raise LanguageError(say("language.expression"))
    if not isinstance(statement, ast.Assign):
        raise _refuse(statement, say("language.statement", found=_describe(statement)))
    if len(statement.targets) > 1 or not isinstance(statement.targets[0], ast.Name):
        raise _refuse(statement.targets[-1], say("language.left-side"))
    return Assignment(statement.targets[0].id, _guarded(statement.value), " ".join(source.split()), line)


def _python(text: str, mode: str) -> ast.AST:
    """The Python tree of `text`, with every way in which Python can fail turned into LanguageError."""
    if len(text) > _LONGEST:
        raise LanguageError(say("language.long", count=len(text), most=_LONGEST))
    if not text.strip():
        raise LanguageError(say("language.nothing"))
    try:
        with warnings.catch_warnings():  # Python warns of things like `1 is 2`, which are refused below anyway
            warnings.simplefilter("ignore")
            return ast.parse(text.strip() if mode == "eval" else text, mode=mode)
    except SyntaxError as error:
        said = say_known(error.msg)
        reason = say("language.found", reason=said) if error.msg.startswith("invalid") else said
        raise LanguageError(say("language.not", reason=reason), error.lineno or 1, error.offset or 1) from None
    except ValueError as error:  # NUL, 5,000 digits
        raise LanguageError(say("language.not", reason=say_known(str(error)))) from None
    except (RecursionError, MemoryError):  # 3,000 minus signs: some versions of Python give up before we do
        raise LanguageError(say("language.deep", most=_DEEPEST)) from None


def _guarded(node: ast.expr) -> Expression:
    try:
        return _expression(node, 0)
    except RecursionError:
        raise LanguageError(say("language.deep", most=_DEEPEST)) from None


def _refuse(node: ast.AST, message: str, hint: str | None = None) -> LanguageError:
    return LanguageError(message, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, hint)


def _describe(node: ast.AST) -> str:
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        return f"`{_SIGNS[type(node.op)]}`" if type(node.op) in _SIGNS else say("language.node.operator")
    if type(node) in _DESCRIBED:
        return say(f"language.node.{_DESCRIBED[type(node)]}")
    return say("language.node", name=type(node).__name__)


def _expression(node: ast.expr, depth: int) -> Expression:
    if depth > _DEEPEST:
        raise _refuse(node, say("language.deep", most=_DEEPEST), say("language.deep.hint"))
    match node:
        case ast.Constant():
            return Number(_number(node))
        case ast.Name():
            return Name(node.id)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as literal):
            return Number(-_number(literal))
        case ast.UnaryOp(op=ast.USub() | ast.Not() as op, operand=operand):
            return Call("negative" if isinstance(op, ast.USub) else "not", (_expression(operand, depth + 1),))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
            arguments = (_expression(left, depth + 1), _expression(right, depth + 1))
            return Call(_BINARY[type(operator)], arguments)
        case ast.Compare():
            return _comparison(node, depth)
        case ast.BoolOp(op=operator, values=values):
            function = "and" if isinstance(operator, ast.And) else "or"
            return _joined(function, [_expression(value, depth + 1) for value in values])
        case ast.Attribute(value=value, attr="T"):
            return Call("transpose", (_expression(value, depth + 1),))
        case ast.Attribute(attr=attribute):
            raise _refuse(node, say("language.attribute", name=attribute))
        case ast.Subscript(value=value, slice=index):
            return Call("slice", (_expression(value, depth + 1),), (("items", _items(index)),))
        case ast.Call():
            return _call(node, depth)
    raise _refuse(node, say("language.unknown", found=_describe(node)))


def _number(node: ast.Constant) -> float:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refuse(node, say("language.number", found=repr(value)))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise _refuse(node, say("language.large"))
    return number


def _joined(function: str, values: list[Expression]) -> Expression:
    joined = values[0]
    for value in values[1:]:
        joined = Call(function, (joined, value))
    return joined


def _comparison(node: ast.Compare, depth: int) -> Expression:
    """`a < b < c` means `a < b and b < c`, as in Python."""
    sides = [_expression(side, depth + 1) for side in (node.left, *node.comparators)]
    pairs: list[Expression] = []
    for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
        if type(operator) not in _COMPARE:
            raise _refuse(node, say("language.comparison"))
        pairs.append(Call(_COMPARE[type(operator)], (left, right)))
    return _joined("and", pairs)


def _items(node: ast.expr) -> Option:
    """The subscript as a tuple with an int or a (start, stop, step) for each axis."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    if not parts:
        raise _refuse(node, say("language.subscript.empty"))
    return tuple(
        (_bound(part.lower), _bound(part.upper), _bound(part.step)) if isinstance(part, ast.Slice) else _index(part)
        for part in parts
    )


def _bound(node: ast.expr | None) -> int | None:
    return None if node is None else _index(node)


def _index(node: ast.expr) -> int:
    value = _constant(node)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refuse(node, say("language.subscript"))
    return value


def _constant(node: ast.expr) -> Option:
    """An option's value: a number, True, False, or a word."""
    match node:
        case ast.Constant(value=bool() as value):
            return value
        case ast.Constant(value=int() as value) if abs(value) < 2**53:
            return value
        case ast.Constant(value=int() | float()):
            return _number(node)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as literal):
            size = _constant(literal)
            if isinstance(size, int | float) and not isinstance(size, bool):
                return -size
        case ast.Name(id=word):
            return word
    raise _refuse(node, say("language.option"))


def _call(node: ast.Call, depth: int) -> Expression:
    if isinstance(node.func, ast.Attribute):
        raise _refuse(node, say("language.method", name=node.func.attr))
    if not isinstance(node.func, ast.Name):
        raise _refuse(node, say("language.called", found=_describe(node.func)))
    function = node.func.id
    if function in REFERENCES:
        return Name(_reference(node, function))
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            raise _refuse(argument, say("language.star"))
    options: dict[str, Option] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise _refuse(keyword.value, say("language.stars"))
        options[keyword.arg] = _constant(keyword.value)
    arguments = tuple(_expression(argument, depth + 1) for argument in node.args)
    return Call(function, arguments, tuple(sorted(options.items())))


def _reference(node: ast.Call, function: str) -> str:
    """`grad(W1)` and the like: the name of a value, made of names only."""
    if len(node.args) == 1 and not node.keywords:
        match node.args[0]:
            case ast.Name(id=name):
                return f"{function}({name})"
            case ast.Call(func=ast.Name(id=inner)) if inner in REFERENCES and function == "prev":
                return f"{function}({_reference(node.args[0], inner)})"
    raise _refuse(node, say("language.reference", name=function))
