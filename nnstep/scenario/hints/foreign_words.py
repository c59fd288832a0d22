"""What words of a scenario file are called elsewhere: in PyTorch, Keras, scikit-learn, JAX, MATLAB and textbooks.

A table for each place of a file, by the word as people type it, without capitals, `_` and `-`. Whether our word is
accepted there, and that no word of ours is among those from elsewhere, is what the tests look at: an entry for what
there comes to be here has to go.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["HOMES", "NOTES", "WORDS", "Place"]

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

# What there is not here at all: the end of a note's key in the catalogue, `note.KEY`, and the words that it answers.
NOTES: Mapping[Place, Mapping[str, str]] = {
    "top level": {
        "activation": "activation activations",
        "imports": "imports import",
        "metrics": "metrics metric accuracy",
        "held-out": "validation valdata testdata test split validationsplit",
        "float64": "device dtype",
    },
    "data": {
        "batches": "batchsize batch shuffle",
        "held-out": "test validation split valsplit testsize trainsize",
        "seed": "randomstate randomseed",
        "header": "header delimiter sep index",
        "not-set": "factor ratio",
    },
    "layer": {
        "layer.name": "name label id",
        "layer.infeatures": "infeatures inputdim inputshape inputs input inputsize inputunits nin inputfeatures",
        "layer.activation": "activation activations act nonlinearity activationfunction transfer",
        "dropout": "dropout rate keepprob",
        "layer.kernelregularizer": "kernelregularizer regularizer l2 regularization",
        "layer.biasinitializer": "biasinitializer biasinit",
        "trainable": "frozen freeze",
        "layer.dim": "dim axis",
        "layer.inplace": "inplace",
    },
    "layer type": {
        "layer-type.dropout": "dropout alphadropout spatialdropout dropout2d",
        "layer-type.conv": "conv conv1d conv2d conv3d convolution convtranspose2d conv2dtranspose maxpool maxpool1d "
        "maxpool2d maxpooling2d avgpool avgpool2d averagepooling2d globalaveragepooling2d adaptiveavgpool2d upsample "
        "zeropadding2d",
        "layer-type.batchnorm": "batchnorm batchnorm1d batchnorm2d batchnormalization groupnorm instancenorm rmsnorm",
        "layer-type.layernormalization": "layernormalization",
        "layer-type.flatten": "flatten reshape view unflatten permute",
        "layer-type.embedding": "embedding rnn lstm gru simplernn bidirectional recurrent",
        "layer-type.attention": "attention multiheadattention multiheadselfattention transformer "
        "transformerencoderlayer selfattention",
        "layer-type.input": "input inputlayer identity activation lambda sequential concatenate add residual",
        "layer-type.prelu": "prelu rrelu celu selu mish hardtanh hardsigmoid hardswish relu6 softsign softmin "
        "tanhshrink logsigmoid glu threshold celu maxout exponential exp",
    },
    "loss": {
        "loss.fromlogits": "fromlogits",
        "option": "weight classweight posweight labelsmoothing ignoreindex",
        "loss.o": "o ypred prediction y ytrue target input",
    },
    "loss type": {
        "loss-type.nllloss": "nllloss",
        "loss-type.hinge": "hinge hingeloss marginloss multimarginloss svm",
        "loss-type.kldiv": "kldiv kldivloss kl kullbackleibler kldivergence",
        "loss-type.cosinesimilarity": "cosinesimilarity cosineembeddingloss cosine",
        "loss-type.rmse": "rmse rootmeansquarederror",
        "loss-type.rss": "rss sse sumsquarederror sumofsquares",
        "loss-type.poisson": "poisson poissonnllloss logcosh ctcloss tripletmarginloss focal focalloss dice msle "
        "meansquaredlogarithmicerror mape gaussiannllloss",
    },
    "reduction": {
        "reduction.none": "none null",
    },
    "optimizer": {
        "optimizer.decay": "decay decayrate lrdecay gamma scheduler lrscheduler schedule warmup learningratedecay "
        "stepdecay milestones",
        "option-off": "dampening amsgrad centered maximize foreach fused capturable differentiable",
        "optimizer.clipnorm": "clipnorm clipvalue gradientclipping maxnorm clip gradclip clipgradnorm",
        "optimizer.params": "params parameters varlist weights",
        "epochs": "epochs nepochs numepochs maxiter iterations niter",
        "optimizer.l1": "l1 l1reg",
        "option": "momentumdecay etas",
    },
    "optimizer type": {
        "optimizer-type.adadelta": "adadelta adamax nadam radam lion lbfgs bfgs rprop sparseadam ftrl lamb lars asgd "
        "muon adafactor shampoo newton conjugategradient levenbergmarquardt cg",
        "optimizer-type.none": "none",
    },
    "training": {
        "training.iterations": "iterations iteration niter maxiter steps nsteps numsteps maxsteps updates",
        "lr": "lr learningrate",
        "optimizer": "optimizer optim",
        "loss": "loss lossfunction criterion",
        "seed": "seed randomseed randomstate",
        "held-out": "validationsplit validation split valsplit earlystopping patience",
        "option": "callbacks verbose logevery metrics device numworkers droplast pinmemory",
    },
    "init": {
        "init.orthogonal": "orthogonal lecun lecunnormal lecununiform truncatednormal truncnormal trunc constant "
        "const full eye identity sparse dirac delta variancescaling",
    },
    "generate": {
        "generate.and": "and or nand nor not parity",
        "generate.iris": "iris mnist digits wine cifar cifar10 fashionmnist boston breastcancer housing diabetes "
        "titanic",
        "generate.sine": "sine sin sinus sincurve cosine polynomial quadratic parabola checkerboard scurve random "
        "randn uniform normal",
    },
    "parameter": {
        "trainable": "frozen freeze",
        "parameter.lr": "lr learningrate weightdecay",
        "float64": "dtype device",
        "parameter.std": "std mean scale gain low high min max fill seed",
        "parameter.file": "file path",
    },
    "value": {
        "value.pi": "pi π",
        "value.e": "e",
        "value.inf": "inf infinity nan",
        "value.np": "np numpy torch tf nn math f jnp jax keras",
        "value.self": "self model net",
        "value.n": "n m batchsize nsamples",
    },
}

# The keys that stand in one table alone, for who looks for them in another: the table; "" for the top of the file.
HOMES: Mapping[str, str] = {
    **dict.fromkeys(("title", "description", "seed", "objective"), ""),
    **dict.fromkeys(("epochs", "batch_size", "shuffle"), "[training]"),
    **dict.fromkeys(("lr", "momentum", "nesterov", "weight_decay", "betas"), "[optimizer]"),
    **dict.fromkeys(("breakpoints", "watch"), "[debug]"),
    **dict.fromkeys(("x", "y", "generate", "samples", "noise"), "[data]"),
    **dict.fromkeys(("units", "weight", "bias"), "[[layers]]"),
    **dict.fromkeys(("reduction", "scale"), "[loss]"),
}
