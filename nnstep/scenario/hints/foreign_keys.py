"""What words of a scenario file are called elsewhere: in PyTorch, Keras, scikit-learn, JAX, MATLAB and textbooks.

A table for each place of a file, by the word as people type it, without capitals, `_` and `-`. Whether our word is
accepted there, and that no word of ours is among those from elsewhere, is what the tests look at: an entry for what
there comes to be here has to go.
"""

from __future__ import annotations

from collections.abc import Mapping

from nnstep.ops import OPERATIONS

Context = str

# What options of operations are called elsewhere.
_OPTIONS = {
    "axis": "dim axes dimension dims",
    "keepdims": "keepdim keepdimensions",
    "slope": "negativeslope alpha leak",
    "alpha": "slope",
    "delta": "beta threshold",
    "classes": "numclasses nclasses depth k",
    "eps": "epsilon",
    "reduction": "reduce average sizeaverage",
}

# By place, and in it by our word: what that is called elsewhere.
WORDS: Mapping[Context, Mapping[str, str]] = {
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
        "slope": _OPTIONS["slope"],
        "alpha": _OPTIONS["alpha"],
    },
    "layer type": {
        "linear": "dense fc fullyconnected affine gemm linearlayer denselayer mlp perceptron innerproduct",
        **{one.name: one.elsewhere for one in OPERATIONS if one.activation},
    },
    "loss": {
        "type": "name kind function loss fn criterion",
        "reduction": _OPTIONS["reduction"],
        "scale": "factor coefficient",
        "delta": _OPTIONS["delta"],
    },
    "loss type": {one.name: f"{one.elsewhere} {one.type_elsewhere}" for one in OPERATIONS if one.compares},
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
    "function": {one.name: one.elsewhere for one in OPERATIONS},
    "option": _OPTIONS,
    "value": {
        "x": "inputs input features data xtrain",
        "y": "targets target labels label ytrain ytrue t truth",
        "loss": "cost",
    },
}

