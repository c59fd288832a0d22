"""The screens: the stepper itself, and the dialogs over it. Each dialog is imported when it is first opened."""

__all__: list[str] = []
