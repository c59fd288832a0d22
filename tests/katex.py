"""Renders what `check --format latex` prints with KaTeX: python -m tests.katex [--count 200].

Every bundled scenario and `count` random ones, each `align*` as a whole, with KaTeX's warnings as errors. It needs
node, and KaTeX from npm: one that node finds already, or else one that npm puts into a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from nnstep.engine.eras import eras
from nnstep.scenario import Scenario, find, load, loads
from nnstep.scenario.library import bundled
from nnstep.view.reports.check import first_program, later_updates
from nnstep.view.reports.latex import latex_report
from tests.engine.random_programs import random_case

_RENDER = """
const katex = require('katex');
const blocks = JSON.parse(require('fs').readFileSync(0, 'utf8'));
let wrong = 0;
for (const [name, text] of blocks) {
  try {
    katex.renderToString(text, {displayMode: true, throwOnError: true, strict: 'error', output: 'mathml'});
  } catch (error) {
    wrong += 1;
    console.log(`${name}: ${error.message}`);
  }
}
console.log(`${blocks.length} blocks, ${wrong} of them not rendered`);
process.exit(wrong ? 1 : 0);
"""


def blocks(name: str, scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Each align* of a scenario, with its name."""
    parts = eras(scenario)
    lines = list(latex_report(scenario, first_program(parts[0]), name, later_updates(parts)))
    starts = [at for at, line in enumerate(lines) if line.startswith(r"\begin")]
    ends = [at for at, line in enumerate(lines) if line.startswith(r"\end")]
    for start, end in zip(starts, ends, strict=True):
        yield name, "\n".join(lines[start : end + 1])


def modules(folder: str) -> str | None:
    """Where node finds KaTeX: "" where it does by itself, a folder that npm has put it into; None where it is not."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        return None
    if subprocess.run([node, "-e", "require('katex')"], capture_output=True, check=False).returncode == 0:
        return ""
    if npm is None:
        return None
    command = [npm, "install", "katex", "--prefix", folder, "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=300, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return None
    return str(Path(folder) / "node_modules") if done else None


def main() -> int:
    """0 where all was rendered, or could not be tried; 1 where something was not rendered."""
    parser = argparse.ArgumentParser(prog="python -m tests.katex", description="Render the LaTeX with KaTeX.")
    parser.add_argument("--count", type=int, default=200, help="random scenarios")
    count = parser.parse_args().count
    found = [block for one in bundled() for block in blocks(one.name, load(find(one.name)))]
    for seed in range(count):
        found += blocks(f"random {seed}", loads(random_case(Random(seed)).text))
    with tempfile.TemporaryDirectory() as folder:
        place = modules(folder)
        if place is None:
            sys.stdout.write(f"{len(found)} blocks, none tried: node, or KaTeX from npm, is not to be had here\n")
            return 0
        environment = {**os.environ, **({"NODE_PATH": place} if place else {})}
        command = ["node", "-e", _RENDER]
        done = subprocess.run(command, input=json.dumps(found), text=True, check=False, env=environment)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
