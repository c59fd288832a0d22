"""Scenario -> Program. Takes the equations of a scenario; gives one straight list of single assignments: the forward
pass, its derivative as another program in the same language, and the optimizer's update.
"""

from nnstep.program.bind import Bound, ShapeOf, bind, infer, rule_expression
from nnstep.program.body import Body, body
from nnstep.program.cells import cell, cell_size
from nnstep.program.chain import Factor, chain, factor, parameters_with_gradient
from nnstep.program.compile import batch_rows, compile_program
from nnstep.program.model import BODY, PHASES, Program, Shape, Step, Value
from nnstep.program.update import initial_states

__all__ = [
    "BODY",
    "PHASES",
    "Body",
    "Bound",
    "Factor",
    "Program",
    "Shape",
    "ShapeOf",
    "Step",
    "Value",
    "batch_rows",
    "bind",
    "body",
    "cell",
    "cell_size",
    "chain",
    "compile_program",
    "factor",
    "infer",
    "initial_states",
    "parameters_with_gradient",
    "rule_expression",
]
