"""The gradient check of the entry that is meant: analytic against central differences, for many widths."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.debugger import Cell
from nnstep.ops import Index
from nnstep.view.lens.check_entry import check_block
from nnstep.view.lens.frame import of_block
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.subject import subject
from nnstep.view.text.blocks import Block, Draw, wrap
from nnstep.view.text.canvas import line_text

__all__ = ["check_view"]


def check_view(moment: Moment) -> Draw:
    """The check of a gradient's entry; what has to be computed first is said where there is nothing to check."""
    meant = subject(moment)
    if meant is None:
        return of_block(lambda width, height: wrap(say("lens.check.none"), width, "dim"))
    scene = moment.outer
    name = line_text(scene.written(Cell(meant.slot, meant.index)))
    if not meant.computed:
        return of_block(lambda width, height: wrap(say("lens.check.not-yet", name=name), width, "dim"))
    return of_block(lambda width, height: _block(moment, meant.slot, meant.index, name, width, height))


def _block(moment: Moment, slot: int, index: Index, name: str, width: int, height: int) -> Block:
    scene = moment.outer
    found, swept, most = scene.gallery.checked(scene.record, slot, index)
    return check_block(found, swept, most, name, scene.objective, width, height, scene.gallery.ascii)
