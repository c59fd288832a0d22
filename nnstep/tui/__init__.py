"""The screen: takes a scenario's path or name, shows it in the terminal, and gives back an exit status.

Widgets paint what the view state says and send commands back; no number is computed or formatted here.
"""

__all__: list[str] = []
