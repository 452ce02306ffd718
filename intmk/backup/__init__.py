"""The whole site in one file, every day, and back again. May import conferences, base, media, users, server, language."""
