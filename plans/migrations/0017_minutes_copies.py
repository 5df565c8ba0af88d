"""Finished minutes on their way to services: read and sent by those of the journal, and found by the link alone."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from nyemonstre.access.wall import families, protect, tie

FUNCTIONS = """
-- For whoever has the link, and knows nothing else: which copy it is, and in whose name it is read.
create function sec.minutes_copy(hash bytea, at timestamptz) returns table (id uuid, sent_by_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.id, c.sent_by_id from plans_minutescopy c
   where c.secret_hash = hash and c.mailed_at is not null and c.stopped_at is null and c.closes_at > at
$$;

-- What was sent to whom and by whom stands: a copy is stopped, or mailed and opened, and nothing else.
create function sec.minutes_copy_is_kept() returns trigger language plpgsql as $$
declare moves constant text[] := array['mailed_at', 'stopped_at', 'stopped_by_id', 'opened_at'];
begin
  if to_jsonb(new) - moves <> to_jsonb(old) - moves or old.stopped_at is not null
     or (old.mailed_at is not null and new.mailed_at is distinct from old.mailed_at) then
    raise exception 'a copy does not change' using errcode = 'check_violation', constraint = 'minutes_copy_is_kept';
  end if;
  return new;
end $$;
create trigger kept before update on plans_minutescopy for each row execute function sec.minutes_copy_is_kept();
"""
REVERSE = """
drop trigger kept on plans_minutescopy;
drop function sec.minutes_copy_is_kept();
drop function sec.minutes_copy(bytea, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("consent", "0011_pictures_of_signatures"),
        ("families", "0017_snooze"),
        ("plans", "0016_meetings"),
    ]

    operations = [
        migrations.CreateModel(
            name="MinutesCopy",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("secret_hash", models.BinaryField(max_length=32, unique=True)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="bedt om")),
                ("leaves_at", models.DateTimeField(verbose_name="går ut fra")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="sendt")),
                ("stopped_at", models.DateTimeField(null=True, verbose_name="stanset")),
                ("closes_at", models.DateTimeField(verbose_name="kan åpnes til")),
                ("opened_at", models.DateTimeField(null=True, verbose_name="åpnet første gang")),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="minutes_copies", to="families.family"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.agreementline",
                        verbose_name="avtalelinje",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="plans.meeting"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "stopped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "referat til en tjeneste",
                "verbose_name_plural": "referater til tjenester",
                "ordering": ["sent_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(stopped_at=None), fields=["meeting", "line"], name="minutes_copy_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(stopped_at=None) | Q(mailed_at=None), name="minutes_copy_stopped_in_time"
                    ),
                    models.CheckConstraint(
                        condition=Q(stopped_at__isnull=False) | Q(stopped_by=None), name="minutes_copy_stop"
                    ),
                    models.CheckConstraint(
                        condition=Q(opened_at=None) | Q(mailed_at__isnull=False),
                        name="minutes_copy_opened_after_it_left",
                    ),
                    models.CheckConstraint(
                        condition=Q(leaves_at__gte=F("sent_at"), closes_at__gt=F("leaves_at")),
                        name="minutes_copy_in_order",
                    ),
                ],
            },
        ),
        protect("plans_minutescopy", read=families("view_journal"), write=families("change_journal"), delete="false"),
        tie("plans_minutescopy", meeting_id="plans_meeting", line_id="consent_agreementline"),
        migrations.RunSQL(FUNCTIONS, REVERSE),
    ]
