"""Mail leaves in one place, where it is logged."""

import ast
import re
from pathlib import Path

import pytest
from django.core import mail as outbox

from nyemonstre.access.wall import acting_as
from nyemonstre.accounts import mail
from nyemonstre.audit.models import Event
from tests.factories import Team

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("nyemonstre", "families", "consent", "assessments", "plans", "referrals", "history")
# Who mails, all through accounts.mail.send and send_outside.
SENDERS = {
    "families/tasks.py",
    "nyemonstre/accounts/tasks.py",
    "plans/tasks.py",
    "referrals/tasks.py",
    "referrals/actions/draft.py",
}


def imports(path: Path) -> set[str]:
    """Dotted names a module imports, with what it takes from each."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names}
    return found


def test_only_one_module_can_send():
    modules = {path: imports(path) for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    able = {
        str(path.relative_to(ROOT))
        for path, names in modules.items()
        if any(name.startswith("django.core.mail") for name in names) or names & {"smtplib", "smtplib.SMTP"}
    }
    assert able == {"nyemonstre/accounts/mail.py"}
    users = {str(path.relative_to(ROOT)) for path in modules if re.search(r"mail\.send(_outside)?\(", path.read_text())}
    assert users == SENDERS


@pytest.mark.django_db
def test_a_mail_leaves_its_kind_in_the_log_and_no_word_of_itself():
    team = Team()
    with acting_as(team.lead):  # whoever's request it is sent in
        mail.send(team.coordinator, kind="given", subject="Kanari", text="Fugl")
    assert [message.to for message in outbox.outbox] == [[team.coordinator.email]]
    with acting_as(team.auditor):
        (event,) = Event.objects.permitted(team.auditor).filter(what="mail_sent")
    assert (event.actor_id, event.reason, event.facts) == (None, "", {"to": str(team.coordinator.pk), "mail": "given"})


@pytest.mark.django_db
def test_a_mail_that_does_not_go_leaves_nothing(monkeypatch):
    def away(*args: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(mail, "send_mail", away)
    team = Team()
    with pytest.raises(ConnectionRefusedError):
        mail.send(team.coordinator, kind="given", subject="x", text="y")
    with acting_as(team.auditor):
        assert not Event.objects.permitted(team.auditor).filter(what="mail_sent").exists()
