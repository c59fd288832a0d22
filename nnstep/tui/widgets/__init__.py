"""The widgets: take canvases of (text, role) pieces, give styled lines to Textual and clicks back as targets."""

__all__: list[str] = []
