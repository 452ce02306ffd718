"""What people have deleted in the admin, for 90 days. May import base, media, users, language."""
