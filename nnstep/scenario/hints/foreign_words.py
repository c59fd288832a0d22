"""What words of a scenario file are called elsewhere: in PyTorch, Keras, scikit-learn, JAX, MATLAB and textbooks.

A table for each place of a file, by the word as people type it, without capitals, `_` and `-`. Whether our word is
accepted there, and that no word of ours is among those from elsewhere, is what the tests look at: an entry for what
there comes to be here has to go. What there is not here at all stands in `foreign_notes`.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["HOMES", "WORDS", "Place"]

Place = str

# By place, and in it by our word: what that is called elsewhere.
WORDS: Mapping[Place, Mapping[str, str]] = {
    "top level": {
        "title": "name heading",
        "description": "about comment notes text doc",
        "seed": "randomseed randomstate manualseed rng",
        "data": "dataset datasets trainingdata samples train",
        "layers": "layer model network net sequential architecture",
        "loss": "lossfunction lossfn criterion cost costfunction",
        "equations": "equation eq eqs formula formulas forward graph",
        "parameters": "params param parameter weights variables",
        "constants": "constant const consts buffers",
        "optimizer": "optim optimiser solver",
        "training": "trainer fit",
        "debug": "debugger",
        "edits": "edit changes whatif",
    },
    "data": {
        "x": "inputs input features feature xtrain data observations examples",
        "y": "targets target labels label output outputs ytrain ytrue t truth",
        "file": "path filename csv source filepath npz npy",
        "generate": "dataset type name kind generator make",
        "samples": "nsamples n size count numsamples npoints points",
        "noise": "std sigma noisestd noiselevel",
        "classes": "nclasses numclasses centers",
    },
    "layer": {
        "type": "name kind layer class op operation",
        "units": (
            "neurons nodes size outfeatures outputsize outputdim outputs output n hidden numunits hiddenunits "
            "hiddensize width out dim unit nunits nout features"
        ),
        "weight": "weights w kernel matrix",
        "bias": "biases b usebias intercept",
        "init": "kernelinitializer initializer initialization initialisation weightinit initialiser initializers",
        "trainable": "requiresgrad train learnable",
        "slope": "negativeslope alpha leak",
        "alpha": "slope",
    },
    "layer type": {
        "linear": "dense fc fullyconnected affine gemm linearlayer denselayer mlp perceptron innerproduct",
        "sigmoid": "logistic sigm expit logsig",
        "tanh": "hyperbolictangent tansig",
        "relu": "rectifier poslin rectifiedlinear",
        "leaky_relu": "lrelu",
        "silu": "swish",
        "softplus": "softrelu",
    },
    "loss": {
        "type": "name kind function loss fn criterion",
        "reduction": "reduce average sizeaverage",
        "scale": "factor coefficient",
        "delta": "beta threshold",
    },
    "loss type": {
        "mse": (
            "mseloss meansquarederror l2 l2loss quadratic squarederror leastsquares meansquare euclidean regression"
        ),
        "mae": "maeloss l1 l1loss meanabsoluteerror absoluteerror",
        "huber": "huberloss smoothl1 smoothl1loss",
        "bce": "bceloss binarycrossentropy binarycrossentropyloss logloss logistic",
        "bce_with_logits": (
            "bcewithlogitsloss binarycrossentropywithlogits sigmoidcrossentropy bcelogits sigmoidcrossentropywithlogits"
        ),
        "cross_entropy": (
            "crossentropyloss categoricalcrossentropy sparsecategoricalcrossentropy softmaxcrossentropy ce celoss"
            " softmaxcrossentropywithlogits crossentropywithlogits softmaxloss xent"
        ),
        "nll": "negativeloglikelihood",
    },
    "reduction": {
        "mean": "average avg meanall",
        "sum": "total",
        "batch_mean": "samplemean",
    },
    "optimizer": {
        "type": "name kind optimizer algorithm method optim",
        "lr": "learningrate eta stepsize rate learnrate learningrateinit alpha",
        "momentum": "mu gamma beta momentumfactor",
        "nesterov": "usenesterov nesterovmomentum",
        "weight_decay": "l2 lambda l2reg regularization weightpenalty wd weightdecayrate l2penalty reg",
        "betas": "beta1 beta2 beta momentums",
        "eps": "epsilon",
        "alpha": "rho decayrate smoothing",
        "lr_decay": "learningratedecay",
        "initial_accumulator_value": "initialaccumulator",
    },
    "optimizer type": {
        "sgd": (
            "gd gradientdescent stochasticgradientdescent batchgradientdescent vanilla minibatchsgd sgdm momentum"
            " nesterov steepestdescent"
        ),
        "adamw": "adamweightdecay",
    },
    "training": {
        "epochs": "nepochs numepochs maxepochs nbepoch nbepochs passes",
        "batch_size": "batch minibatch minibatchsize bs nbatch batches batchsamples",
        "shuffle": "random randomize permute reshuffle",
    },
    "init": {
        "xavier_uniform": "glorotuniform glorot xavier",
        "xavier_normal": "glorotnormal",
        "he_uniform": "kaiminguniform",
        "he_normal": "kaimingnormal kaiming he",
        "normal": "randomnormal randn gaussian standardnormal normalrandom",
        "uniform": "randomuniform rand random",
        "zeros": "zero zerosinit",
        "ones": "one onesinit",
    },
    "generate": {
        "moons": "twomoons makemoons halfmoons crescents",
        "circles": "makecircles rings annulus donut",
        "spiral": "spirals twospirals makespirals swissroll",
        "blobs": "makeblobs gaussians clusters gaussian gauss clouds",
        "line": "linear regression makeregression straightline",
    },
    "parameter": {
        "value": "values data array numbers",
        "shape": "size dims dim dimensions",
        "init": "initializer initialization initialisation initialiser",
        "trainable": "requiresgrad train learnable",
    },
    "debug": {
        "breakpoints": "breakpoint break breaks stops stop",
        "watch": "watches watchers watched expressions",
    },
    "breakpoint": {
        "when": "condition if at where expression",
        "hits": "count hit times",
        "enabled": "on active",
    },
    "edit": {
        "iteration": "step at epoch",
        "cell": "entry name parameter",
        "value": "to set new",
        "optimizer": "optim",
    },
    "value": {
        "x": "inputs input features data xtrain",
        "y": "targets target labels label ytrain ytrue t truth",
        "loss": "cost",
    },
}

# The keys that stand in one table alone, for who looks for them in another.
HOMES: Mapping[str, str] = {
    **dict.fromkeys(("title", "description", "seed", "objective"), "at the top of the file"),
    **dict.fromkeys(("epochs", "batch_size", "shuffle"), "in [training]"),
    **dict.fromkeys(("lr", "momentum", "nesterov", "weight_decay", "betas"), "in [optimizer]"),
    **dict.fromkeys(("breakpoints", "watch"), "in [debug]"),
    **dict.fromkeys(("x", "y", "generate", "samples", "noise"), "in [data]"),
    **dict.fromkeys(("units", "weight", "bias"), "in a table [[layers]]"),
    **dict.fromkeys(("reduction", "scale"), "in [loss]"),
}
