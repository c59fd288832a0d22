"""Start the program, and end it well: an exit status for every way a run can end, never a traceback.

0 done, 1 a check failed, 2 usage or a scenario that cannot be used, 70 an error of this program, 74 output that cannot
be written, 130 interrupted, 141 the reader of the output went away. With NNSTEP_DEBUG=1 an error of this program shows
its traceback instead of leaving a note in a file.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence

from nnstep.files import crash_note
from nnstep.text import clean

__all__ = ["guarded", "run"]

_INTERNAL, _OUTPUT, _INTERRUPTED, _READER_GONE = 70, 74, 130, 141


def run() -> int:
    """The `nnstep` script."""
    # Before NumPy is loaded: the nets are small, so threads only cost start-up time; and with one thread a product is
    # always added up in the same order, so the bits do not depend on how many processors the machine has.
    for library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(library, "1")
    from nnstep.cli import main

    return guarded(main, sys.argv[1:])


def guarded(main: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """Run `main` and return the exit status, whatever happens in it."""
    for stream in (sys.stdout, sys.stderr):  # a sign that the terminal does not have becomes an escape, not an error
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        _say("standard output is closed")
        return _OUTPUT
    status = _status(main, arguments)
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        if status == 0:
            status = _unwritten(error)
        _drop_output()
    return status


def _status(main: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    from nnstep.cli import OutputError

    try:
        return main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2 if end.code else 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OutputError as error:
        return _unwritten(error.__cause__ or error)
    except MemoryError:
        _say("out of memory")
        return _INTERNAL
    except BaseException as error:
        if os.environ.get("NNSTEP_DEBUG"):
            raise
        note = crash_note(error)
        _say(f"internal error: {type(error).__name__}: {clean(error)}" + (f" (details: {clean(note)})" if note else ""))
        return _INTERNAL


def _unwritten(error: BaseException) -> int:
    if isinstance(error, BrokenPipeError):
        return _READER_GONE
    _say(f"cannot write the output: {getattr(error, 'strerror', None) or clean(error)}")
    return _OUTPUT


def _say(text: str) -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"nnstep: {text}\n")
        sys.stderr.flush()


def _drop_output() -> None:
    """Send what is still buffered nowhere: the interpreter would try to write it once more and complain."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


if __name__ == "__main__":
    sys.exit(run())
