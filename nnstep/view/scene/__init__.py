"""Session and choice -> what every panel shows at this step, as plain data."""

__all__: list[str] = []
