"""The initial content, and what brings it into the database. May import pages and below, not open_data."""
