"""A path or a text -> a parsed document in which every key and value has its place."""

__all__: list[str] = []
