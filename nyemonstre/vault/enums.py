from django.db import models
from django.utils.translation import gettext_lazy as _


class VaultEvent(models.TextChoices):
    KEYS_ROTATED = "keys_rotated", _("Byttet nøkler")
