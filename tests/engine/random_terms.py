"""Random expressions, each as typed in a scenario and as PyTorch has it.

A size is a pair (a, b) that means a·n + b, where n is the number of rows of the batch; so an expression has the right
shape for a smaller last batch too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

Size = tuple[int, int]
Shape = tuple[Size, ...]
Numbers: TypeAlias = "float | list[Numbers]"
N: Size = (1, 0)
ONE: Size = (0, 1)

# name of the operation -> how it is typed, and how torch has it; {a} is the argument
_UNARY = {
    "tanh": ("tanh({a})", "torch.tanh({a})"),
    "sigmoid": ("sigmoid({a})", "torch.sigmoid({a})"),
    "relu": ("relu({a})", "torch.relu({a})"),
    "leaky_relu": ("leaky_relu({a})", "F.leaky_relu({a}, 0.01)"),
    "leaky_relu, slope": ("leaky_relu({a}, slope=0.3)", "F.leaky_relu({a}, 0.3)"),
    "leaky_relu, steep": ("leaky_relu({a}, 1.5)", "F.leaky_relu({a}, 1.5)"),
    "elu": ("elu({a}, alpha=0.7)", "F.elu({a}, 0.7)"),
    "gelu": ("gelu({a})", "F.gelu({a})"),
    "silu": ("silu({a})", "F.silu({a})"),
    "softplus": ("softplus({a})", "F.softplus({a})"),
    "sin": ("sin({a})", "torch.sin({a})"),
    "cos": ("cos({a})", "torch.cos({a})"),
    "abs": ("abs({a})", "torch.abs({a})"),
    "exp": ("exp(-abs({a}))", "torch.exp(-torch.abs({a}))"),
    "log": ("log({a} ** 2 + 0.5)", "torch.log({a} ** T(2) + T(0.5))"),
    "sqrt": ("sqrt(abs({a}) + 0.3)", "torch.sqrt(torch.abs({a}) + T(0.3))"),
    "negative": ("(-{a})", "(-{a})"),
    "square": ("({a} * {a})", "({a} * {a})"),
    "power 2": ("({a} ** 2)", "({a} ** T(2))"),
    "power 3": ("(0.3 * {a} ** 3)", "(T(0.3) * {a} ** T(3))"),
    "power 1": ("({a} ** 1)", "({a} ** T(1))"),
    "power 0": ("({a} ** 0)", "({a} ** T(0))"),
    "power -1": ("((1.5 + {a} ** 2) ** -1)", "((T(1.5) + {a} ** T(2)) ** T(-1))"),
    "power -0.5": ("((1.5 + abs({a})) ** -0.5)", "((T(1.5) + torch.abs({a})) ** T(-0.5))"),
    "power 1.7": ("(softplus({a}) ** 1.7)", "(F.softplus({a}) ** T(1.7))"),
    "base 2": ("(2 ** tanh({a}))", "(T(2) ** torch.tanh({a}))"),
    "own power": ("((1 + softplus({a})) ** sin({a}))", "((T(1) + F.softplus({a})) ** torch.sin({a}))"),
    "own quotient": ("({a} / (1 + {a} ** 2))", "({a} / (T(1) + {a} ** T(2)))"),
    "maximum": ("maximum({a}, 0.4)", "torch.maximum({a}, T(0.4))"),
    "minimum": ("minimum(-0.2, {a})", "torch.minimum(T(-0.2), {a})"),
    "maximum of itself": ("maximum({a}, {a})", "torch.maximum({a}, {a})"),
    "nested": ("tanh(2 * {a} - 1)", "torch.tanh(T(2) * {a} - T(1))"),
}
BINARY = {
    "add": ("({a} + {b})", "({a} + {b})"),
    "subtract": ("({a} - {b})", "({a} - {b})"),
    "multiply": ("({a} * {b})", "({a} * {b})"),
    "divide": ("({a} / (0.7 + {b} ** 2))", "({a} / (T(0.7) + {b} ** T(2)))"),
    "divide into": ("({b} / (1.2 + abs({a})))", "({b} / (T(1.2) + torch.abs({a})))"),
    "power": ("((0.6 + abs({a})) ** tanh({b}))", "((T(0.6) + torch.abs({a})) ** torch.tanh({b}))"),
    "maximum": ("maximum({a}, {b})", "torch.maximum({a}, {b})"),
    "minimum": ("minimum({a}, {b})", "torch.minimum({a}, {b})"),
    "difference of products": ("({a} * 0.5 - {b} * {a})", "({a} * T(0.5) - {b} * {a})"),
}
_REDUCE = {"sum": "sum", "mean": "mean", "max": "amax", "min": "amin"}
_PAIR_LOSSES = {
    "mse": ("mse({a}, {b}{r})", "MSE({a}, {b}, '{w}')"),
    "mae": ("mae({a}, {b}{r})", "MAE({a}, {b}, '{w}')"),
    "huber": ("huber({a}, {b}, delta=0.6{r})", "HUBER({a}, {b}, 0.6, '{w}')"),
    "bce": ("bce(sigmoid({a}), sigmoid({b}){r})", "BCE(torch.sigmoid({a}), torch.sigmoid({b}), '{w}')"),
    "bce_with_logits": ("bce_with_logits({a}, sigmoid({b}){r})", "BCEL({a}, torch.sigmoid({b}), '{w}')"),
}
ROW_LOSSES = {
    "cross_entropy": ("cross_entropy({a}, {b}{r})", "CE({a}, {b}, '{w}')"),
    "nll": ("nll(softmax({a}), {b}{r})", "NLL(torch.softmax({a}, -1), {b}, '{w}')"),
}


@dataclass(frozen=True)
class Term:
    """An expression as typed and as torch has it."""

    text: str
    torch: str
    shape: Shape
    trained: bool = False  # whether a gradient may have to pass to it


def random_number(rng: Random, size: float = 1.2) -> float:
    return round(rng.uniform(-size, size), 4)


def random_array(rng: Random, sizes: Sequence[int], size: float = 1.2) -> Numbers:
    if not sizes:
        return random_number(rng, size)
    return [random_array(rng, sizes[1:], size) for _ in range(sizes[0])]


class Writer:
    """Writes equations over a growing pool of values, making parameters as they are wanted."""

    def __init__(self, rng: Random, scalars: bool = False) -> None:
        self.rng = rng
        self.scalars = scalars
        self.pool: list[Term] = []
        self.parameters: dict[str, tuple[Numbers, Shape, bool]] = {}
        self.constants: dict[str, Numbers] = {}
        self.lines: list[str] = []
        self.torch: list[tuple[str, str]] = []
        self.kinds: set[str] = set()

    def leaf(self) -> Term:
        """A value of the pool, more likely a late one."""
        if self.rng.random() < 0.08:
            return self.literal()
        if self.rng.random() < 0.5:
            return self.pool[-self.rng.randint(1, min(3, len(self.pool)))]
        return self.rng.choice(self.pool)

    def literal(self) -> Term:
        value = self.rng.choice((0.5, 2, -1, 1, -0.25, 3))
        return Term(f"({value})" if value < 0 else str(value), f"T({value})", ())

    def parameter(self, shape: Shape, tied: float = 0.4) -> Term:
        """A parameter of a shape without n: one that is there already, or a new one."""
        same = [name for name, (_, has, _) in self.parameters.items() if has == shape]
        if same and self.rng.random() < tied:
            self.kinds.add("tied")
            name = self.rng.choice(same)
            return Term(name, name, shape, self.parameters[name][2])
        name, trained = f"W{len(self.parameters) + 1}", self.rng.random() < 0.85
        self.parameters[name] = (random_array(self.rng, [b for _, b in shape]), shape, trained)
        return Term(name, name, shape, trained)

    def constant(self, shape: Shape) -> Term:
        name = f"k{len(self.constants) + 1}"
        self.constants[name] = random_array(self.rng, [b for _, b in shape])
        return Term(name, name, shape)

    def define(self, term: Term) -> Term:
        """An equation that gives `term` a name."""
        name = f"v{len(self.lines) + 1}"
        text = term.text
        if text.startswith("(") and _closes_at_end(text):
            text = text[1:-1]
        self.lines.append(f"{name} = {text}")
        self.torch.append((name, term.torch))
        named = Term(name, name, term.shape, term.trained)
        self.pool.append(named)
        return named

    def term(self, depth: int) -> Term:
        """A random expression."""
        if depth == 0 or self.rng.random() < 0.1:
            return self.leaf()
        makers: list[Callable[[Term], Term | None]] = [self.unary, self.unary, self.binary, self.binary]
        if not self.scalars:
            makers += [self.matmul, self.matmul, self.reduction, self.shaping, self.shaping, self.row]
        made = self.rng.choice(makers)(self.term(depth - 1))
        return made if made is not None else self.term(depth)

    def unary(self, a: Term) -> Term:
        kind = self.rng.choice(tuple(_UNARY))
        return self.apply(_UNARY[kind], a.shape, a)

    def binary(self, a: Term) -> Term:
        b = self.partner(a)
        if self.rng.random() < 0.5:
            a, b = b, a
        kind = self.rng.choice(tuple(BINARY))
        out = _broadcast(a.shape, b.shape)
        assert out is not None
        if a.shape != b.shape:
            self.kinds.add("broadcast")
        return self.apply(BINARY[kind], out, a, b)

    def partner(self, a: Term) -> Term:
        """A value that can be broadcast with `a`."""
        if self.rng.random() < 0.55:
            fits = [one for one in self.pool if _broadcast(a.shape, one.shape) is not None]
            if fits:
                return self.rng.choice(fits)
        columns = a.shape[-1:] if a.shape and a.shape[-1][0] == 0 else ()
        shapes: list[Shape] = [(), columns]
        if not self.scalars:
            shapes += [(ONE,), (ONE, ONE), (ONE, *columns), (ONE, *columns)]
        if all(size[0] == 0 for size in a.shape):
            shapes.append(a.shape)
        if len(a.shape) == 2 and a.shape[0][0] == 0:
            shapes.append((a.shape[0], ONE))
        shape = self.rng.choice(shapes)
        return self.constant(shape) if self.rng.random() < 0.15 else self.parameter(shape)

    def matmul(self, a: Term) -> Term | None:
        if not a.shape:
            return None
        inner = a.shape[-1]
        fits = [one for one in self.pool if one.shape and one.shape[0] == inner]
        if fits and self.rng.random() < 0.4:
            b = self.rng.choice(fits)
        elif len(a.shape) == 2 and self.rng.random() < 0.25:
            b = self.apply(("{a}.T", "TR({a})"), a.shape[::-1], a)
        elif inner[0] == 0:
            columns: Shape = self.rng.choice(((), ((0, self.rng.randint(1, 4)),), ((0, self.rng.randint(2, 4)),)))
            b = self.parameter((inner, *columns))
        else:
            return None
        self.kinds.add("matmul")
        return self.apply(("({a} @ {b})", "({a} @ {b})"), (*a.shape[:-1], *b.shape[1:]), a, b)

    def reduction(self, a: Term) -> Term:
        name = self.rng.choice(tuple(_REDUCE))
        axes = [None, *range(len(a.shape)), *([-1] if a.shape else [])]
        axis, keep = self.rng.choice(axes), self.rng.random() < 0.5
        options, torch_options = "", ""
        shape: Shape = ()
        if axis is None:
            torch_options = f"dim={tuple(range(len(a.shape)))}, " if a.shape else ""
        else:
            options, torch_options = f", axis={axis}", f"dim={axis}, "
            at = axis % len(a.shape)
            shape = a.shape[:at] + ((ONE,) if keep else ()) + a.shape[at + 1 :]
        if keep and a.shape:
            options += ", keepdims=True"
            shape = shape if axis is not None else (ONE,) * len(a.shape)
            torch_options += "keepdim=True"
        self.kinds.add(name)
        return self.apply((f"{name}({{a}}{options})", f"{{a}}.{_REDUCE[name]}({torch_options})"), shape, a)

    def row(self, a: Term) -> Term | None:
        """Along rows of a known length."""
        if not a.shape or a.shape[-1][0] or a.shape[-1][1] < 3:
            return None
        kind = self.rng.choice(("softmax", "log_softmax", "layer_norm", "layer_norm"))
        self.kinds.add(kind)
        if kind != "layer_norm":
            return self.apply((f"{kind}({{a}})", f"torch.{kind}({{a}}, -1)"), a.shape, a)
        columns, eps = a.shape[-1:], self.rng.choice((1e-5, 0.1))
        gain, bias = self.parameter(columns), self.parameter(columns)
        texts = (
            f"layer_norm({{a}}, {{b}}, {{c}}, eps={eps})",
            f"F.layer_norm({{a}}, [{columns[0][1]}], {{b}}, {{c}}, {eps})",
        )
        return self.apply(texts, a.shape, a, gain, bias)

    def shaping(self, a: Term) -> Term | None:
        kind = self.rng.choice(("transpose", "reshape", "slice", "concat"))
        made = {"transpose": self.transpose, "reshape": self.reshape, "slice": self.slice, "concat": self.concat}[kind](
            a
        )
        if made is not None:
            self.kinds.add(kind)
        return made

    def transpose(self, a: Term) -> Term:
        return self.apply(("{a}.T", "TR({a})"), a.shape[::-1], a)

    def reshape(self, a: Term) -> Term | None:
        """To a column, a row, a list, or rows of another length."""
        count: Size = ONE
        for rows, more in a.shape:
            if count[0] and rows:
                return None
            factor = (rows, more) if not rows else count
            if rows:
                count, factor = (rows, more), count
            count = (count[0] * factor[1], count[1] * factor[1])
        choices: list[tuple[str, str, Shape]] = [
            ("-1", "-1", (count,)),
            ("-1, 1", "-1, 1", (count, ONE)),
            ("1, -1", "1, -1", (ONE, count)),
        ]
        for q in (2, 3, 4):
            if count[0] % q == 0 and count[1] % q == 0:
                left = (count[0] // q, count[1] // q)
                choices.append((f"-1, {q}", f"-1, {q}", (left, (0, q))))
                if not count[0]:
                    choices.append((f"{left[1]}, {q}", f"{left[1]}, {q}", (left, (0, q))))
        if count == ONE:
            choices.append(("", "()", ()))
        sizes, torch_sizes, shape = self.rng.choice(choices)
        return self.apply((f"reshape({{a}}{', ' if sizes else ''}{sizes})", f"{{a}}.reshape({torch_sizes})"), shape, a)

    def slice(self, a: Term) -> Term | None:
        if not a.shape:
            return None
        items, shape = [], []
        for rows, size in a.shape[: self.rng.randint(1, len(a.shape))]:
            if rows:
                options = [(":", (rows, size)), ("0", None), ("-1", None), (":1", ONE)]
            else:
                options = [(":", (0, size)), ("0", None), (str(size - 1), None), ("-1:", ONE), (f":{size}", (0, size))]
                options += [("::2", (0, -(-size // 2)))]
                if size > 1:
                    options += [("1:", (0, size - 1)), (":-1", (0, size - 1)), ("1::3", (0, -(-(size - 1) // 3)))]
            item, kept = self.rng.choice(options)
            items.append(item)
            shape += [] if kept is None else [kept]
        if len(items) == 1 and items[0] == ":" and a.shape[0][0] == 0 and self.rng.random() < 0.5:
            return self.apply(("{a}[::-1]", "torch.flip({a}, (0,))"), a.shape, a)
        text = f"{{a}}[{', '.join(items)}]"
        return self.apply((text, text), (*shape, *a.shape[len(items) :]), a)

    def concat(self, a: Term) -> Term | None:
        if not a.shape:
            return None
        axis = self.rng.randrange(len(a.shape))
        others = a.shape[:axis] + a.shape[axis + 1 :]
        fits = [
            one
            for one in [*self.pool, a]
            if len(one.shape) == len(a.shape) and one.shape[:axis] + one.shape[axis + 1 :] == others
        ]
        b = self.rng.choice(fits) if fits else a
        joined = (a.shape[axis][0] + b.shape[axis][0], a.shape[axis][1] + b.shape[axis][1])
        if joined[0] > 3 or joined[1] > 9:
            return None
        said = axis - len(a.shape) if self.rng.random() < 0.3 else axis
        option = "" if said == 0 and self.rng.random() < 0.5 else f", axis={said}"
        shape = (*a.shape[:axis], joined, *a.shape[axis + 1 :])
        return self.apply((f"concat({{a}}, {{b}}{option})", f"torch.cat(({{a}}, {{b}}), {axis})"), shape, a, b)

    def apply(self, texts: tuple[str, str], shape: Shape, *terms: Term) -> Term:
        names = dict(zip("abc", terms, strict=False))
        typed = {name: _attached(term.text, texts[0]) for name, term in names.items()}
        torch = {name: term.torch for name, term in names.items()}
        trained = any(term.trained for term in terms)
        return Term(texts[0].format(**typed), texts[1].format(**torch), shape, trained)

    def pair_loss(self, a: Term, b: Term) -> Term:
        """A loss of two values of one shape."""
        return self.loss(_PAIR_LOSSES, a, b)

    def loss(self, table: dict[str, tuple[str, str]], a: Term, b: Term) -> Term:
        kind, word = self.rng.choice(tuple(table)), self.rng.choice(("", "mean", "sum", "batch_mean"))
        self.kinds |= {kind, word or "mean"}
        typed, torch = (text.replace("{w}", word or "mean") for text in table[kind])
        typed = typed.replace("{r}", f", reduction={word}" if word else "")
        return self.apply((typed, torch), (), a, b)


def _attached(text: str, template: str) -> str:
    """A number in brackets where `.T` follows: `2.T` would read as a number."""
    return f"({text})" if text[0].isdigit() and "{a}." in template else text


def _closes_at_end(text: str) -> bool:
    depth = 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return position == len(text) - 1
    return False


def _broadcast(a: Shape, b: Shape) -> Shape | None:
    """The shape of both together; None where they do not fit, or are a column and a vector, which are refused."""
    if len(a) + len(b) == 3 and (a == (*b, ONE) or b == (*a, ONE)) and ONE not in (a[0], b[0]):
        return None
    size = max(len(a), len(b))
    pairs = zip((ONE,) * (size - len(a)) + a, (ONE,) * (size - len(b)) + b, strict=True)
    out = []
    for left, right in pairs:
        if left != right and ONE not in (left, right):
            return None
        out.append(right if left == ONE else left)
    return tuple(out)
