"""The values of a forward pass as a graph that is drawn from left to right: which rank and place each one has."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.program import BODY, Program, Step


class Node(NamedTuple):
    """A value, or (slot -1) a place where a line passes through a rank.

    step    the step that computes it, or None for what is there before
    folded  slots of operands that are said in the node itself and have no node: weights, targets
    """

    slot: int
    step: Step | None = None
    folded: tuple[int, ...] = ()


class Edge(NamedTuple):
    """From a value to one computed from it: the places it passes, as (rank, place in the rank), left to right."""

    source: int
    target: int
    places: tuple[tuple[int, int], ...]


class Graph(NamedTuple):
    """Nodes by rank, from top to bottom in each, and the edges between them."""

    ranks: tuple[tuple[Node, ...], ...]
    edges: tuple[Edge, ...]


def graph(program: Program) -> Graph:
    """The graph of the forward pass of a program, or of the steps of a body."""
    steps = [step for step in program.steps if step.phase in ("forward", BODY)]
    nodes, uses = _nodes(program, steps)
    rank: dict[int, int] = {}
    for slot, node in nodes.items():
        before = [rank[source] for source, target in uses if target == slot and source in rank]
        rank[slot] = 1 + max(before) if node.step is not None and before else 0
    for slot, node in reversed(nodes.items()):  # what is there before stands just before it is used
        after = [rank[target] for source, target in uses if source == slot]
        if node.step is None and after:
            rank[slot] = max(0, min(after) - 1)
    places: list[list[Node]] = [[] for _ in range(1 + max(rank.values(), default=-1))]
    where: dict[int, tuple[int, int]] = {}
    passing: dict[tuple[int, int], list[tuple[int, int]]] = {}
    height: dict[tuple[int, int], float] = {}  # (rank, place) -> where its sources stand, to order a rank by
    for index, members in enumerate(places):
        wanted: list[tuple[float, int, Node, tuple[int, int] | None]] = []
        for slot, node in nodes.items():
            if rank[slot] == index:
                above = [height[passing[edge][-1]] for edge in uses if edge[1] == slot and edge in passing]
                wanted.append((sum(above) / len(above) if above else 0.5, len(wanted), node, None))
        for edge in uses:
            if rank[edge[0]] < index < rank[edge[1]]:
                wanted.append((height[passing[edge][-1]], len(wanted), Node(-1), edge))
        for place, (_, _, node, over) in enumerate(sorted(wanted, key=lambda item: item[:2])):
            members.append(node)
            height[index, place] = (place + 0.5) / len(wanted)
            if over is not None:
                passing[over].append((index, place))
                continue
            where[node.slot] = (index, place)
            for edge in uses:
                if edge[0] == node.slot:
                    passing[edge] = [(index, place)]
    edges = tuple(Edge(*edge, (*passing[edge], where[edge[1]])) for edge in uses)
    return Graph(tuple(map(tuple, places)), edges)


def _nodes(program: Program, steps: list[Step]) -> tuple[dict[int, Node], list[tuple[int, int]]]:
    """The values that have a node, in order, and which is computed from which."""
    nodes: dict[int, Node] = {}
    uses: list[tuple[int, int]] = []
    fixed = {step.target for step in steps if not step.operands}  # a number that is written out, as in / sqrt(2)
    fixed &= {slot for step in steps for _, slot in step.operands if len(step.operands) > 1}
    for step in steps:
        slots = list(dict.fromkeys(slot for _, slot in step.operands))
        if step.target in fixed:
            continue
        given = [slot for slot in slots if slot in fixed or not program.values[slot].step]
        flowing = [slot for slot in slots if program.values[slot].step or program.values[slot].role == "data"]
        folded = tuple(
            slot for slot in given if slot in fixed or (slot not in nodes and _folds(program, slot, flowing))
        )
        for slot in slots:
            if slot in folded:
                continue
            if slot not in nodes:
                nodes[slot] = Node(slot)
            uses.append((slot, step.target))
        nodes[step.target] = Node(step.target, step, folded)
    order = sorted(nodes, key=lambda slot: (program.values[slot].step, slot))
    return {slot: nodes[slot] for slot in order}, list(dict.fromkeys(uses))


def _folds(program: Program, slot: int, flowing: list[int]) -> bool:
    """Whether an operand is part of what a step does, as a weight is, and not something that comes to it."""
    value = program.values[slot]
    if value.role == "data":
        return any(program.values[other].step for other in flowing)
    return bool(value.shape) and any(other != slot for other in flowing)
