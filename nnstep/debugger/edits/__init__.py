"""What-if: a change at the current step as a branch of the run, and edits that outlive the process."""

__all__: list[str] = []
