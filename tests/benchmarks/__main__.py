"""All benchmarks, one after the other: python -m tests.benchmarks

Each prints ratios of two things measured in turns within one run, and says what they are. They take some minutes and
want a machine that does nothing else.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("bench_*.py")):
    print(f"\n== {path.stem}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{path.stem}"], check=True)