# What there is not here at all: the end of a note's key in the catalogue, `note.KEY`, and the words that it answers.
NOTES: Mapping[Context, Mapping[str, str]] = {
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
    "function": {
        "function.dropout": "dropout dropout2d alphadropout",
        "function.conv": "conv conv1d conv2d conv3d convolve convolution correlate conv2dtranspose convtranspose2d",
        "function.batchnorm": "batchnorm batchnorm1d batchnorm2d batchnormalization",
        "function.rmsnorm": "rmsnorm",
        "function.embedding": "embedding embed lookup embeddinglookup",
        "function.rnn": "rnn lstm gru rnncell lstmcell grucell simplernn",
        "function.attention": "attention scaleddotproductattention multiheadattention",
        "function.pad": "pad zeropad constantpad padsequence",
        "function.gather": "gather takealongaxis indexselect take pick",
        "function.detach": "detach stopgradient nograd stopgrad",
        "function.requiresgrad": "requiresgrad backward zerograd step",
        "function.where": "where ifelse select cond",
        "function.einsum": "einsum tensordot kron cross",
        "function.eye": "eye identity zeros ones full zeroslike oneslike fulllike empty linspace range arange meshgrid",
        "function.rand": "rand randn random normal uniform bernoulli randint randperm multinomial gumbelsoftmax",
        "function.tensor": (
            "tensor array asarray matrix float int variable placeholder constant parameter astype cast double cuda cpu"
        ),
        "function.squeeze": "squeeze unsqueeze expanddims newaxis",
        "function.stack": "stack dstack split chunk unbind hsplit vsplit",
        "function.repeat": "repeat tile expand broadcastto repmat",
        "function.swapaxes": "swapaxes moveaxis permute",
        "function.linear": "linear dense affine fullyconnected fc",
        "function.sequential": "sequential module model forward",
        "function.nllloss": "nllloss",
        "function.binarycrossentropy": "binarycrossentropy logloss",
        "function.categoricalcrossentropy": "categoricalcrossentropy sparsecategoricalcrossentropy",
        "function.softmaxcrossentropywithlogits": (
            "softmaxcrossentropywithlogits softmaxcrossentropy sparsesoftmaxcrossentropywithlogits"
        ),
        "function.sigmoidcrossentropywithlogits": "sigmoidcrossentropywithlogits sigmoidcrossentropy",
        "function.hinge": "hinge hingeloss multimarginloss marginrankingloss",
        "function.kldiv": "kldiv kldivloss kldivergence kullbackleibler",
        "function.cosinesimilarity": "cosinesimilarity cosineembeddingloss",
        "function.print": "print len size shape numel item numpy tolist assert isinstance input",
        "": (
            "maxpool maxpool1d maxpool2d avgpool avgpool1d avgpool2d maxpooling2d averagepooling2d groupnorm "
            "instancenorm weightnorm spectralnorm scatter scatteradd roll flip fliplr flipud rot90 shift sign sgn "
            "signum heaviside erf erfc gamma lgamma digamma bessel floor ceil round trunc rint fix fmod mod arcsin "
            "arccos arctan asin acos atan atan2 arctan2 asinh acosh atanh argmin argsort sort topk searchsorted "
            "unique nonzero bincount cumsum cumprod prod product diff cummax inv pinv det solve trace diag diagonal "
            "eig svd cholesky qr lu tril triu ctcloss tripletmarginloss focalloss diceloss poissonnllloss glu celu "
            "rrelu threshold maxout hardshrink softshrink swiglu geglu accuracy accuracyscore f1score precision "
            "recall quantile median percentile mode histogram count fft ifft rfft"
        ),  # nothing, and no slips of something else
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

# What is written out: the function, its inputs, and the form.
FORMS: tuple[tuple[str, str, str], ...] = (
    ("dot mm bmm inner mtimes matrixproduct", "a b", "a @ b"),
    ("mul times hadamard", "a b", "a * b"),
    ("plus", "a b", "a + b"),
    ("sub minus", "a b", "a - b"),
    ("div truedivide rdivide", "a b", "a / b"),
    ("neg", "a", "-a"),
    ("pow", "a b", "a ** b"),
    ("square sqr", "a", "a ** 2"),
    ("cube", "a", "a ** 3"),
    ("exp2", "a", "2 ** a"),
    ("rsqrt", "a", "1 / sqrt(a)"),
    ("reciprocal inverse", "a", "1 / a"),
    ("log2", "a", "log(a) / log(2)"),
    ("log10 lg", "a", "log(a) / log(10)"),
    ("log1p", "a", "log(1 + a)"),
    ("expm1", "a", "exp(a) - 1"),
    ("tan", "a", "sin(a) / cos(a)"),
    ("sinh", "a", "(exp(a) - exp(-a)) / 2"),
    ("cosh", "a", "(exp(a) + exp(-a)) / 2"),
    ("relu6", "a", "minimum(maximum(a, 0), 6)"),
    ("hardtanh", "a", "minimum(maximum(a, -1), 1)"),
    ("hardsigmoid", "a", "minimum(maximum(a / 6 + 0.5, 0), 1)"),
    ("hardswish hardsilu", "a", "a * minimum(maximum(a / 6 + 0.5, 0), 1)"),
    ("softsign", "a", "a / (1 + abs(a))"),
    ("logsigmoid", "a", "-softplus(-a)"),
    ("tanhshrink", "a", "a - tanh(a)"),
    ("softmin", "a", "softmax(-a)"),
    ("mish", "a", "a * tanh(softplus(a))"),
    ("selu", "a", "1.0507009873554805 * elu(a, alpha=1.6732632423543772)"),
    ("prelu", "a b", "maximum(a, 0) + b * minimum(a, 0)"),
    ("clip clamp", "a b c", "minimum(maximum(a, b), c)"),
    ("var variance", "a", "mean((a - mean(a)) ** 2)"),
    ("std", "a", "sqrt(mean((a - mean(a)) ** 2))"),
    ("norm l2norm", "a", "sqrt(sum(a ** 2))"),
    ("logsumexp", "a", "log(sum(exp(a)))"),
    ("t adjoint ctranspose", "a", "a.T"),
    ("outer", "a b", "reshape(a, -1, 1) @ reshape(b, 1, -1)"),
    ("vstack rowstack", "a b", "concat(a, b, axis=0)"),
    ("hstack columnstack horzcat", "a b", "concat(a, b, axis=1)"),
    ("vertcat", "a b", "concat(a, b, axis=0)"),
    ("flatten ravel", "a", "reshape(a, -1)"),
    ("rmse", "a b", "sqrt(mse(a, b))"),
    ("sse", "a b", "sum((a - b) ** 2)"),
)

# What stands in front of a function elsewhere, as in np.exp(x).
LIBRARIES = (
    *("np", "numpy", "torch", "F", "nn", "tf", "tensorflow", "keras", "K", "jnp", "jax", "math", "scipy", "sp", "th"),
    *("special", "functional", "backend", "linalg", "ops", "activations", "losses", "layers", "metrics", "cp", "optax"),
)
