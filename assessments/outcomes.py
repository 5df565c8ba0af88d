"""The seven lines of the pattern: the family's resultatmål (DOMAIN.md 1.8). Kartlegging and plan speak of the same."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    RM1 = "rm1", _("Helse og livskvalitet")
    RM2 = "rm2", _("Fritid og venner")
    RM3 = "rm3", _("Skole")
    RM4A = "rm4a", _("Boligen")
    RM4B = "rm4b", _("Stabilt rundt barna")
    RM5 = "rm5", _("Arbeid og aktivitet")
    RM6 = "rm6", _("Økonomi")


# The yarn says which part of life: indigo the children's, krapp the home, mose work and money.
YARN = {
    Outcome.RM1: "indigo",
    Outcome.RM2: "indigo",
    Outcome.RM3: "indigo",
    Outcome.RM4A: "krapp",
    Outcome.RM4B: "krapp",
    Outcome.RM5: "mose",
    Outcome.RM6: "mose",
}
