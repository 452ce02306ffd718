"""One process tree that keeps the site running, and what each request meets before Django. Imports no other package."""
