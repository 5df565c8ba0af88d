from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "nyemonstre.content"
    verbose_name = _("satser, lenker og lovtekster")
    events = "nyemonstre.content.enums.ContentEvent"
