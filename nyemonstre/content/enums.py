from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    THRESHOLD = "threshold", _("Grense for lav inntekt")
    RATE = "rate", _("Sats eller frist")
    LINK = "link", _("Lenke")
    LAW = "law", _("Lovtekst")


class Unit(models.TextChoices):
    KRONER = "kr", _("kroner")
    KRONER_A_YEAR = "kr_year", _("kroner i året")
    KRONER_A_MONTH = "kr_month", _("kroner i måneden")
    PERCENT = "percent", _("prosent")
    HOURS_A_WEEK = "hours_week", _("timer i uka")
    DAY_OF_MONTH = "day_month", _("dag i måneden")


class ContentEvent(models.TextChoices):
    FACT_ADDED = "fact_added", _("La til en sats, lenke eller lovtekst")
    FACT_CHANGED = "fact_changed", _("Endret en sats, lenke eller lovtekst")
    FACT_CHECKED = "fact_checked", _("Kontrollerte en sats, lenke eller lovtekst")
