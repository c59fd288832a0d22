"""Starting without what is not needed leaves Python as it was."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from nnstep.tui.quick import without_ssl
with without_ssl():
    import asyncio
assert "ssl" not in sys.modules and "asyncio" in sys.modules
async def one():
    await asyncio.sleep(0)
    return 1
assert asyncio.run(one()) == 1
import ssl
assert ssl.create_default_context() is not None
with without_ssl():
    import ssl as again
assert again is ssl
"""
PALETTE = """
import asyncio, sys
from nnstep.tui.quick import give_back_palette, import_textual
import_textual()
assert "textual.command" not in sys.modules and "textual.widgets._input" not in sys.modules
from nnstep.tui.app import NnstepApp
from nnstep.tui.stepping import open_stepper
async def opened():
    app = NnstepApp(open_stepper("two_layer"))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "textual.command" not in sys.modules
        await pilot.press("n", "ctrl+p")
        await pilot.pause()
        import textual.command, textual.theme
        assert textual.command.CommandPalette.is_open(app) and not app.failures
        for name in ("CommandListItem", "CommandPalette", "Provider", "SimpleProvider"):
            assert getattr(textual.app, name) is getattr(textual.command, name)
        for name in ("DiscoveryHit", "Hit", "Provider"):
            assert getattr(textual.theme, name) is getattr(textual.command, name)
        assert issubclass(textual.theme.ThemeProvider, textual.command.Provider)
        hits = [hit async for hit in textual.theme.ThemeProvider(app.screen).discover()]
        assert {hit.prompt for hit in hits} == set(app.available_themes)
        await pilot.press("escape")
        app.search_themes()
        await pilot.pause()
        assert textual.command.CommandPalette.is_open(app) and not app.failures
asyncio.run(opened())
"""
STRANGE = """
import builtins, sys
from nnstep.tui.quick import give_back_palette, import_textual
original = builtins.__import__
def strange(name, *rest):
    if name == "textual.design" and hasattr(sys.modules.get("textual.command"), "_nnstep"):
        raise TypeError("this Textual needs more of its palette")
    return original(name, *rest)
builtins.__import__ = strange
import_textual()
import textual.app, textual.command
assert textual.app.CommandPalette is textual.command.CommandPalette
give_back_palette()
assert textual.app.Provider is textual.command.Provider
"""


def test_the_palette_is_there_when_it_is_opened_and_not_before() -> None:
    done = subprocess.run([sys.executable, "-c", PALETTE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_textual_that_needs_its_palette_gets_it() -> None:
    done = subprocess.run([sys.executable, "-c", STRANGE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_asyncio_works_without_ssl_and_ssl_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
