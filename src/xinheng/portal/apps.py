"""The portal as a Django application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Registers the check that the assets are built."""

    name = "xinheng.portal"

    def ready(self) -> None:
        """Load the module whose decorators register the checks."""
        from xinheng.portal import checks  # noqa: F401
