"""The project's addresses, and one bare view to compare with."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from nyemonstre.access.views import signed_in


@signed_in
def bare(request: HttpRequest, size: int) -> HttpResponse:
    """As many bytes as the page it is compared with, through the same middleware: what is left is Django's own cost."""
    return HttpResponse(b"x" * size)


urlpatterns = [path("bare/<int:size>/", bare), path("", include("nyemonstre.urls"))]
