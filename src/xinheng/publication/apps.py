from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "xinheng.publication"
    label = "publication"
    verbose_name = "publication"
