"""The administrator's pages: who works here, in which role. Never a family."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Prefetch, Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.limits import limited, searches, sends
from nyemonstre.access.roles import Permission, Role
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.actions import add_colleague, end_role, give_role, send_link, set_active
from nyemonstre.accounts.actions_login import unlink_identities
from nyemonstre.accounts.actions_second import forget_second_factors
from nyemonstre.accounts.forms import NewUserForm, RoleForm
from nyemonstre.accounts.models import Identity, Membership, Municipality, User
from nyemonstre.audit.enums import AuditEvent
from nyemonstre.audit.log import record, searched
from nyemonstre.postgres.sorting import NorwegianOrder
from nyemonstre.refusals import Refused

SORTS = {"name": "name", "email": "email", "last": "last_login"}
ON_A_PAGE = 25


def _places(request):
    """Municipalities whose people this person looks after."""
    return Municipality.objects.permitted(request.user, Permission.MANAGE_USERS).order_by("name")


@requires(Permission.MANAGE_USERS)
@require_safe
@limited("search", times=120, seconds=60, when=searches)
def user_list(request):
    places = _places(request)
    words, role, sort = (request.GET.get(key, "").replace("\0", "")[:100] for key in ("q", "rolle", "sort"))
    users = User.objects.permitted(request.user)
    for word in words.split():
        users = users.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if role == "ingen":
        users = users.exclude(pk__in=Membership.objects.live().filter(municipality__in=places).values("user_id"))
    elif role == "stengt":
        users = users.filter(is_active=False)
    elif role in Role.values:
        holders = Membership.objects.live().filter(municipality__in=places, role=role)
        users = users.filter(pk__in=holders.values("user_id"))
    column = SORTS.get(sort.removeprefix("-"), "name")
    order = NorwegianOrder(column) if column == "name" else F(column)
    users = users.order_by(order.desc() if sort.startswith("-") else order.asc(), "pk")
    live = Membership.objects.live().filter(municipality__in=places).select_related("municipality").order_by("role")
    users = users.prefetch_related(Prefetch("memberships", live, to_attr="roles_here"))
    page = Paginator(users, ON_A_PAGE).get_page(request.GET.get("page"))
    record(AuditEvent.LIST_SEARCHED, by=request.user, facts={"list": "user_list", "rows": len(page), **searched(words)})
    filters = [("", _("Alle"), None), *((value, label, None) for value, label in Role.choices)]
    filters += [("ingen", _("Uten rolle nå"), None), ("stengt", _("Stengt"), None)]
    return render(request, "accounts/user_list.html", {
        "page_obj": page, "filters": filters, "searched": words or role, "places": places,
    })  # fmt: skip


@requires(Permission.MANAGE_USERS)
@fresh_login()
@require_http_methods(["GET", "HEAD", "POST"])
@limited("mail", times=60, seconds=3600, when=sends)
def user_new(request):
    form = NewUserForm(request.POST or None, municipalities=_places(request))
    if form.is_valid():
        facts = {key: form.cleaned_data[key] for key in ("name", "email", "phone")}
        try:
            municipality, role = form.role_facts()
            user = add_colleague(municipality, **role, **facts, by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s er lagt til, og får en lenke på e-post.") % {"name": user.name})
            return redirect("accounts:user_detail", user.pk)
    return render(request, "accounts/user_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _open_user(request, user_id):
    return get_visible_or_404(User, request, Permission.MANAGE_USERS, pk=user_id)


@requires(Permission.MANAGE_USERS)
@fresh_login(reading=False)
@require_http_methods(["GET", "HEAD", "POST"])
def user_detail(request, user_id):
    """One person: facts, roles now and before, and the form that gives a role."""
    person, places = _open_user(request, user_id), _places(request)
    form = RoleForm(request.POST or None, municipalities=places)
    if form.is_valid():
        try:
            municipality, role = form.role_facts()
            give_role(person, municipality=municipality, **role, by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s har fått rollen.") % {"name": person.name})
            return redirect("accounts:user_detail", person.pk)
    roles = Membership.objects.permitted(request.user).filter(user=person).select_related("municipality")
    live = set(Membership.objects.live().filter(user=person).values_list("pk", flat=True))
    context = {
        "person": person,
        "form": form,
        # A role with the id of the dialog that ends it; none for a role that is over.
        "roles": [
            (role, f"rolle-{role.pk}" if role.pk in live else "") for role in roles.order_by("-valid_from", "role")
        ],
        "closing": {"active": "0"},
        "linked": Identity.objects.permitted(request.user).filter(user=person).exists(),
    }
    return render(request, "accounts/user_detail.html", context, status=422 if form.is_bound else 200)


@requires(Permission.MANAGE_USERS)
@fresh_login()
@require_POST
def role_end(request, membership_id):
    rows = Membership.objects.select_related("user", "municipality")
    membership = get_visible_or_404(rows, request, Permission.MANAGE_USERS, pk=membership_id)
    end_role(membership, by=request.user)
    messages.success(request, _("Rollen er avsluttet fra og med i dag."))
    return redirect("accounts:user_detail", membership.user_id)


@requires(Permission.MANAGE_USERS)
@fresh_login()
@require_POST
def user_active(request, user_id):
    """Close a login (`active=0`) or open it again (`active=1`)."""
    person = _open_user(request, user_id)
    active = request.POST.get("active") == "1"
    try:
        set_active(person, active=active, municipality=_common_place(request, person), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        done = _("%(name)s kan logge inn igjen.") if active else _("%(name)s kan ikke logge inn lenger.")
        messages.success(request, done % {"name": person.name})
    return redirect("accounts:user_detail", person.pk)


@requires(Permission.MANAGE_USERS)
@fresh_login()
@require_POST
@limited("mail", times=60, seconds=3600, when=sends)
def user_send_link(request, user_id):
    person = _open_user(request, user_id)
    send_link(person, municipality=_common_place(request, person), by=request.user)
    messages.success(request, _("Lenken er sendt til %(email)s.") % {"email": person.email})
    return redirect("accounts:user_detail", person.pk)


@requires(Permission.MANAGE_USERS)
@fresh_login()
@require_POST
def user_unlink(request, user_id):
    person = _open_user(request, user_id)
    unlink_identities(person, municipality=_common_place(request, person), by=request.user)
    messages.success(request, _("Jobbkontoen er fjernet. Send en ny lenke for å koble en annen."))
    return redirect("accounts:user_detail", person.pk)


@requires(Permission.MANAGE_USERS)
@fresh_login()
@require_POST
def user_forget_factors(request, user_id):
    person = _open_user(request, user_id)
    forget_second_factors(person, municipality=_common_place(request, person), by=request.user)
    messages.success(request, _("Passnøkler og koder er fjernet. Personen lager nye ved neste innlogging."))
    return redirect("accounts:user_detail", person.pk)


def _common_place(request, person):
    """A municipality in which this administrator may answer for `person`."""
    return _places(request).filter(memberships__user=person).distinct().first()
