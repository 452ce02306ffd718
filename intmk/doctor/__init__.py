"""Is all well with this installation: what the command `doctor` and the administrators' start page say.

May import all below the pages; it asks and changes nothing, but keeps what was red.
"""
