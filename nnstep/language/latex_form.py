"""How LaTeX writes an operation that is called by name: what an operation's entry says of it."""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """How an operation that is called by name is written.

    sign     what stands before the brackets, as in `\\sigma`; "" for the operation's symbol
    inputs   how many of the arguments are values; the others are options by position
    options  the names of the options, in order
    axis     whether its option `axis` is written as the index that runs along it, below the sign
    below    the options, numbers, that stand below the sign with × between them: the sizes of a reshape
    spelled  the sign where a value of the program has the first one as its name
    fences   signs around a single argument, in place of brackets after a sign
    wide     whether the sign is one that is read as going on over the factors after it, as Σ is
    single   whether it comes to a single number where no option says otherwise
    """

    sign: str = ""
    inputs: int = 1
    options: tuple[str, ...] = ()
    axis: bool = False
    below: tuple[str, ...] = ()
    spelled: str = ""
    fences: tuple[str, str] | None = None
    wide: bool = False
    single: bool = False
