"""The signed samarbeidsavtale as a scan: open as long as every line on it is, and not a day longer."""

import pytest
from django.urls import reverse

from consent.actions import attach_paper, end_line, open_paper
from consent.models import AgreementLine
from documents.models import Document
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Refused
from tests.factories import Team, a_file
from tests.factories.everything import family_with_everything
from tests.nyemonstre.files.making import pdf

pytestmark = pytest.mark.django_db


def test_a_paper_is_open_while_its_lines_are(client):
    team = Team()
    family, by = family_with_everything(team), team.coordinator
    with acting_as(by):
        (line,) = AgreementLine.objects.filter(family=family)
    client.force_login(by)
    tab, new = (reverse(f"consent:{name}", args=[family.pk]) for name in ("family_tab", "paper_new"))
    sheet = reverse("consent:paper", args=[family.pk, line.pk])
    assert "Arket viser en kontakt" in client.get(sheet, follow=True).content.decode(), "there is none yet"
    form = client.get(new).context["form"]
    facts = {"lines": [str(line.pk)], "dated_on": "24.11.2026", "key": str(form["key"].value())}
    assert client.post(new, facts | {"lines": [], "file": a_file(pdf(), "avtale.pdf")}).status_code == 422
    for _twice in range(2):
        assert client.post(new, facts | {"file": a_file(pdf(), "avtale.pdf")}).status_code == 302
    assert sheet in client.get(tab).content.decode()
    assert b"".join(client.get(sheet).streaming_content) == pdf()
    with acting_as(by):
        document = Document.objects.get(kind="agreement")
        line.refresh_from_db()
    # Beside its line, and nowhere else: the list of documents does not know which lines are live.
    assert client.get(reverse("documents:document_download", args=[family.pk, document.pk])).status_code == 404
    assert "Åpnes ved avtalen" in client.get(reverse("documents:family_documents", args=[family.pk])).content.decode()
    end_line(line, reason="Ferdig", by=by)
    with pytest.raises(Refused, match="ikke lenger kan vises"):
        open_paper(line, by=by)
    assert sheet not in client.get(tab).content.decode()
    with pytest.raises(Refused, match="minst én avtale"):
        attach_paper(family, lines=[line], file=a_file(pdf()), by=by)
