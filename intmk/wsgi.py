"""WSGI entry point for granian. Production settings unless the environment or the folder names others."""

import sys
import threading

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from intmk.server import installation

installation.enter(otherwise=installation.PRODUCTION)
installation.check(settings)
django_application = get_wsgi_application()

from intmk.server import kept  # noqa: E402 - needs the settings
from intmk.server.database.base import DatabaseWrapper  # noqa: E402
from intmk.server.page_cache import PageCache  # noqa: E402
from intmk.server.page_changes import changes  # noqa: E402
from intmk.server.request_bodies import WholeBodies  # noqa: E402

# Commands take as long as they need; whoever waits for a page has long gone, and so has the server in front.
DatabaseWrapper.limit = 60
# Seconds for which a thread that builds a page keeps those waiting that have only to send one.
sys.setswitchinterval(0.001)
application = WholeBodies(PageCache(django_application, changes))
threading.Thread(target=application.watch, daemon=True).start()
changes.begin()
kept.generation = changes.generation_told
