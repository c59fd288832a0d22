"""A word that is not known -> what was probably meant, and how it is written here."""

__all__: list[str] = []
