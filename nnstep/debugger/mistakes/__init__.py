"""The common mistakes of a backward pass, and which of them a person's numbers come from."""

from nnstep.debugger.mistakes.cause import Cause
from nnstep.debugger.mistakes.compared import searchable
from nnstep.debugger.mistakes.samples import sample_count
from nnstep.debugger.mistakes.search import causes

__all__ = ["Cause", "causes", "sample_count", "searchable"]
