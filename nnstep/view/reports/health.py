"""What `check --train` prints: how the loss ended, and what was wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from nnstep.catalogue import say, say_count
from nnstep.debugger.health.finding import Finding
from nnstep.engine import Timeline
from nnstep.program.naming import objective_letter
from nnstep.text import padded
from nnstep.view.sentences.health import Writer, finding_heading, finding_place, finding_sentences
from nnstep.view.text.numbers import plain

_WIDTH = 100  # columns of a sentence
_LABEL = 12
_DIGITS = 6


def training_report(timeline: Timeline, found: Sequence[Finding], unicode: bool = True) -> Iterator[str]:
    """The lines about a run that was trained to its end, and what was found in it.

    Without `unicode`, names are written as the language has them; other signs are left to `notation.ascii_text`.
    """
    last = timeline.record(timeline.iterations)
    yield ""
    yield f"  {say('health.report')}"
    yield _line("run", say_count("report.iterations", timeline.iterations))
    yield _line("loss", _loss(timeline, last.loss))
    if not found:
        yield _line("findings", say("health.report.well"))
        return
    writer = Writer(objective_letter(last.program) if unicode else "", _DIGITS)
    for number, one in enumerate(found):
        yield _line("findings" if not number else "", f"{say(f'health.{one.severity}')}: {finding_heading(one)}")
        at, cell = finding_place(one, writer)
        for said in (f"{at}: {cell}", *finding_sentences(one, writer)):
            for part in wrap(said, _WIDTH - _LABEL - 6, break_long_words=False, break_on_hyphens=False):
                yield " " * (_LABEL + 6) + part


def _loss(timeline: Timeline, last: float | None) -> str:
    if last is None:
        return say("health.report.none")
    first = timeline.glance(1).loss
    assert first is not None
    numbers = {"first": plain(first, _DIGITS), "last": plain(last, _DIGITS)}
    return say("health.report.loss", **numbers, iterations=f"{timeline.iterations:,}")


def _line(key: str, text: str) -> str:
    label = padded(say(f"health.report.label.{key}"), _LABEL - 2) if key else " " * (_LABEL - 2)
    return f"    {label}  {text}"
