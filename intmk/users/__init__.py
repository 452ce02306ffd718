"""Accounts, groups, sign-in, second factor and invitations. May import language."""
