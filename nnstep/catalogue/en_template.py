"""The texts in English: the commented scenario that `nnstep new NAME` writes. Its keys and words are TOML and stay."""

from __future__ import annotations

TEMPLATE: dict[str, str] = {
    "template.title": "A network",
    "template.scenario": '''\
# A network to step through. Every line that starts with "# " may be deleted.
title = {title}
description = """
Two inputs, two hidden units, two classes. Step forward to the loss, then backward: the gradient of W1 is
made of the gradient of z1, which is made of the gradient of h1, and so on.
"""
seed = 0                             # for initialisers, shuffling and generated data


# ---- Data: rows are samples ----------------------------------------------------------------------------

[data]
x = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [0, 1, 1, 1]                     # class numbers; for mse and bce write rows: [[0], [1], [1], [1]]

# or from a file beside this one (.csv with a header, .npz or .npy):
# file = "flowers.csv"
# x = ["length", "width"]            # the columns to use
# y = "species"                      # "species" for class numbers or names, ["species"] for a column

# or generated: xor, moons, circles, spiral, blobs or line
# generate = "moons"
# samples = 100
# noise = 0.1


# ---- The network, as layers ----------------------------------------------------------------------------
# They are written out as equations: z1 = x @ W1 + b1, h1 = sigmoid(z1), o = h1 @ W2 + b2, and
# loss = cross_entropy(o, y). An activation after the last linear layer gives p.

[[layers]]
type = "linear"
weight = [[0.5, -1.0], [1.5, 1.0]]   # rows are inputs, columns are units
bias = [0.0, 0.5]                    # or false for none; zeros when not given

[[layers]]
type = "sigmoid"                     # tanh relu leaky_relu elu gelu silu softplus softmax log_softmax

[[layers]]
type = "linear"
units = 2                            # without weight: how many outputs ...
init = "xavier_uniform"              # ... and how W begins; also xavier_normal, he_uniform,
                                     # he_normal, normal, uniform, zeros, ones
trainable = true

[loss]
type = "cross_entropy"               # of logits, softmax is in it; also mse mae huber nll bce bce_with_logits
# reduction = "mean"                 # sum, or batch_mean: the sum over a row, the mean over rows
# scale = 0.5


# ---- The network, as equations -------------------------------------------------------------------------
# In place of [[layers]] and [loss]; this goes to the top of the file, before [data]. The same network:
#
# equations = """
# z1 = x @ W1 + b1
# h1 = sigmoid(z1)
# o  = h1 @ W2 + b2
# loss = cross_entropy(o, y)
# """
#
# [parameters]
# W1 = [[0.5, -1.0], [1.5, 1.0]]
# b1 = [0.0, 0.5]
# W2 = {{ shape = [2, 2], init = "xavier_uniform" }}
# b2 = {{ shape = [2], init = "zeros", trainable = false }}
#
# [constants]                        # not trained
# temperature = 2.0
#
# The value named `loss` is differentiated; another scalar is with objective = "z" at the top of the file.


# ---- Training ------------------------------------------------------------------------------------------

[optimizer]
type = "sgd"                         # adam adamw rmsprop adagrad
lr = 0.5
# momentum = 0.9
# nesterov = true
# weight_decay = 0.01

[training]
epochs = 10
batch_size = 2                       # all samples at once when not given
shuffle = false                      # true: a new order in each epoch, from the seed


# ---- Where to look -------------------------------------------------------------------------------------

[debug]
breakpoints = ["grad(W1)"]           # stop where a value is computed, or where a condition holds: "loss < 0.1"
watch = ["norm(grad(W1))", "softmax(o)"]


# ---- What if -------------------------------------------------------------------------------------------
# What is changed as an iteration begins: a cell, or the optimizer. A saved branch has such tables.
#
# [[edits]]
# iteration = 3
# cell = "W1[0, 1]"                  # of a parameter, of x or y (its row of the data), of a constant
# value = 0.5
#
# [[edits]]
# iteration = 5
# optimizer = {{ type = "adam", lr = 0.01 }}
''',
}
