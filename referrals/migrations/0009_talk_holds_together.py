"""What must hold of an information meeting that has times to choose among, a home and an interpreter."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("referrals", "0008_talk")]

    operations = [
        migrations.AddConstraint(
            model_name="informationmeeting",
            constraint=models.CheckConstraint(
                condition=Q(("starts_at__isnull", False), Q(("proposals", []), _negated=True), _connector="OR"),
                name="information_meeting_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="informationmeeting",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("home", None), Q(("place", ""), _negated=True)),
                    Q(("home__isnull", False), ("place", "")),
                    _connector="OR",
                ),
                name="information_meeting_at_home_or_elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="informationmeeting",
            constraint=models.CheckConstraint(
                condition=Q(("interpreter_ordered", False), Q(("interpreter", ""), _negated=True), _connector="OR"),
                name="information_meeting_interpreter_of_a_language",
            ),
        ),
        migrations.AddConstraint(
            model_name="informationmeeting",
            constraint=models.CheckConstraint(
                condition=Q(("outcome", "thinking"), ("remind_on", None), _connector="OR"),
                name="information_meeting_reminds_who_thinks",
            ),
        ),
    ]
