"""Keys and words of a file as they are called elsewhere: a hint names what is accepted, or says what can be done."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstep.catalogue import say
from nnstep.errors import NnstepError
from nnstep.language import Call, parse_expression, walk
from nnstep.nearest import folded
from nnstep.ops import NAMES, OPERATIONS
from nnstep.optimizers import OPTIMIZERS
from nnstep.scenario import loads
from nnstep.scenario.data.data_table import _KEYS as DATA_KEYS
from nnstep.scenario.data.generate import GENERATORS
from nnstep.scenario.edits.read import _KEYS as EDIT_KEYS
from nnstep.scenario.hints.foreign_keys import HOMES, NOTES, WORDS
from nnstep.scenario.hints.suggest import context_of, hint
from nnstep.scenario.initialisers import INITIALISERS
from nnstep.scenario.layers_table import LAYERS
from nnstep.scenario.load import _KEYS
from nnstep.scenario.loss_table import LOSSES
from nnstep.scenario.training import optimizer_keys
from tests.scenario.helpers import DATA

NET = (
    DATA
    + """[[layers]]
type = "linear"
units = 1
{layer}
[loss]
type = "mse"
{loss}
[optimizer]
type = "{type}"
{optimizer}
[training]
{training}
"""
)
# What is valid in each place of a file.
VALID: dict[str, tuple[str, ...]] = {
    "top level": _KEYS,
    "data": DATA_KEYS,
    "layer": ("type", *dict.fromkeys(key for layer in LAYERS.values() for key in layer.keys)),
    "layer type": tuple(LAYERS),
    "loss": ("type", "scale", "reduction", "delta"),
    "loss type": tuple(LOSSES),
    "reduction": ("mean", "sum", "batch_mean"),
    "optimizer": ("type", *optimizer_keys()),
    "optimizer type": tuple(OPTIMIZERS),
    "training": ("epochs", "batch_size", "shuffle"),
    "init": INITIALISERS,
    "generate": tuple(GENERATORS),
    "parameter": ("value", "shape", "init", "trainable"),
    "debug": ("breakpoints", "watch"),
    "breakpoint": ("when", "hits", "enabled"),
    "edit": EDIT_KEYS,
    "value": ("x", "y", "loss"),
    "function": tuple(entry.name for entry in OPERATIONS if entry.where == "equation"),
    "option": tuple(sorted({option for entry in OPERATIONS for option in entry.options})),
}
FOREIGN = {
    place: [
        word for theirs in (*WORDS.get(place, {}).values(), *NOTES.get(place, {}).values()) for word in theirs.split()
    ]
    for place in VALID
}
EVERYTHING = sorted({word for words in FOREIGN.values() for word in words})


def named(said: str | None) -> list[str]:
    return re.findall(r"(?:did you mean|it is called) '([^']+)'", said or "")


def test_the_tables_name_places_and_words_that_there_are() -> None:
    assert set(WORDS) | set(NOTES) <= set(VALID)
    for place, words in WORDS.items():
        assert {ours for ours, theirs in words.items() if theirs} <= set(VALID[place]), place
    assert set(HOMES) <= {key for keys in VALID.values() for key in keys}


@pytest.mark.parametrize("place", VALID)
def test_no_word_from_elsewhere_is_a_word_of_ours(place: str) -> None:
    """An entry for what has come to be here has to go; only a key that not every table of a kind has may be foreign."""
    ours = {folded(word) for word in VALID[place]}
    some = {"layer": {"slope", "alpha"}, "optimizer": {folded(key) for key in optimizer_keys()}}
    some["option"] = some["layer"]
    assert set(FOREIGN[place]) & (ours - some.get(place, set())) == set()
    assert all(word == folded(word) for word in FOREIGN[place] if word != "Σ")


@pytest.mark.parametrize("place", VALID)
def test_every_hint_names_what_is_valid_there(place: str) -> None:
    """For every word of every framework, in every place, also where only some of the words are valid."""
    for valid in (VALID[place], VALID[place][::2], VALID[place][:1]):
        for word in (*EVERYTHING, *(word.upper() for word in EVERYTHING), *NAMES, *HOMES):
            if word not in valid:
                assert set(named(hint(word, valid, place))) <= set(valid), word


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(VALID)), st.text(max_size=30))
def test_every_hint_for_any_word_names_what_is_valid_there(place: str, word: str) -> None:
    assert set(named(hint(word, VALID[place], place))) <= set(VALID[place])


def test_notes_show_what_can_be_read() -> None:
    """In backticks: a line of the file with keys that there are, or an expression."""
    keys = {key for place, valid in VALID.items() if "type" not in place for key in valid} | {"W"}
    for place, notes in NOTES.items():
        for note in filter(None, notes):
            for shown in re.findall(r"`([^`]+)`", say(f"note.{note}")):
                try:
                    assert set(tomllib.loads(shown)) <= keys, (place, shown)
                except tomllib.TOMLDecodeError:
                    tree = parse_expression(shown)
                    assert {node.function for node in walk(tree) if isinstance(node, Call)} <= set(NAMES), shown


def test_a_key_that_belongs_elsewhere_is_valid_there() -> None:
    tables = {
        "[training]": "training",
        "[optimizer]": "optimizer",
        "[debug]": "debug",
        "[data]": "data",
        "[loss]": "loss",
    }
    for key, home in HOMES.items():
        place = next((place for table, place in tables.items() if table == home), "top level")
        assert key in VALID["layer" if home == "[[layers]]" else place], key


def hints(**parts: str) -> list[str]:
    """The hints for a network that has a line more in one of its tables, in place of its units where it says them."""
    filled = {"layer": "", "loss": "", "optimizer": "lr = 0.1", "training": "epochs = 2", "type": "sgd"} | parts
    with pytest.raises(NnstepError) as caught:
        loads(
            NET.format(**filled).replace("units = 1\n", "" if parts.get("layer", "").endswith("= 3") else "units = 1\n")
        )
    return [problem.hint or "" for problem in caught.value.problems]


KEYS = [
    ("layer", "neurons = 3", "it is called 'units' here"),
    ("layer", "nodes = 3", "it is called 'units' here"),
    ("layer", "out_features = 3", "it is called 'units' here"),
    ("layer", 'name = "hidden"', "there is nothing to name"),
    ("layer", "in_features = 2", "as many inputs as the one before it gives"),
    ("layer", "input_dim = 2", "as many inputs as the one before it gives"),
    ("layer", 'kernel_initializer = "glorot_uniform"', "it is called 'init' here"),
    ("layer", "use_bias = false", "it is called 'bias' here"),
    ("layer", "weights = [[1], [2]]", "it is called 'weight' here"),
    ("layer", "biases = [1]", "it is called 'bias' here"),
    ("layer", 'activation = "relu"', '`type = "relu"`'),
    ("layer", "requires_grad = false", "it is called 'trainable' here"),
    ("layer", 'init = "kaiming_normal"', "it is called 'he_normal' here"),
    ("layer", 'init = "glorot_uniform"', "it is called 'xavier_uniform' here"),
    ("layer", 'init = "xavier"', "it is called 'xavier_uniform' here"),
    ("layer", 'init = "orthogonal"', "there is no such initialiser here"),
    ("layer", 'init = "randn"', "it is called 'normal' here"),
    ("loss", 'reduction = "average"', "it is called 'mean' here"),
    ("loss", 'reduction = "batchmean"', "did you mean 'batch_mean'?"),
    ("optimizer", "learning_rate = 0.1", "it is called 'lr' here"),
    ("optimizer", "LR = 0.1", "did you mean 'lr'?"),
    ("optimizer", "eta = 0.1", "it is called 'lr' here"),
    ("optimizer", "alpha = 0.1", "an option of rmsprop, not of sgd"),
    ("optimizer", "lr_decay = 0.1", "an option of adagrad, not of sgd"),
    ("optimizer", "decay = 0.1", "there is no schedule of lr here"),
    ("optimizer", "betas = [0.9, 0.99]", "an option of adam, adamw, not of sgd"),
    ("optimizer", "l2 = 0.1", "it is called 'weight_decay' here"),
    ("optimizer", "epochs = 3", "`epochs = 10`"),
    ("optimizer", "clip_norm = 1.0", "there is no clipping here"),
    ("training", "n_epochs = 3", "it is called 'epochs' here"),
    ("training", "epoch = 3", "did you mean 'epochs'?"),
    ("training", "batchsize = 3", "did you mean 'batch_size'?"),
    ("training", "minibatch = 3", "it is called 'batch_size' here"),
    ("training", "iterations = 3", "an iteration is one batch"),
    ("training", "learning_rate = 0.1", "`lr = 0.1`"),
    ("training", "momentum = 0.9", "'momentum' belongs in [optimizer]"),
]


@pytest.mark.parametrize(("table", "line", "said"), KEYS)
def test_keys_as_people_type_them(table: str, line: str, said: str) -> None:
    assert any(said in hint for hint in hints(**{table: line}))


TYPES = [
    ("layer", "Dense", "it is called 'linear' here"),
    ("layer", "Linear", "did you mean 'linear'?"),
    ("layer", "ReLU", "did you mean 'relu'?"),
    ("layer", "LeakyReLU", "did you mean 'leaky_relu'?"),
    ("layer", "swish", "it is called 'silu' here"),
    ("layer", "Dropout", "there is no dropout here"),
    ("layer", "Conv2d", "there are no convolutions"),
    ("layer", "relu6", "there is no such activation"),
    ("loss", "MSE", "did you mean 'mse'?"),
    ("loss", "mean_squared_error", "it is called 'mse' here"),
    ("loss", "L1Loss", "it is called 'mae' here"),
    ("loss", "CrossEntropyLoss", "it is called 'cross_entropy' here"),
    ("loss", "categorical_crossentropy", "it is called 'cross_entropy' here"),
    ("loss", "sparse_categorical_crossentropy", "it is called 'cross_entropy' here"),
    ("loss", "binary_crossentropy", "it is called 'bce' here"),
    ("loss", "BCEWithLogitsLoss", "it is called 'bce_with_logits' here"),
    ("loss", "nll_loss", '`type = "cross_entropy"`'),
    ("loss", "hinge", "`mean(relu(1 - o * y))`"),
    ("optimizer", "SGD", "did you mean 'sgd'?"),
    ("optimizer", "Adam", "did you mean 'adam'?"),
    ("optimizer", "gradient_descent", "it is called 'sgd' here"),
    ("optimizer", "RMSProp", "did you mean 'rmsprop'?"),
    ("optimizer", "nadam", "there is no such optimizer here"),
]


@pytest.mark.parametrize(("table", "word", "said"), TYPES)
def test_types_as_people_type_them(table: str, word: str, said: str) -> None:
    kinds = {"layer": 'type = "linear"', "loss": 'type = "mse"', "optimizer": 'type = "sgd"'}
    text = NET.format(layer="", loss="", optimizer="lr = 0.1", training="epochs = 2", type="sgd")
    with pytest.raises(NnstepError) as caught:
        loads(text.replace(kinds[table], f'type = "{word}"'))
    assert said in (caught.value.problems[0].hint or "")


TOP = [
    ("learning_rate = 0.1", "'lr' belongs in [optimizer]"),
    ("epochs = 3", "'epochs' belongs in [training]"),
    ("batch_size = 3", "'batch_size' belongs in [training]"),
    ("optim = 3", "it is called 'optimizer' here"),
    ("dataset = 3", "valid here: title"),
    ("random_seed = 3", "it is called 'seed' here"),
    ("titel = 3", "did you mean 'title'?"),
    ('activation = "relu"', "an activation is a layer of its own"),
]


@pytest.mark.parametrize(("line", "said"), TOP)
def test_keys_at_the_top(line: str, said: str) -> None:
    with pytest.raises(NnstepError) as caught:
        loads(f"{line}\n{DATA}" + '[[layers]]\ntype = "tanh"\n')
    assert said in (caught.value.problems[0].hint or "")


def test_data_and_parameters() -> None:
    for line, said in (
        ("inputs = [[1]]", "'x'"),
        ("X = [[1]]", "'x'"),
        ("labels = [0]", "'y'"),
        ("targets = [0]", "'y'"),
    ):
        with pytest.raises(NnstepError) as caught:
            loads(f'[data]\n{line}\n[[layers]]\ntype = "tanh"\n')
        assert said in (caught.value.problems[0].hint or "") or any(
            said in (one.hint or "") for one in caught.value.problems
        )
    with pytest.raises(NnstepError) as caught:
        loads('equations = "z = lambda"\n[parameters]\nlambda = 0.1\n')
    assert any("call it lam" in (one.hint or "") for one in caught.value.problems)
    with pytest.raises(NnstepError) as caught:
        loads('equations = "z = W"\n[parameters]\nW = { size = [2], requires_grad = false }\n')
    assert [one.hint for one in caught.value.problems][:2] == [
        "it is called 'shape' here",
        "it is called 'trainable' here",
    ]


def test_the_place_of_a_path() -> None:
    assert context_of((), keys=True) == "top level"
    assert context_of(("layers", 0), keys=True) == "layer"
    assert context_of(("layers", 0, "type"), keys=False) == "layer type"
    assert context_of(("edits", 0, "optimizer"), keys=True) == "optimizer"
    assert context_of(("edits", 0, "optimizer", "type"), keys=False) == "optimizer type"
    assert context_of(("debug", "breakpoints", 0), keys=True) == "breakpoint"
    assert context_of(("parameters", "W", "init"), keys=False) == "init"
