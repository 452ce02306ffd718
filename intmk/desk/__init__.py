"""The editors' start page: what to begin, what is due, what waits and what is missing, each with the way there."""
