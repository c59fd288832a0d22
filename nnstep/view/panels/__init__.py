"""Scene -> the panels of the screen, as canvases."""

__all__: list[str] = []
