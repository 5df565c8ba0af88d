"""The wall around moved and cancelled appointments: as the appointment, only added to. A cancelled meeting stays so."""

from django.db import migrations

from nyemonstre.access.wall import families, protect, tie

STAYS = """
drop policy closed_stays on referrals_intakemeeting;
create policy closed_stays on referrals_intakemeeting as restrictive for update to nm_web, nm_worker
  using (state not in ('closed', 'cancelled')) with check (true);
revoke update, delete on referrals_meetingturn from nm_web, nm_worker;
"""
UNDO = """
grant update, delete on referrals_meetingturn to nm_web, nm_worker;
drop policy closed_stays on referrals_intakemeeting;
create policy closed_stays on referrals_intakemeeting as restrictive for update to nm_web, nm_worker
  using (state <> 'closed') with check (true);
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0019_turned")]

    operations = [
        protect(
            "referrals_meetingturn",
            read=families("view_family"),
            write="false",
            insert=f"done_by_id = sec.uid() and {families('change_family')}",
            delete="false",
        ),
        tie("referrals_meetingturn", meeting_id="referrals_informationmeeting"),
        migrations.RunSQL(STAYS, UNDO),
    ]
