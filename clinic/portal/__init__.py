"""A patient's own page: who comes in by a link, what is shown to them, what they may do.

No account. A link of a message is traded for half an hour in a signed cookie, and the birth date is
asked before anything about health. Reading writes nothing at all: robots follow every link.
"""
