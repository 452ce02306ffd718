"""Templates are indented for those who write them; readers get pages without it, up to a tenth shorter."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"^[ ]+", re.MULTILINE)


class UnindentedLoader(filesystem.Loader):
    """Django's own for the folder `templates`; only pages, for in a mail spaces at the front are seen."""

    def get_contents(self, origin: Origin) -> str:
        """Return the text of the template without the spaces at the front of its lines."""
        text = super().get_contents(origin)
        return INDENTATION.sub("", text) if origin.name.endswith(".html") else text
