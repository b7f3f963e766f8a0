from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "xinheng.accounts"
    label = "accounts"
    verbose_name = "accounts"
