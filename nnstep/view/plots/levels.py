"""Bars of one character."""

from __future__ import annotations

BARS = " ▁▂▃▄▅▆▇█"
_PLAIN_BARS = " ..::++##"


def bar(share: float, ascii: bool) -> str:
    """A character that is full to `share` (0 to 1) of its height; never empty for what is more than nothing."""
    level = min(8, max(1 if share > 0 else 0, round(8 * share)))
    return (_PLAIN_BARS if ascii else BARS)[level]
