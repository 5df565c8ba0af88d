"""The platform: wiring, access, accounts, audit, design. Nothing about families in here."""

# shared_task binds to the app that exists first, so it must exist as soon as anything of ours is imported.
from nyemonstre.celery import app as celery_app

__all__ = ["celery_app"]
