"""Signals at random moments: `python -m tests.storms.signals --count 100` sends each one a hundred times.

The program is starting, idle, in the middle of keys or of a run, or its terminal reads nothing. A terminal is clean
when every mode that was switched on is off again, its settings are as before, and nothing of a traceback was written; a
program has ended well when its status is 128 + the signal's number and it took at most two seconds.
"""
# ruff: noqa: T201 -- a storm prints what came of it

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from typing import NamedTuple

from tests.storms.child import Child, nnstep
from tests.storms.keys import apart

__all__ = ["MOMENTS", "SIGNALS", "Outcome", "closed", "send"]

ENDING = ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT")
STOPPING = ("SIGTSTP", "SIGSTOP")
SIGNALS = (*ENDING, *STOPPING)
MOMENTS = ("start", "start", "idle", "keys", "run", "stalled", "resizing")
_SECONDS = 2.0
_FIRST = b"two_layer"  # what the first picture has
_KEYS = [b"n", b"N", b"]", b"[", b"\t", b"z", b"t", b"v", b"V", b"?", b"\x1b", b"L", b"\x1b[B", b"g", b"3", b"\r", b"c"]


class Outcome(NamedTuple):
    """What was wrong, if anything, how long the end took, and whether Python itself was still loading the program.

    Then nothing of the program can answer yet: the signal does what Python or the system lets it do, which is, for
    SIGINT, a KeyboardInterrupt on a terminal that nobody has touched.
    """

    wrong: tuple[str, ...]
    seconds: float
    early: bool = False


def _bring(child: Child, moment: str, chance: random.Random) -> None:
    """Let the program come to the moment."""
    if moment == "start":
        until = child.began + chance.uniform(0.03, 0.9)
        while (left := until - time.monotonic()) > 0:
            child.read(left, left)
        return
    child.until(b"Operation")
    child.read(0.1, 1.0)
    if moment == "keys":
        for _ in range(chance.randrange(1, 60)):
            child.type(chance.choice(_KEYS))
            if chance.random() < 0.3:
                child.read(0.01, 0.01)
    elif moment == "run":
        child.type(b"c")
        child.read(0.05, chance.uniform(0.0, 0.3))
    elif moment == "resizing":
        for _ in range(40):
            child.resize(chance.choice([0, 1, 80, 120, 100]), chance.choice([0, 1, 24, 36]))
            child.signal(signal.SIGWINCH)
    elif moment == "stalled":
        for _ in range(chance.randrange(5, 60)):
            child.type(b"T")  # everything is painted anew, and nobody reads it
            time.sleep(0.01)


def _end(child: Child, number: int, moment: str) -> Outcome:
    """Send a signal that ends it, and look at what is left."""
    child.signal(number)
    took = child.wait(10.0, reading=moment != "stalled")
    if took is None:
        return Outcome((f"still there after 10 s ({moment})",), 10.0)
    wrong = child.wrong()
    early = child.status != 128 + number and b"\x1b[" not in child.output
    if early and number == signal.SIGINT and b"KeyboardInterrupt" in child.output:
        wrong.remove("traceback")
    elif child.status not in ((-number,) if early else (128 + number,)):
        wrong.append(f"status {child.status}")
    if took > _SECONDS:
        wrong.append(f"{took:.1f} s")
    return Outcome(tuple(f"{one} ({moment})" for one in wrong), took, early)


def _stopped(child: Child, number: int, moment: str) -> list[str]:
    """Stop it, look at the terminal, continue it, and look whether it paints."""
    child.signal(number)
    until = time.monotonic() + 5.0
    while child.state != "T" and time.monotonic() < until:
        child.read(0.02, 0.02)
    child.read(0.05, 1.0)
    if child.state != "T":
        return ["did not stop"]
    wrong = child.wrong() if number == signal.SIGTSTP else []
    taken = child.modes.taken or b"\x1b[?1049h" in child.output
    child.resize(120, 36)  # so that there is something to see
    start, until = len(child.output), time.monotonic() + 5.0
    child.signal(signal.SIGCONT)
    after = b""
    while taken and "╭".encode() not in after and time.monotonic() < until:
        child.read(0.05, 0.1)
        after = child.output[start:].partition(b"\x1b[?1049h")[2]
    if taken and not after:
        wrong.append("did not take the screen again")
    elif taken and "╭".encode() not in after:
        wrong.append("painted nothing afterwards")
    return [f"stopped: {one} ({moment})" for one in wrong]


def send(name: str, moment: str, seed: int) -> Outcome:
    """Start the program, bring it to a moment, and send it a signal. A stopping one is followed by one that ends it."""
    chance = random.Random(seed)
    child = Child(
        nnstep("mlp" if moment == "run" else "two_layer"), chance.choice([80, 100, 120]), chance.choice([24, 36])
    )
    try:
        _bring(child, moment, chance)
        number = getattr(signal, name)
        wrong: list[str] = []
        if name in STOPPING:
            wrong = _stopped(child, number, moment)
            number = chance.choice([getattr(signal, one) for one in ENDING])
        outcome = _end(child, number, moment)
        return outcome._replace(wrong=(*wrong, *outcome.wrong))
    finally:
        child.end()


def closed(seed: int, told: bool) -> Outcome:
    """Close the terminal, with or without a SIGHUP of the shell: the program ends with 129 and burns nothing."""
    chance = random.Random(seed)
    child = Child(nnstep("two_layer"))
    try:
        _bring(child, chance.choice(["idle", "keys", "run"]), chance)
        child.hang_up()
        if told:
            child.signal(signal.SIGHUP)
        took = child.wait(10.0, reading=False)
        if took is None:
            return Outcome(("still there after 10 s",), 10.0)
        # It may be ending already when the shell's signal comes; the shell sees 129 then as well.
        wrong = [] if child.status in (129, -signal.SIGHUP) else [f"status {child.status}"]
        return Outcome((*wrong, *([f"{took:.1f} s"] if took > _SECONDS else [])), took)
    finally:
        child.end()


def main() -> int:
    """Send, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with apart():  # what a program under the storm changes of its settings is not the user's
        return storm(options.count, options.seed)


def storm(count: int, first: int) -> int:
    """Send every signal `count` times: 1 where a terminal was not left clean."""
    failed = 0
    for name in (*SIGNALS, "closed"):
        good, early, longest = 0, 0, 0.0
        for number in range(count):
            seed = first + number
            moment = MOMENTS[number % len(MOMENTS)]
            if name == "closed":
                outcome = closed(seed, told=bool(number % 2))
            else:
                outcome = send(name, moment if name in ENDING or moment != "stalled" else "keys", seed)
            good += not outcome.wrong
            early += outcome.early
            longest = max(longest, outcome.seconds)
            if outcome.wrong:
                print(f"{name} seed {seed}: {', '.join(outcome.wrong)}", flush=True)
        failed += good != count
        before = f", {early} of them before the program was loaded" if early else ""
        print(f"{name:8} {good}/{count} clean{before}; at most {longest:.2f} s", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
