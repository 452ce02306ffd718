"""The engine of DATABASES: Django's own for PostgreSQL, with limits to how long a request waits."""
