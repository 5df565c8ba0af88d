"""The questions of several sittings at once, in one query."""

from .instruments import instrument
from .models import Assessment, LocalInstrument


def with_questions(sittings: list[Assessment]) -> list[Assessment]:
    """The same sittings, each knowing its questions. One query when any of them has a pack, else none."""
    wanted = {pk for sitting in sittings for pk in sitting.packs}
    rows = LocalInstrument.objects.in_bulk(wanted) if wanted else {}
    for sitting in sittings:
        packs = [rows[pk].questions for pk in sitting.packs if pk in rows]
        base = instrument(sitting.instrument)
        sitting.questions = base.joined_by(packs) if packs else base
    return sittings
