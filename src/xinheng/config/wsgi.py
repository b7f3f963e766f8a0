"""The WSGI entry that the server loads."""

import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")
application = get_wsgi_application()


def _say_what_is_missing() -> None:
    """Name the command that builds the assets while they are not there."""
    from xinheng.portal.assets import missing

    if text := missing():
        logging.getLogger("xinheng.portal").warning(text)


_say_what_is_missing()
