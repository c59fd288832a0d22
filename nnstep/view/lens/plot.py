"""Plots under tabs: what a plot is, which of a table there are, and the chosen one under the names of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from nnstep.view.lens.lens_panel import of_block
from nnstep.view.scene.moment import Moment
from nnstep.view.text.blocks import Block, Draw, blank, flow, stack, under, wrap
from nnstep.view.text.canvas import Canvas, ClickArea, Target


class Plot(NamedTuple):
    """A picture of a step, or a plot of the run.

    title            its name in the tabs at a moment
    draw             the view of a moment
    when             whether there is one at a moment
    over_iterations  whether its horizontal axis is the run, so that its vertical one may be of powers of ten
    """

    title: Callable[[Moment], str]
    draw: Callable[[Moment], Draw]
    when: Callable[[Moment], bool] = lambda moment: True
    over_iterations: bool = False


def of_moment(make: Callable[[Moment, int, int], Block]) -> Callable[[Moment], Draw]:
    """The view of a plot that is a block for a moment, a width and a height."""
    return lambda moment: of_block(lambda width, height: make(moment, width, height))


def plots_there(table: Mapping[str, Plot], moment: Moment) -> tuple[str, ...]:
    """Which plots of a table there are at a moment, in the order of their tabs."""
    return tuple(name for name, one in table.items() if one.when(moment))


def next_plot(table: Mapping[str, Plot], moment: Moment, chosen: str) -> str:
    """The plot after the one that is chosen, or after the first where that is not there; "" where there is none."""
    names = plots_there(table, moment)
    at = names.index(chosen) if chosen in names else 0
    return names[(at + 1) % len(names)] if names else ""


def under_tabs(
    table: Mapping[str, Plot],
    moment: Moment,
    chosen: str,
    command: str,
    more: Callable[[int], Sequence[Block]] = lambda width: (),
) -> Draw:
    """The plot that is chosen, one that is there, under the names of all: a click on one does `command`.

    more(width) are further tabs.
    """
    draw = table[chosen].draw(moment)

    def shown(width: int, height: int, top: int | None) -> Canvas:
        names = plots_there(table, moment)
        tabs = [tab(table[name].title(moment), name == chosen, Target(command, name), width) for name in names]
        head = flow([*tabs, *more(width)], width, gap=3, between=False)
        return under(stack([head, blank()]), draw, width, height, top)

    return shown


def tab(said: str, on: bool, target: Target, width: int) -> Block:
    """A name that can be clicked; `on` for the one of what is shown."""
    block = wrap(said, max(1, width), "now" if on else "dim")
    return block._replace(hits=(ClickArea(0, 0, block.width, block.height, target),))
