"""The wall around the intake meeting: by municipality, each case as its henvendelse, and nothing changes once closed."""

from django.db import migrations

from nyemonstre.access.wall import municipalities, protect, tie_to_readable

DECIDES = "m.municipality_id = any (array(select sec.municipalities('decide_referral')))"
READ_MEETING = "exists (select from referrals_intakemeeting m where m.id = meeting_id)"
NOT_CLOSED = (
    f"exists (select from referrals_intakemeeting m where m.id = meeting_id and m.state <> 'closed' and {DECIDES})"
)
READ_REFERRAL = "exists (select from referrals_referral r where r.id = referral_id)"
SAME_TOWN = (
    "exists (select from referrals_referral r join referrals_intakemeeting m on m.municipality_id = r.municipality_id"
    f" where r.id = referral_id and m.id = meeting_id and m.state <> 'closed' and {DECIDES})"
)
READ_ITEM = "exists (select from referrals_agendaitem i where i.id = item_id)"


ITEM_IN = "exists (select from referrals_agendaitem i join referrals_intakemeeting m on m.id = i.meeting_id where "


def of_item(state: str) -> str:
    return f"{ITEM_IN} i.id = item_id and m.state {state} and {DECIDES})"


GOES_ON, OVER = of_item("<> 'closed'"), of_item("= 'closed'")
SAME_ROOM = (
    "exists (select from referrals_agendaitem i join referrals_presence p on p.meeting_id = i.meeting_id"
    " where i.id = item_id and p.id = presence_id)"
)

# A closed meeting stays as it was signed. A decision belongs to the case it is taken in, and is never signed by
# somebody who has left the room for it.
STAYS = """
create policy closed_stays on referrals_intakemeeting as restrictive for update to nm_web, nm_worker
  using (state <> 'closed') with check (true);
create policy own_case_insert on referrals_intakedecision as restrictive for insert to nm_web, nm_worker with check (
  agenda_item_id is null or (
    exists (select from referrals_agendaitem i where i.id = agenda_item_id
                                                 and i.referral_id = referrals_intakedecision.referral_id)
    and not exists (select from referrals_recusal x join referrals_presence p on p.id = x.presence_id
                     where x.item_id = agenda_item_id and p.user_id = sec.uid())));
revoke delete on referrals_intakemeeting, referrals_presence from nm_web, nm_worker;
revoke update, delete on referrals_addendum from nm_web, nm_worker;
"""
UNDO = """
grant update, delete on referrals_addendum to nm_web, nm_worker;
grant delete on referrals_intakemeeting, referrals_presence to nm_web, nm_worker;
drop policy own_case_insert on referrals_intakedecision;
drop policy closed_stays on referrals_intakemeeting;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0005_intake_meetings")]

    operations = [
        protect(
            "referrals_intakemeeting",
            read=municipalities("view_referral"),
            write=municipalities("decide_referral"),
            insert=f"state = 'planned' and {municipalities('decide_referral')}",
            delete="false",
        ),
        protect("referrals_presence", read=READ_MEETING, write=NOT_CLOSED, delete="false"),
        protect(
            "referrals_agendaitem",
            read=f"{READ_MEETING} and {READ_REFERRAL}",
            write=f"{NOT_CLOSED} and {READ_REFERRAL}",
            insert=SAME_TOWN,
        ),
        tie_to_readable("referrals_agendaitem", moved_to_id="referrals_intakemeeting"),
        protect(
            "referrals_recusal",
            read=READ_ITEM,
            write=GOES_ON,
            insert=f"noted_by_id = sec.uid() and {SAME_ROOM} and {GOES_ON}",
        ),
        protect(
            "referrals_addendum",
            read=READ_ITEM,
            write="false",
            insert=f"written_by_id = sec.uid() and {OVER}",
        ),
        migrations.RunSQL(STAYS, UNDO),
    ]
