"""Text <-> expression tree. Takes equations and expressions as typed; gives trees, and prints them as typed text,
Unicode or LaTeX. Knows how operations are written, not what they do.
"""

from nnstep.language.nodes import Assignment, Call, Entry, Expression, Name, Number, Option, names, substitute, walk
from nnstep.language.parser import REFERENCES, parse_equations, parse_expression
from nnstep.language.printer import number_text, to_text, to_unicode, tokens, with_named_options

__all__ = [
    "REFERENCES",
    "Assignment",
    "Call",
    "Entry",
    "Expression",
    "Name",
    "Number",
    "Option",
    "names",
    "number_text",
    "parse_equations",
    "parse_expression",
    "substitute",
    "to_text",
    "to_unicode",
    "tokens",
    "walk",
    "with_named_options",
]
