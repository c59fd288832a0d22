"""What functions are called elsewhere: in PyTorch, NumPy, Keras, JAX, MATLAB and textbooks, without capitals and `_`.

A function has either another name here, or a form to write, in which a, b and c stand for what it is given, or a note
about what can be done without it. That each of them is accepted here, and that none of these words is an operation of
our own, is what the tests look at: an entry for what there comes to be here has to go.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FORMS", "LIBRARIES", "NOTES", "OPTIONS", "RENAMED"]

# By our name: what else it is called. The inputs are the same and stand in the same order.
RENAMED: Mapping[str, str] = {
    "log": "ln loge",
    "sigmoid": "logistic expit sigm σ",
    "silu": "swish",
    "abs": "absolute fabs absolutevalue",
    "sqrt": "root",
    "sum": "reducesum nansum summation Σ",
    "mean": "average reducemean avg nanmean",
    "max": "amax reducemax",
    "min": "amin reducemin",
    "relu": "rectifier rectlin",
    "leaky_relu": "lrelu",
    "softplus": "softrelu",
    "concat": "concatenate cat",
    "layer_norm": "layernormalization",
    "one_hot": "tocategorical onehotencode",
    "reshape": "view",
    "mse": "mseloss meansquarederror",
    "mae": "maeloss l1loss meanabsoluteerror",
    "huber": "huberloss smoothl1loss smoothl1",
    "bce": "bceloss",
    "bce_with_logits": "bcewithlogitsloss binarycrossentropywithlogits",
    "cross_entropy": "crossentropyloss ce celoss",
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

# What there is not: the function, and what can be done.
NOTES: tuple[tuple[str, str], ...] = (
    ("dropout dropout2d alphadropout", "leave it out: it does nothing when a network is evaluated"),
    (
        "conv conv1d conv2d conv3d convolve convolution correlate conv2dtranspose convtranspose2d",
        "rows of windows times a kernel as a column are one: `windows @ kernel`",
    ),
    ("maxpool maxpool1d maxpool2d avgpool avgpool1d avgpool2d maxpooling2d averagepooling2d", ""),
    (
        "batchnorm batchnorm1d batchnorm2d batchnormalization",
        "it is `(x - mean(x, axis=0)) / sqrt(mean((x - mean(x, axis=0)) ** 2, axis=0) + 1e-5)`",
    ),
    ("groupnorm instancenorm weightnorm spectralnorm", ""),
    ("rmsnorm", "it is `x / sqrt(mean(x ** 2, axis=1, keepdims=True) + 1e-5)`"),
    ("embedding embed lookup embeddinglookup", "it is `one_hot(ids, 10) @ W`"),
    ("rnn lstm gru rnncell lstmcell grucell simplernn", "the steps of time are written one by one"),
    ("attention scaleddotproductattention multiheadattention", "it is `softmax(q @ k.T / sqrt(8)) @ v`"),
    ("pad zeropad constantpad padsequence", "join it with zeros from [constants]: `concat(x, zeros, axis=1)`"),
    ("gather takealongaxis indexselect take pick", "one entry of each row is `sum(x * one_hot(y, 3), axis=1)`"),
    ("scatter scatteradd roll flip fliplr flipud rot90 shift", ""),
    (
        "detach stopgradient nograd stopgrad",
        "no gradient goes into [constants], nor into a parameter with trainable = false",
    ),
    ("requiresgrad backward zerograd step", "the backward pass and the update are made of the equations"),
    ("where ifelse select cond", "with a factor that is 0 or 1: `mask * a + (1 - mask) * b`"),
    ("sign sgn signum heaviside", ""),
    ("erf erfc gamma lgamma digamma bessel", ""),
    ("floor ceil round trunc rint fix fmod mod", ""),
    ("arcsin arccos arctan asin acos atan atan2 arctan2 asinh acosh atanh", ""),
    ("argmin argsort sort topk searchsorted unique nonzero bincount", ""),
    ("cumsum cumprod prod product diff cummax", ""),
    ("einsum tensordot kron cross", "products of matrices are written with @: `a @ b`"),
    ("inv pinv det solve trace diag diagonal eig svd cholesky qr lu tril triu", ""),
    (
        "eye identity zeros ones full zeroslike oneslike fulllike empty linspace range arange meshgrid",
        "numbers that are given stand in [constants]",
    ),
    (
        "rand randn random normal uniform bernoulli randint randperm multinomial gumbelsoftmax",
        'numbers are drawn once, where a parameter begins: `W = { shape = [2, 3], init = "normal" }`',
    ),
    (
        "tensor array asarray matrix float int variable placeholder constant parameter astype cast double cuda cpu",
        "numbers that are given stand in [parameters] or [constants]",
    ),
    ("squeeze unsqueeze expanddims newaxis", "rows and columns are set by `reshape(x, -1, 1)`"),
    (
        "stack dstack split chunk unbind hsplit vsplit",
        "two values are joined by `concat(a, b, axis=0)`, and parts are taken by `x[:, 0:2]`",
    ),
    (
        "repeat tile expand broadcastto repmat",
        "a row, a column or a number is repeated by itself where it is needed: `x + b`",
    ),
    ("swapaxes moveaxis permute", "rows and columns change places in `x.T`"),
    ("linear dense affine fullyconnected fc", "a layer is `x @ W + b`"),
    ("sequential module model forward", "a layer is `x @ W + b`, and then `relu(z)`"),
    ("nllloss", "in PyTorch it takes log_softmax; here `cross_entropy(o, y)` takes what log_softmax was given"),
    ("binarycrossentropy logloss", "it is `bce(p, y)`: the probabilities first, then y"),
    (
        "categoricalcrossentropy sparsecategoricalcrossentropy",
        "it is `nll(p, y)` for probabilities and `cross_entropy(o, y)` for logits: y comes second",
    ),
    (
        "softmaxcrossentropywithlogits softmaxcrossentropy sparsesoftmaxcrossentropywithlogits",
        "it is `cross_entropy(o, y)`: the logits first, then y",
    ),
    ("sigmoidcrossentropywithlogits sigmoidcrossentropy", "it is `bce_with_logits(z, y)`: the logits first, then y"),
    ("hinge hingeloss multimarginloss marginrankingloss", "with y 1 or -1 it is `mean(relu(1 - s * y))`"),
    ("kldiv kldivloss kldivergence kullbackleibler", "it is `sum(p * (log(p) - log(q)))`"),
    ("cosinesimilarity cosineembeddingloss", "of two vectors it is `sum(a * b) / sqrt(sum(a ** 2) * sum(b ** 2))`"),
    ("ctcloss tripletmarginloss focalloss diceloss poissonnllloss", ""),
    ("glu celu rrelu threshold maxout hardshrink softshrink swiglu geglu", ""),
    (
        "print len size shape numel item numpy tolist assert isinstance input",
        "equations only compute; a watch shows any value",
    ),
    ("accuracy accuracyscore f1score precision recall", ""),
    ("quantile median percentile mode histogram count", ""),
    ("fft ifft rfft", ""),
)

# What options are called elsewhere, by what they are called here.
OPTIONS: Mapping[str, str] = {
    "axis": "dim axes dimension dims",
    "keepdims": "keepdim keepdimensions",
    "slope": "negativeslope alpha leak",
    "alpha": "slope",
    "delta": "beta threshold",
    "classes": "numclasses nclasses depth k",
    "eps": "epsilon",
    "reduction": "reduce",
}

# What stands in front of a function elsewhere, as in np.exp(x).
LIBRARIES = (
    *("np", "numpy", "torch", "F", "nn", "tf", "tensorflow", "keras", "K", "jnp", "jax", "math", "scipy", "sp", "th"),
    *("special", "functional", "backend", "linalg", "ops", "activations", "losses", "layers", "metrics", "cp", "optax"),
)
