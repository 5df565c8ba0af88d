"""The secret address of somebody's calendar: the table, its wall, and the one function that opens it."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import either, protect

FUNCTIONS = """
-- Asked before anybody is acting: whose calendar it is, while they may log in and have a role today. Notes that it was
-- fetched, so that the person sees on their profile whether the address is in use.
create function sec.open_calendar_feed(hash bytea, at timestamptz) returns uuid
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update accounts_calendarfeed f set fetched_at = at from accounts_user u
   where u.id = f.user_id and u.is_active and f.token_hash = hash
     and exists (select from accounts_membership m where m.user_id = u.id and m.valid_from <= sec.today()
                    and (m.valid_to is null or m.valid_to >= sec.today()))
  returning f.user_id
$$;
"""
REVERSE = "drop function sec.open_calendar_feed(bytea, timestamptz)"
OWN = "user_id = sec.uid()"
# Whoever closes a login takes the address away with it.
LOOKED_AFTER = "user_id = any (array(select sec.people_looked_after()))"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_fit_limits")]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("fetched_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_feed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "kalenderadresse",
                "verbose_name_plural": "kalenderadresser",
                "ordering": ["made_at", "pk"],
            },
        ),
        protect(
            "accounts_calendarfeed",
            read=either(OWN, LOOKED_AFTER),
            write="false",
            insert=OWN,
            delete=either(OWN, LOOKED_AFTER),
        ),
        migrations.RunSQL(FUNCTIONS, REVERSE),
    ]
