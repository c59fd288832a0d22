"""A scenario or a run -> what the command line prints: text, JSON records, LaTeX."""

__all__: list[str] = []
