"""The texts in English: what the screen says of keyboards, copying and the shell."""

from __future__ import annotations

TERMINAL: dict[str, str] = {
    "message.no-command": "no command on the key '{typed}': {key:app.help} shows all keys",
    "message.no-command-there": "no command on the key '{typed}', where a US keyboard has '{meant}': {key:app.help} "
    "shows all keys",
    "message.no-such-key": "no command on the key '{typed}': switch the keyboard to Latin letters; {key:app.help} "
    "shows all keys",
    "message.no-shell": "no shell is there that could continue the program: it was not stopped",
    "message.selected.one": "{count} line is selected: {key:panel.copy} copies it, {key:panel.copy-to-file} writes "
    "it to a file, {key:scroll.follow} lets it go",
    "message.selected.many": "{count} lines are selected: {key:panel.copy} copies them, {key:panel.copy-to-file} "
    "writes them to a file, {key:scroll.follow} lets them go",
    "copy.lines.one": "{count} line",
    "copy.lines.many": "{count} lines",
    "copy.under-way": "copying …",
    "copy.command": "copied {lines} to the clipboard with {way}",
    "copy.tmux": "{lines} are in tmux's buffer, and were offered to the terminal's clipboard, where tmux may do that",
    "copy.terminal": "{lines} sent to the terminal (OSC 52), which may ignore it: {key:panel.copy-to-file} writes a "
    "file instead",
    "copy.large": "; it is more than many terminals take",
    "copy.failed": "{way} failed ({reason})",
    "copy.status": "exit status {status}",
    "copy.too-slow": "it did not answer in time",
    "copy.nowhere": "nothing here takes a copy, no command and not this terminal: {key:panel.copy-to-file} writes a "
    "file instead",
    "copy.written": "{lines} written to",
    "dialog.copy.title": "Copy to a file",
    "dialog.copy.question": "{lines} as text, to a file",
    "dialog.copy.hint": "{key:dialog.accept} writes it, {key:dialog.close} goes back. "
    "A file that is there is only replaced when you say so.",
    "dialog.copy.changed": "it was changed meanwhile. {key:dialog.accept} again replaces it all the same",
    "dialog.copy.exists": "there is a file of this name. {key:dialog.accept} again replaces it",
    "help.reading.mouse": "Drag over text to select it: {key:panel.copy} copies it. Where the terminal is to select "
    "by its own means, "
    "hold Shift while dragging (Option in iTerm2, Fn in macOS Terminal).",
}
