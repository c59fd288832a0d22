"""Random scenarios, each as the text of a scenario file and as an independent PyTorch program of the same mathematics.

All choices come from one `random.Random`, so hypothesis can make and shrink them (`st.randoms`), and a seed names a
case. Nothing here imports nnstep or PyTorch: the torch program is text, which fuzz_torch.py runs.

A size is a pair (a, b) that means a·n + b, where n is the number of rows of the batch; so an expression has the right
shape for a smaller last batch too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

Size = tuple[int, int]
Shape = tuple[Size, ...]
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
_BINARY = {
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
_ROW_LOSSES = {
    "cross_entropy": ("cross_entropy({a}, {b}{r})", "CE({a}, {b}, '{w}')"),
    "nll": ("nll(softmax({a}), {b}{r})", "NLL(torch.softmax({a}, -1), {b}, '{w}')"),
}
_OPTIMIZERS = {
    "sgd": {"momentum": (0.0, 0.9, 0.5), "weight_decay": (0.0, 0.0, 0.05), "nesterov": (False, True)},
    "adam": {"betas": ([0.9, 0.999], [0.8, 0.95]), "eps": (1e-8, 1e-4), "weight_decay": (0.0, 0.03)},
    "adamw": {"betas": ([0.9, 0.999], [0.7, 0.9]), "eps": (1e-8,), "weight_decay": (0.01, 0.0, 0.2)},
    "rmsprop": {
        "alpha": (0.99, 0.8),
        "eps": (1e-8, 1e-3),
        "weight_decay": (0.0, 0.03),
        "momentum": (0.0, 0.9),
    },
    "adagrad": {
        "lr_decay": (0.0, 0.1),
        "weight_decay": (0.0, 0.03),
        "initial_accumulator_value": (0.0, 0.2),
        "eps": (1e-10, 1e-6),
    },
}


@dataclass(frozen=True)
class Term:
    """An expression as typed and as torch has it."""

    text: str
    torch: str
    shape: Shape
    trained: bool = False  # whether a gradient may have to pass to it


@dataclass
class Case:
    """A scenario. `torch` has a line for each named value; `trainable` names the parameters that are trained."""

    text: str
    torch: list[tuple[str, str]]
    parameters: dict[str, object]
    trainable: list[str]
    constants: dict[str, object]
    data: dict[str, list]
    objective: str
    optimizer: dict[str, object]
    kinds: set[str] = field(default_factory=set)


def random_case(rng: Random) -> Case:
    """Any case: layers, equations, or scalars alone."""
    kind = rng.choice(("layers", "equations", "equations", "equations", "scalars"))
    return {"layers": layers_case, "equations": equations_case, "scalars": scalars_case}[kind](rng)


def _number(rng: Random, size: float = 1.2) -> float:
    return round(rng.uniform(-size, size), 4)


def _array(rng: Random, sizes: Sequence[int], size: float = 1.2) -> object:
    if not sizes:
        return _number(rng, size)
    return [_array(rng, sizes[1:], size) for _ in range(sizes[0])]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _optimizer(rng: Random) -> dict[str, object]:
    kind = rng.choice(tuple(_OPTIMIZERS))
    options: dict[str, object] = {"type": kind, "lr": rng.choice((0.01, 0.05, 0.1))}
    for name, values in _OPTIMIZERS[kind].items():
        if rng.random() < 0.7:
            options[name] = rng.choice(values)
    if options.get("nesterov") and not options.get("momentum"):
        del options["nesterov"]
    return options


def _written(case_tables: dict[str, dict[str, object]], head: str, tail: str = "") -> str:
    parts = [head]
    for name, table in case_tables.items():
        if table:
            parts.append(f"[{name}]\n" + "\n".join(f"{key} = {_toml(value)}" for key, value in table.items()))
    return "\n".join([*parts, tail]) + "\n"


def _training(rng: Random, samples: int) -> dict[str, object]:
    training: dict[str, object] = {"epochs": rng.randint(1, 3)}
    if samples > 1 and rng.random() < 0.6:
        training["batch_size"] = rng.randint(2, samples)
    if samples and rng.random() < 0.4:
        training["shuffle"] = True
    return training


class _Writer:
    """Writes equations over a growing pool of values, making parameters as they are wanted."""

    def __init__(self, rng: Random, scalars: bool = False) -> None:
        self.rng = rng
        self.scalars = scalars
        self.pool: list[Term] = []
        self.parameters: dict[str, tuple[object, Shape, bool]] = {}
        self.constants: dict[str, object] = {}
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
        self.parameters[name] = (_array(self.rng, [b for _, b in shape]), shape, trained)
        return Term(name, name, shape, trained)

    def constant(self, shape: Shape) -> Term:
        name = f"k{len(self.constants) + 1}"
        self.constants[name] = _array(self.rng, [b for _, b in shape])
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
        makers = [self.unary, self.unary, self.binary, self.binary]
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
        kind = self.rng.choice(tuple(_BINARY))
        out = _broadcast(a.shape, b.shape)
        assert out is not None
        if a.shape != b.shape:
            self.kinds.add("broadcast")
        return self.apply(_BINARY[kind], out, a, b)

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
                rows = (count[0] // q, count[1] // q)
                choices.append((f"-1, {q}", f"-1, {q}", (rows, (0, q))))
                if not count[0]:
                    choices.append((f"{rows[1]}, {q}", f"{rows[1]}, {q}", (rows, (0, q))))
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
    size = max(len(a), len(b))
    pairs = zip((ONE,) * (size - len(a)) + a, (ONE,) * (size - len(b)) + b, strict=True)
    out = []
    for left, right in pairs:
        if left != right and ONE not in (left, right):
            return None
        out.append(right if left == ONE else left)
    return tuple(out)


def _attention(writer: _Writer, x: Term) -> Term:
    """softmax(q @ k.T / 2) @ v, with a residual where the shapes allow one."""
    width = writer.rng.choice((2, 3, x.shape[1][1]))
    q, k, v = (
        writer.define(
            writer.apply(
                ("({a} @ {b})",) * 2, (x.shape[0], (0, width)), x, writer.parameter((x.shape[1], (0, width)), 0.1)
            )
        )
        for _ in range(3)
    )
    scores = writer.apply(
        ("softmax({a} @ {b}.T / 2)", "torch.softmax({a} @ TR({b}) / T(2), -1)"), (x.shape[0], x.shape[0]), q, k
    )
    mixed = writer.apply(("({a} @ {b})",) * 2, (x.shape[0], (0, width)), scores, v)
    writer.kinds.add("attention")
    if width == x.shape[1][1]:
        mixed = writer.apply(("({a} + {b})",) * 2, mixed.shape, x, mixed)
    return writer.define(mixed)


def _residual(writer: _Writer, x: Term) -> Term:
    """x + tanh(x @ W) @ W.T: a residual connection and a tied weight."""
    weight = writer.parameter((x.shape[1], (0, writer.rng.randint(2, 4))), 0.2)
    writer.kinds |= {"residual", "tied"}
    texts = ("({a} + tanh({a} @ {b}) @ {b}.T)", "({a} + torch.tanh({a} @ {b}) @ TR({b}))")
    return writer.define(writer.apply(texts, x.shape, x, weight))


def equations_case(rng: Random) -> Case:
    """Equations over data, or without any."""
    writer = _Writer(rng)
    data: dict[str, list] = {}
    samples, classes = 0, 0
    if rng.random() < 0.85:
        samples = rng.randint(2, 7)
        columns = rng.choice(((), (1,), (2,), (3,), (4,)))
        data["x"] = _array(rng, (samples, *columns))
        x = Term("x", "x", (N, *((0, size) for size in columns)))
        writer.pool.append(x)
        if rng.random() < 0.8:
            target = rng.choice(("classes", "numbers", "rows", "rows"))
            if target == "classes":
                classes = rng.randint(2, 4)
                data["y"] = [rng.randrange(classes) for _ in range(samples)]
            else:
                width = () if target == "numbers" else (rng.randint(1, 3),)
                data["y"] = _array(rng, (samples, *width))
                writer.pool.append(Term("y", "y", (N, *((0, size) for size in width))))
        if columns and rng.random() < 0.3:
            (_attention if rng.random() < 0.5 else _residual)(writer, x)
    else:
        writer.pool.append(writer.parameter(rng.choice((((0, 2), (0, 3)), ((0, 3),), ())), 0.0))
    for _ in range(rng.randint(1, 7)):
        writer.define(writer.term(rng.randint(1, 4)))
    terms = []
    matrices = [one for one in writer.pool if len(one.shape) == 2 and one.shape[0] == N and one.shape[1][0] == 0]
    if classes and matrices:
        width = (0, classes)
        of = rng.choice(matrices)
        logits = writer.apply(("({a} @ {b})",) * 2, (N, width), of, writer.parameter((of.shape[1], width)))
        logits = writer.define(logits) if rng.random() < 0.5 else logits
        kind = rng.choice(("numbers", "numbers", "one_hot", "row"))
        y = Term("y", "y", (N,))
        if kind == "one_hot":
            y = Term(f"one_hot(y, {classes})", f"F.one_hot(y.long(), {classes}).to(y.dtype)", (N, width))
        elif kind == "row":
            y, logits = Term("y[0]", "y[0]", ()), writer.apply(("{a}[0]", "{a}[0]"), (width,), logits)
        terms.append(writer.loss(_ROW_LOSSES, logits, y))
    if not terms or rng.random() < 0.4:
        terms.append(_ending(writer))
    total = terms[0]
    for term in terms[1:]:
        total = writer.apply(("({a} + 0.5 * {b})", "({a} + T(0.5) * {b})"), (), total, term)
    if writer.parameters and rng.random() < 0.2:
        name, (_, shape, trained) = rng.choice(list(writer.parameters.items()))
        total = writer.apply(
            ("({a} + 0.01 * sum({b} ** 2))", "({a} + T(0.01) * ({b} ** T(2)).sum())"),
            (),
            total,
            Term(name, name, shape, trained),
        )
    return _finished(writer, rng, data, samples, total)


def _ending(writer: _Writer) -> Term:
    """A scalar of some of the last values."""
    rng = writer.rng
    a = writer.pool[-1] if rng.random() < 0.7 else rng.choice(writer.pool)
    if not a.trained and rng.random() < 0.9:
        a = writer.define(writer.apply(_BINARY["multiply"], a.shape, a, writer.parameter((), 0.0)))
    same = [one for one in writer.pool if one.shape == a.shape]
    if rng.random() < 0.5:
        return writer.pair_loss(a, rng.choice(same))
    if a.shape and a.shape[-1][0] == 0 and a.shape[-1][1] > 1 and rng.random() < 0.3:
        table = {"cross_entropy": ("cross_entropy({a}, softmax({b}){r})", "CEP({a}, torch.softmax({b}, -1), '{w}')")}
        return writer.loss(table, a, rng.choice(same))
    return writer.apply(("mean(tanh({a}))", "torch.tanh({a}).mean()"), (), a)


def scalars_case(rng: Random) -> Case:
    """Scalars alone, as in textbook circuits."""
    writer = _Writer(rng, scalars=True)
    for _ in range(rng.randint(1, 4)):
        writer.pool.append(writer.parameter((), 0.0))
    for _ in range(rng.randint(1, 5)):
        writer.define(writer.term(rng.randint(1, 3)))
    return _finished(writer, rng, {}, 0, writer.term(2))


def _finished(writer: _Writer, rng: Random, data: dict[str, list], samples: int, total: Term) -> Case:
    writer.define(total)
    objective = rng.choice(("loss", "loss", "cost"))
    old = writer.torch[-1]
    writer.torch[-1] = (objective, old[1])
    writer.lines[-1] = f"{objective} = {writer.lines[-1].split(' = ', 1)[1]}"
    if rng.random() < 0.2:  # something after the loss, which no gradient reaches
        late = writer.apply(
            ("({a} * 2 + {b})", "({a} * T(2) + {b})"), (), Term(objective, objective, ()), Term("0.5", "T(0.5)", ())
        )
        writer.lines.append(f"late = {late.text}")
        writer.torch.append(("late", late.torch))
    head = ["seed = " + str(rng.randrange(1000))]
    if objective != "loss":
        head.append(f'objective = "{objective}"')
    head += ['equations = """', *writer.lines, '"""']
    parameters = {name: value for name, (value, _, _) in writer.parameters.items()}
    written = {name: value if trained else None for name, (value, _, trained) in writer.parameters.items()}
    frozen = [
        f"{name} = {{ value = {_toml(parameters[name])}, trainable = false }}"
        for name, value in written.items()
        if value is None
    ]
    kept = {name: value for name, value in written.items() if value is not None}
    optimizer = _optimizer(rng) if rng.random() < 0.95 else {}
    training = _training(rng, samples)
    if not samples:
        training["epochs"] = rng.randint(1, 5)
    tables: dict[str, dict[str, object]] = {"data": dict(data), "constants": writer.constants, "optimizer": optimizer}
    tables["training"] = training
    table = "\n".join(["[parameters]", *(f"{name} = {_toml(value)}" for name, value in kept.items()), *frozen])
    return Case(
        _written(tables, "\n".join(head), table if writer.parameters else ""),
        writer.torch,
        parameters,
        [name for name, (_, _, trained) in writer.parameters.items() if trained],
        writer.constants,
        data,
        objective,
        optimizer,
        writer.kinds,
    )


_LAYER_ACTIVATIONS = {
    "sigmoid": ("", "torch.sigmoid({a})"),
    "tanh": ("", "torch.tanh({a})"),
    "relu": ("", "torch.relu({a})"),
    "leaky_relu": ("slope = 0.2", "F.leaky_relu({a}, 0.2)"),
    "elu": ("alpha = 0.5", "F.elu({a}, 0.5)"),
    "gelu": ("", "F.gelu({a})"),
    "silu": ("", "F.silu({a})"),
    "softplus": ("", "F.softplus({a})"),
    "softmax": ("", "torch.softmax({a}, -1)"),
    "log_softmax": ("", "torch.log_softmax({a}, -1)"),
}


def layers_case(rng: Random) -> Case:
    """[[layers]] and [loss]; the names are those that the format promises."""
    samples, width = rng.randint(2, 8), rng.randint(1, 5)
    x = _array(rng, (samples, width))
    depth = rng.randint(1, 4)
    layers, lines, parameters, trainable = [], [], {}, []
    torch: list[tuple[str, str]] = []
    previous = "x"
    for number in range(1, depth + 1):
        units = rng.randint(1, 5)
        last = number == depth
        weight = _array(rng, (width, units))
        parameters[f"W{number}"] = weight
        layer = [f"weight = {_toml(weight)}"]
        trained = rng.random() < 0.85
        if rng.random() < 0.3:
            layer.append(f"units = {units}")
        name = "o" if last else f"z{number}"
        line = f"{previous} @ W{number}"
        if rng.random() < 0.8:
            bias = _array(rng, (units,)) if rng.random() < 0.7 else [0.0] * units
            parameters[f"b{number}"] = bias
            if any(bias):
                layer.append(f"bias = {_toml(bias)}")
            line += f" + b{number}"
        else:
            layer.append("bias = false")
        if not trained:
            layer.append("trainable = false")
        trainable += [one for one in (f"W{number}", f"b{number}") if trained and one in parameters]
        layers.append('[[layers]]\ntype = "linear"\n' + "\n".join(layer))
        torch.append((name, line))
        previous, width = name, units
        if not last and rng.random() < 0.85:
            kind = rng.choice(tuple(_LAYER_ACTIVATIONS))
            option, text = _LAYER_ACTIVATIONS[kind]
            layers.append(f'[[layers]]\ntype = "{kind}"\n{option}')
            torch.append((f"h{number}", text.format(a=previous)))
            previous = f"h{number}"
    word = rng.choice(("mean", "sum", "batch_mean"))
    kind = rng.choice(
        ("mse", "mae", "huber", "bce", "bce_with_logits", "cross_entropy", "nll", "softmax, cross_entropy")
    )
    extra = ""
    if kind in ("nll", "softmax, cross_entropy", "bce"):
        activation = "sigmoid" if kind == "bce" else "softmax"
        layers.append(f'[[layers]]\ntype = "{activation}"')
        torch.append(("p", _LAYER_ACTIVATIONS[activation][1].format(a=previous)))
        previous = "p"
    classes = kind in ("cross_entropy", "nll", "softmax, cross_entropy")
    if classes and rng.random() < 0.7:
        y: list = [rng.randrange(width) for _ in range(samples)]
    elif classes or kind.startswith("bce"):
        y = [[round(rng.uniform(0.05, 0.95), 3) for _ in range(width)] for _ in range(samples)]
    else:
        y = _array(rng, (samples, width))
    functions = {
        "mse": "MSE({a}, y, '{w}')",
        "mae": "MAE({a}, y, '{w}')",
        "huber": "HUBER({a}, y, 0.4, '{w}')",
        "bce": "BCE({a}, y, '{w}')",
        "bce_with_logits": "BCEL({a}, y, '{w}')",
        "cross_entropy": "CE({a}, y, '{w}')",
        "nll": "NLL({a}, y, '{w}')",
        "softmax, cross_entropy": "NLL({a}, y, '{w}')",
    }
    if kind == "huber":
        extra = "delta = 0.4\n"
    loss = functions[kind].format(a=previous, w=word)
    lines = [f'type = "{kind.split(", ")[-1]}"', f'reduction = "{word}"', extra]
    if rng.random() < 0.3:
        lines.append("scale = 0.5")
        loss = f"T(0.5) * {loss}"
    torch.append(("loss", loss))
    optimizer = _optimizer(rng)
    tables: dict[str, dict[str, object]] = {
        "data": {"x": x, "y": y},
        "optimizer": optimizer,
        "training": _training(rng, samples),
    }
    tail = "\n".join(layers) + "\n[loss]\n" + "\n".join(lines)
    return Case(
        _written(tables, f"seed = {rng.randrange(1000)}", tail),
        torch,
        parameters,
        trainable,
        {},
        {"x": x, "y": y},
        "loss",
        optimizer,
        {"layers", kind, word},
    )
