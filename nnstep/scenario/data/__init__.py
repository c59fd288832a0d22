"""The [data] table and files of numbers -> read-only arrays."""

__all__: list[str] = []
