"""Every text of the interface, by key, in every language there is. Takes a key and what goes in; gives the text.

A translation is one more file beside `en.py` with a `TEXTS` of its own; what it leaves out is said in English.
"""

from nnstep.catalogue.say import language, say, say_count, say_or, use

__all__ = ["language", "say", "say_count", "say_or", "use"]
