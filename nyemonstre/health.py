"""/helse/: does this process answer, and does its database?"""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
# Else the transaction around the view fails first, and the answer would be an error page.
@transaction.non_atomic_requests
def health(request: HttpRequest) -> HttpResponse:
    """200 «ok», or 503 «database» within a few seconds. Says nothing else: anybody may ask."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError as error:
        logger.error("health: %s", type(error).__name__)
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
