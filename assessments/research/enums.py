from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """How far a set has come. Only what is frozen has bytes; what is deleted has had them."""

    ORDERED = "ordered", _("Bestilt")
    COUNTED = "counted", _("Talt opp")
    FREEZING = "freezing", _("Fryses")
    FROZEN = "frozen", _("Frosset")
    FAILED = "failed", _("Ble ikke laget")
    DELETED = "deleted", _("Slettet")


UNDER_WAY = (State.ORDERED, State.FREEZING)


class Approver(models.TextChoices):
    REK = "rek", _("REK")
    SIKT = "sikt", _("Sikt")
    OTHER = "other", _("En annen")


class Kind(models.TextChoices):
    """What a pseudonym stands for."""

    PERSON = "person", _("Person")
    FAMILY = "family", _("Familie")


class ResearchEvent(models.TextChoices):
    PROJECT_ADDED = "research_project_added", _("La inn et forskningsprosjekt")
    SET_ORDERED = "research_set_ordered", _("Bestilte et forskningsuttrekk")
    SET_COUNTED = "research_set_counted", _("Telte opp et forskningsuttrekk")
    NAMES_GIVEN = "research_names_given", _("Ga pseudonymer i et forskningsprosjekt")
    SET_FROZEN = "research_set_frozen", _("Frøs et forskningsuttrekk")
    SET_FAILED = "research_set_failed", _("Et forskningsuttrekk ble ikke laget")
    SET_DOWNLOADED = "research_set_downloaded", _("Lastet ned et forskningsuttrekk")
    SET_DELETED = "research_set_deleted", _("Slettet filene i et forskningsuttrekk")
    WITHDRAWAL_TOLD = "research_withdrawal_told", _("Ga beskjed om at noen har trukket seg fra forskning")
    WITHDRAWAL_ACKNOWLEDGED = "research_withdrawal_acknowledged", _("Bekreftet at noen er slettet fra et uttrekk")
    KEY_ASKED = "research_key_asked", _("Ba om at koblingsnøkkelen åpnes")
    KEY_APPROVED = "research_key_approved", _("Godkjente at koblingsnøkkelen åpnes")
    KEY_MADE = "research_key_made", _("Åpnet koblingsnøkkelen")
    KEY_DOWNLOADED = "research_key_downloaded", _("Lastet ned koblingsnøkkelen")
    KEY_FORGOTTEN = "research_key_forgotten", _("Slettet filen med koblingsnøkkelen")
    TEXT_ASKED = "research_text_asked", _("Ba om fritekst til forskning")
    TEXT_APPROVED = "research_text_approved", _("Godkjente at fritekst gis ut")
    TEXT_MADE = "research_text_made", _("Laget filen med fritekst")
    TEXT_DOWNLOADED = "research_text_downloaded", _("Lastet ned fritekst til forskning")
    TEXT_FORGOTTEN = "research_text_forgotten", _("Slettet filen med fritekst")
    FIGURES_MADE = "figures_made", _("Regnet ut tallene for kommunen")
    FIGURES_TAKEN = "figures_taken", _("Lastet ned tallene for kommunen")
