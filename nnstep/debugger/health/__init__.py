"""Record or run -> findings: what is wrong with units, gradients, numbers, updates and loss, and why."""

__all__: list[str] = []
