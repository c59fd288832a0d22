"""The moment as two scenes: the iteration, and the innermost open step that we are in, if any.

Panels of values, the listing and the chain rule show the iteration; the middle panel shows the step we are in. A cell
is chosen in one of the two, and what it is made of is lit in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from nnstep.debugger import Frame, Session
from nnstep.view.scene.choice import Choice
from nnstep.view.scene.gallery import Gallery
from nnstep.view.scene.scene import Marks, Scene
from nnstep.view.scene.values import ValuesPanel


class Moment:
    """Scenes of a session's position. With `hidden` the value that the step computes is not to be seen yet; `marks` are
    iterations in which breakpoints hit; `offered`: an earlier session has left edits that were not saved.
    """

    def __init__(
        self,
        session: Session,
        gallery: Gallery,
        choice: Choice,
        hidden: bool = False,
        marks: Sequence[int] = (),
        offered: bool = False,
    ) -> None:
        self.session = session
        self.marks = marks
        self.offered = offered
        self.choice = choice
        self.hidden = hidden
        self.frames: tuple[Frame, ...] = session.stack()
        step, last = session.position.step, self.frames[-1]
        finished = all(frame.now == len(frame.program.steps) for frame in self.frames[1:])
        self.outer = Scene(self.frames[0], step - (hidden or not finished), gallery, choice)
        self.inner = self.outer
        if len(self.frames) > 1:
            self.inner = Scene(last, last.now - hidden, gallery, choice)
            self._share_marks()

    @property
    def inside(self) -> bool:
        """Whether we are in the body of a step."""
        return self.inner is not self.outer

    @cached_property
    def at(self) -> Scene:
        """The scene that the chosen cell is in."""
        name = self.choice.name
        if self.inside and name and name not in self.inner.program.versions and name in self.outer.program.versions:
            return self.outer
        return self.inner

    def _share_marks(self) -> None:
        """What is marked in the one scene, marked in the other as far as it has the same values."""
        if self.at is self.outer:
            self.inner.mark(Marks())
            return
        marks = self.inner.marks
        slot = None if marks.slot is None else self._outside(marks.slot)
        lit = {there: lit for own, lit in marks.lit.items() if (there := self._outside(own)) is not None}
        self.outer.mark(Marks(slot, marks.cursor, lit))

    def _outside(self, slot: int) -> int | None:
        """The slot in the iteration of a value of the innermost body; None for one that is made inside."""
        return _outwards(self.frames, slot)


def _outwards(frames: Sequence[Frame], slot: int) -> int | None:
    found: int | None = slot
    for frame in reversed(frames[1:]):
        found = frame.inputs.get(found) if found is not None else None
    return found


def value_panels(moment: Moment) -> dict[str, ValuesPanel]:
    """The three panels of values; what the body that we are in has computed stands first among the activations."""
    inner = moment.inner
    local = [value for value in inner.program.values if 0 < value.step <= inner.now] if moment.inside else []
    first = tuple(map(inner.shown, local))
    return {
        "parameters": moment.outer.values_panel("parameters"),
        "activations": moment.outer.values_panel("activations", first),
        "gradients": moment.outer.values_panel("gradients"),
    }
