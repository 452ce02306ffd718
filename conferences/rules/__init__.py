"""Rules without a database: rotation of the chair, votes, numbers, citation. Dates come in as parameters."""
