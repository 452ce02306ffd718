"""WSGI entry point for granian. Production settings unless the environment or the folder names others."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from intmk import installation

installation.enter(otherwise=installation.PRODUCTION)
installation.check(settings)
application = get_wsgi_application()
