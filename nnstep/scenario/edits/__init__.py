"""[[edits]] of a file, or an edit as a person types it -> edits, in the order in which they take effect; and back to
text. An edit changes a cell or the optimizer as an iteration begins.
"""

__all__: list[str] = []
