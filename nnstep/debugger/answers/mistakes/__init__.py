"""The common mistakes of a backward pass, and which of them a person's numbers come from."""

from nnstep.debugger.answers.mistakes.cause import Cause
from nnstep.debugger.answers.mistakes.compared import searchable
from nnstep.debugger.answers.mistakes.samples import sample_count
from nnstep.debugger.answers.mistakes.search import causes

__all__ = ["Cause", "causes", "sample_count", "searchable"]
