"""What the browser kept while the line was cut, sent in order (static/sitting.js)."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments import actions, tablet
from assessments.actions import Given, Receipt, Sent
from assessments.instruments import LONGEST_TEXT
from assessments.sheets import FAMILY, Sheet, sheet_of
from families.pages import open_family
from nyemonstre.access.views import requires
from nyemonstre.formats import short_day
from nyemonstre.refusals import Refused

from .frame import CHANGE, sitting_or_404

MOST = 200  # answers in one request
LONGEST = 10_000  # characters in one value, as JSON


@requires(CHANGE)
@require_POST
def sitting_sync(request: HttpRequest, family_id: UUID, sitting_id: UUID) -> HttpResponse:
    """JSON in, JSON out: {answers: [{id, who, question, value, missing, base, after}]} → {results: […], at: "12:30"}.

    400 for what no page of ours sends, 409 when the sitting is over. While a member holds the tablet, only their own.
    """
    family = open_family(request, family_id, CHANGE, quiet=True)
    sitting = sitting_or_404(request, family, sitting_id, CHANGE)
    sheet = sheet_of(sitting)
    holder = tablet.held(request)
    if holder and holder["sitting"] != str(sitting.pk):
        raise Http404
    try:
        sent = [_sent(row) for row in json.loads(request.body)["answers"][:MOST]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"error": "answers"}, status=400)
    if holder and any(not _is_own(sheet, holder, one.given) for one in sent):
        raise Http404
    try:
        receipts = actions.receive(sitting, sent=sent, by=request.user)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=409)
    results = [
        _result(sheet, sitting.language, receipt, one, own=bool(holder))
        for receipt, one in zip(receipts, sent, strict=False)
    ]
    return JsonResponse({"results": results, "at": timezone.localtime().strftime("%H:%M")})


def _sent(row: dict[str, Any]) -> Sent:
    """Raises ValueError, KeyError or TypeError for what does not look like an answer."""
    member = None if row["who"] == FAMILY else UUID(row["who"])
    value, missing, base = row.get("value"), row.get("missing") or "", row.get("base") or 0
    if isinstance(value, str):
        value = value[: LONGEST_TEXT + 1]  # enough for the scale to say that it is too long
    if not isinstance(row["question"], str) or not isinstance(missing, str) or not isinstance(base, int):
        raise TypeError("not an answer")
    if len(json.dumps(value)) > LONGEST or not isinstance(value, str | list | None):
        raise TypeError("not an answer")
    after = UUID(row["after"]) if row.get("after") else None
    return Sent(UUID(row["id"]), Given(row["question"], member, value or None, missing), base, after)


def _is_own(sheet: Sheet, holder: dict[str, Any], given: Given) -> bool:
    row = sheet.row(holder["member"])
    return row is not None and str(given.member) == holder["member"] and any(
        item.question.key == given.question for item in row.own_items
    )  # fmt: skip


def _result(sheet: Sheet, language: str, receipt: Receipt, sent: Sent, *, own: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"id": str(receipt.id), "state": receipt.state}
    if receipt.why:
        found["sentence"] = receipt.why
    if receipt.row is not None:
        found["version"] = receipt.row.version
    if receipt.state == actions.answers.CONFLICT and receipt.row is not None:
        at = timezone.localtime(receipt.row.recorded_at)
        item = sheet.item(receipt.row.member_id, receipt.row.question)
        found |= {
            "words": item.say(receipt.row, language) if item else "",
            "text": item.text(language, own=own) if item else "",
            "who": receipt.row.recorded_by.name,
            "at": f"{short_day(at)} {at:%H:%M}",
        }
    return found
