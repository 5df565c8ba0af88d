import uuid

import django.db.models.deletion
from django.db import migrations, models

import nyemonstre.vault.fields
from nyemonstre.access.wall import families, protect, tie


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_identity_numbers"),
        ("families", "0002_wall"),
        # The function behind `tie`.
        ("referrals", "0003_rows_of_one_family"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdentityNumber",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("fnr", "Fødselsnummer"),
                            ("d_number", "D-nummer"),
                            ("fh", "Felles hjelpenummer"),
                            ("duf", "DUF-nummer"),
                        ],
                        max_length=10,
                        verbose_name="slags nummer",
                    ),
                ),
                (
                    "number",
                    nyemonstre.vault.fields.SealedField(
                        index="index", null=True, verbose_name="nummer", within="municipality_id"
                    ),
                ),
                ("index", models.BinaryField(null=True)),
                (
                    "missing_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="hvorfor nummeret mangler"),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identity_numbers",
                        to="families.family",
                    ),
                ),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identity_number",
                        to="families.member",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.municipality"
                    ),
                ),
            ],
            options={
                "verbose_name": "fødselsnummer",
                "verbose_name_plural": "fødselsnumre",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["index"], name="identity_number_index")],
                "constraints": [
                    models.UniqueConstraint(fields=("family", "index"), name="identity_number_once_in_family"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("index__isnull", False),
                                ("missing_reason", ""),
                                ("number__isnull", False),
                                models.Q(("kind", ""), _negated=True),
                            ),
                            models.Q(
                                ("index", None),
                                ("kind", ""),
                                ("number", None),
                                models.Q(("missing_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="identity_number_or_reason",
                    ),
                ],
            },
        ),
        protect("families_identitynumber", read=families("view_family"), write=families("change_family")),
        tie("families_identitynumber", member_id="families_member"),
    ]
