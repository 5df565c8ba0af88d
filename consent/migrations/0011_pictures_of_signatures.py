"""A signature is kept as a picture too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0010_lines_near_their_end")]

    operations = [
        migrations.AddField(
            model_name="signature",
            name="image_key",
            field=models.UUIDField(editable=False, null=True, unique=True, verbose_name="bilde av underskriften"),
        ),
        migrations.AddField(
            model_name="signature",
            name="image_sha256",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=64, verbose_name="bildets fingeravtrykk"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("image_key", None), ("image_sha256", ""))
                | (
                    models.Q(("image_key__isnull", False))
                    & models.Q(("image_sha256", ""), _negated=True)
                    & models.Q(("strokes", ""), _negated=True)
                ),
                name="signature_picture_is_of_strokes",
            ),
        ),
    ]
