"""The wall around letters: read as the decision they are about, written once by those who may, and never changed."""

from django.db import migrations

from nyemonstre.access.wall import protect

READ = "exists (select from referrals_intakedecision d where d.id = decision_id)"
# The intake team in the municipality; and whoever works with the family it became, who alone sees a protected one.
MAY_WRITE = (
    "exists (select from referrals_intakedecision d join referrals_referral r on r.id = d.referral_id"
    " where d.id = decision_id and (r.municipality_id = any (array(select sec.municipalities('decide_referral')))"
    " or r.id = any (array(select sec.referrals_of('change_family')))))"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0010_letters")]

    operations = [
        protect(
            "referrals_decisionletter",
            read=READ,
            write="false",
            insert=f"made_by_id = sec.uid() and {MAY_WRITE}",
            delete="false",
        ),
        migrations.RunSQL(
            "revoke update, delete on referrals_decisionletter from nm_web, nm_worker",
            "grant update, delete on referrals_decisionletter to nm_web, nm_worker",
        ),
    ]
