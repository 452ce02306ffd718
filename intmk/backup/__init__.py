"""The whole site in one file, every day, and back again. May import conferences, media, users, server, language."""
