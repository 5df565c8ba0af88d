"""A mail to a sender that waits for the broker, and a link that is sent again."""

import django.utils.timezone
from django.db import migrations, models

# What whoever decides there may set anew, and the worker note: never who confirmed, and when.
AGAIN = """
update referrals_sendercheck set mailed_at = asked_at;
grant update (asked_at, expires_at, mailed_at) on referrals_sendercheck to nm_web, nm_worker;
drop policy nm_web_update on referrals_sendercheck;
create policy nm_web_update on referrals_sendercheck for update to nm_web
  using (confirmed_at is null and referral_id = any (array(select sec.referrals_to_decide())))
  with check (confirmed_at is null and referral_id = any (array(select sec.referrals_to_decide())));
"""
ONCE = """
drop policy nm_web_update on referrals_sendercheck;
create policy nm_web_update on referrals_sendercheck for update to nm_web using (false) with check (false);
revoke update (asked_at, expires_at, mailed_at) on referrals_sendercheck from nm_web, nm_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0024_sender_wall")]

    operations = [
        migrations.AlterField(
            model_name="sendercheck",
            name="asked_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="spurt"),
        ),
        migrations.AddField(
            model_name="sendercheck",
            name="mailed_at",
            field=models.DateTimeField(null=True, verbose_name="lenken sendt"),
        ),
        migrations.RunSQL(AGAIN, ONCE),
    ]
