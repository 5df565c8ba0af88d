"""FIT by a code: who was given one, read and made by those who map the family; and found by the code alone."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import families, protect, tie

FUNCTIONS = """
-- For whoever holds the code, and knows nothing else: which invitation it is, and in whose name it is answered.
create function sec.fit_invitation(hash bytea, at timestamptz) returns table (id uuid, asked_by_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.id, i.asked_by_id from assessments_fitinvitation i
   where i.code_hash = hash and i.used_at is null and i.expires_at > at
$$;

-- What was asked, of whom and by whom stands: a code is used once, or ends before its time.
create function sec.fit_invitation_is_kept() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'used_at' - 'expires_at') <> (to_jsonb(old) - 'used_at' - 'expires_at')
     or old.used_at is not null or new.expires_at > old.expires_at then
    raise exception 'an invitation does not change' using errcode = 'check_violation', constraint = 'fit_invitation_is_kept';
  end if;
  return new;
end $$;
create trigger kept before update on assessments_fitinvitation
  for each row execute function sec.fit_invitation_is_kept();
"""
REVERSE = """
drop trigger kept on assessments_fitinvitation;
drop function sec.fit_invitation_is_kept();
drop function sec.fit_invitation(bytea, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0007_economy"),
        ("families", "0014_one_look_at_the_permission"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="fitanswer",
            name="more",
            field=models.JSONField(default=dict, editable=False, verbose_name="kommunens egne spørsmål"),
        ),
        migrations.AddField(
            model_name="localinstrument",
            name="after_meetings",
            field=models.BooleanField(default=False, verbose_name="stilles etter møter"),
        ),
        migrations.CreateModel(
            name="FitInvitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("after", models.CharField(blank=True, max_length=120, verbose_name="etter hvilket møte")),
                (
                    "packs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, editable=False, size=None
                    ),
                ),
                ("code_hash", models.BinaryField(max_length=32, unique=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fit_invitations",
                        to="families.family",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fit_invitations",
                        to="families.member",
                    ),
                ),
            ],
            options={
                "verbose_name": "kode til FIT",
                "verbose_name_plural": "koder til FIT",
                "ordering": ["-asked_at"],
                "indexes": [models.Index(fields=["family", "expires_at"], name="fit_invitation_family")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at", None), ("used_at__lte", models.F("expires_at")), _connector="OR"
                        ),
                        name="fit_code_used_in_time",
                    )
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect(
            "assessments_fitinvitation",
            read=families("view_assessment"),
            write=families("change_assessment"),
            delete="false",
        ),
        tie("assessments_fitinvitation", member_id="families_member"),
    ]
