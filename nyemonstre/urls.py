"""Every address. Each app keeps its own list; the words in the addresses are Norwegian, the names English."""

from django.conf import settings
from django.urls import include, path

from nyemonstre.health import health

handler400 = "nyemonstre.ui.errors.handler400"
handler403 = "nyemonstre.ui.errors.handler403"
handler404 = "nyemonstre.ui.errors.handler404"
handler500 = "nyemonstre.ui.errors.handler500"

urlpatterns = [
    path("helse/", health, name="health"),
    path("konto/", include("nyemonstre.accounts.urls")),
    path("logg/", include("nyemonstre.audit.urls")),
    path("satser/", include("nyemonstre.content.urls")),
    path("henvendelser/", include("referrals.urls")),
    path("dokumenter/", include("documents.urls")),
    path("samtykke/", include("consent.urls")),
    path("kartlegging/", include("assessments.urls")),
    path("forskning/", include("assessments.research.urls")),
    path("plan/", include("plans.urls")),
    path("", include("nyemonstre.ui.urls")),
    path("", include("families.urls")),
    path("", include("history.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("nyemonstre.demo.urls")))
