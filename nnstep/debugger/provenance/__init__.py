"""Record and cell -> the cells that made it, what it goes into, and the products of the chain rule."""

__all__: list[str] = []
