"""A step, an update or a finding -> sentences that are true of it."""

__all__: list[str] = []
