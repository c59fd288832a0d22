"""The texts of breakpoints, watches, runs and branches in English."""

from __future__ import annotations

__all__ = ["DEBUG"]

DEBUG: dict[str, str] = {
    # -- breakpoints and watches that cannot be used
    "stop.hits": "a breakpoint stops from its first hit on, or from a later one: a whole number from 1",
    "stop.given": "{name} is there before the first step: no step assigns it",
    "stop.given.hint": "a condition such as any({name} > 1) stops where it holds",
    "stop.changes": "changes(...) takes one expression, as in changes(argmax(o))",
    "stop.name": "{name} is no value that a step assigns, and no condition",
    # -- branches
    "branch.main": "main",
    "branch.numbered": "branch {number}",
    "branch.main.kept": "main is the run of the file; its name stays",
    "branch.name-taken": "there is a branch {name} already",
    "branch.many": "there are {most} branches; take one back first",
    "branch.has-branches": "other branches leave {name}: take those back first",
}
