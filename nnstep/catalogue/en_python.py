"""What Python and the system say in English of their own accord, and is shown: `say_known` finds it by its words."""

from __future__ import annotations

__all__ = ["PYTHON"]

PYTHON: dict[str, str] = {
    # -- the command line (argparse)
    "positional": "positional arguments",
    "options": "options",
    "argument": "argument {name}: {reason}",
    "required": "the following arguments are required: {names}",
    "unrecognized": "unrecognized arguments: {names}",
    "one-argument": "expected one argument",
    "some-arguments": "expected at least one argument",
    "no-value": "ignored explicit argument {value}",
    "not-whole": "invalid int value: {value}",
    "choice": "invalid choice: {value} (choose from {choices})",
    # -- an expression (ast)
    "syntax": "invalid syntax",
    "comma": "invalid syntax. Perhaps you forgot a comma?",
    "equals": "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
    "character": "invalid character {char} ({code})",
    "unprintable": "invalid non-printable character {code}",
    "decimal": "invalid decimal literal",
    "zeros": "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
    "open": "{sign} was never closed",
    "unmatched": "unmatched {sign}",
    "mismatched": "closing parenthesis {sign} does not match opening parenthesis {other}",
    "string": "unterminated string literal (detected at line {line})",
    "strings": "unterminated triple-quoted string literal (detected at line {line})",
    "continuation": "unexpected character after line continuation character",
    "end": "unexpected EOF while parsing",
    "indent": "unexpected indent",
    "block": "expected an indented block after {kind} statement on line {line}",
    "expected": "expected {sign}",
    "nested": "too many nested parentheses",
    "nul": "source code string cannot contain null bytes",
    "order": "positional argument follows keyword argument",
    # -- a file (strerror)
    "file.none": "no such file or directory",
    "file.denied": "permission denied",
    "file.not-permitted": "operation not permitted",
    "file.exists": "file exists",
    "file.folder": "is a directory",
    "file.no-folder": "not a directory",
    "file.large": "file too large",
    "file.long": "file name too long",
    "file.links": "too many levels of symbolic links",
    "file.many": "too many open files",
    "file.full": "no space left on device",
    "file.read-only": "read-only file system",
    "file.io": "input/output error",
    "file.pipe": "broken pipe",
    "file.home": "could not determine home directory.",
}
