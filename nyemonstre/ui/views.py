"""In debug and demo: the gallery with every component in every state."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from nyemonstre.ui import gallery as exhibits


@login_not_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, with invented people. Its URL exists in debug and demo only."""
    return render(request, "ui/gallery.html", exhibits.context())
