"""One entry of a gradient through every path: the products of the chain rule with their numbers, and what vanishes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnstep.catalogue import say, say_count
from nnstep.debugger import Cell
from nnstep.debugger.provenance.products import EntryChain, GradientPath, PathGradient, Product
from nnstep.text import padded
from nnstep.text import width as text_width
from nnstep.view.scene.scene import Scene
from nnstep.view.text.blocks import line_width
from nnstep.view.text.canvas import Line, Piece
from nnstep.view.text.cell_arithmetic import USUAL_GUARDS, FormatNumber, addends
from nnstep.view.text.numbers import NumberFormat, parse_number, plain
from nnstep.view.text.symbols import label

_LISTED = 12  # products of a path, unless all are asked for
_LISTED_WIDE = 40  # the same where the panel has the screen to itself
_WIDE = 80  # columns from which it has
_PASSING = ("identity", "add", "sum")  # kinds of levels whose factor is 1
_SAME = 1e-12  # of the sum of the products' sizes: the products and the stored gradient differ by rounding alone


# Whether the entry itself can be seen, of each path its factors from the top, and what the factors come to.
Known = tuple[bool, tuple[tuple[bool, ...], ...], bool]


def known_factors(scene: Scene, found: EntryChain, products: bool = True) -> Known:
    """What can be seen of the products at the scene's step: on the way down a slope of the forward pass, at the top a
    gradient. With `products` False nothing is multiplied, since that would be the answer of a question."""
    now = scene.now
    paths = tuple(
        tuple((level.needed_step if k else level.index) <= now for k, level in enumerate(path.levels))
        for path in found.paths
    )
    return (scene.program.values[found.slot].step <= now, paths, products)


def product_lines(scene: Scene, found: EntryChain, known: Known, full: bool, width: int) -> list[Line]:
    """The entry, its products path by path, their sum, and how it compares with the stored gradient."""
    there, seen, multiplied = known
    said, digits = scene.said(Cell(found.slot, found.index)), scene.gallery.digits
    answer = said(found.stored) if there else "?"
    head = scene.written(Cell(found.slot, found.index))
    lines: list[Line] = [(*head, Piece(" = ", "operator"), Piece(answer, "strong"))]
    several = len(found.paths) > 1
    totals, adds = said, True
    if several:
        form, adds = addends([path.total for path in found.paths], found.total, said, digits)
        totals = form.text
    vanishing: list[Line] = []
    for number, (path, factors) in enumerate(zip(found.paths, seen, strict=True), 1):
        if several:
            lines += [(), _path_heading(scene, path, number)]
        lines.append(_symbols(scene, path, found))
        table = _ProductTable(scene, path, (*factors, multiplied), totals, full, width)
        lines += table.lines()
        lines += _left_out(scene, path)
        vanishing += _dependence(scene, path, found)
        if several and path.products:
            total = totals(path.total) if all(factors) and multiplied else "?"
            about = " " if table.adds else " ≈ "
            lines.append((Piece(say("chain.path-total", number=number) + about, "text"), Piece(total, "strong")))
        adds = adds and table.adds
    if there:
        lines += _compared(found, said, adds, width)
    return [*lines, *dict.fromkeys(vanishing)]


def _name(scene: Scene, level: PathGradient) -> str:
    name = label(scene.program.values[level.value].name, scene.objective)
    return name if " " not in name else f"({name})"


def _visible(path: GradientPath) -> list[int]:
    """The levels whose factors are written: those of a factor of 1 are not, except at the top."""
    return [k for k, level in enumerate(path.levels) if k == 0 or level.kind not in _PASSING]


def _path_heading(scene: Scene, path: GradientPath, number: int) -> Line:
    names = list(dict.fromkeys(_name(scene, level) for level in path.levels))
    return (
        Piece(say("chain.path", number=number) + "  ", "dim"),
        Piece(" ← ".join([scene.objective, *names]), "name"),
    )


def _symbols(scene: Scene, path: GradientPath, found: EntryChain) -> Line:
    """= Σ ∂L/∂o · ∂o/∂h · ∂h/∂z · ∂z/∂W1[0,2]."""
    pieces = [Piece("= Σ ", "operator")]
    above = scene.objective
    shown = _visible(path)
    for position, k in enumerate(shown):
        name = _name(scene, path.levels[k])
        last = position == len(shown) - 1
        index = f"[{','.join(map(str, found.index))}]" if last and found.index else ""
        pieces += [Piece(" · ", "operator")] if position else []
        pieces.append(Piece(f"∂{above}/∂{name}{index}", "gradient" if not position else "name"))
        above = name
    return tuple(pieces)


def _dependence(scene: Scene, path: GradientPath, found: EntryChain) -> list[Line]:
    """Which entries of the values on the way depend on the chosen one, so that the terms of the others vanish."""
    last = path.levels[-1]
    chosen = _name(scene, last) + (f"[{','.join(map(str, found.index))}]" if found.index else "")
    groups: dict[tuple[str, int, int], dict[str, None]] = {}
    for level in path.levels[:-1][::-1]:
        if level.value != last.value and level.count < level.size:
            span = say(f"chain.span.{level.span.kind}", at=level.span.at)
            groups.setdefault((span, level.count, level.size), {})[_name(scene, level)] = None
    lines: list[Line] = []
    for (span, count, size), names in list(groups.items())[:2]:
        values = {"span": span, "count": count, "size": size, "chosen": chosen}
        lines.append((Piece(say("chain.depends", names=", ".join(names), **values), "dim"),))
    return lines


def _left_out(scene: Scene, path: GradientPath) -> list[Line]:
    lines: list[Line] = []
    for k, count in path.vanishing:
        above = scene.objective if k == 0 else _name(scene, path.levels[k - 1])
        symbol = f"∂{above}/∂{_name(scene, path.levels[k])}"
        lines.append((Piece(say_count("chain.vanish", count, symbol=symbol), "dim"),))
    if path.stored_top:
        name = label(f"grad({scene.program.values[path.levels[0].value].name})", scene.objective)
        lines.append((Piece(say("chain.stored-top", name=name), "dim"),))
    return lines


class _ProductTable:
    """The products of a path: which entries each goes through, its factors, and what they come to.

    `known` says of each factor whether it can be seen, and last of all of what they come to; `said` is how their sum is
    printed. `adds` is whether the products as they are written add up to it.
    """

    def __init__(
        self, scene: Scene, path: GradientPath, known: tuple[bool, ...], said: FormatNumber, full: bool, width: int
    ) -> None:
        most = _LISTED_WIDE if width >= _WIDE else _LISTED
        self.products = path.products if full or len(path.products) <= most else path.products[: most - 2]
        self.left_out = path.products[len(self.products) :]
        self.rest = sum(product.value for product in self.left_out)
        self.levels = _visible(path)
        self.known = known
        self.all_known = all(known[k] for k in self.levels) and known[-1]
        self.labels = _labels(scene, path, self.products) if self.products else []
        self.width = width
        self.digits = scene.gallery.digits
        values = [product.value for product in self.products] + ([self.rest] if self.left_out else [])
        self.form: NumberFormat | None = None
        self.adds = True
        if values:
            self.form, self.adds = addends(values, path.total, said, self.digits)

    def lines(self) -> list[Line]:
        """A line a product, and what is left out."""
        if self.form is None:
            return [(Piece(say("chain.no-products"), "dim"),)]
        results = [self.form.text(product.value) if self.all_known else "?" for product in self.products]
        factors, holds = self._factors(self.form)
        lines = _aligned(self.labels, factors, results, holds, self.width)
        if self.left_out:
            said = self.form.text(self.rest) if self.all_known else "?"
            lines.append((Piece(say_count("chain.more", len(self.left_out), rest=said), "dim"),))
        return lines

    def _factors(self, form: NumberFormat) -> tuple[list[list[str]], list[bool]]:
        """The columns of factors, and for each product whether it can be worked out from them as they are written.

        With as many digits as it takes for that, or fewer where there is no room.
        """
        columns = [[product.factors[k] for product in self.products] for k in self.levels]
        wanted = [form.text(product.value) for product in self.products]
        room = self.width - max(map(text_width, wanted)) - len(columns)
        best: tuple[list[list[str]], list[bool]] | None = None
        for digits in range(2, self.digits + USUAL_GUARDS + 1):
            texts = [[plain(factor, digits) for factor in column] for column in columns]
            if best is not None and sum(max(map(text_width, column)) for column in texts) > room:
                break
            rows = zip(*texts, strict=True)
            holds = [
                form.text(math.prod(map(parse_number, row))) == text for row, text in zip(rows, wanted, strict=True)
            ]
            best = (texts, holds)
            if all(holds) and digits > self.digits:
                break
        assert best is not None
        texts, holds = best
        shown = [text if self.known[k] else ["?"] * len(text) for k, text in zip(self.levels, texts, strict=True)]
        return shown, holds if self.all_known else [True] * len(holds)


def _labels(scene: Scene, path: GradientPath, products: Sequence[Product]) -> list[list[str]]:
    """The entries that a product goes through, from the top, in three ways: all of them; without those whose index is
    that of the one before; and of these the indices alone."""
    everything, without, indices = [], [], []
    levels = range(len(path.levels) - 1)
    for product in products:
        parts = [(f"[{','.join(map(str, product.indices[k]))}]" if product.indices[k] else "") for k in levels]
        named = [_name(scene, path.levels[k]) + part for k, part in zip(levels, parts, strict=True)]
        kept = [k for k in levels if parts[k] and (not k or product.indices[k] != product.indices[k - 1])]
        everything.append(" ".join(dict.fromkeys(named)))
        without.append(" ".join(named[k] for k in kept))
        indices.append(" ".join(parts[k] for k in kept))
    return [everything, without, indices]


def _aligned(
    labels: Sequence[Sequence[str]],
    factors: Sequence[Sequence[str]],
    results: Sequence[str],
    holds: Sequence[bool],
    width: int,
) -> list[Line]:
    """The products in columns, each with the longest of its labels that there is room for.

    The sign before a result is ≈ where the written factors do not give it.
    """
    columns = [*factors, results]
    sizes = [max(map(text_width, column)) for column in columns]
    blank = [""] * len(labels[0])
    choices = [*((one, " ") for one in labels), (labels[-1], ""), (blank, "")]
    for chosen, space in choices:
        label_size = max(map(text_width, chosen))
        used = label_size + bool(label_size) + sum(sizes) + (1 + 2 * len(space)) * len(factors)
        if used <= width:
            break
    times = f"{space}·{space}"
    lines: list[Line] = []
    for row, name in enumerate(chosen):
        equals = f"{space}{'=' if holds[row] else '≈'}{space}"
        pieces: list[Piece] = [Piece(padded(name, label_size) + " ", "dim")] if label_size else []
        for position, (column, size) in enumerate(zip(columns, sizes, strict=True)):
            sign = "" if not position else equals if position == len(columns) - 1 else times
            role = "strong" if position == len(columns) - 1 else "number"
            pieces += [Piece(sign, "operator"), Piece(padded(column[row], size, right=True), role)]
        lines.append(tuple(piece for piece in pieces if piece.text))
    return lines


def _compared(found: EntryChain, said: FormatNumber, adds: bool, width: int) -> list[Line]:
    """The sum of all products beside the stored gradient, or where there is no room above how the two compare."""
    count = sum(len(path.products) for path in found.paths)
    sizes = sum(abs(product.value) for path in found.paths for product in path.products)
    alike = found.total == found.stored or (math.isnan(found.total) and math.isnan(found.stored))
    apart = 0.0 if alike else abs(found.total - found.stored)
    same = alike or apart <= _SAME * max(sizes, abs(found.stored))
    total = said(found.total)
    summed: Line = (Piece(say_count("chain.sum", count) + (" = " if adds else " ≈ "), "text"), Piece(total, "strong"))
    if same:
        verdict = Piece("✔ " + say("chain.same", apart=plain(apart, 1)), "good")
    else:
        verdict = Piece("✘ " + say("chain.differs", apart=plain(apart, 3)), "error")
    whole = (*summed, Piece("  "), verdict)
    return [whole] if line_width(whole) <= width else [summed, (verdict,)]
