"""When a command can do something: questions about a moment, asked by the table of commands in view/stepper.py."""

from __future__ import annotations

from nnstep.view.scene.moment import Moment


def always(moment: Moment) -> bool:
    """Everywhere."""
    return True


def has_previous_iteration(moment: Moment) -> bool:
    """Not in the first iteration."""
    return moment.session.position.iteration > 1


def has_next_iteration(moment: Moment) -> bool:
    """Not in the last iteration."""
    return moment.session.position.iteration < moment.session.timeline.iterations


def not_on_first_line(moment: Moment) -> bool:
    """Not before the first step of the iteration."""
    return moment.session.position.path != (0,)


def not_on_last_line(moment: Moment) -> bool:
    """Not on the last step of the iteration."""
    return moment.session.position.path != (len(moment.outer.program.steps),)


def after_start(moment: Moment) -> bool:
    """Not at the very start of the run."""
    return has_previous_iteration(moment) or not_on_first_line(moment)


def before_end(moment: Moment) -> bool:
    """Not at the very end of the run."""
    return has_next_iteration(moment) or not_on_last_line(moment)


def in_body(moment: Moment) -> bool:
    """In a body that is open, or on its line."""
    session = moment.session
    return bool(session.position.inner) or session.position.path in session.opened


def can_go_on(moment: Moment) -> bool:
    """A line comes after this one."""
    return before_end(moment) or in_body(moment)


def can_go_into(moment: Moment) -> bool:
    """A line comes after this one, or this one has a body."""
    return before_end(moment) or bool(moment.session.size(moment.session.position.path))


def has_next_phase(moment: Moment) -> bool:
    """A phase begins after this step, in this iteration or the next."""
    step = moment.session.position.step
    return has_next_iteration(moment) or any(first > step for _, first, _ in moment.outer.program.phases)


def has_edits(moment: Moment) -> bool:
    """The branch differs from the scenario's file."""
    return bool(moment.session.branches.current.edits)


def has_parent_branch(moment: Moment) -> bool:
    """The branch is not the scenario itself."""
    return bool(moment.session.branches.current.parent)


def is_asked(moment: Moment) -> bool:
    """A quiz hides what this step computes."""
    return moment.hidden


def has_offer(moment: Moment) -> bool:
    """An earlier session has left edits that were not saved."""
    return moment.offered
