from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "xinheng.intake"
    label = "intake"
    verbose_name = "intake"
