"""Random scenarios, each as the text of a scenario file and as an independent PyTorch program of the same mathematics.

All choices come from one `random.Random`, so hypothesis can make and shrink them (`st.randoms`), and a seed names a
case. Nothing here imports nnstep or PyTorch: the torch program is text, which fuzz_torch.py runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from tests.engine.random_terms import BINARY, ROW_LOSSES, N, Numbers, Term, Writer, random_array, random_number

_OPTIMIZERS: dict[str, dict[str, tuple[float | bool | list[float], ...]]] = {
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


@dataclass
class Case:
    """A scenario. `torch` has a line for each named value; `trainable` names the parameters that are trained."""

    text: str
    torch: list[tuple[str, str]]
    parameters: dict[str, Numbers]
    trainable: list[str]
    constants: dict[str, Numbers]
    data: dict[str, Numbers]
    objective: str
    optimizer: Mapping[str, object]
    kinds: set[str] = field(default_factory=set)


def random_case(rng: Random) -> Case:
    """Any case: layers, equations, or scalars alone."""
    kind = rng.choice(("layers", "equations", "equations", "equations", "scalars"))
    return {"layers": layers_case, "equations": equations_case, "scalars": scalars_case}[kind](rng)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def optimizer_table(rng: Random) -> dict[str, float | str | list[float]]:
    kind = rng.choice(tuple(_OPTIMIZERS))
    options: dict[str, float | str | list[float]] = {"type": kind, "lr": rng.choice((0.01, 0.05, 0.1))}
    for name, values in _OPTIMIZERS[kind].items():
        if rng.random() < 0.7:
            options[name] = rng.choice(values)
    if options.get("nesterov") and not options.get("momentum"):
        del options["nesterov"]
    return options


def _written(case_tables: Mapping[str, Mapping[str, object]], head: str, tail: str = "") -> str:
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


def _attention(writer: Writer, x: Term) -> Term:
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


def _residual(writer: Writer, x: Term) -> Term:
    """x + tanh(x @ W) @ W.T: a residual connection and a tied weight."""
    weight = writer.parameter((x.shape[1], (0, writer.rng.randint(2, 4))), 0.2)
    writer.kinds |= {"residual", "tied"}
    texts = ("({a} + tanh({a} @ {b}) @ {b}.T)", "({a} + torch.tanh({a} @ {b}) @ TR({b}))")
    return writer.define(writer.apply(texts, x.shape, x, weight))


def equations_case(rng: Random) -> Case:
    """Equations over data, or without any."""
    writer = Writer(rng)
    data: dict[str, Numbers] = {}
    samples, classes = 0, 0
    if rng.random() < 0.85:
        samples = rng.randint(2, 7)
        columns = rng.choice(((), (1,), (2,), (3,), (4,)))
        data["x"] = random_array(rng, (samples, *columns))
        x = Term("x", "x", (N, *((0, size) for size in columns)))
        writer.pool.append(x)
        if rng.random() < 0.8:
            target = rng.choice(("classes", "numbers", "rows", "rows"))
            if target == "classes":
                classes = rng.randint(2, 4)
                data["y"] = [rng.randrange(classes) for _ in range(samples)]
            else:
                sizes = () if target == "numbers" else (rng.randint(1, 3),)
                data["y"] = random_array(rng, (samples, *sizes))
                writer.pool.append(Term("y", "y", (N, *((0, size) for size in sizes))))
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
        terms.append(writer.loss(ROW_LOSSES, logits, y))
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


def _ending(writer: Writer) -> Term:
    """A scalar of some of the last values."""
    rng = writer.rng
    a = writer.pool[-1] if rng.random() < 0.7 else rng.choice(writer.pool)
    if not a.trained and rng.random() < 0.9:
        a = writer.define(writer.apply(BINARY["multiply"], a.shape, a, writer.parameter((), 0.0)))
    same = [one for one in writer.pool if one.shape == a.shape]
    if rng.random() < 0.5:
        return writer.pair_loss(a, rng.choice(same))
    if a.shape and a.shape[-1][0] == 0 and a.shape[-1][1] > 1 and rng.random() < 0.3:
        table = {"cross_entropy": ("cross_entropy({a}, softmax({b}){r})", "CEP({a}, torch.softmax({b}, -1), '{w}')")}
        return writer.loss(table, a, rng.choice(same))
    return writer.apply(("mean(tanh({a}))", "torch.tanh({a}).mean()"), (), a)


def scalars_case(rng: Random) -> Case:
    """Scalars alone, as in textbook circuits."""
    writer = Writer(rng, scalars=True)
    for _ in range(rng.randint(1, 4)):
        writer.pool.append(writer.parameter((), 0.0))
    for _ in range(rng.randint(1, 5)):
        writer.define(writer.term(rng.randint(1, 3)))
    return _finished(writer, rng, {}, 0, writer.term(2))


def _finished(writer: Writer, rng: Random, data: dict[str, Numbers], samples: int, total: Term) -> Case:
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
    optimizer = optimizer_table(rng) if rng.random() < 0.95 else {}
    training = _training(rng, samples)
    if not samples:
        training["epochs"] = rng.randint(1, 5)
    tables: dict[str, Mapping[str, object]] = {"data": data, "constants": writer.constants, "optimizer": optimizer}
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
    x = random_array(rng, (samples, width))
    depth = rng.randint(1, 4)
    parameters: dict[str, Numbers] = {}
    layers: list[str] = []
    trainable: list[str] = []
    torch: list[tuple[str, str]] = []
    previous = "x"
    for number in range(1, depth + 1):
        units = rng.randint(1, 5)
        last = number == depth
        weight = random_array(rng, (width, units))
        parameters[f"W{number}"] = weight
        layer = [f"weight = {_toml(weight)}"]
        trained = rng.random() < 0.85
        if rng.random() < 0.3:
            layer.append(f"units = {units}")
        name = "o" if last else f"z{number}"
        line = f"{previous} @ W{number}"
        if rng.random() < 0.8:
            drawn = rng.random() < 0.7
            bias: list[Numbers] = [random_number(rng) if drawn else 0.0 for _ in range(units)]
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
        previous = previous if kind == "softmax, cross_entropy" else "p"
    classes = kind in ("cross_entropy", "nll", "softmax, cross_entropy")
    if classes and rng.random() < 0.7:
        y: Numbers = [rng.randrange(width) for _ in range(samples)]
    elif classes or kind.startswith("bce"):
        y = [[round(rng.uniform(0.05, 0.95), 3) for _ in range(width)] for _ in range(samples)]
    else:
        y = random_array(rng, (samples, width))
    functions = {
        "mse": "MSE({a}, y, '{w}')",
        "mae": "MAE({a}, y, '{w}')",
        "huber": "HUBER({a}, y, 0.4, '{w}')",
        "bce": "BCE({a}, y, '{w}')",
        "bce_with_logits": "BCEL({a}, y, '{w}')",
        "cross_entropy": "CE({a}, y, '{w}')",
        "nll": "NLL({a}, y, '{w}')",
        "softmax, cross_entropy": "CE({a}, y, '{w}')",
    }
    if kind == "huber":
        extra = "delta = 0.4\n"
    loss = functions[kind].format(a=previous, w=word)
    lines = [f'type = "{kind.split(", ")[-1]}"', f'reduction = "{word}"', extra]
    if rng.random() < 0.3:
        lines.append("scale = 0.5")
        loss = f"T(0.5) * {loss}"
    torch.append(("loss", loss))
    optimizer = optimizer_table(rng)
    tables: dict[str, Mapping[str, object]] = {
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
