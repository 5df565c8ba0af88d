import logging

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
# ruleid: no-csrf
from django.views.decorators.csrf import csrf_exempt

from nyemonstre.accounts.entry import safe_next

logger = logging.getLogger(__name__)


# ruleid: no-csrf
@csrf_exempt
def views(request, form):
    # ruleid: address-from-a-request
    redirect(request.GET["next"])
    where = request.POST.get("back", "/")
    # ruleid: address-from-a-request
    HttpResponseRedirect(where)
    # ok: address-from-a-request
    redirect(safe_next(request))
    # ok: address-from-a-request
    redirect("families:family_list")
    # ruleid: written-text-in-the-log
    logger.info("got %s", request.POST)
    # ruleid: written-text-in-the-log
    logger.warning(f"wrong: {form.cleaned_data}")
    # ok: written-text-in-the-log
    logger.info("saved %s", request.user.pk)
