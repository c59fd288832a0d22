"""What holds for the table as a whole, and which shapes and options each operation refuses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from nnstep import ops
from nnstep.errors import OperationError
from nnstep.language import Call, Expression, Option, names, parse_equations, parse_expression, walk
from nnstep.ops import AGGREGATES, NAMES, OPERATIONS, Operation, Shape, operation
from tests.ops.frozen import CASES, Case

ENTRY = pytest.mark.parametrize("entry", OPERATIONS, ids=list(NAMES))
LANGUAGE = """
    add subtract multiply divide power matmul negative transpose slice remainder and or not
    less less_equal greater greater_equal equal not_equal
    exp log sqrt abs sin cos maximum minimum sum mean max min reshape concat one_hot argmax
    sigmoid tanh relu leaky_relu elu gelu silu softplus softmax log_softmax layer_norm
    mse mae huber cross_entropy nll bce bce_with_logits isnan isinf any all norm
"""


def test_the_language_has_all_its_operations() -> None:
    assert set(LANGUAGE.split()) <= set(NAMES)


def test_names_are_unique_and_apart_from_those_of_cell_rules() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert not set(NAMES) & set(AGGREGATES)


def test_the_room_exports_what_it_says() -> None:
    assert all(hasattr(ops, name) for name in ops.__all__)
    assert list(ops.__all__) == sorted(ops.__all__, key=lambda name: (not name.isupper(), name))


@ENTRY
def test_an_entry_says_what_it_is(entry: Operation) -> None:
    assert entry.symbol.strip() == entry.symbol != ""
    assert entry.sentence.endswith(".")
    assert entry.sentence.count(". ") == 0, "one sentence"
    assert not entry.sentence[0].islower()
    assert entry.where in ("equation", "rule", "condition")
    assert set(entry.derivative) <= set(entry.inputs)
    assert not set(entry.options) & set(entry.inputs)


@ENTRY
def test_what_may_stand_in_an_equation_is_differentiable_but_for_class_numbers(entry: Operation) -> None:
    if entry.where == "equation" and entry.name not in ("one_hot", "argmax"):
        assert tuple(entry.derivative) == entry.inputs
    else:
        assert not entry.derivative


def known_calls(expression: Expression) -> None:
    for node in walk(expression):
        if isinstance(node, Call):
            operation(node.function)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_texts_use_names_that_exist(case: Case) -> None:
    entry, site = case.entry, case.site
    numbers = {name for name, value in site.options.items() if isinstance(value, int | float)}
    given = {*entry.inputs, *numbers}
    for label in entry.derivative:
        text = entry.rule(label, site)
        if text is not None:
            rule = parse_expression(text)
            assert set(names(rule)) <= {*given, "g", "out"}
            known_calls(rule)
    for text in entry.keeps(site):
        assert set(names(parse_expression(text))) <= set(entry.inputs)
    definition = entry.definition(site)
    if definition is not None:
        lines = parse_equations(definition)
        for line in lines:
            assert set(names(line.expression)) <= given
            known_calls(line.expression)
            given.add(line.target)
        assert lines[-1].target == "out"


@pytest.mark.parametrize(
    ("name", "rules"),
    {
        "add": {"a": "g", "b": "g"},
        "subtract": {"a": "g", "b": "-g"},
        "sigmoid": {"x": "g * out * (1 - out)"},
        "tanh": {"x": "g * (1 - out ** 2)"},
        "relu": {"x": "where(x <= 0, 0, g)"},
        "softmax": {"x": "out * (g - sum(g * out, axis=-1, keepdims=True))"},
    }.items(),
)
def test_rules_are_the_ones_of_the_textbooks(name: str, rules: Mapping[str, str]) -> None:
    entry = operation(name)
    site = entry.site(tuple((4, 3) for _ in entry.inputs), {})
    assert {label: entry.rule(label, site) for label in entry.inputs} == rules


def test_rules_that_depend_on_the_place() -> None:
    def rules(name: str, *shapes: Shape, **options: Option) -> list[str | None]:
        entry = operation(name)
        filled = {label: value for label, value in entry.options.items() if value is not None} | options
        site = entry.site(shapes, filled)
        return [entry.rule(label, site) for label in entry.inputs]

    assert rules("matmul", (4, 2), (2, 3)) == ["g @ b.T", "a.T @ g"]
    assert rules("cross_entropy", (4, 3), (4,)) == ["g * (softmax(logits) - one_hot(y, 3)) / 4", None]
    assert rules("mse", (4, 3), (4, 3)) == ["g * 2 / 12 * (o - y)", "g * -2 / 12 * (o - y)"]
    assert rules("mse", (4, 3), (4, 3), reduction="batch_mean")[0] == "g * 2 / 4 * (o - y)"
    assert rules("mean", (4, 3)) == ["broadcast(g / 12, 4, 3)"]
    assert rules("sum", (4, 3), axis=-1) == ["broadcast(reshape(g, 4, 1), 4, 3)"]
    assert rules("slice", (4, 3), items=((0, 2, None), -1)) == ["put(g, x[0:2, -1])"]


def test_an_unknown_operation() -> None:
    with pytest.raises(OperationError, match="there is no operation 'sigmod'"):
        operation("sigmod")


REFUSED: list[tuple[str, tuple[Shape, ...], dict[str, Option], str]] = [
    ("add", ((4, 3), (2,)), {}, "4×3 and a vector of 2 do not fit together"),
    ("multiply", ((4, 3), (3, 3)), {}, "4×3 and 3×3 do not fit together"),
    ("matmul", ((4, 3), (2, 5)), {}, "4×3 @ 2×5: the left side has 3 columns, the right side 2 rows, expected as many"),
    ("matmul", ((3,), (2,)), {}, "a vector of 3 @ a vector of 2"),
    ("matmul", ((), (2, 5)), {}, "a scalar @ 2×5: a matrix product needs matrices or vectors"),
    ("sum", ((4, 3),), {"axis": 2}, "4×3 has no axis 2"),
    ("mean", ((4, 3),), {"axis": 0.5}, "axis=0.5 is no axis"),
    ("max", ((),), {"axis": 0}, "a scalar has no axis 0"),
    ("min", ((3,),), {"keepdims": "yes"}, "keepdims=yes, expected True or False"),
    ("sum", ((0, 3),), {}, "0×3 has no entries to reduce"),
    ("argmax", ((4, 3),), {"axis": "all"}, "argmax looks along one axis"),
    ("reshape", ((4, 3),), {"rows": 5, "cols": 2}, "4×3 has 12 entries, which do not fill 5×2"),
    ("reshape", ((4, 3),), {"rows": -1, "cols": 5}, "4×3 has 12 entries, which do not fill ?×5"),
    ("reshape", ((4, 3),), {"rows": -1, "cols": -1}, "-1 twice"),
    ("reshape", ((4, 3),), {"rows": 2.5}, "2.5 is no size"),
    ("reshape", ((4, 3),), {"cols": 12}, "found cols without rows"),
    ("broadcast", ((4, 3),), {"rows": 4, "cols": 2}, "4×3 cannot be repeated to 4×2"),
    ("slice", ((4, 3),), {"items": (4,)}, "axis 0 of 4×3 has no entry 4"),
    ("slice", ((4,),), {"items": (0, 0)}, "a vector of 4 takes at most 1 subscripts, found 2"),
    ("slice", ((4,),), {"items": ((2, 2, None),)}, "takes no entries"),
    ("slice", ((4,),), {"items": ((None, None, 0),)}, "a slice with step 0"),
    ("put", ((3,),), {"items": ((0, 2, None),), "shape": (4,)}, "a vector of 3 does not fill a place of a vector of 2"),
    ("concat", ((4, 3), (4, 2)), {}, "4×3 and 4×2 cannot be joined along axis 0"),
    ("concat", ((4, 3), (3,)), {}, "4×3 and a vector of 3 cannot be joined along axis 0"),
    ("concat", ((), ()), {}, "a scalar has no axis 0"),
    ("one_hot", ((4, 1),), {"classes": 3}, "labels are 4×1, expected one class number for each sample"),
    ("one_hot", ((4,),), {"classes": 0}, "classes=0"),
    ("softmax", ((),), {}, "softmax works along a row, found a scalar"),
    ("layer_norm", ((4, 3), (4,), (3,)), {}, "gain is a vector of 4, expected one number for each of the 3 columns"),
    ("layer_norm", ((4, 3), (3,), (3,)), {"eps": -1.0}, "eps=-1.0, expected a number of at least 0"),
    ("leaky_relu", ((3,),), {"slope": "steep"}, "slope=steep, expected a number"),
    ("mse", ((4, 3), (4,)), {}, "o is 4×3 and y is a vector of 4, expected equal shapes"),
    ("mse", ((4, 3), (4, 3)), {"reduction": "average"}, "reduction=average, expected mean, sum or batch_mean"),
    ("huber", ((4,), (4,)), {"delta": 0}, "delta=0, expected a number above 0"),
    (
        "cross_entropy",
        ((4, 3), (3,)),
        {},
        "logits is 4×3 and y is a vector of 3, expected a vector of 4 of class numbers",
    ),
    ("nll", ((3,), (2,)), {}, "p is a vector of 3 and y is a vector of 2, expected a class number"),
    ("cross_entropy", ((), ()), {}, "logits is a scalar, expected a row"),
]


@pytest.mark.parametrize(("name", "shapes", "options", "said"), REFUSED)
def test_refused(name: str, shapes: tuple[Shape, ...], options: dict[str, Option], said: str) -> None:
    entry = operation(name)
    filled = {label: value for label, value in entry.options.items() if value is not None} | options
    with pytest.raises(OperationError) as raised:
        entry.site(shapes, filled)
    assert said in raised.value.message


@pytest.mark.parametrize("name", ["mse", "mae", "huber", "bce", "bce_with_logits"])
def test_a_column_against_a_list_is_refused_with_the_way_out(name: str) -> None:
    """NumPy would repeat both to n x n and give a wrong loss without a word."""
    entry, y = operation(name), operation(name).inputs[1]
    with pytest.raises(OperationError, match="expected equal shapes") as raised:
        entry.evaluate(np.ones((4, 1)), np.ones(4))
    assert raised.value.hint == f"write {y} as a column, [[0], [1]] in place of [0, 1], to make it 4×1"
    with pytest.raises(OperationError) as raised:
        entry.evaluate(np.ones(4), np.ones((4, 1)))
    assert (
        raised.value.hint == f"write {y} as a list of numbers, [0, 1] in place of [[0], [1]], to make it a vector of 4"
    )


def test_class_numbers_in_a_column_are_refused_with_the_way_out() -> None:
    with pytest.raises(OperationError) as raised:
        operation("cross_entropy").evaluate(np.ones((4, 3)), np.ones((4, 1)))
    assert raised.value.hint == "write class numbers as a list, [0, 1] in place of [[0], [1]]"
