"""Pages that know no model: accessibility, privacy, and the gallery in debug and demo."""

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


@login_not_required
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement the law asks for (DOMAIN.md 4: universell utforming)."""
    return render(request, "ui/accessibility.html")


@login_not_required
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored, who sees it and how to ask, in words for a family."""
    return render(request, "ui/privacy.html")
