"""The editors' handbook in the admin: its chapters, and which is about which screen."""
