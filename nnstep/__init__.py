"""nnstep: a step-through debugger for forward and backward propagation, in the terminal."""

__all__ = ["__version__"]

__version__ = "0.1.0"
