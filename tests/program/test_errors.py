"""What compiling says about a scenario that cannot be used: each problem with its file, line and key, all at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from nnstep.engine import Timeline
from nnstep.errors import NnstepError, Problem
from nnstep.language import parse_equations
from nnstep.program import compile_program
from nnstep.scenario.model import Data, Equation, Parameter, Scenario, Training

FIRST_LINE = 11  # of the equations, in the file


def scenario(
    equations: str,
    objective: str | None = None,
    parameters: Mapping[str, object] | None = None,
    training: Training | None = None,
    **data: object,
) -> Scenario:
    """A scenario with x 4×3, W 3×2, b (2,) and the given equations, which start in line 11 of `net.toml`."""
    arrays = {"x": np.arange(12.0).reshape(4, 3), "y": np.array([0.0, 1.0, 2.0, 1.0])} | {
        name: np.asarray(value, float) for name, value in data.items()
    }
    values = parameters or {"W": np.ones((3, 2)), "b": np.zeros(2), "s": 2.0}
    return Scenario(
        title="",
        description="",
        seed=0,
        equations=tuple(
            Equation(one, one.line + FIRST_LINE - 1, "equations") for one in parse_equations(equations.strip())
        ),
        parameters=tuple(Parameter(name, np.asarray(value, float)) for name, value in values.items()),
        data=Data(arrays["x"], arrays["y"]),
        objective=objective,
        training=training or Training(),
        path="net.toml",
    )


def problems(of: Scenario) -> tuple[Problem, ...]:
    """What is wrong with a scenario."""
    with pytest.raises(NnstepError) as caught:
        Timeline(of)
    return caught.value.problems


@pytest.mark.parametrize(
    ("equation", "message", "hint"),
    [
        ("z = x @ V", "'V' is not defined", None),
        ("weights = x\nz = weight * 2", "'weight' is not defined", "did you mean 'weights'?"),
        ("z = q + 1\nq = sum(x)", "'q' is used before it is defined", "put its equation first"),
        ("z = z + 1", "'z' is used before it is defined", "put its equation first"),
        ("z = grad(W) + 1", "grad(W) is for breakpoints and watches", None),
        ("z = prev(x)", "prev(x) is for breakpoints and watches", None),
        ("z = sigmoyd(x)", "there is no operation 'sigmoyd'", "did you mean 'sigmoid'?"),
        ("z = velocity_of(x)", "there is no operation 'velocity_of'", None),
        ("z = x > 0", "> (greater) is for breakpoints and watches, not for an equation", None),
        ("z = isnan(x)", "isnan is for breakpoints and watches, not for an equation", None),
        ("z = x % 2", "mod (remainder) is for breakpoints and watches", None),
        ("z = x > 0 and x < 1", "and is for breakpoints and watches", None),
        ("z = where(x, 1, 2)", "where is for derivative rules, not for an equation", None),
        ("z = sigmoid()", "z: sigmoid takes (x), found 0 of its inputs", None),
        ("z = sigmoid(x, x)", "z: sigmoid takes 1 value, found 2", "it is called as sigmoid(x)"),
        ("z = mse(x)", "z: mse takes (o, y, reduction=), found 1 of its inputs", None),
        ("z = leaky_relu(x, slop=2)", "z: leaky_relu has no option 'slop'", "did you mean 'slope'?"),
        ("z = leaky_relu(x, 0.1, slope=0.2)", "z: leaky_relu: slope is given twice", None),
        ("z = mse(x, x, sum)", "z: mse takes (o, y, reduction=), found sum for reduction", "reduction="),
        ("z = elu(x, s)", "z: elu takes (x, alpha=), found s for alpha", "alpha="),
        ("z = mse(x, x, reduction=summ)", "z: reduction=summ, expected mean, sum or batch_mean", "'sum'"),
        ("z = one_hot(y)", "z: one_hot needs 'classes'", None),
        ("z = sum(x, axis=2)", "z: 4×3 has no axis 2", "axes count from 0 to 1"),
        ("z = x @ x", "z: 4×3 @ 4×3: the left side has 3 columns, the right side 4 rows, expected as many", None),
        ("z = x * W", "z: 4×3 and 3×2 do not fit together", "sizes are matched from the last axis"),
        ("z = x[:, 0:1] - y", "z: 4×1 and a vector of 4 would be repeated to 4×4", "transpose the column"),
        ("z = sum((y * 2) / (x @ W)[:, 1:2])", "z: 4×1 and a vector of 4 would be repeated to 4×4", "both columns"),
        ("z = s @ W", "z: a scalar @ 3×2: a matrix product needs matrices or vectors", "use * for a scalar"),
        ("z = concat(x, W)", "z: 4×3 and 3×2 cannot be joined along axis 0", None),
        ("z = reshape(x, 5, -1)", "z: 4×3 has 12 entries, which do not fill 5×?", None),
        ("z = x[4]", "z: axis 0 of 4×3 has no entry 4", "entries are 0 to 3"),
        ("z = x[0, 0, 0]", "z: 4×3 takes at most 2 subscripts, found 3", None),
        ("z = mse(x, y)", "z: o is 4×3 and y is a vector of 4, expected equal shapes", None),
        ("z = softmax(s)", "z: softmax works along a row, found a scalar", None),
        ("z = layer_norm(x, b, b)", "z: gain is a vector of 2, expected one number for each of the 3 columns", None),
        ("z = cross_entropy(x @ W, y)", "z: y has 2 in sample 2, expected class numbers: 0 and 1", "counted from 0"),
        ("z = sum(one_hot(y, 2))", "z: y has 2 in sample 2, expected class numbers: 0 and 1", "counted from 0"),
        ("z = one_hot(1.5, 3)", "z: found 1.5, expected class numbers: 0 to 2", "counted from 0"),
        ("z = sum(one_hot(b, 3)) + one_hot(s, 2)", "z: s has 2, expected class numbers: 0 and 1", "counted from 0"),
    ],
)
def test_each_problem_names_file_line_and_key(equation: str, message: str, hint: str | None) -> None:
    found = problems(scenario("first = x @ W + b\n" + equation))
    last_line = FIRST_LINE + 1 + ("\nz" in equation)
    one = found[0]
    assert message in one.message, found
    assert (one.file, one.key) == ("net.toml", "equations")
    assert one.line in (FIRST_LINE + 1, last_line)
    assert (hint is None and len(found) == 1) or (hint is not None and hint in str(one.hint))
    assert str(one).startswith(f"net.toml:{one.line}: equations: ")


def test_all_problems_are_found_at_once_and_none_is_blamed_twice() -> None:
    text = "a = x @ V\nb2 = a + 1\nc = sigmoyd(Q) + tanhh(x)\nd = x * W\ne = d + c\nf = x > 0\nloss = mse(x, x @ W)"
    found = problems(scenario(text, objective="loss"))
    assert [(one.line, one.message) for one in found] == [
        (11, "'V' is not defined"),
        (13, "'Q' is not defined"),
        (13, "there is no operation 'sigmoyd'"),
        (13, "there is no operation 'tanhh'"),
        (14, "d: 4×3 and 3×2 do not fit together"),
        (16, "> (greater) is for breakpoints and watches, not for an equation"),
        (17, "loss: o is 4×3 and y is 4×2, expected equal shapes"),
    ]


def test_an_objective_that_is_not_a_scalar_is_said_beside_other_problems() -> None:
    found = problems(scenario("loss = x @ W\nz = x @ V", objective="loss"))
    assert [(one.line, one.key) for one in found] == [(12, "equations"), (11, "equations")]
    assert "loss is 4×2, expected a scalar" in found[1].message
    assert "mean(...)" in str(found[1].hint)


def test_an_objective_that_there_is_not() -> None:
    (found,) = problems(scenario("losss = sum(x)", objective="loss"))
    assert (found.message, found.key) == ("'loss' is not defined", "objective")
    assert found.hint == "did you mean 'losss'?"


def test_an_objective_whose_equation_is_wrong_is_not_blamed_again() -> None:
    (found,) = problems(scenario("loss = sum(V)", objective="loss"))
    assert found.message == "'V' is not defined"


@pytest.mark.parametrize(
    ("equations", "message"),
    [
        ("k = argmax(x @ W)\nloss = sum(k * 2.0)", "k: a gradient must pass through argmax, which is not differ"),
        ("loss = sum(one_hot(argmax(x @ W), 2))", "loss: a gradient must pass through"),
        ("loss = sum(one_hot(s, 3))", "loss: a gradient must pass through one_hot, which is not differentiable"),
        ("loss = cross_entropy(x, sum(W) * y * 0)", "loss: a gradient must pass through cross_entropy, which is not"),
    ],
)
def test_a_gradient_that_must_pass_where_none_can(equations: str, message: str) -> None:
    found = problems(scenario(equations, objective="loss"))
    assert found[0].message.startswith(message)
    assert found[0].line == FIRST_LINE
    assert "trainable = false" in str(found[0].hint)


def test_what_is_not_differentiable_is_fine_where_no_gradient_must_pass() -> None:
    program = compile_program(
        scenario(
            "hits = mean(argmax(x @ W) * y)\nloss = cross_entropy(x @ W @ V, y)",
            "loss",
            {"W": np.ones((3, 2)), "V": np.ones((2, 3))},
        )
    )
    assert "grad(W)" in program.versions
    assert "grad(hits)" not in program.versions


def test_a_blocked_path_names_the_input_of_an_operation_with_several() -> None:
    (found,) = problems(scenario("loss = cross_entropy(x, sum(W) + y * 0)", objective="loss", y=np.zeros(4)))
    assert "in its input 'y'" in found.message


def test_only_the_smaller_last_batch_does_not_fit() -> None:
    wrong = scenario("z = x[2]", training=Training(batch_size=3))
    compile_program(wrong)
    with pytest.raises(NnstepError) as caught:
        Timeline(wrong)
    (problem,) = caught.value.problems
    assert problem.message.startswith("in the last batch of an epoch, of 1 instead of 3 samples: z: axis 0 of 1×3")
    assert (problem.file, problem.line, problem.key) == ("net.toml", FIRST_LINE, "equations")


def test_an_iteration_too_large_for_any_memory_is_refused() -> None:
    (found,) = problems(scenario("z = one_hot(y, 100000000)"))
    assert "at most 33,554,432 are possible" in found.message
    assert (found.line, found.key) == (FIRST_LINE, "equations")
    assert "z, 4×100000000" in str(found.hint)


def test_a_square_matrix_of_a_row_and_a_column_is_possible_where_it_is_written_so() -> None:
    program = compile_program(scenario("z = x[:, 0:1].T - y\nq = x[:, 0:1] - x[:, 0:1].T\nloss = sum(q * q)", "loss"))
    shapes = {value.name: value.shape for value in program.values}
    assert (shapes["z"], shapes["q"]) == ((1, 4), (4, 4))


def test_a_column_of_the_samples_and_a_vector_over_something_else_may_be_as_long_as_each_other_by_chance() -> None:
    equations = "z = sum(x, axis=1, keepdims=True) * v\nloss = sum(z)"
    program = compile_program(scenario(equations, "loss", {"v": np.ones(4)}))
    assert program.values[program.versions["z"][0]].shape == (4, 4)
    ones = compile_program(scenario("z = x[:, 0:1] - y[0:1]\nloss = sum(z)", "loss", x=np.ones((1, 3)), y=[1.0]))
    assert ones.values[ones.versions["z"][0]].shape == (1, 1)


def test_without_samples_sizes_are_no_chance() -> None:
    made = scenario("z = reshape(W, 6, 1) + v\nloss = sum(z)", "loss", {"W": np.ones((3, 2)), "v": np.ones(6)})
    with pytest.raises(NnstepError, match="6×1 and a vector of 6 would be repeated to 6×6"):
        compile_program(made._replace(data=None))
