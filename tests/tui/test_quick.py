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


def test_asyncio_works_without_ssl_and_ssl_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
