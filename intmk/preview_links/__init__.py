"""Links that show one draft to people without an account. May import proposals, base, media, users, language."""
