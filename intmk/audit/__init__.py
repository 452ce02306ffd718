"""The log of who changed what in rights and approvals. May import conferences and below."""
