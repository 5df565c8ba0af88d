"""Read by everybody who works in the municipality, written by those who may: no personal data, but nobody else's either."""

from django.db import migrations

from nyemonstre.access.wall import municipalities, protect

HERE = "municipality_id = any (array(select m.municipality_id from sec.my_memberships() m))"


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial"), ("accounts", "0002_wall")]

    operations = [protect("content_fact", read=HERE, write=municipalities("change_content"), delete="false")]
