"""Documents of a family: who adds, who gets, what is withdrawn, and what waits for the virus scanner."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.actions import add_document, open_document, withdraw_document
from documents.enums import DocumentEvent, Kind, Scan
from documents.models import Document
from documents.scanning import settle_scan
from families.models import Member
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.files.clamd import Verdict
from nyemonstre.refusals import AlreadyDone, Refused
from tests.factories import Team, a_file, family_at
from tests.nyemonstre.files.making import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, family_at(Step.INTAKE, team)


@pytest.fixture
def by(team):
    return team.coordinator


def add(family, by, content: bytes = b"", **facts):
    file = a_file(content or pdf(), "Vedtak fra NAV.exe")
    return add_document(family, file=file, kind=Kind.LETTER, title=facts.pop("title", "Vedtak"), by=by, **facts)


def events(family, by) -> list[str]:
    with acting_as(by):
        rows = Event.objects.filter(family_id=family.pk, what__startswith="document").order_by("at")
        return list(rows.values_list("what", flat=True))


def test_added_given_out_and_withdrawn_each_with_an_event(family, by):
    with acting_as(by):
        members = list(Member.objects.filter(family=family).order_by("birth_date"))
    document = add(family, by, members=members[:2])
    assert (document.format, document.label, document.size) == ("pdf", "Vedtak fra NAV.exe", len(pdf()))
    with open_document(document, by=by) as file:
        assert file.read() == pdf()
    withdraw_document(document, reason="Feil familie", by=by)
    with acting_as(by):
        gone = Document.objects.select_related("family").get(pk=document.pk)
        assert gone.members.count() == 2
    with pytest.raises(Refused, match="trukket tilbake"):
        open_document(gone, by=by)
    with pytest.raises(Refused, match="trukket tilbake"):
        withdraw_document(gone, reason="Igjen", by=by)
    assert events(family, by) == ["document_added", "document_downloaded", "document_withdrawn"]


def test_refusals_leave_nothing_behind(team, family, by):
    other = family_at(Step.INTAKE, team, name="Andre")
    with acting_as(by):
        stranger = Member.objects.filter(family=other).first()
    tomorrow = timezone.localdate() + timedelta(days=1)
    for facts, rule in (
        ({"content": b"MZ\0"}, "file_kind"),
        ({"members": [stranger]}, "no_such_member"),
        ({"dated_on": tomorrow}, "dates"),
    ):
        with pytest.raises(Refused) as refused:
            add(family, by, **facts)
        assert refused.value.rule == rule
    document = add(family, by)
    with pytest.raises(AlreadyDone):
        add(family, by, key=document.pk)
    for outsider in (team.lead, team.second_coordinator, team.auditor):
        with pytest.raises(PermissionDenied):
            add(family, outsider)
        with pytest.raises(PermissionDenied):
            open_document(document, by=outsider)


def test_a_changed_file_is_refused_and_not_said_to_be_given_out(family, by):
    document = add(family, by)
    name = document.key.hex
    with open(storages["uploads"].path(f"{name[:2]}/{name[2:4]}/{name}"), "ab") as file:
        file.write(b"!")
    with pytest.raises(Refused, match="kan ikke leses slik den ble lagret"):
        open_document(document, by=by)
    assert "document_downloaded" not in events(family, by)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"withdrawn_reason": "x"}, "document_withdrawn_by_somebody_for_a_reason"),
        ({"scan": Scan.CLEAN}, "document_scan_has_time_and_find"),
        ({"scan": Scan.INFECTED, "scanned_at": timezone.now()}, "document_scan_has_time_and_find"),
        ({"sha256": "X" * 64}, "document_checksum"),
        ({"size": 0}, "document_not_empty"),
    ],
)
def test_constraints(family, by, facts, name):
    document = add(family, by)
    with acting_as(by), pytest.raises(IntegrityError, match=name), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**facts)


def test_a_person_concerns_a_document_once(family, by):
    with acting_as(by):
        member = Member.objects.filter(family=family).first()
    document = add(family, by, members=[member])
    with acting_as(by), pytest.raises(IntegrityError, match="document_member_once"), transaction.atomic():
        document.concerned.create(family=family, member=member)


class TestScanner:
    """With a scanner nothing is given out before it has spoken."""

    @pytest.fixture(autouse=True)
    def there_is_one(self, settings):
        settings.NM_CLAMD = "127.0.0.1:1"

    def test_quarantine_then_clean(self, family, by):
        document = add(family, by)
        with pytest.raises(Refused, match="sjekkes for virus"):
            open_document(document, by=by)
        settle_scan(document, verdict=Verdict(), by=by)
        open_document(document, by=by).close()
        assert DocumentEvent.DOCUMENT_SCANNED in events(family, by)

    def test_infected_for_good(self, family, by):
        document = settle_scan(add(family, by), verdict=Verdict("Eicar-Test"), by=by)
        with pytest.raises(Refused, match="funnet virus"):
            open_document(document, by=by)
        assert document.is_quarantined

    def test_pages_say_that_it_waits_or_is_stopped(self, client, family, by):
        waiting, stopped = add(family, by), add(family, by, title="Stanset brev")
        settle_scan(stopped, verdict=Verdict("Eicar-Test"), by=by)
        client.force_login(by)
        text = client.get(reverse("documents:family_documents", args=[family.pk])).content.decode()
        assert "Sjekkes for virus" in text
        assert "virus funnet" in text
        assert "Last ned" not in text
        for document in (waiting, stopped):
            answer = client.get(reverse("documents:document_download", args=[family.pk, document.pk]), follow=True)
            assert "virus" in answer.content.decode()
            assert answer.headers["Content-Type"].startswith("text/html")


def test_the_pages(client, team, family, by):
    client.force_login(by)
    page = reverse("documents:family_documents", args=[family.pk])
    assert "Ingen dokumenter ennå" in client.get(page).content.decode()
    new = reverse("documents:document_new", args=[family.pk])
    form = client.get(f"{new}?slag=consent")
    text = form.content.decode()
    assert "Høyst 20,0 MB" in text.replace("\xa0", " ")
    assert 'capture="environment"' in text
    assert 'enctype="multipart/form-data"' in text
    key = form.context["form"]["key"].value()
    facts = {"kind": "consent", "title": "Samtykke <b>", "dated_on": "24.11.2026", "key": str(key)}
    none = client.post(new, facts)
    assert none.status_code == 422
    assert "Velg en fil." in none.content.decode()
    bad = client.post(new, facts | {"file": a_file(b"<html>", "a.pdf")})
    assert bad.status_code == 422
    assert "tas ikke imot" in bad.content.decode()
    assert "Samtykke &lt;b&gt;" in bad.content.decode(), "what was typed comes back"
    for _twice in range(2):
        assert client.post(new, facts | {"photo": a_file(pdf(), "bilde.pdf")}).status_code == 302
    text = client.get(page).content.decode()
    assert text.count("<tr>") == 2  # the heading, and one row
    assert "Samtykke &lt;b&gt;" in client.get(reverse("consent:family_tab", args=[family.pk])).content.decode()
    with acting_as(by):
        document = Document.objects.get()
    file = reverse("documents:document_download", args=[family.pk, document.pk])
    answer = client.get(file)
    assert b"".join(answer.streaming_content) == pdf()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bilde.pdf"'
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    withdraw = reverse("documents:document_withdraw", args=[family.pk, document.pk])
    assert client.post(withdraw, {"reason": ""}).status_code == 422
    assert client.post(withdraw, {"reason": "Feil ark"}).status_code == 302
    assert "Samtykke" not in client.get(page + "?vis=consent").content.decode().split("<tbody>")[-1][:50]
    assert "Feil ark" in client.get(page + "?vis=trukket").content.decode()
    assert "trukket tilbake" in client.get(file, follow=True).content.decode()
    client.force_login(team.lead)
    assert client.get(file).status_code == 404
    assert client.get(page).status_code == 404


def test_too_large_is_told(client, family, by, settings):
    settings.NM_UPLOAD_MAX_BYTES = 1024
    client.force_login(by)
    facts = {"kind": "other", "title": "Stor", "dated_on": "24.11.2026", "key": "0b9b2c1e-7d57-4d2b-9a8e-3b0f7d6c5a41"}
    file = a_file(b"x" * 300_000, "stor.txt")
    answer = client.post(reverse("documents:document_new", args=[family.pk]), facts | {"file": file})
    assert answer.status_code == 422
    assert "Filen er for stor" in answer.content.decode()
    with acting_as(by):
        assert not Document.objects.exists()


def test_the_list_asks_no_more_for_more_rows(client, family, by):
    client.force_login(by)
    with acting_as(by):
        members = list(Member.objects.filter(family=family))
    page, counts = reverse("documents:family_documents", args=[family.pk]), []
    for more in (1, 2, 17):
        for _row in range(more):
            add(family, by, members=members)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
    assert len(set(counts)) == 1
