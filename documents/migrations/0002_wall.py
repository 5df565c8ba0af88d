"""The wall around documents: those who may see the family see them, those who may change it add and withdraw them."""

from django.db import migrations

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import families, protect, tie

READ, WRITE = families("view_family"), families("change_family")


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("families", "0002_wall"),
        ("referrals", "0003_rows_of_one_family"),
        ("history", "0002_triggers"),
    ]

    operations = [
        protect("documents_document", read=READ, write=WRITE),
        protect("documents_documentmember", read=READ, write=WRITE),
        tie("documents_documentmember", document_id="documents_document", member_id="families_member"),
        keep_history("documents_document", permission="view_family", secret=["key", "sha256"]),
        keep_history("documents_documentmember", permission="view_family"),
    ]
