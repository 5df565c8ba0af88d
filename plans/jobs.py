"""What the worker does: the plan as a PDF, in the name of the one who asked. It calls actions, so it stands on top."""

from uuid import UUID

from celery import shared_task

from nyemonstre.accounts.models import User

from .printing import make


@shared_task(ignore_result=True)
def make_plan_pdf(document_id: str, user_id: str, language: str) -> None:
    """Print the document. Delivered twice it prints once; an access taken back in the meantime leaves it unmade."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        make(UUID(document_id), by=user, language=language)
