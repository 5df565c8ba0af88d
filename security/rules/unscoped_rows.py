from django.shortcuts import get_object_or_404

from families.models import Family, Member
from nyemonstre.accounts.models import Municipality


def views(request, pk):
    # ruleid: unscoped-rows
    Family.objects.all()
    # ruleid: unscoped-rows
    get_object_or_404(Family, pk=pk)
    # ruleid: unscoped-rows
    Member.objects.get(pk=pk)
    # ruleid: unscoped-rows
    Member.objects.values_list("first_name")
    # ok: unscoped-rows
    get_object_or_404(Family.objects.permitted(request.user, "view_family"), pk=pk)
    # ok: unscoped-rows
    Municipality.objects.all()
