"""The morning's mails for real: a worker that is killed half way, two clocks, a broker that dies. Each mail once."""

import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from families import days, tasks
from families.reminders import Reminder
from families.stages import Step
from nyemonstre.access.wall import as_job
from nyemonstre.embedded import _end_with_parent, _valkey_server, free_port
from tests.factories import Team, family_at
from tests.roles import as_worker

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 6
# Seconds for anything to happen on a busy machine.
PATIENCE = 90


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps whom it has accepted mail for. `before` is called with the number of each mail, before it is accepted.

    A mail whose sender is gone by then was never sent, as everywhere.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, before: Callable[[int], None]) -> None:
        self.accepted: list[str] = []
        self.begun = 0
        self.before = before
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    """SMTP, as much of it as a sender needs."""

    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        to = ""
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
            if verb != b"DATA":
                self._say("221 bye" if verb == b"QUIT" else "250 yes")
                continue
            self._say("354 go on")
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                pass
            self.server.begun += 1
            self.server.before(self.server.begun)
            if self._is_alone():
                return
            self.server.accepted.append(to)
            self._say("250 taken")

    def _is_alone(self) -> bool:
        """Whether the sender has hung up."""
        try:
            return self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Machines:
    """The processes of one morning, with a log each."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.port = free_port()
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def _start(self, name: str, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, preexec_fn=_end_with_parent, **options
            )
        self.running[name] = process
        return process

    def broker(self) -> None:
        """An empty one, on the port all the others know."""
        process = self._start("broker", [str(_valkey_server()), "-"], stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(f'bind 127.0.0.1\nport {self.port}\nsave ""\nappendonly no\ndaemonize no\n'.encode())
        process.stdin.close()
        until(self.answers, "the broker does not answer")

    def answers(self) -> bool:
        with Redis(port=self.port) as redis:
            try:
                return bool(redis.ping())
            except RedisError:
                return False

    def celery(self, name: str, *words: str) -> None:
        self._start(name, [sys.executable, "-m", "celery", "-A", "nyemonstre", *words, "-l", "warning"])

    def kill(self, name: str) -> None:
        """As the machine's owner, the kernel, or a power cut does it."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(30)

    def nothing_waits(self) -> bool:
        with Redis(port=self.port) as redis:
            return not (redis.llen("celery") or redis.hlen("unacked"))


def until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@contextmanager
def machines(folder: Path, mail: MailServer) -> Iterator[Machines]:
    day = days.working_day(timezone.localdate()).isoformat()
    found = Machines(folder, {})
    found.environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.families.clock_settings", "NM_TEST_DAY": day, "NM_DATABASE_ROLE": "worker",
        "NM_DATABASE_NAME": connection.settings_dict["NAME"], "NM_REDIS_URL": f"redis://127.0.0.1:{found.port}/0",
        "NM_MAIL_HOST": "127.0.0.1", "NM_MAIL_PORT": str(mail.server_address[1]), "NM_MAIL_TLS": "0",
    }  # fmt: skip
    try:
        yield found
    finally:
        for name in list(found.running):
            found.kill(name)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_each_reminder_goes_once_whatever_dies(tmp_path, monkeypatch):
    monkeypatch.setattr(tasks.mail_news, "delay", lambda *args: None)
    with transaction.atomic():
        teams = [Team() for _ in range(PEOPLE)]
        for team in teams:
            family_at(Step.INTAKE, team)
    worker_died, broker_died = threading.Event(), threading.Event()

    def before(number: int) -> None:
        # In the middle of the second mail the worker is killed; in the middle of the fifth, the broker.
        if number == 2:
            there.kill("worker")
            worker_died.set()
        if number == 5:
            there.kill("broker")
            broker_died.set()

    mail = MailServer(before)
    threading.Thread(target=mail.serve_forever, daemon=True).start()
    with machines(tmp_path, mail) as there:
        there.broker()
        for clock in ("clock", "second_clock"):
            there.celery(clock, "beat", "-s", str(tmp_path / clock), "--max-interval", "1")
        worker = ("worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")
        there.celery("worker", *worker)
        until(worker_died.is_set, "the worker was not killed")
        assert len(mail.accepted) == 1
        there.celery("worker", *worker)
        until(broker_died.is_set, "the broker was not killed")
        there.broker()
        until(lambda: len(mail.accepted) >= PEOPLE, "not all mails came")
        for clock in ("clock", "second_clock"):
            there.kill(clock)
        until(there.nothing_waits, "the worker did not finish")
    mail.shutdown()
    mail.server_close()
    assert sorted(mail.accepted) == sorted(team.coordinator.email for team in teams)
    with as_worker(), as_job(), transaction.atomic():
        assert Reminder.objects.filter(sent_at__isnull=False).count() == PEOPLE
        assert Reminder.objects.count() == PEOPLE
