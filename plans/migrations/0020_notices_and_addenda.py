"""Services are told of a meeting by mail, and of what is added to minutes they have had.

An addition says as a case does which services may read it. Those that were written before are for the family alone.
"""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from consent.enums import Topic
from nyemonstre.access.wall import families, protect, tie
from plans.enums import NoticeKind

# What was said to whom, and who asked for it, stands: it is stopped, or mailed, and nothing else.
KEPT = """
create function sec.meeting_notice_is_kept() returns trigger language plpgsql as $$
declare moves constant text[] := array['mailed_at', 'stopped_at', 'stopped_by_id'];
begin
  if to_jsonb(new) - moves <> to_jsonb(old) - moves or old.stopped_at is not null or old.mailed_at is not null then
    raise exception 'a notice does not change' using errcode = 'check_violation', constraint = 'meeting_notice_is_kept';
  end if;
  return new;
end $$;
create trigger kept before update on plans_meetingnotice for each row execute function sec.meeting_notice_is_kept();
"""
LOOSE = """
drop trigger kept on plans_meetingnotice;
drop function sec.meeting_notice_is_kept();
"""
ONCE = {"condition": Q(stopped_at=None), "name": "minutes_copy_once"}


def to(model: str, **more: object) -> models.ForeignKey:
    more.setdefault("related_name", "+")
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **more)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("plans", "0019_attached_documents"),
    ]

    operations = [
        migrations.AddField(
            "minutesaddendum",
            "topic",
            models.CharField(blank=True, default="", choices=Topic.choices, max_length=12, verbose_name="tema"),
            preserve_default=False,
        ),
        migrations.AddField(
            "minutesaddendum", "about", to("families.member", null=True, verbose_name="hvem det gjelder")
        ),
        tie("plans_minutesaddendum", name="about_family", about_id="families_member"),
        migrations.AddField(
            "minutescopy",
            "addendum",
            to("plans.minutesaddendum", null=True, related_name="copies", verbose_name="tillegg"),
        ),
        tie("plans_minutescopy", name="addendum_family", addendum_id="plans_minutesaddendum"),
        migrations.RemoveConstraint("minutescopy", "minutes_copy_once"),
        migrations.AddConstraint(
            "minutescopy",
            models.UniqueConstraint(fields=["meeting", "line", "addendum"], nulls_distinct=False, **ONCE),
        ),
        migrations.CreateModel(
            name="MeetingNotice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=NoticeKind.choices, max_length=10, verbose_name="hva")),
                ("starts_at", models.DateTimeField(verbose_name="tiden som sies")),
                ("terms", models.CharField(editable=False, max_length=64)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="bedt om")),
                ("leaves_at", models.DateTimeField(verbose_name="går ut fra")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="sendt")),
                ("stopped_at", models.DateTimeField(null=True, verbose_name="stanset")),
                ("family", to("families.family", related_name="meeting_notices")),
                ("line", to("consent.agreementline", verbose_name="avtalelinje")),
                ("meeting", to("plans.meeting", related_name="notices")),
                ("sent_by", to(settings.AUTH_USER_MODEL)),
                ("stopped_by", to(settings.AUTH_USER_MODEL, null=True)),
            ],
            options={
                "verbose_name": "beskjed om et møte",
                "verbose_name_plural": "beskjeder om møter",
                "ordering": ["sent_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(stopped_at=None, mailed_at=None),
                        fields=["meeting", "line"],
                        name="meeting_notice_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(stopped_at=None) | Q(mailed_at=None), name="meeting_notice_stopped_in_time"
                    ),
                    models.CheckConstraint(
                        condition=Q(stopped_at__isnull=False) | Q(stopped_by=None), name="meeting_notice_stop"
                    ),
                    models.CheckConstraint(condition=Q(leaves_at__gte=F("sent_at")), name="meeting_notice_in_order"),
                ],
            },
        ),
        protect("plans_meetingnotice", read=families("view_journal"), write=families("change_journal"), delete="false"),
        tie("plans_meetingnotice", meeting_id="plans_meeting", line_id="consent_agreementline"),
        migrations.RunSQL(KEPT, LOOSE),
    ]
