"""What is meant by a function or a line that is written as elsewhere: what it is here, with its own operands.

`z = np.dot(x, W)` is `z = x @ W`, `x.sum(axis=0)` is `sum(x, axis=0)`, `x^2` is `x ** 2`. What is proposed is read
again and consists of operations that may stand where it is proposed; otherwise nothing is.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Mapping
from functools import cache

from nnstep.catalogue import say
from nnstep.errors import LanguageError
from nnstep.language import Call, Expression, Name, Option, parse_equations, parse_expression, substitute, to_text, walk
from nnstep.language.infix import BY_SIGN
from nnstep.language.references import typed
from nnstep.nearest import folded, nearest
from nnstep.ops import OPERATIONS, REDUCTIONS, Operation, operation
from nnstep.scenario.hints.foreign_keys import FORMS, LIBRARIES
from nnstep.scenario.hints.suggest import note, valid_word

_LONGEST = 120  # characters of a line that is proposed
_LONGEST_READ = 400  # of a line that is looked at
_ALLOWED = {"equation": ("equation",), "condition": ("equation", "condition")}
_BETWEEN = {*(name for name in BY_SIGN if keyword.iskeyword(name)), "if", "else", "in", "is", "for"}
_GRAMMAR = {*keyword.kwlist} - {*_BETWEEN, "True", "False", "None"}
_BETTER = {"lambda": "lam"}


@cache
def _names(where: str) -> tuple[str, ...]:
    """The operations that may be written in equations, or in conditions as well."""
    return tuple(entry.name for entry in OPERATIONS if entry.where in _ALLOWED[where])


@cache
def _forms() -> Mapping[str, tuple[tuple[str, ...], Expression]]:
    return {
        word: (tuple(inputs.split()), parse_expression(form)) for words, inputs, form in FORMS for word in words.split()
    }


def call_hint(call: Call, where: str = "equation") -> str | None:
    """What is meant by a call of what is no operation where it stands; None where nobody knows."""
    word = folded(call.function)
    made = _ours(call, where)
    if made is not None and made != call:
        short = to_text(made)
        if len(short) <= _LONGEST:
            return say("toml.write", meant=short)
    same = valid_word(call.function, _names(where), "function")
    if same is not None:
        return say("hint.called", word=same)
    if word in _forms():
        inputs, form = _forms()[word]
        return say("hint.form", call=f"{call.function}({', '.join(inputs)})", form=to_text(form))
    instead = note(call.function, "function")
    return nearest(call.function, _names(where)) if instead is None else instead or None


def _ours(expression: Expression, where: str) -> Expression | None:
    """An expression with all its calls as they are written here; None where one of them is not known."""
    if not isinstance(expression, Call):
        return expression
    parts = [_ours(argument, where) for argument in expression.arguments]
    if any(part is None for part in parts):
        return None
    arguments = tuple(part for part in parts if part is not None)
    names = _names(where)
    same = expression.function if expression.function in names else valid_word(expression.function, names, "function")
    if same is not None:
        return _fitting(Call(same, arguments, _options(same, expression.options)))
    word = folded(expression.function)
    if word in _forms() and not expression.options:
        inputs, form = _forms()[word]
        if len(inputs) == len(arguments):
            given = dict(zip(inputs, arguments, strict=True))
            return substitute(form, lambda leaf: given[leaf.id] if isinstance(leaf, Name) else None)
    return None


def _fitting(call: Call) -> Call | None:
    """The call, if the operation takes as many values and has such options."""
    entry = operation(call.function)
    needed = len(entry.inputs)
    fits = needed <= len(call.arguments) <= needed + len(entry.options)
    by_place = all(not any(isinstance(node, Name) for node in walk(one)) for one in call.arguments[needed:])
    words = dict(call.options)
    fits = fits and by_place and words.keys() <= entry.options.keys()
    return call if fits and words.get("reduction", "mean") in REDUCTIONS else None


def _options(name: str, options: tuple[tuple[str, Option], ...]) -> tuple[tuple[str, Option], ...]:
    """The options of a call by the names that they have here."""
    there = operation(name).options
    found = {
        option if option in there else valid_word(option, there, "option") or option: value for option, value in options
    }
    if not there and set(found) <= {"dim", "axis"} and set(found.values()) <= {1, -1}:
        found = {}  # softmax(x, dim=1): along the rows is what it does
    return tuple(sorted(found.items()))


def option_hint(entry: Operation, option: str) -> str | None:
    """What is meant by an option that an operation has not."""
    meant = valid_word(option, entry.options, "option")
    if meant is not None:
        return say("hint.called", word=meant)
    if not entry.options:
        return say("hint.no-options", name=entry.name)
    return nearest(option, entry.options)


# Lines that cannot be read.

_POWER = re.compile(r"\^")
_DOTTED = re.compile(r"\.([*/^])")
_QUOTE = re.compile(r"(?<=[\w)\]])['’]")
_SUBSCRIBED = re.compile(r"((?<!\w)[^\W\d_][₀₁₂₃₄₅₆₇₈₉]+)(?=[^\W\d_])")  # W₁x
_QUOTED = re.compile(r"([=,(]\s*)'(\w+)'")  # reduction='sum'
_NUMBER_TIMES = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?=[(]|(?![eE][-+]?\d|(?:and|or|not|if|else|in|is|for)\b)[^\W\d_])"
)
_UNDER = re.compile(r"/\s*(\d+(?:\.\d+)?)(?![eE][-+]?\d)([^\W\d_]\w*)(?!\w*\s*\()")  # 1/2m is 1/(2m)
_UNDER_CALL = re.compile(r"/\s*\d+(?:\.\d+)?[^\W\d_]\w*\s*\(")
_ROOT_BEFORE = re.compile(r"√\s*(?=\()")
_ROOT_OF = re.compile(r"√\s*(\w+(?:\[[^]]*\])?)")
_BARS = re.compile(r"\|([^|]+)\|")
_ARROW = re.compile(r"^(\s*[^\W\d]\w*)\s*(?:<-|←|:=|≔|==)\s*")
_WORD = re.compile(r"[^\W\d]\w*")
_STATEMENT = re.compile(
    r"\s*(import|from|def|class|return|for|while|with|if|elif|else|try|print|assert|del)\b\s*(?![\s=*/+@-])"
)
_CALLED = re.compile(r"(?<=\.)[^\W\d]\w*|[^\W\d]\w*(?=\s*\()")
_INCREASED = re.compile(r"\s*([^\W\d]\w*)\s*([-+*/@])=\s*(.*)")
_FUNCTION = re.compile(r"\blambda\b[\w, ]*:")
_E_TO_THE = re.compile(r"(?<![\w.])e\s*\^")
_TURNED = re.compile(r"\s*\^\s*(?:\{\s*)?(?:T\b|⊤|\\top)(?:\s*\})?")
_NORM = re.compile(r"(?:\|\||‖)([^|‖]+)(?:\|\||‖)")
_BARE = re.compile(r"\b([^\W\d]\w*)\s+([^\W\d]\w*|\d+(?:\.\d+)?)\b(?!\s*\()")
_DECLARED = re.compile(r"^\s*(?:let|var|const|auto|double|float|tensor)\s+(?=[^\W\d]\w*\s*=)")
_LISTED = re.compile(r"(?<![\w)\]])\[\s*\[?\s*[-+.\d]")
_COMMA = re.compile(r"(?<![\w.,\[(])(\d+),(\d+)(?![\w,\])])")
_BESIDE = re.compile(r"([^\W\d]\w*)\s+([^\W\d]\w*)")
_SIGNS = {
    "÷": "/",
    "%*%": "@",
    "•": "*",
    "½": "(1 / 2)",
    "¼": "(1 / 4)",
    "∑": "sum",
    "&&": " and ",
    "||": " or ",
    "≈": "==",
    "¬": "not ",
}


def free_name(word: str) -> str:
    """A name for a value that cannot have that of a word of the grammar."""
    return _BETTER.get(word, f"{word}_")


def line_hint(source: str, where: str = "equation") -> tuple[str | None, str | None]:
    """(message, hint) for an equation or an expression that cannot be read: what is wrong where that can be said better
    than by the grammar, and what the line would be here.
    """
    if len(source) > _LONGEST_READ:
        return None, None
    statement = _STATEMENT.match(source)
    if statement is not None:
        imported = statement[1] in ("import", "from")
        return None, say("hint.line.import" if imported else "hint.line.statement")
    for word in _WORD.findall(source):
        if word in _GRAMMAR and not _FUNCTION.search(source):
            return say("hint.line.grammar", word=word), say("hint.line.name", name=free_name(word))
    found = _rewritten(source, where)
    sign = next((sign for sign in ("^", "²", "ᵀ") if sign in source), None)
    turned = sign == "ᵀ"
    better = say("hint.line.no-transpose" if turned else "hint.line.no-power", sign=sign) if sign else None
    if found is not None:
        return better, say("toml.write", meant=found) if len(found) <= _LONGEST else None
    mentioned = next((said for word in _CALLED.findall(source) if (said := note(word, "function"))), None)
    increased = _INCREASED.fullmatch(source)
    if increased is not None:
        name, operator, by = increased.groups()
        by = f"({by})" if re.search(r"[-+]", by) else by
        line = f"{name}2 = {name} {operator} {by}"
        if _is_read(line):
            return better, say("hint.line.once", line=line)
    if mentioned is not None:
        return better, mentioned
    comma = _COMMA.search(source)
    if comma is not None:
        return better, say("hint.line.point", number=f"{comma[1]}.{comma[2]}")
    if _LISTED.search(source):
        return better, say("note.function.tensor")
    beside = _BESIDE.search(source)
    functions = {beside[1], beside[2]} & {*_names("condition")} if beside is not None else set()
    if beside is not None and not functions and not {beside[1], beside[2]} & _BETWEEN:
        return better, say("hint.line.product", left=beside[1], right=beside[2])
    return better, (say("hint.transpose", name="x") if turned else say("hint.line.power")) if sign else None


def _is_read(line: str) -> bool:
    """Whether an equation can be read."""
    try:
        parse_equations(line)
    except LanguageError:
        return False
    return True


def _rewritten(source: str, where: str) -> str | None:
    """The line as it is written here; None where that is not known."""
    plain = source.strip()
    plain = _SUBSCRIBED.sub(r"\1 @ ", plain)
    plain = _NORM.sub(r"norm(\1)", _TURNED.sub(".T", plain))
    for sign, ours in _SIGNS.items():
        plain = plain.replace(sign, ours)
    if where == "equation":
        plain = _ARROW.sub(r"\1 = ", _DECLARED.sub("", plain.rstrip(";")))
    plain = _BARE.sub(lambda found: _in_brackets(found, where), plain)
    plain = _QUOTED.sub(r'\1"\2"', plain)
    plain = _QUOTE.sub(".T", _DOTTED.sub(r"\1", plain)) if plain.count('"') % 2 == 0 else plain
    plain = _ROOT_OF.sub(r"sqrt(\1)", _ROOT_BEFORE.sub("sqrt", _POWER.sub("**", plain)))
    if _UNDER_CALL.search(plain):
        return None
    plain = _UNDER.sub(r"/ (\1 * \2)", plain)
    plain = _BARS.sub(r"abs(\1)", _NUMBER_TIMES.sub(r"\1 * ", plain))
    plain = typed(plain)
    try:
        tree = ast.parse(plain, mode="exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if len(tree.body) != 1:
        return None
    try:
        return _statement(tree.body[0], where, _E_TO_THE.search(source) is not None)
    except (LanguageError, RecursionError):
        return None


def _in_brackets(found: re.Match[str], where: str) -> str:
    """`tanh x` as tanh(x)."""
    name, operand = found.groups()
    known = valid_word(name, _names(where), "function") is not None and operand not in _BETWEEN
    return f"{name}({operand})" if known else found[0]


def _statement(statement: ast.stmt, where: str, exponential: bool) -> str | None:
    """An assignment, or an expression where one may stand, made of what there is here."""
    target = ""
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if where == "equation":
            pass
        case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if where == "equation":
            pass
        case ast.Expr(value=value) if where == "condition":
            pass
        case _:
            return None
    tree = ast.fix_missing_locations(_Functions(exponential).visit(value))
    made = _ours(parse_expression(ast.unparse(tree)), where)
    if made is None or any(isinstance(node, Call) and node.function not in _names(where) for node in walk(made)):
        return None
    written = f"{target} = {to_text(made)}" if target else to_text(made)
    if target:
        parse_equations(written)
    return written


class _Functions(ast.NodeTransformer):
    """Methods, and functions of libraries, as calls of plain names: x.sum(axis=0) and np.sum(x, axis=0) are one.

    With `exponential` e to a power is exp.
    """

    def __init__(self, exponential: bool) -> None:
        self._exponential = exponential

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A call of a plain name with plain arguments."""
        self.generic_visit(node)
        arguments = [
            part for one in node.args for part in (one.elts if isinstance(one, ast.List | ast.Tuple) else [one])
        ]
        keywords = [ast.keyword(one.arg, _word(one.value)) for one in node.keywords]
        match node.func:
            case ast.Call(func=ast.Name() as function, args=[], keywords=settings):  # Softmax(dim=1)(x)
                return ast.Call(function, arguments, [*settings, *keywords])
            case ast.Attribute(value=receiver, attr=name):
                own = [] if _is_library(receiver) else [receiver]
                return ast.Call(ast.Name(name), [*own, *arguments], keywords)
            case ast.Constant():
                return ast.BinOp(node.func, ast.Mult(), arguments[0]) if len(arguments) == 1 else node
        return ast.Call(node.func, arguments, keywords)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """e ** x as exp(x)."""
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Name(id="e"), op=ast.Pow(), right=power) if self._exponential:
                return ast.Call(ast.Name("exp"), [power], [])
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Without a plus in front."""
        self.generic_visit(node)
        return node.operand if isinstance(node.op, ast.UAdd) else node


def _word(value: ast.expr) -> ast.expr:
    """An option in quotes as a word: reduction="sum"."""
    match value:
        case ast.Constant(value=str() as word) if word.isidentifier():
            return ast.Name(word)
    return value


def _is_library(node: ast.expr) -> bool:
    """Whether what stands before a point is a library, as np or torch.nn.functional."""
    while isinstance(node, ast.Attribute):
        if node.attr not in LIBRARIES:
            return False
        node = node.value
    return isinstance(node, ast.Name) and node.id in LIBRARIES
