"""The questions of one part as the page draws them: all are there, so that the line may be cut; one is shown."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from assessments.forms import AnswerForm
from assessments.outcomes import YARN
from assessments.sheets import Item, Sheet


def asks_of(
    items: list[Item], language: str, number: int, form: AnswerForm, *, own: bool = False
) -> list[dict[str, Any]]:  # fmt: skip
    """What templates/assessments/_ask.html draws, for each question. `form` is the one of `number`, counted from 0."""
    found = []
    for n, item in enumerate(items):
        words = {value: text.read(language) for value, text in item.question.scale.words}
        mine = form if n == number else AnswerForm(item=item, language=language, own=own, auto_id=f"id_{n}_%s")
        found.append(
            {
                "item": item, "form": mine, "text": item.text(language, own=own), "number": n + 1, "id": f"q{n + 1}",
                "help": item.help(language, own=own),
                "low": words.get(0, ""), "high": words.get(10, ""), "yarn": YARN.get(item.question.goal, "indigo"),
                "hidden": n != number, "last": n + 1 == len(items), "codes": " ".join(mine.codes),
                "who": str(item.member.pk) if item.member else "familien",
                "version": item.response.version if item.response else 0,
                "saved_at": item.response.recorded_at if item.response else None,
            }
        )  # fmt: skip
    return found


def queue_of(request: HttpRequest, sheet: Sheet, part: str, following: str, number: int) -> dict[str, Any]:
    """What static/sitting.js needs to know: whose browser it is, where answers go, where one goes afterwards."""
    sitting = sheet.assessment
    return {
        "owner": str(request.user.pk), "part": part, "next": following, "first": number,
        "sync": reverse("assessments:sitting_sync", args=[sitting.family_id, sitting.pk]),
        "longest": settings.NM_SESSION_LONGEST,
    }  # fmt: skip
