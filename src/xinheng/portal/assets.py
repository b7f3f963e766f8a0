"""Where built assets are found; while they are not built, pages go out undressed, never broken."""

from pathlib import Path

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

COMMAND = ".venv/bin/python frontend/assets.py"


class AssetStorage(CompressedManifestStaticFilesStorage):
    """Addresses with the file's hash in them; the plain address where no manifest stands."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The name with its hash. A file that was never built keeps its plain name."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name


def missing() -> str | None:
    """What to do when assets or message catalogues are not built; None when they are."""
    needed = [Path(settings.STATIC_ROOT) / "staticfiles.json"]
    needed += [Path(folder) / "zh_Hans/LC_MESSAGES/django.mo" for folder in settings.LOCALE_PATHS]
    absent = [file.name for file in needed if not file.is_file()]
    if not absent:
        return None
    return f"The pages' assets are not built ({', '.join(absent)}); pages are plain until you run: {COMMAND}"
