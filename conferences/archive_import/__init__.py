"""Resolutions from a table: reading, preview, import. May import archive, handover, models, rules."""
