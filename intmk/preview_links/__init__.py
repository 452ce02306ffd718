"""Links that show one draft to people without an account. May import base, media, users, language."""
