"""Accounts, groups, sign-in, second factor and invitations. Imports no other package."""
