"""Scenario -> Program. Takes the equations of a scenario; gives one straight list of single assignments: the forward
pass, its derivative as another program in the same language, and the optimizer's update.
"""

from nnstep.ops.operation import Shape
from nnstep.program.bind import Bound, BoundCalls, ShapeOf, bind, computed, infer, put_in, rule_expression, words_of
from nnstep.program.body import Body, body
from nnstep.program.builder import Builder
from nnstep.program.chain import Factor, chain, factor, objective_ancestors, parameters_with_gradient, trained_gradients
from nnstep.program.class_numbers import Taking, check_class_numbers, problem_of, said_of, takings
from nnstep.program.compile import compile_program
from nnstep.program.model import BODY, PHASES, Program, Step, Value
from nnstep.program.reached_cells import Reached, box_of, cell, cell_size, cells, reached, reached_boxes
from nnstep.program.taping import Instant, Lifetime, Peak, Share, Tape, tape
from nnstep.program.update import initial_states

__all__ = [
    "BODY",
    "PHASES",
    "Body",
    "Bound",
    "BoundCalls",
    "Builder",
    "Factor",
    "Instant",
    "Lifetime",
    "Peak",
    "Program",
    "Reached",
    "Shape",
    "ShapeOf",
    "Share",
    "Step",
    "Taking",
    "Tape",
    "Value",
    "bind",
    "body",
    "box_of",
    "cell",
    "cell_size",
    "cells",
    "chain",
    "check_class_numbers",
    "compile_program",
    "computed",
    "factor",
    "infer",
    "initial_states",
    "objective_ancestors",
    "parameters_with_gradient",
    "problem_of",
    "put_in",
    "reached",
    "reached_boxes",
    "rule_expression",
    "said_of",
    "takings",
    "tape",
    "trained_gradients",
    "words_of",
]
