"""What people look for in a scenario file that there is not here, and what can be done, by the place of the file.

Words stand without capitals, `_` and `-`; what to write instead is in backticks. An entry for what there comes to be
here has to go: the tests find it.
"""

from __future__ import annotations

from collections.abc import Mapping

from nnstep.scenario.hints.foreign_words import Place

__all__ = ["NOTES"]

NOTES: Mapping[Place, tuple[tuple[str, str], ...]] = {
    "top level": (
        (
            "activation activations",
            'an activation is a layer of its own: `type = "relu"` in a table [[layers]]',
        ),
        (
            "imports import",
            "nothing needs to be imported",
        ),
        (
            "metrics metric accuracy",
            "there are no metrics here; a [debug] watch can be any expression",
        ),
        (
            "validation valdata testdata test split validationsplit",
            "there are no held-out samples here",
        ),
        (
            "device dtype",
            "all numbers are float64 here",
        ),
    ),
    "data": (
        (
            "batchsize batch shuffle",
            "that belongs in [training]: `batch_size = 4` and `shuffle = true`",
        ),
        (
            "test validation split valsplit testsize trainsize",
            "there are no held-out samples here",
        ),
        (
            "randomstate randomseed",
            "the seed stands at the top of the file: `seed = 1`",
        ),
        (
            "header delimiter sep index",
            "a file has a header, and its delimiter is found out; `x` and `y` name columns",
        ),
        (
            "factor ratio",
            "not to be set here",
        ),
    ),
    "layer": (
        (
            "name label id",
            "there is nothing to name: the value of a layer is z1, h1 and so on, o or p",
        ),
        (
            "infeatures inputdim inputshape inputs input inputsize inputunits nin inputfeatures",
            "left out here: a layer has as many inputs as the one before it gives",
        ),
        (
            "activation activations act nonlinearity activationfunction transfer",
            'an activation is a layer of its own, after this one: `type = "relu"`',
        ),
        (
            "dropout rate keepprob",
            "there is no dropout here",
        ),
        (
            "kernelregularizer regularizer l2 regularization",
            "there is no such option of a layer: `weight_decay = 0.01` in [optimizer]",
        ),
        (
            "biasinitializer biasinit",
            "a bias begins with zeros, or with the numbers written: `bias = [0.1, 0.2]`",
        ),
        (
            "frozen freeze",
            "`trainable = false`",
        ),
        (
            "dim axis",
            "softmax goes along each row here, without an option",
        ),
        (
            "inplace",
            "left out here: nothing is done in place",
        ),
    ),
    "layer type": (
        (
            "dropout alphadropout spatialdropout dropout2d",
            "there is no dropout here; leave it out, it does nothing when a network is evaluated",
        ),
        (
            "conv conv1d conv2d conv3d convolution convtranspose2d conv2dtranspose maxpool maxpool1d maxpool2d "
            "maxpooling2d avgpool avgpool2d averagepooling2d globalaveragepooling2d adaptiveavgpool2d upsample "
            "zeropadding2d",
            "there are no convolutions and no pooling here; data are rows of numbers",
        ),
        (
            "batchnorm batchnorm1d batchnorm2d batchnormalization groupnorm instancenorm rmsnorm",
            "there is no such layer here; layer_norm can be written in equations",
        ),
        (
            "layernormalization",
            "layer_norm has a gain and a bias of its own: write equations",
        ),
        (
            "flatten reshape view unflatten permute",
            "there is no such layer here; data are rows of numbers already",
        ),
        (
            "embedding rnn lstm gru simplernn bidirectional recurrent",
            "there is no such layer here; equations can say it step by step",
        ),
        (
            "attention multiheadattention multiheadselfattention transformer transformerencoderlayer selfattention",
            "there is no attention layer here; write equations, as the bundled scenario attention does",
        ),
        (
            "input inputlayer identity activation lambda sequential concatenate add residual",
            "there is no such layer here; leave it out, or write equations",
        ),
        (
            "prelu rrelu celu selu mish hardtanh hardsigmoid hardswish relu6 softsign softmin tanhshrink "
            "logsigmoid glu threshold celu maxout exponential exp",
            "there is no such activation among the layers; it can be written in equations",
        ),
    ),
    "loss": (
        (
            "fromlogits",
            "cross_entropy takes logits; after a softmax layer it takes the probabilities; bce takes "
            "probabilities and bce_with_logits logits",
        ),
        (
            "weight classweight posweight labelsmoothing ignoreindex",
            "there is no such option here",
        ),
        (
            "o ypred prediction y ytrue target input",
            "a loss compares the network's output with y of [data]; nothing is to be said",
        ),
    ),
    "loss type": (
        (
            "nllloss",
            'NLLLoss takes log_softmax in PyTorch; leave that layer out and write `type = "cross_entropy"`',
        ),
        (
            "hinge hingeloss marginloss multimarginloss svm",
            "there is no hinge loss here; in equations it is `mean(relu(1 - o * y))`",
        ),
        (
            "kldiv kldivloss kl kullbackleibler kldivergence",
            "there is no kl_div here; in equations it is `sum(p * (log(p) - log(q)))`",
        ),
        (
            "cosinesimilarity cosineembeddingloss cosine",
            "there is no cosine similarity here; it can be written in equations",
        ),
        (
            "rmse rootmeansquarederror",
            "there is no such loss here; in equations it is `sqrt(mse(o, y))`",
        ),
        (
            "rss sse sumsquarederror sumofsquares",
            '`type = "mse"` with `reduction = "sum"`',
        ),
        (
            "poisson poissonnllloss logcosh ctcloss tripletmarginloss focal focalloss dice msle "
            "meansquaredlogarithmicerror mape gaussiannllloss",
            "there is no such loss here; it can be written in equations",
        ),
    ),
    "reduction": (
        (
            "none null",
            "the value that is differentiated is one number",
        ),
    ),
    "optimizer": (
        (
            "decay decayrate lrdecay gamma scheduler lrscheduler schedule warmup learningratedecay stepdecay "
            "milestones",
            "there is no schedule of lr here; an [[edits]] table changes lr from an iteration on: `optimizer = { "
            "lr = 0.01 }`",
        ),
        (
            "dampening amsgrad centered maximize foreach fused capturable differentiable",
            "there is no such option here; it is off",
        ),
        (
            "clipnorm clipvalue gradientclipping maxnorm clip gradclip clipgradnorm",
            "there is no clipping here",
        ),
        (
            "params parameters varlist weights",
            "left out here: all trainable parameters are updated",
        ),
        (
            "epochs nepochs numepochs maxiter iterations niter",
            "that belongs in [training]: `epochs = 10`",
        ),
        (
            "l1 l1reg",
            "there is no such option here; in equations `0.01 * sum(abs(W1))` is added to the loss",
        ),
        (
            "momentumdecay etas",
            "there is no such option here",
        ),
    ),
    "optimizer type": (
        (
            "adadelta adamax nadam radam lion lbfgs bfgs rprop sparseadam ftrl lamb lars asgd muon adafactor "
            "shampoo newton conjugategradient levenbergmarquardt cg",
            "there is no such optimizer here",
        ),
        (
            "none",
            "leave [optimizer] out: the parameters then stay as they are",
        ),
    ),
    "training": (
        (
            "iterations iteration niter maxiter steps nsteps numsteps maxsteps updates",
            "an iteration is one batch; say how often all samples are gone through: `epochs = 10`",
        ),
        (
            "lr learningrate",
            "that belongs in [optimizer]: `lr = 0.1`",
        ),
        (
            "optimizer optim",
            'that is a table of its own, [optimizer], with `type = "sgd"`',
        ),
        (
            "loss lossfunction criterion",
            'that is a table of its own, [loss], with `type = "mse"`',
        ),
        (
            "seed randomseed randomstate",
            "the seed stands at the top of the file: `seed = 1`",
        ),
        (
            "validationsplit validation split valsplit earlystopping patience",
            "there are no held-out samples here",
        ),
        (
            "callbacks verbose logevery metrics device numworkers droplast pinmemory",
            "there is no such option here",
        ),
    ),
    "init": (
        (
            "orthogonal lecun lecunnormal lecununiform truncatednormal truncnormal trunc constant const full eye "
            "identity sparse dirac delta variancescaling",
            "there is no such initialiser here; write the numbers themselves",
        ),
    ),
    "generate": (
        (
            "and or nand nor not parity",
            "there is no such set here; it is four rows: `x = [[0, 0], [0, 1], [1, 0], [1, 1]]`",
        ),
        (
            "iris mnist digits wine cifar cifar10 fashionmnist boston breastcancer housing diabetes titanic",
            'there is no such set here; data come from a file beside the scenario: `file = "iris.csv"`',
        ),
        (
            "sine sin sinus sincurve cosine polynomial quadratic parabola checkerboard scurve random randn "
            "uniform normal",
            'there is no such set here; write rows, or take them from a file: `file = "data.csv"`',
        ),
    ),
    "parameter": (
        (
            "frozen freeze",
            "`trainable = false`",
        ),
        (
            "lr learningrate weightdecay",
            "there is one optimizer for all parameters",
        ),
        (
            "dtype device",
            "all numbers are float64 here",
        ),
        (
            "std mean scale gain low high min max fill seed",
            "an initialiser has no options here; write the numbers themselves",
        ),
        (
            "file path",
            "parameters are written in the scenario here",
        ),
    ),
    "value": (
        (
            "pi π",
            "there is no pi here; write 3.141592653589793, or give it in [constants]",
        ),
        (
            "e",
            "there is no e here; `exp(x)` is e to the power of x",
        ),
        (
            "inf infinity nan",
            "there is no such number here",
        ),
        (
            "np numpy torch tf nn math f jnp jax keras",
            "nothing is imported here: an operation goes by its name alone",
        ),
        (
            "self model net",
            "there are no objects here: an operation goes by its name alone",
        ),
        (
            "n m batchsize nsamples",
            "a mean over the samples is `mean(z, axis=0)`; a number of your own stands in [constants]",
        ),
    ),
}
