"""Pictures of a step: an activation's curve, the network, the distribution of a matrix. Takes values of a record; gives
blocks of plain text that fit the room they are given. Each picture is a module, imported when it is first looked at.
"""

__all__: list[str] = []
