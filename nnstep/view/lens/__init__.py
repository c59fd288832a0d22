"""The views of the middle panel other than the step's own equation: where the chosen cell comes from, what uses it, and
so on. Takes a scene and what is chosen; gives blocks of lines, and the cells that a row of them leads to.
"""

__all__: list[str] = []
