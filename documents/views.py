"""Dokumenter on a family: the list, adding one, giving one out, withdrawing one."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families.models import Member
from families.pages import family_context, open_family
from families.restricted import why_only_read
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.files.giving import give
from nyemonstre.refusals import AlreadyDone, Refused

from .actions import add_document, open_document, withdraw_document
from .enums import Kind
from .forms import DocumentForm, WithdrawForm
from .models import Document

PER_PAGE = 25
WITHDRAWN = "trukket"


@require_safe
@requires(Permission.VIEW_FAMILY)
def family_documents(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The family's documents, the newest first, and where each lies; those withdrawn apart."""
    family = open_family(request, family_id, Permission.VIEW_FAMILY)
    people = Prefetch("members", Member.objects.order_by("birth_date", "first_name", "pk"))
    rows = Document.objects.filter(family=family).select_related("uploaded_by", "withdrawn_by").prefetch_related(people)
    shown = request.GET.get("vis", "")
    if shown == WITHDRAWN:
        rows = rows.exclude(withdrawn_at=None)
    else:
        rows = rows.standing()
        rows = rows.filter(kind=shown) if shown in Kind.values else rows
    page = Paginator(rows.order_by("-dated_on", "-uploaded_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    places = import_string(settings.NM_PLACES)(family, page.object_list, request.user)
    for document in page.object_list:
        document.places = places.get(document.pk, [])
    filters = [("", _("Alle"), None), *((value, label, None) for value, label in Kind.choices)]
    context = family_context(request, family, "documents")
    context |= {
        "page_obj": page,
        "filters": [*filters, (WITHDRAWN, _("Trukket tilbake"), None)],
        "filtered": bool(shown),
        "may_change": Permission.CHANGE_FAMILY in context["allowed"],
    }
    return render(request, "documents/family_documents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_FAMILY)
def document_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Upload one: a file or a photograph, what it is, and whom it concerns."""
    family = open_family(request, family_id, Permission.CHANGE_FAMILY)
    members = list(family.members.filter(moved_out_on=None).order_by("birth_date", "first_name", "pk"))
    wanted = request.GET.get("slag", "")
    why = why_only_read(family) if request.method != "POST" else None
    if why and wanted != Kind.CONSENT:
        return redirect("documents:family_documents", family_id=family.pk)
    initial = {"kind": wanted, "title": Kind(wanted).label} if wanted in (Kind.CONSENT,) else {}
    form = DocumentForm(request.POST or None, request.FILES or None, members=members, initial=initial)
    if why:
        form.only_consent()
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            add_document(
                family, file=form.chosen, kind=data["kind"], title=data["title"], dated_on=data["dated_on"],
                members=data["members"], key=data["key"], by=request.user,
            )  # fmt: skip
        except AlreadyDone:
            return redirect("documents:family_documents", family_id=family.pk)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Dokumentet er lagret."))
            return redirect("documents:family_documents", family_id=family.pk)
    return _form_page(request, family, form, _("Nytt dokument"))


@require_safe
@requires(Permission.VIEW_FAMILY)
def document_download(request: HttpRequest, family_id: UUID, file_id: UUID) -> HttpResponse:
    """The file, for those who may see the family. A signed agreement is given out beside its lines, not here."""
    family = open_family(request, family_id, Permission.VIEW_FAMILY, quiet=True)
    document = _document(request, family, file_id, Permission.VIEW_FAMILY)
    if document.kind == Kind.AGREEMENT:
        raise Http404
    try:
        file = open_document(document, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("documents:family_documents", family_id=family.pk)
    return give(file, label=document.label, kind=document.format)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_FAMILY)
def document_withdraw(request: HttpRequest, family_id: UUID, file_id: UUID) -> HttpResponse:
    """Hide a document, for a reason."""
    family = open_family(request, family_id, Permission.CHANGE_FAMILY, quiet=True)
    document = _document(request, family, file_id, Permission.CHANGE_FAMILY)
    form = WithdrawForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            withdraw_document(document, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Dokumentet er trukket tilbake."))
            return redirect("documents:family_documents", family_id=family.pk)
    return _form_page(request, family, form, _("Trekk tilbake: %(title)s") % {"title": document.title})


def _document(request: HttpRequest, family: Any, file_id: UUID, permission: Permission) -> Document:
    rows = Document.objects.filter(family=family).select_related("family")
    return get_visible_or_404(rows, request, permission, quiet=True, pk=file_id)


def _form_page(request: HttpRequest, family: Any, form: Any, heading: str) -> HttpResponse:
    context = family_context(request, family, "documents") | {"form": form, "heading": heading}
    return render(request, "documents/form.html", context, status=422 if form.is_bound and form.errors else 200)
