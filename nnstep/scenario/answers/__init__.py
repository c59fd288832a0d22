"""A person's own numbers, as files or text -> read-only arrays by name, each with how far it was rounded."""

__all__: list[str] = []
