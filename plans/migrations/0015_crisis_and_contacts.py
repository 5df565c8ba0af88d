"""A line about a crisis is for few; and who from the services was there, while the agreement lets it be shown."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import either, families, protect, restrict, reword, tie

READ, CHANGE = families("view_journal"), families("change_journal")
# JournalQuerySet.permitted once more.
FEW = either("written_by_id = sec.uid()", families("disclose"), families("grant_access"))
READ_LINE = f"{READ} and (kind <> 'crisis' or {FEW})"
ENTRY = "exists (select from plans_journalentry e where e.id = {}.entry_id)"
# Signed, and inside its dates: a contact of one's own draft shows to oneself, but was no partner of anybody yet.
LIVE = """contact_id = any (array(select sec.contacts())) and exists (
  select from consent_agreementline l where l.contact_id = plans_journalcontact.contact_id and l.state = 'signed'
     and l.valid_from <= sec.today() and (l.valid_to is null or l.valid_to >= sec.today()))"""

# That there are such lines is told to whoever reads the journal; not when, by whom or about whom.
FUNCTION = """
create function sec.crisis_lines(wanted uuid) returns bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select count(*) from plans_journalentry
   where family_id = wanted and kind = 'crisis' and wanted = any (array(select sec.families('view_journal')))
$$;
"""
KINDS = [
    ("home_visit", "Hjemmebesøk"),
    ("office_talk", "Kontorsamtale"),
    ("phone", "Telefon eller melding"),
    ("care_team", "Ansvarsgruppemøte"),
    ("cooperation", "Samarbeidsmøte"),
    ("practical_adult", "Praktisk oppfølging, voksne"),
    ("practical_child", "Praktisk oppfølging, barn"),
    ("mapping_adult", "Kartlegging, voksne"),
    ("mapping_child", "Kartlegging, barn"),
    ("feedback", "FIT"),
    ("note", "Notat"),
    ("crisis", "Krise eller trygghet, begrenset"),
]


def to(model: str, related_name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model)


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0014_asked_and_answered"),
        ("consent", "0003_wall"),
        ("families", "0011_told_without_consent"),
        ("history", "0002_triggers"),
    ]

    operations = [
        migrations.CreateModel(
            name="JournalContact",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("contact", to("consent.contact")),
                ("entry", to("plans.journalentry", "entry_contacts")),
                ("family", to("families.family")),
            ],
            options={
                "verbose_name": "kontakt i journallinjen",
                "constraints": [models.UniqueConstraint(fields=("entry", "contact"), name="journal_contact_once")],
            },
        ),
        migrations.AddField(
            model_name="journalentry",
            name="contacts",
            field=models.ManyToManyField(
                related_name="+",
                through="plans.JournalContact",
                to="consent.contact",
                verbose_name="hvem fra tjenestene var med",
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=16, verbose_name="hva slags"),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=~Q(kind="crisis") | Q(seen_by="nobody"), name="journal_crisis_on_no_paper"
            ),
        ),
        migrations.RunSQL(FUNCTION, "drop function sec.crisis_lines(uuid)"),
        reword("plans_journalentry", "read", to=READ_LINE, was=READ),
        reword(
            "plans_journalmember", "read", to=f"{READ} and {ENTRY.format('plans_journalmember')}", was=READ
        ),
        protect(
            "plans_journalcontact",
            read=f"{READ} and {ENTRY.format('plans_journalcontact')}",
            insert=f"{CHANGE} and {ENTRY.format('plans_journalcontact')}",
            write="false",
        ),
        tie("plans_journalcontact", entry_id="plans_journalentry", contact_id="consent_contact"),
        restrict("plans_journalcontact", LIVE, name="live_line"),
        keep_history("plans_journalcontact", permission="view_journal", follows=True),
    ]  # fmt: skip
