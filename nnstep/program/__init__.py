"""Scenario -> Program. Takes the equations of a scenario; gives one straight list of single assignments: the forward
pass, its derivative as another program in the same language, and the optimizer's update.
"""

from nnstep.program.bind import Bound, Memo, ShapeOf, bind, computed, infer, rule_expression
from nnstep.program.body import Body, body
from nnstep.program.builder import Builder
from nnstep.program.cells import Reached, box_of, cell, cell_size, cells, reached, reached_boxes, tally
from nnstep.program.chain import Factor, chain, factor, parameters_with_gradient
from nnstep.program.compile import batch_rows, compile_program
from nnstep.program.kept import per_program
from nnstep.program.model import BODY, PHASES, Program, Shape, Step, Value
from nnstep.program.tape import NUMBER, Instant, Lifetime, Peak, Share, Tape, tape
from nnstep.program.update import initial_states

__all__ = [
    "BODY",
    "NUMBER",
    "PHASES",
    "Body",
    "Bound",
    "Builder",
    "Factor",
    "Instant",
    "Lifetime",
    "Memo",
    "Peak",
    "Program",
    "Reached",
    "Shape",
    "ShapeOf",
    "Share",
    "Step",
    "Tape",
    "Value",
    "batch_rows",
    "bind",
    "body",
    "box_of",
    "cell",
    "cell_size",
    "cells",
    "chain",
    "compile_program",
    "computed",
    "factor",
    "infer",
    "initial_states",
    "parameters_with_gradient",
    "per_program",
    "reached",
    "reached_boxes",
    "rule_expression",
    "tally",
    "tape",
]
