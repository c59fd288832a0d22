"""All benchmarks, one after the other: python -m tests.benchmarks

Each prints ratios of two things measured in turns within one run, and says what they are. They take some minutes and
want a machine that does nothing else.
"""

from __future__ import annotations

import subprocess
import sys

ALL = (
    "startup",
    "keypress",
    "held",
    "memory",
    "commands",
    "engine",
    "gradcheck",
    "travel",
    "others",
)

for name in ALL:
    print(f"\n== bench_{name}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.bench_{name}"], check=True)
