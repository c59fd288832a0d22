"""The gradient check of the entry that is meant: analytic against central differences, for many widths."""

from __future__ import annotations

from nnstep.catalogue import say
from nnstep.debugger import Cell
from nnstep.debugger.answers.gradient_check import Checking
from nnstep.view.lens.check_entry import check_block
from nnstep.view.lens.lens_panel import of_block
from nnstep.view.scene.moment import Moment
from nnstep.view.scene.subject import subject
from nnstep.view.text.blocks import Draw, wrap
from nnstep.view.text.canvas import line_text


def checking(moment: Moment) -> Checking | None:
    """The check of the entry that is meant, which goes on by its `advance`; None where there is nothing to check."""
    meant = subject(moment)
    if meant is None or not meant.computed:
        return None
    return moment.outer.gallery.checking(moment.outer.record, meant.slot, meant.index)


def check_view(moment: Moment) -> Draw:
    """What is known of a gradient's entry; what has to be computed first is said where there is nothing to check."""
    meant, found = subject(moment), checking(moment)
    if meant is None:
        return of_block(lambda width, height: wrap(say("lens.check.none"), width, "dim"))
    scene = moment.outer
    name = line_text(scene.written(Cell(meant.slot, meant.index)))
    if found is None:
        return of_block(lambda width, height: wrap(say("lens.check.not-yet", name=name), width, "dim"))
    check, ascii = found.check, scene.gallery.ascii
    return of_block(lambda width, height: check_block(check, name, scene.objective, width, height, ascii))
