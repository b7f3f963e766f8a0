from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "xinheng.archive"
    label = "archive"
    verbose_name = "archive"
