"""Runs granian as `python -m granian` does, but loads the site first: ``python -m intmk.server.workers …``.

The workers are forks of this process: they start at once, also in place of one that has fallen, and share the memory
of all that is loaded here. No thread and no connection may begin here; that is left to intmk/wsgi.py.
"""

import gc
import importlib
import multiprocessing

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.cli import entrypoint

from intmk.server import installation


def main() -> None:
    """Load the site and run granian with the arguments of this process."""
    gc.disable()  # all that is loaded stays: to look for what could go costs a tenth of the time
    installation.enter(otherwise=installation.PRODUCTION)
    get_wsgi_application()
    importlib.import_module(settings.ROOT_URLCONF)
    gc.freeze()  # otherwise the first look of a worker would write to it all, and nothing would be shared
    gc.enable()
    multiprocessing.set_start_method("fork")  # which Python 3.14 no longer does by itself
    entrypoint()


if __name__ == "__main__":
    main()
