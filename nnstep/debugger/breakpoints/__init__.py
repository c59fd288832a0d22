"""Where a run is to stop, what is watched in it, and the run until then."""

__all__: list[str] = []
