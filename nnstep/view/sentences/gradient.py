"""What a backward step does: one link of the chain rule in sentences, with its names and shapes."""

from __future__ import annotations

from math import prod

from nnstep.catalogue import say, say_count
from nnstep.language import Call, Name
from nnstep.ops import OPERATIONS, Shape, facts
from nnstep.program import Factor, Program, infer
from nnstep.view.sentences.phrases import entry_count, value_label, written_expression
from nnstep.view.text.numbers import shape_text
from nnstep.view.text.symbols import SYMBOLS

_ELEMENTWISE = frozenset(one.name for one in OPERATIONS if one.elementwise)


def of_gradient(program: Program, found: Factor, objective: str) -> tuple[str, ...]:
    """One or two sentences about a backward step that is the factor `found`."""
    return _Link(program, found, objective).sentences()


class _Link:
    """A factor with the names and shapes that it has."""

    def __init__(self, program: Program, found: Factor, objective: str) -> None:
        self.program, self.found, self.objective = program, found, objective
        slots = dict(found.step.operands)
        self.slots = slots
        self.shape = program.values[found.step.target].shape
        self.upstream: Shape = program.values[slots[found.upstream[0]]].shape if found.upstream else ()
        self.source = program.steps[found.step.source - 1].operation if found.step.source else ""
        self.names = {
            "name": value_label(found.of, objective),
            "gradient": value_label(program.values[found.step.target].name, objective),
            "result": value_label(found.above, objective),
            "above": value_label(found.upstream[0], objective) if found.upstream else "",
        }

    def sentences(self) -> tuple[str, ...]:
        """The sentences, the general one first."""
        match self.found.kind:
            case "seed":
                return (say("words.seed", objective=self.objective), say("words.seed-chain"))
            case "start":
                return self._start()
            case "add":
                return (say_count("words.paths", len(self.found.upstream), **self._some("name", "gradient")),)
            case "sum":
                share = prod(self.upstream) // max(1, prod(self.shape))
                sizes = {"own": entry_count(self.shape), "all": entry_count(self.upstream)}
                return (say_count("words.summed", share, **self._some("name", "above"), **sizes),)
            case "identity":
                key = "words.handed-on" if self.shape else "words.handed-on-number"
                return (say(key, **self._some("name", "result", "above")),)
            case "left" | "right":
                return self._product()
            case "entrywise":
                return self._entrywise()
        return self._whole()

    def _some(self, *keys: str) -> dict[str, str]:
        return {key: self.names[key] for key in keys}

    def _start(self) -> tuple[str, ...]:
        if not self.shape:
            return (say("words.start-number", **self._some("name", "result")),)
        return (say("words.start", **self._some("name", "result"), shape=shape_text(self.shape)),)

    def _product(self) -> tuple[str, ...]:
        """The upstream gradient times a matrix: which one, and how many products an entry adds up."""
        found, side = self.found, self.found.kind
        assert found.local is not None
        local = infer(found.local, lambda name: self.program.values[self.slots[name]].shape)
        count = local[-1] if side == "left" else local[0]
        values = {"local": written_expression(found.local, self.objective), **self._some("name", "above")}
        said = []
        if self.source == "matmul" and isinstance(found.local, Call) and isinstance(found.local.arguments[0], Name):
            matrix = value_label(found.local.arguments[0].id, self.objective)
            said.append(say(f"words.{side}-of", **values, matrix=matrix, shape=shape_text(local)))
        else:
            said.append(say(f"words.{side}", **values, shape=shape_text(local)))
        sizes = {"gradient": self.names["gradient"], "shape": entry_count(self.shape)}
        said.append(say_count("words.products" if self.shape else "words.products-number", count, **sizes))
        return tuple(said)

    def _entrywise(self) -> tuple[str, ...]:
        assert self.found.local is not None
        values = {**self._some("gradient", "above"), "local": written_expression(self.found.local, self.objective)}
        if not self.shape:
            return (say("words.link", **values, **self._some("name", "result")),)
        if not self.upstream:
            return (say("words.times-number", **values, shape=shape_text(self.shape)),)
        applied = self.source in _ELEMENTWISE and self.shape == self._shape_of(self.found.of)
        if not applied:
            return (say("words.entrywise", **values),)
        symbol = SYMBOLS[self.source]
        key = "words.diagonal" if symbol[0].isalpha() else "words.diagonal-sign"
        return (say(key, function=symbol, **self._some("name", "result")), say("words.entrywise", **values))

    def _shape_of(self, name: str) -> Shape:
        slots = self.program.versions.get(name)
        return self.program.values[slots[0]].shape if slots else ()

    def _whole(self) -> tuple[str, ...]:
        values = self._some("name", "result", "above")
        sizes = {"own": entry_count(self._shape_of(self.found.of)), "all": entry_count(self.upstream)}
        if len(self.found.upstream) == 1:
            if facts(self.source).said_backward:
                return (say(f"words.back.{self.source}", **values, **sizes),)
            if facts(self.source).by_row and self.found.step.wrt == "x":
                return (say("words.back.row", **values),)
        return (say("words.back.linear", **self._some("gradient", "above")),)
