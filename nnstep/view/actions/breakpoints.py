"""Commands of breakpoints, watches, runs and branches: what they do to the control, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from nnstep.catalogue import say
from nnstep.debugger import Position
from nnstep.debugger.breakpoints.control import Control
from nnstep.debugger.breakpoints.resume import Outcome, Progress
from nnstep.debugger.edits.edit import switch, undo
from nnstep.errors import LanguageError, NnstepError, OperationError, RunError
from nnstep.text import clean
from nnstep.view.actions.edits import edit_question, edit_suggestion, make, save, save_suggestion
from nnstep.view.scene.moment import Moment
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.numbers import plain

_SLICE = 0.04  # seconds of a run between two pictures of it: what a key press may take without being felt


def command(control: Control, name: str, argument: object) -> Line:
    """Carry out one of COMMANDS; the message about it. A message whose role is "error" says what was wrong."""
    if name in _TYPED and argument is None:
        return ()
    try:
        return COMMANDS[name](control, argument)
    except (LanguageError, OperationError) as error:
        hint = f" ({error.hint})" if error.hint else ""
        return (Piece(clean(f"{error.message}{hint}", 400), "error"),)
    except RunError:  # of which the whole command is undone
        raise
    except NnstepError as error:
        return (Piece(clean("; ".join(map(str, error.problems)), 400), "error"),)
    except ValueError as error:
        return (Piece(clean(str(error), 400), "error"),)


# Runs.


def _run(way: str) -> Callable[[Control, object], Line]:
    def begin(control: Control, _: object) -> Line:
        control.start(way)
        return _said_of(control, control.advance(_SLICE))

    return begin


def go_towards(control: Control, target: Position) -> Line:
    """To a position, in slices where the run has not got that far yet."""
    control.start("towards", target)
    return _said_of(control, control.advance(_SLICE))


def _advance(control: Control, _: object) -> Line:
    return _said_of(control, control.advance(_SLICE))


def _interrupt(control: Control, _: object) -> Line:
    return _said_of(control, control.interrupt())


def _said_of(control: Control, outcome: Outcome | None) -> Line:
    """What is said of where a run has stopped; nothing as long as it has not, or where it was to go there."""
    if outcome is None or outcome.reason == "there":
        return ()
    if outcome.reason == "breakpoint":
        texts = [clean(one.text, 60) for one in control.breakpoints if one.number in outcome.numbers]
        numbers = ", ".join(map(str, outcome.numbers))
        return (
            Piece(say("run.breakpoint", numbers=numbers) + " ", "good"),
            Piece("; ".join(texts), "text"),
        )
    if outcome.reason == "interrupted":
        return (Piece(say("run.interrupted", iteration=f"{outcome.position.iteration:,}"), "warning"),)
    keys = ("run.end", "run.end.none") if outcome.reason == "end" else ("run.start", "run.start.none")
    return (Piece(say(keys[not any(one.active for one in control.breakpoints)]), "warning"),)


def progress_line(progress: Progress) -> Line:
    """How far a run is: iteration, rate, and how long it will take."""
    parts = [Piece(say("run.running", iteration=f"{progress.iteration:,}"), "strong")]
    parts.append(Piece("   " + say("run.stops"), "key"))  # before what can be cut off on a narrow screen
    parts.append(Piece("   " + say("run.share", share=f"{100 * progress.done / progress.all:.0f}"), "text"))
    if progress.rate:
        parts.append(Piece("   " + say("run.rate", rate=f"{progress.rate:,.0f}"), "dim"))
    if progress.left is not None:
        parts.append(Piece("   " + say("run.left", left=_duration(progress.left)), "dim"))
    return tuple(parts)


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{plain(seconds, 2)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


# Breakpoints and watches.


def _toggle_line(control: Control, argument: object) -> Line:
    """At the step that was just done, or at the one that is given."""
    session = control.session
    index = argument if isinstance(argument, int) else session.position.step
    if not index:
        return (Piece(say("stop.no-step"), "warning"),)
    program = session.program
    name = program.values[program.steps[index - 1].target].name
    made = control.toggle_line(name)
    key = "stop.set" if made is not None else "stop.cleared"
    return (Piece(say(key) + " ", "good"), Piece(clean(name), "text"))


def _add_breakpoint(control: Control, argument: object) -> Line:
    """A text, or a text and how many hits it waits for."""
    text, hits = argument if isinstance(argument, tuple) else (argument, 1)
    made = control.add_breakpoint(str(text), int(hits))
    return (Piece(say("stop.added", number=made.number) + " ", "good"), Piece(clean(made.text), "text"))


def _enable(control: Control, argument: object) -> Line:
    control.enable(_number(argument))
    return ()


def _remove(control: Control, argument: object) -> Line:
    control.remove(_number(argument))
    return ()


def _add_watch(control: Control, argument: object) -> Line:
    made = control.add_watch(str(argument))
    return (Piece(say("watch.added", number=made.number) + " ", "good"), Piece(clean(made.text), "text"))


def _number(argument: object) -> int:
    return argument if isinstance(argument, int) else 0


# Branches.


def _edit(control: Control, argument: object) -> Line:
    return make(control, str(argument))


def _save(control: Control, argument: object) -> Line:
    """A file name, or a file name and whether a file that is there may be replaced."""
    text, replace = argument if isinstance(argument, tuple) else (argument, False)
    return save(control, str(text), bool(replace))


def question(control: Control, moment: Moment, about: str) -> str:
    """What a dialog asks: "edit", "save", "stop", "watch" or "rename"."""
    if about == "edit":
        return edit_question(moment)
    name = control.session.branches.current.name
    return (
        say(f"dialog.{about}.question", name=name) if about in ("save", "rename") else say(f"dialog.{about}.question")
    )


def suggestion(control: Control, moment: Moment, about: str) -> str:
    """What a dialog begins with."""
    if about == "edit":
        return edit_suggestion(moment)
    if about == "save":
        return save_suggestion(control)
    return control.session.branches.current.name if about == "rename" else ""


def _switch(control: Control, argument: object) -> Line:
    session = control.session
    try:
        switch(session, str(argument))
    except KeyError:
        return (Piece(say("branch.unknown", name=clean(argument, 40)), "warning"),)
    return (Piece(say("branch.switched") + " ", "good"), Piece(clean(session.branches.current.name, 40), "text"))


def _rename(control: Control, argument: object) -> Line:
    name = clean(" ".join(str(argument).split())[:40])
    control.session.branches.rename(name)
    return (Piece(say("branch.renamed") + " ", "good"), Piece(clean(name), "text"))


def _undo(control: Control, _: object) -> Line:
    undone = undo(control.session)
    if undone is None:
        return (Piece(say("branch.nothing-to-undo"), "warning"),)
    return (Piece(say("branch.undone", name=clean(control.session.branches.current.name, 40)), "good"),)


_TYPED = ("stop.add", "watch.add", "edit.make", "branch.rename", "branch.save")  # these need what was typed

COMMANDS: dict[str, Callable[[Control, object], Line]] = {
    "run.forward": _run("forward"),
    "run.backward": _run("backward"),
    "run.advance": _advance,
    "run.stop": _interrupt,
    "stop.line": _toggle_line,
    "stop.add": _add_breakpoint,
    "mark.enable": _enable,
    "mark.remove": _remove,
    "watch.add": _add_watch,
    "branch.switch": _switch,
    "branch.rename": _rename,
    "branch.save": _save,
    "edit.make": _edit,
    "edit.undo": _undo,
}
