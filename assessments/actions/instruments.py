"""A municipality switches an instrument on or off, supplies its words, or adds one of its own."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import AssessmentEvent
from assessments.instruments import MEETING, MUNICIPALITY, InstrumentError, packs
from assessments.instruments.loader import parse, parse_once
from assessments.models import LocalInstrument
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice

# What may be asked after a meeting, on a phone, in a minute.
OF_ONE_CLICK = ("ladder", "status", "degree", "choice")
Texts = Mapping[str, Mapping[str, str]]


@action
def switch_on(
    municipality: Municipality,
    *,
    name: str,
    rights: str,
    by: User,
    texts: Texts | None = None,
    key: UUID | None = None,
) -> LocalInstrument:
    """Ask it in every sitting that begins from now on. `rights`: what the right to use it rests on.

    Where the words are the municipality's to supply, `texts` has them all. One of the municipality's own that was
    switched off is switched on again with the words it had. Raises Refused for an unknown name, a right that is not
    said, missing words, or one that is on already without new words.
    """
    check(by, Permission.CHANGE_INSTRUMENTS, municipality)
    refuse_twice(LocalInstrument.objects.all(), key)
    _lock(municipality)
    shipped = next((pack for pack in packs() if pack.id == name), None)
    own = LocalInstrument.objects.filter(municipality=municipality, name=name).exclude(definition="").first()
    if shipped is None and own is None:
        raise Refused(_("Skjemaet finnes ikke."), rule="unknown_instrument")
    definition = "" if shipped else own.definition  # type: ignore[union-attr]
    texts = dict(texts or {})
    if shipped and shipped.supply == MUNICIPALITY:
        lacking = [key for key, _where in shipped.asked_for if not texts.get(key, {}).get("nb", "").strip()]
        if lacking:
            raise Refused(_("Sett inn teksten til hvert spørsmål og hvert svar."), rule="texts", field=lacking[0])
    slug = shipped.slug if shipped else own.slug  # type: ignore[union-attr]
    if (
        not texts
        and LocalInstrument.objects.filter(municipality=municipality, switched_off_at=None, name=name).exists()
    ):
        raise Refused(_("Skjemaet er alt slått på."), rule="on_already")
    return _add(municipality, slug, name, definition, texts, rights, by, key)


@action
def add_instrument(
    municipality: Municipality, *, definition: str, file: str, rights: str, by: User, key: UUID | None = None
) -> LocalInstrument:
    """An instrument of the municipality's own, from the text of its file, switched on. An older version goes off.

    Raises Refused for a file that is wrong (file, line, place and reason), a name that comes with the programme, or a
    version that exists with another content: a sitting must be able to trust its version.
    """
    check(by, Permission.CHANGE_INSTRUMENTS, municipality)
    refuse_twice(LocalInstrument.objects.all(), key)
    _lock(municipality)
    try:
        found = parse(definition, file)
    except InstrumentError as error:
        facts = {"file": error.file, "line": error.line, "place": error.place, "reason": error.reason}
        raise Refused(
            _("%(file)s, linje %(line)s, %(place)s: %(reason)s.") % facts, rule="bad_file", field="file"
        ) from error
    if found.supply == MUNICIPALITY:
        raise Refused(
            _("Skriv spørsmålene i filen. «supply: municipality» er bare for skjemaer som følger med programmet."),
            rule="own_supply", field="file",
        )  # fmt: skip
    if any(found.slug in (pack.slug, pack.slug.split("-")[0]) for pack in packs()) or found.slug in ("nm", "fit"):
        raise Refused(_("Navnet «%(id)s» følger med programmet. Velg et annet.") % {"id": found.slug}, rule="reserved",
                      field="file")  # fmt: skip
    if found.about_family:
        raise Refused(_("Egne skjemaer stilles til personer. Bruk about: member."), rule="about_family", field="file")
    if found.use == MEETING and any(q.scale.kind not in OF_ONE_CLICK for q in found.questions):
        raise Refused(
            _("Etter et møte velges ett svar på hvert spørsmål. Bruk ladder, status, degree eller choice."),
            rule="meeting_scale", field="file",
        )  # fmt: skip
    same = LocalInstrument.objects.filter(municipality=municipality, name=found.id).first()
    if same and same.definition != definition:
        raise Refused(
            _("Versjonen finnes alt med et annet innhold. Gi den nye et annet versjonsnummer."),
            rule="version_taken", field="file",
        )  # fmt: skip
    return _add(municipality, found.slug, found.id, definition, {}, rights, by, key)


@action
def switch_off(row: LocalInstrument, *, by: User) -> LocalInstrument:
    """Not asked in sittings that begin from now on. Those that have begun keep it, and every answer stands."""
    check(by, Permission.CHANGE_INSTRUMENTS, row.municipality)
    _lock(row.municipality)
    current = LocalInstrument.objects.get(pk=row.pk)
    if current.switched_off_at:
        raise Refused(_("Skjemaet er alt slått av."), rule="off_already")
    _off(current, by)
    return current


def _lock(municipality: Municipality) -> None:
    Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)


def _add(
    municipality: Municipality, slug: str, name: str, definition: str, texts: Texts, rights: str, by: User,
    key: UUID | None,
) -> LocalInstrument:  # fmt: skip
    if not rights.strip():
        raise Refused(_("Skriv hva retten til å bruke skjemaet bygger på."), rule="rights", field="rights")
    for before in LocalInstrument.objects.filter(municipality=municipality, switched_off_at=None, slug=slug):
        _off(before, by)
    after_meetings = bool(definition) and parse_once(definition, name).use == MEETING
    row = LocalInstrument(
        municipality=municipality, slug=slug, name=name, definition=definition, texts=texts, rights=rights.strip(),
        added_by=by, after_meetings=after_meetings, **({"pk": key} if key else {}),
    )  # fmt: skip
    row.save(force_insert=True)
    record(AssessmentEvent.INSTRUMENT_SWITCHED_ON, by=by, target=row, facts={"instrument": name})
    return row


def _off(row: LocalInstrument, by: User) -> None:
    row.switched_off_at, row.switched_off_by = timezone.now(), by
    row.save(update_fields=["switched_off_at", "switched_off_by"])
    record(AssessmentEvent.INSTRUMENT_SWITCHED_OFF, by=by, target=row, facts={"instrument": row.name})
