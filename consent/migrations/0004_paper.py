import django.db.models.deletion
from django.db import migrations, models

from nyemonstre.access.wall import tie


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0003_wall"),
        ("documents", "0002_wall"),
    ]

    operations = [
        migrations.AddField(
            model_name="agreementline",
            name="paper",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="documents.document",
                verbose_name="underskrevet ark",
            ),
        ),
        tie("consent_agreementline", name="paper", paper_id="documents_document"),
    ]
