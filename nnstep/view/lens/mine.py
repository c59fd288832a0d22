"""A person's own numbers beside those of the program, in lines: what agrees, the first difference, the likely cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nnstep.catalogue import say, say_count
from nnstep.debugger.answers.compare import Compared, Comparison
from nnstep.debugger.answers.mistakes import Cause
from nnstep.language import Entry, Name, tokens
from nnstep.text import clean, listed, padded
from nnstep.text import width as text_width
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.numbers import plain, shape_text
from nnstep.view.text.symbols import SYMBOLS, label


def diagnosis_lines(comparison: Comparison, objective: str, plain_names: bool = False) -> list[Line]:
    """A line for each array, then the first difference, then what probably made it.

    `plain_names` writes grad(W1) for ∂L/∂W1, and no signs that ASCII has nothing for.
    """
    lines = _lines(comparison, "" if plain_names else objective)
    return (
        [tuple(Piece(piece.text.translate(_PLAIN), piece.role) for piece in one) for one in lines]
        if plain_names
        else lines
    )


_PLAIN = str.maketrans({"✔": "+", "✘": "x", "½": "1/2"})


def _label(name: str, objective: str) -> str:
    """The name as it is shown; with no objective, as the language writes it."""
    return clean(label(name, objective) if objective else name)


def _lines(comparison: Comparison, objective: str) -> list[Line]:
    names = {one.name: _label(one.name, objective) for one in comparison.results}
    size = max(map(text_width, names.values()), default=0)
    lines: list[Line] = [_result(one, padded(names[one.name], size)) for one in comparison.results]
    first = comparison.first
    if first is None:
        return [*lines, (), *_agreed(comparison, objective), *_left(comparison)]
    head = say("mine.first", step=first.step) if first.step else say("mine.first.given")
    lines += [(), (Piece(head, "text"), *_named(first, objective))]
    lines.append((Piece(clean(comparison.equation, 200), "dim"),))
    if first.shape != first.expected:
        shapes = {"theirs": _shape(first.shape), "ours": _shape(first.expected)}
        lines.append((Piece(say("mine.shapes", **shapes), "error"),))
    else:
        theirs, ours = plain(first.theirs, 8), plain(first.ours, 8)
        lines.append((Piece(say("mine.entry", theirs=theirs, ours=ours), "error"),))
    return [*lines, (), *_causes(comparison, objective), *_left(comparison)]


def _agreed(comparison: Comparison, objective: str) -> list[Line]:
    """What agrees, in a sentence: all only where nothing was left out and enough digits were written."""
    coarse = [one.name for one in comparison.results if one.coarse]
    iteration = comparison.iteration
    if coarse:
        said = say("mine.coarse", names=_listed(coarse, objective))
        return [(Piece(said, "warning"),)]
    if comparison.missing or comparison.unusable or comparison.partial:
        names = [one.name for one in comparison.results]
        return [(Piece(say("mine.some-agree", names=_listed(names, objective), iteration=iteration), "good"),)]
    return [(Piece(say("mine.all-agree", iteration=iteration), "good"),)]


def _left(comparison: Comparison) -> list[Line]:
    """What was not given, and what was and could not be compared."""
    lines: list[Line] = []
    if comparison.missing:
        names = [_bare(name) for name in comparison.missing]
        lines.append((Piece(say("mine.missing", names=_listed(names, "")), "warning"),))
    lines += [(Piece(clean(reason, 400), "error"),) for reason in comparison.unusable]
    return lines


def _bare(name: str) -> str:
    """The parameter whose gradient it is, as it may be called in a file; any other name as it is."""
    return name[5:-1] if name.startswith("grad(") else name


def _listed(names: Sequence[str], objective: str, most: int = 8) -> str:
    return listed([_label(name, objective) for name in names], most)


def _shape(shape: tuple[int, ...]) -> str:
    return shape_text(shape) or say("mine.scalar")


def _result(one: Compared, name: str) -> Line:
    if one.ok and one.coarse:
        said = say("mine.agrees-coarsely", tolerance=plain(one.tolerance, 2))
        return (Piece("? ", "warning"), Piece(name, "gradient"), Piece("  " + said, "warning"))
    if one.ok:
        said = say("mine.agrees", tolerance=plain(one.tolerance, 2))
        return (Piece("✔ ", "good"), Piece(name, "gradient"), Piece("  " + said, "dim"))
    if one.shape != one.expected:
        return (Piece("✘ ", "error"), Piece(name, "gradient"), Piece("  " + say("mine.other-shape"), "error"))
    said = say_count("mine.wrong", one.wrong, most=plain(one.most, 3))
    return (Piece("✘ ", "error"), Piece(name, "gradient"), Piece("  " + said, "error"))


def _named(one: Compared, objective: str) -> Line:
    entry = Entry(one.name, one.index) if one.index and one.shape == one.expected else Name(one.name)
    if not objective:
        place = f"[{','.join(map(str, entry.index))}]" if isinstance(entry, Entry) else ""
        return (Piece(" "), Piece(_label(one.name, "") + place))
    return (Piece(" "), *(Piece(*token) for token in tokens(entry, SYMBOLS, objective)))


def _causes(comparison: Comparison, objective: str) -> list[Line]:
    if not comparison.causes:
        return [(Piece(say("mine.unknown-cause" if comparison.searched else "mine.too-large"), "warning"),)]
    several = len(comparison.causes) > 1
    lines: list[Line] = [(Piece(say("mine.causes" if several else "mine.cause"), "heading"),)]
    for cause in comparison.causes:
        lines.append((Piece(("· " if several else "") + _sentence(cause, comparison, objective), "warning"),))
        if not cause.whole:
            lines.append((Piece(say("mine.partly"), "dim"),))
    return lines


def _sentence(cause: Cause, comparison: Comparison, objective: str) -> str:
    """A mistake in words; several together each in its own."""
    if cause.together:
        every = [_sentence(replace(one, together=()), comparison, objective) for one in (cause, *cause.together)]
        return say("mine.together", mistakes=" ".join(f"({number}) {said}" for number, said in enumerate(every, 1)))
    names = _listed(cause.names, objective, 4)
    values = {"names": names, "step": cause.step, "factor": plain(cause.factor, 6), "place": cause.place + 1}
    if cause.kind == "one-sample":
        which = {0: "first", comparison.samples - 1: "last"}.get(cause.place, "other")
        return say(f"mine.cause.one-sample.{which}", **values)
    return say(f"mine.cause.{cause.kind}", **values)
