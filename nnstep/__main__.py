"""Start the program, and end it well: an exit status for every way a run can end, never a traceback.

0 done, 1 a check failed, 2 usage or a scenario that cannot be used, 70 an error of this program, 74 output that cannot
be written, 130 interrupted, 141 the reader of the output went away. With NNSTEP_DEBUG=1 an error of this program shows
its traceback instead of leaving a note in a file.

The other rooms are imported in the functions: Ctrl+C is taken care of before anything of them is loaded.
"""

from __future__ import annotations

import gc
import os
import signal
import sys

TYPE_CHECKING = False  # without `typing`: as little as possible is loaded before Ctrl+C is taken care of
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_INTERNAL, _OUTPUT, _INTERRUPTED, _READER_GONE = 70, 74, 130, 141


def run() -> int:
    """The `nnstep` script. From now on Ctrl+C ends this process at once; the screen takes that over."""
    # A KeyboardInterrupt would do so too, but not one that is raised where NumPy is being loaded, in a destructor, or
    # as the interpreter shuts down: there it is a traceback, or another error.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # and not ignored, as below nohup
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(_INTERRUPTED))
    # Before NumPy is loaded: the nets are small, so threads only cost start-up time; and with one thread a product is
    # always added up in the same order, so the bits do not depend on how many processors the machine has.
    for library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(library, "1")
    gc.disable()  # what is imported now is never garbage; it is switched on again when a scenario is there
    status = guarded(_main, sys.argv[1:])
    # All is written. As the interpreter shuts down it takes our handler away, and Ctrl+C would end it by a signal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return status


def _main(arguments: Sequence[str]) -> int:
    from nnstep.cli import main

    return main(arguments)


def guarded(main: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """Run `main` and return the exit status, whatever happens in it."""
    for stream in (sys.stdout, sys.stderr):  # a sign that the terminal does not have becomes an escape, not an error
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        _say("main.closed")
        return _OUTPUT
    try:
        status = main(arguments)
    except BaseException as error:
        if os.environ.get("NNSTEP_DEBUG") and _is_internal(error):
            raise
        status = _status(error)
    try:
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = _INTERRUPTED
    except (OSError, ValueError) as error:
        if status == 0:
            status = _unwritten(error)
        _drop_output()
    except MemoryError:
        _say("main.memory")
        status = _INTERNAL
        _drop_output()
    return status


def _is_internal(error: BaseException) -> bool:
    """Whether an error is one of this program: no end that was asked for, nothing of the output or the memory."""
    from nnstep.errors import OutputError

    return not isinstance(error, (SystemExit, KeyboardInterrupt, OutputError, MemoryError))


def _status(error: BaseException) -> int:
    """Say what ended a command; the exit status for it."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 2 if error.code else 0
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED
    if isinstance(error, MemoryError):
        _say("main.memory")
        return _INTERNAL
    try:
        if not _is_internal(error):
            return _unwritten(error.__cause__ or error)
        from nnstep.files import crash_note
        from nnstep.text import clean

        note = crash_note(error)
        said = f"{type(error).__name__}: {clean(error)}"
        if note:
            _say("main.internal.details", error=said, note=clean(note))
        else:
            _say("message.internal-error", error=said)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception:  # what is left of the memory or of the disk is not enough to say what it was
        _say("main.internal")
    return _INTERNAL


def _unwritten(error: BaseException) -> int:
    if isinstance(error, BrokenPipeError):
        return _READER_GONE
    from nnstep.catalogue import say_reason
    from nnstep.text import clean

    _say("main.output", reason=clean(say_reason(error)))
    return _OUTPUT


def _say(key: str, **values: object) -> None:
    try:
        from nnstep.catalogue import say

        sys.stderr.write(f"nnstep: {say(key, **values)}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError, MemoryError):  # there is no one to say it to
        pass


def _drop_output() -> None:
    """Send what is still buffered nowhere: the interpreter would try to write it once more and complain."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError):
        pass


if __name__ == "__main__":
    sys.exit(run())
