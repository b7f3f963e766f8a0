"""Django system checks of the portal."""

from django.core.checks import CheckMessage, Warning, register

from xinheng.portal.assets import COMMAND, missing


@register("xinheng")
def assets_built(**_: object) -> list[CheckMessage]:
    """Warn with the command to run while style sheets, icons or message catalogues are missing."""
    text = missing()
    return [Warning(text, hint=f"Run: {COMMAND}", id="xinheng.W001")] if text else []
