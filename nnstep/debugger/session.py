"""The session: every way of moving through a run. It moves and is asked; it shows nothing."""

from __future__ import annotations

from nnstep.debugger.listing import Path, after, before, deepest
from nnstep.debugger.position import Position
from nnstep.debugger.standing import Standing

__all__ = ["Session"]


class Session(Standing):
    """A scenario being stepped through. Every move returns whether the position changed."""

    # Over: to the next line and the one before.

    def next(self) -> bool:
        """One line on; from the last one of an iteration to the start of the next iteration."""
        return self._on(after(self.position.path, self.size, self.opened))

    def back(self) -> bool:
        """One line back: undoes `next`."""
        return self._back(self.opened)

    # Into, and out.

    def into(self) -> bool:
        """Open the body of this line and go to its first step; from a primitive, which has none, one line on."""
        path = self.position.path
        if self.position.step and self.size(path):
            self.opened |= {path}
        return self._on(after(path, self.size, self.opened))

    def back_into(self) -> bool:
        """One primitive back, into what was stepped over: undoes `into`."""
        return self._back(None)

    def out(self) -> bool:
        """Close the innermost open line that we are in (or on), and stand on it: it is done."""
        path = self._innermost()
        if not path:
            return False
        self.opened = frozenset(one for one in self.opened if one[: len(path)] != path)
        self._move(Position(self.position.iteration, path[0], path[1:]))
        return True

    def back_out(self) -> bool:
        """Close the innermost open line that we are in, and stand before it."""
        return self.out() and (self.back() or True)

    def _innermost(self) -> Path:
        path = self.position.path
        return path if path in self.opened and self.size(path) else path[:-1]

    # To the ends of things.

    def first(self) -> bool:
        """To the start of this iteration."""
        return self._move(Position(self.position.iteration))

    def last(self) -> bool:
        """To the last step of this iteration."""
        return self._to_end_of(self.position.iteration)

    def next_phase(self) -> bool:
        """To the first step of the next phase, which may be the next iteration's first."""
        later = [first for _, first, _ in self.program.phases if first > self.position.step]
        if later:
            return self._move(Position(self.position.iteration, later[0]))
        if self.position.iteration == self.timeline.iterations:
            return False
        following = self.timeline.program(self.position.iteration + 1).phases
        return self._move(Position(self.position.iteration + 1, following[0][1] if following else 0))

    def previous_phase(self) -> bool:
        """To the first step of this phase, or of the one before when already there: undoes `next_phase`."""
        if self.position.inner and self.position.step in [first for _, first, _ in self.program.phases]:
            return self._move(Position(self.position.iteration, self.position.step))
        earlier = [first for _, first, _ in self.program.phases if first < self.position.step]
        if earlier:
            return self._move(Position(self.position.iteration, earlier[-1]))
        if self.position.iteration == 1:
            return self.first()
        before_it = self.timeline.program(self.position.iteration - 1).phases
        return self._move(Position(self.position.iteration - 1, before_it[-1][1] if before_it else 0))

    def next_iteration(self) -> bool:
        """To the same step of the next iteration."""
        return self.position.iteration < self.timeline.iterations and self._same_step(self.position.iteration + 1)

    def previous_iteration(self) -> bool:
        """To the same step of the previous iteration."""
        return self.position.iteration > 1 and self._same_step(self.position.iteration - 1)

    def _same_step(self, iteration: int) -> bool:
        return self._move(self.same_step(iteration, self.program))

    def _to_end_of(self, iteration: int) -> bool:
        return self._move(Position(iteration, len(self.timeline.program(iteration).steps)))

    def _on(self, path: Path | None) -> bool:
        """To a line of this iteration; where there is none, to the start of the next iteration."""
        if path is not None:
            return self._move(Position(self.position.iteration, path[0], path[1:]))
        return self.position.iteration < self.timeline.iterations and self._move(Position(self.position.iteration + 1))

    def _back(self, opened: frozenset[Path] | None) -> bool:
        """To the line above, lines of `opened` (with None: all there are) being open; into the iteration before."""
        iteration = self.position.iteration
        path = before(self.position.path, self.size, opened)
        if path is None:
            if iteration == 1:
                return False
            iteration -= 1
            program = self.timeline.program(iteration)
            path = deepest((len(program.steps),), lambda line: self._frames.size(program, line), opened)
        return self._move(Position(iteration, path[0], path[1:]))
