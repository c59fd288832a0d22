"""Session -> ViewState. Takes commands; gives everything the screen shows as plain data: numbers formatted, formulas in
(text, role) pieces, panels that paint a window of themselves. The same code makes text and JSON.
"""

__all__: list[str] = []
