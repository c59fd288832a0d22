"""Numbers and strings -> pieces of text with roles: canvases, blocks, matrices, formats."""

__all__: list[str] = []
