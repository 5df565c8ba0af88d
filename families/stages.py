"""THE PATH: ten dated steps over five years (DOMAIN.md 1.3), as data.

A checklist, not a corridor (R-P1): steps overlap, and only what is named in `requires` must come first. Two locks are
hard and are asked of consent/rules.py at the moment of use: no kartlegging before a live participation consent, and
no contact with a service before a live agreement line. What comes again each half year or year is counted from ONE
anchor, the day of the oppstartskartlegging (R-P3), never from the last one done.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.roles import Permission, Role
from nyemonstre.flow import After, Every
from nyemonstre.flow import Step as Row


class Step(models.TextChoices):
    REFERRAL = "referral", _("Henvendelse")
    INTAKE = "intake", _("Inntaksteam")
    INFORMATION = "information", _("Informasjonssamtale")
    CONSENT = "consent", _("Samtykke")
    BASELINE = "baseline", _("Oppstartskartlegging")
    COLLABORATION = "collaboration", _("Etablere samarbeid")
    PLAN = "plan", _("Familiens plan")
    FEEDBACK = "feedback", _("Feedback-informerte tjenester")
    REVIEW = "review", _("6-månedersevaluering")
    YEARLY = "yearly", _("Årlig kartlegging")


S = Step
YEARS = 5


def _row(
    *requires: str,
    owner: str = Role.COORDINATOR,
    permission: str = Permission.CHANGE_FAMILY,
    due: After | None = None,
    repeats: Every | None = None,
) -> Row:
    return Row(frozenset(requires), owner, permission, "step_reached", due, repeats)


PATH: dict[str, Row] = {
    S.REFERRAL: _row(owner=Role.INTAKE, permission=Permission.REGISTER_FAMILY),
    S.INTAKE: _row(S.REFERRAL, owner=Role.INTAKE, permission=Permission.REGISTER_FAMILY),
    S.INFORMATION: _row(S.INTAKE, due=After(S.INTAKE, days=14)),
    S.CONSENT: _row(S.INFORMATION, permission=Permission.CHANGE_CONSENT, due=After(S.INFORMATION, days=14)),
    S.BASELINE: _row(S.CONSENT, permission=Permission.CHANGE_ASSESSMENT, due=After(S.CONSENT, days=30)),
    S.COLLABORATION: _row(S.CONSENT, permission=Permission.CHANGE_CONSENT, due=After(S.BASELINE, days=30)),
    S.PLAN: _row(S.CONSENT, permission=Permission.CHANGE_PLAN, due=After(S.BASELINE, days=45)),
    S.FEEDBACK: _row(S.CONSENT, permission=Permission.CHANGE_ASSESSMENT),
    S.REVIEW: _row(
        S.BASELINE, S.PLAN, permission=Permission.CHANGE_PLAN,
        repeats=Every(S.BASELINE, months=6, times=2 * YEARS, before=14, after=16),
    ),
    S.YEARLY: _row(
        S.BASELINE, permission=Permission.CHANGE_ASSESSMENT,
        repeats=Every(S.BASELINE, months=12, times=YEARS, before=14, after=16),
    ),
}  # fmt: skip

ORDER: list[str] = list(PATH)
