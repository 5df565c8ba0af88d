from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "nyemonstre.ui"
    label = "ui"
    verbose_name = "Utseende"
