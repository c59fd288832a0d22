"""A stepper without a network: seven panels of numbers that all change at every step, of any size."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import cast

from nnstep.commands import COMMANDS, PANEL_KEYS
from nnstep.errors import NnstepError, Problem
from nnstep.scenario import Bundled
from nnstep.text import clean
from nnstep.view.state import ViewState
from nnstep.view.stepper import Stepper
from nnstep.view.text.canvas import Canvas, ClickArea, Line, Piece, Target

HOSTILE = "W[red]x[/] [@click=app.quit]q\x1b[31m\u202eeman\x07"
Log = list[tuple[str, object]]  # commands with their arguments
SESSION_COMMANDS = frozenset(command.id for command in COMMANDS if command.session) | {
    "lens.step",
    "mine.compare",
    "iteration.goto",
    "run.advance",
    "run.stop",
    "row.choose",
    "row.down",
    "cell.choose",
    "weight.choose",
    "panel.focus",
}


def _number(step: int, row: int, column: int) -> float:
    return ((step * 7919 + row * 104729 + column * 1299709) % 2001 - 1000) / 500


def _role(value: float) -> str:
    level = min(5, 1 + int(abs(value) * 2.4))
    return "zero" if value == 0 else f"pos{level}" if value > 0 else f"neg{level}"


def window(lines: int, height: int, top: int | None) -> int:
    """The first line of a window, kept inside the content."""
    return max(0, min(top or 0, lines - height))


@dataclass(frozen=True, eq=False)
class Matrix:
    """A panel of one matrix; only the window is formatted."""

    key: str
    name: str
    rows: int
    columns: int
    step: int
    cursor: tuple[int, int] = (0, 0)

    @property
    def title(self) -> Line:
        return (Piece(self.name, "strong"), Piece(f" · step {self.step % 3}", "dim"))

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        first = window(self.rows + 1, height, top)
        side = window(self.columns * 7 + 2, width, left) // 7
        lines: list[Line] = []
        hits: list[ClickArea] = []
        for y in range(first, min(first + height, self.rows + 1)):
            if y == 0:
                lines.append((Piece(self.name, "name"), Piece(f" {self.rows}×{self.columns}", "shape")))
                continue
            pieces = [Piece("[", "bracket")]
            for column in range(side, min(self.columns, side + (width - 2) // 7)):
                value = _number(self.step, y - 1, column)
                role = _role(value) + (" cursor" if (y - 1, column) == self.cursor else "")
                text = f"{value:7.3f}".replace("-", "−")
                hits.append(ClickArea(1 + 7 * (column - side), y - first, 7, 1, Target("cell.choose", (y - 1, column))))
                pieces.append(Piece(text, role))
            lines.append((*pieces, Piece("]", "bracket")))
        return Canvas(tuple(lines), tuple(hits), self.columns * 7 + 2, self.rows + 1, first, side * 7)


@dataclass(frozen=True, eq=False)
class Listing:
    """The program."""

    step: int
    steps: int
    name: str
    key: str = "program"
    title: Line = (Piece("Program", "strong"),)

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        first = window(self.steps, height, self.step - height // 2 if top is None else top)
        lines, hits = [], []
        for index in range(first, min(first + height, self.steps)):
            now = index == self.step
            text = f"{'▶' if now else ' '}{index:3} {self.name}{index} = x @ W{index} + b"
            shape = "4×3"
            text = text[: width - len(shape) - 1].ljust(width - len(shape))
            roles = ("now current", "shape current") if now else ("text" if index < self.step else "todo", "shape")
            lines.append((Piece(text, roles[0]), Piece(shape, roles[1])))
            hits.append(ClickArea(0, index - first, width, 1, Target("step.goto", str(index))))
        return Canvas(tuple(lines), tuple(hits), width, self.steps, first, 0)


@dataclass(frozen=True, eq=False)
class FakeHeader:
    """Two lines, or three."""

    name: str
    step: int
    steps: int
    lines: int = 2
    key: str = "header"
    title: Line = ()

    def paint(self, width: int, height: int, top: int | None = None, left: int | None = None) -> Canvas:
        done = self.step * (width - 20) // self.steps
        lines: tuple[Line, ...] = (
            (Piece(" nnstep ", "tab-on"), Piece(" "), Piece(self.name, "title"), Piece("  loss ▇▆▅▃▂", "spark")),
            (
                Piece(" forward ", "heading"), Piece("━" * done, "bar-done"), Piece("●", "bar-now"),
                Piece("╌" * (width - 20 - done), "bar-todo"), Piece(f" {self.step}/{self.steps}", "strong"),
            ),
        )  # fmt: skip
        hits = tuple(
            ClickArea(9 + x, 1, 1, 1, Target("step.goto", str(x * self.steps // (width - 20))))
            for x in range(width - 20)
        )
        if self.lines > 2:
            lines = (*lines, (Piece(" run ", "dim"), Piece("▁" * (width - 6), "spark")))
            hits = (*hits, *(ClickArea(5 + x, 2, 1, 1, Target("iteration.goto", str(x + 1))) for x in range(width - 6)))
        return Canvas(lines, hits, width, self.lines)


@dataclass
class FakeStepper:
    """Keeps a step, a cursor and a log of what it was asked to do."""

    rows: int = 4
    columns: int = 3
    steps: int = 400
    name: str = "two_layer"
    path: str = "fake.toml"
    step: int = 0
    cursor: tuple[int, int] = (0, 0)
    focus: str = "operation"
    log: Log = field(default_factory=list)
    broken: bool = False
    digits: int = 4
    changed: bool = False
    running: bool = False
    checking: bool = False
    watching: int = 0
    header_lines: int = 2
    ascii: bool = False

    def view(self) -> ViewState:
        return self._saying()

    def _saying(self, message: Line = ()) -> ViewState:
        name = clean(self.name)
        panels = {
            key: Matrix(key, f"{name} {key}", self.rows, self.columns, self.step * 6 + number, self.cursor)
            for number, key in enumerate(PANEL_KEYS)
        }
        enabled = SESSION_COMMANDS - ({"step.back"} if self.step == 0 else set())
        return ViewState(
            FakeHeader(name, self.step, self.steps, self.header_lines),
            {**panels, "program": Listing(self.step, self.steps, name)},
            frozenset(enabled),
            message or ((Piece("running", "strong"),) if self.running else ()),
            name,
            running=self.running,
            checking=self.checking,
            watching=self.watching,
            header_lines=self.header_lines,
        )

    def do(self, command: str, argument: object = None) -> ViewState:
        assert command in SESSION_COMMANDS, command
        self.log.append((command, argument))
        self.running = command == "run.forward" or (self.running and command == "run.advance")  # it never ends itself
        by = {"step.next": 1, "step.back": -1, "iteration.next": 5, "iteration.previous": -5}.get(command, 0)
        if command == "step.back" and self.step == 0:
            return self._saying((Piece("This is the start.", "warning"),))
        self.step = max(0, min(self.steps - 1, self.step + by))
        if command == "step.goto" and str(argument).isdigit():
            self.step = min(self.steps - 1, int(str(argument)))
        elif command == "step.goto":
            return self._saying((Piece(clean(f"no step {argument}"), "warning"),))
        elif command == "cell.choose":
            match argument:
                case (int(row), int(column)):
                    self.cursor = (row, column)
        elif command == "panel.focus":
            self.focus = str(argument)
        return self.view()

    def go_on(self) -> ViewState:
        self.log.append(("go on", None))
        return self.view()

    def skip(self, command: str, argument: object = None) -> None:
        self.do(command, argument)

    def use_ascii(self) -> None:
        self.ascii = True

    def changed_on_disk(self) -> bool:
        changed, self.changed = self.changed, False
        return changed

    def reload(self) -> ViewState:
        if self.broken:
            raise NnstepError(
                [Problem(f"not a matrix {HOSTILE}", "fake.toml", line, key="layers[0]") for line in (3, 9)]
            )
        return self._saying((Piece("read again", "good"),))

    def question(self, about: str) -> str:
        return f"what is {about}? {HOSTILE}"

    def suggestion(self, about: str) -> str:
        return ""

    def summary(self) -> str:
        return ""

    def close(self) -> None:
        pass

    def names(self, typed: str = "") -> list[str]:
        names = ["W1", "W2", "x @ W1", "grad(W1)", "loss", HOSTILE]
        return [name for name in names if typed.lower() in name.lower()]


def as_stepper(fake: FakeStepper) -> Stepper:
    """The same where the application takes a stepper: of a real one it uses no more than a `FakeStepper` has."""
    return cast(Stepper, fake)


ENTRIES = (
    Bundled("xor", "Exclusive or", "A network that one layer cannot be.\n\nLook at the hidden layer.", ""),
    Bundled("hostile", HOSTILE, f"A description {HOSTILE}", ""),
    Bundled("broken", "A broken one", "It cannot be opened.", ""),
)


def fake_opener(path: str) -> Stepper:
    """Opens everything but what has "broken" in its name."""
    if "broken" in path:
        raise NnstepError([Problem(f"cannot use {HOSTILE}", path, 7, key="loss.type", hint="did you mean 'mse'?")])
    return as_stepper(FakeStepper(name=path, path=path))


def random_presses(seed: int, keys: list[str], count: int) -> list[str]:
    """The same random keys for the same seed."""
    return random.Random(seed).choices(keys, k=count)


__all__ = ["ENTRIES", "HOSTILE", "FakeStepper", "Log", "Matrix", "as_stepper", "fake_opener", "random_presses"]
