"""A copy as a text file: never half written, and in place of another file only when that was said."""

from __future__ import annotations

from pathlib import Path

from nnstep.catalogue import say, say_reason
from nnstep.files import ChangedMeanwhileError, Stamp, rewrite, stamp, write_new
from nnstep.text import clean


def suggested_name(scenario: str, panel: str, folder: Path) -> str:
    """A name that no file of the folder has: scenario-panel.txt, or with a number."""
    stem = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in Path(scenario).stem)[:60]
    base = f"{stem or 'nnstep'}-{panel}"
    for number in range(1, 1000):
        name = f"{base}.txt" if number == 1 else f"{base}-{number}.txt"
        if not (folder / name).exists():
            return name
    return f"{base}.txt"


class CopyFile:
    """Writes one text to the file that is typed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._asked: dict[Path, Stamp] = {}  # files that are there, as they were when it was said

    def write(self, typed: str) -> str:
        """Write it; what is wrong, or "". A file that is there is replaced the second time its name is given."""
        try:
            path = Path(typed.strip()).expanduser()
            if (expected := self._asked.pop(path, None)) is not None:
                rewrite(path, self._text, expected)
            else:
                write_new(path, self._text)
        except FileExistsError:
            self._asked[path] = stamp(path)
            return say("dialog.copy.exists")
        except ChangedMeanwhileError:
            self._asked[path] = stamp(path)
            return say("dialog.copy.changed")
        except (OSError, ValueError, RuntimeError) as error:  # ValueError: a zero byte; RuntimeError: there is no home
            return clean(say_reason(error), 200)
        return ""
