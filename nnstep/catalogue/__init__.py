"""Every text of the interface, by key, in every language there is. Takes a key and what goes in; gives the text.

A translation is one more file beside `en.py`: its `TEXTS`, and `plural`, which tells the form that a count wants. What
it leaves out is said in English.
"""

from nnstep.catalogue.say import key_name, language, say, say_count, say_known, say_or, say_reason, use

__all__ = ["key_name", "language", "say", "say_count", "say_known", "say_or", "say_reason", "use"]
