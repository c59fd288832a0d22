"""A command or a click -> what it does to the session and to the choice, and what is said of it."""

__all__: list[str] = []
