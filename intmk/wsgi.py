"""WSGI entry point for granian. Production settings unless the environment or the folder names others."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from intmk.server import installation

installation.enter(otherwise=installation.PRODUCTION)
installation.check(settings)
application = get_wsgi_application()

from intmk.server.database.base import DatabaseWrapper  # noqa: E402 - needs the settings

# Commands take as long as they need; whoever waits for a page has long gone, and so has the server in front.
DatabaseWrapper.limit = 60
