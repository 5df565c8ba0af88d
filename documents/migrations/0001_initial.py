import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("families", "0005_protection"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("consent", "Underskrevet samtykke"),
                            ("agreement", "Underskrevet samarbeidsavtale"),
                            ("letter", "Brev eller vedtak"),
                            ("report", "Rapport eller uttalelse"),
                            ("other", "Annet"),
                        ],
                        max_length=12,
                        verbose_name="slags dokument",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="tittel")),
                (
                    "dated_on",
                    models.DateField(default=django.utils.timezone.localdate, verbose_name="dokumentets dato"),
                ),
                ("label", models.CharField(blank=True, max_length=120, verbose_name="filens navn")),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("jpeg", "JPEG"),
                            ("png", "PNG"),
                            ("heic", "HEIC"),
                            ("docx", "DOCX"),
                            ("odt", "ODT"),
                            ("text", "TEXT"),
                        ],
                        max_length=8,
                        verbose_name="filtype",
                    ),
                ),
                ("size", models.PositiveBigIntegerField(verbose_name="størrelse")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="lastet opp")),
                (
                    "scan",
                    models.CharField(
                        choices=[
                            ("waiting", "Ikke sjekket for virus"),
                            ("clean", "Sjekket, ingen virus funnet"),
                            ("infected", "Stanset, virus funnet"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="virussjekk",
                    ),
                ),
                ("scanned_at", models.DateTimeField(null=True, verbose_name="sjekket for virus")),
                ("scan_found", models.CharField(blank=True, max_length=120, verbose_name="virus som ble funnet")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="trukket tilbake")),
                ("withdrawn_reason", models.CharField(blank=True, max_length=300, verbose_name="grunn")),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="families.family"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lastet opp av",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="trukket av",
                    ),
                ),
            ],
            options={
                "verbose_name": "dokument",
                "verbose_name_plural": "dokumenter",
                "ordering": ["-dated_on", "-uploaded_at"],
            },
        ),
        migrations.CreateModel(
            name="DocumentMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="concerned",
                        to="documents.document",
                        verbose_name="dokument",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.member",
                        verbose_name="hvem",
                    ),
                ),
            ],
            options={
                "verbose_name": "hvem dokumentet gjelder",
                "verbose_name_plural": "hvem dokumentene gjelder",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="document",
            name="members",
            field=models.ManyToManyField(
                related_name="documents", through="documents.DocumentMember", to="families.member"
            ),
        ),
        migrations.AddConstraint(
            model_name="documentmember",
            constraint=models.UniqueConstraint(fields=("document", "member"), name="document_member_once"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["family", "-dated_on"], name="document_family"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("scan", "waiting")), fields=["uploaded_at"], name="document_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_by", None), ("withdrawn_reason", "")),
                    models.Q(
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                        models.Q(("withdrawn_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="document_withdrawn_by_somebody_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("scan", "waiting"), ("scan_found", ""), ("scanned_at", None)),
                    models.Q(("scan", "clean"), ("scan_found", ""), ("scanned_at__isnull", False)),
                    models.Q(
                        ("scan", "infected"), ("scanned_at__isnull", False), models.Q(("scan_found", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="document_scan_has_time_and_find",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="document_checksum"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="document_not_empty"),
        ),
    ]
