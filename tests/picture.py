"""Make the README's picture with the program itself: `python -m tests.picture` writes docs/screen.svg."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from nnstep.tui.app import NnstepApp
from nnstep.view.stepper import Stepper

__all__ = ["picture"]

PLACE = Path(__file__).parent.parent / "docs" / "screen.svg"


def picture(scenario: str, step: str, keys: tuple[str, ...], size: tuple[int, int]) -> str:
    """The screen at a step of a bundled scenario after some keys, as SVG without fonts from elsewhere."""

    async def shown() -> str:
        stepper = Stepper.open(scenario)
        stepper.do("step.goto", step)
        app = NnstepApp(stepper)
        async with app.run_test(size=size) as pilot:
            await pilot.press(*keys)
            await pilot.pause()
            return app.export_screenshot(title="nnstep")

    svg = asyncio.run(shown())
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)  # spaces count
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S).replace(
        "Fira Code, monospace", "Fira Code, Menlo, monospace"
    )


if __name__ == "__main__":
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(picture("two_layer", "grad(W1)", ("3", "z"), (96, 28)), encoding="utf-8")
