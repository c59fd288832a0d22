"""A person's own numbers -> whether they agree with a record, and which mistake they come from."""

__all__: list[str] = []
