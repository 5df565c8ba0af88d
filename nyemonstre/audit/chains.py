"""Proving the log: every chain is counted through and its fingerprints are made again, here and not in the database.

The database's owner could rewrite a whole chain with its fingerprints. So each night the last link of every chain of
the day before is written to a file elsewhere (settings.STORAGES["log_heads"]); a rewritten chain no longer ends there.
"""

import hashlib
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import connection, transaction

from .models import Chain

# What goes into a fingerprint, in this order, as PostgreSQL writes it: the same as sec.event_hash.
FIELDS = (
    "chain_id", "seq", "id", "extract(epoch from at)", "what", "actor_id", "municipality_id", "family_id",
    "target_type", "target_id", "facts", "role", "reason", "host(address)", "request_id",
)  # fmt: skip
EVENTS = f"""
    select chain_id, seq, hash, array[{", ".join(f"({field})::text" for field in FIELDS)}]
      from audit_event where chain_id > %s and chain_id <= %s order by chain_id, seq, id
"""  # noqa: S608  our own names
# Chains whose events are read at a time.
STEP = 500


@dataclass(frozen=True)
class Break:
    """The first link of a chain that does not hold. `seq` counts from 1; 0 is the chain itself."""

    chain: int
    day: date | None
    seq: int
    event: str
    what: str

    def __str__(self) -> str:
        where = f"kjede {self.chain}" + (f" ({self.day:%d.%m.%Y})" if self.day else "")
        link = f", ledd {self.seq}" if self.seq else ""
        return f"{where}{link}: {self.what}" + (f" (hendelse {self.event})" if self.event else "")


@dataclass
class Proof:
    """What was gone through, and what did not hold: at most one Break per chain."""

    chains: int
    events: int
    emptied: int
    breaks: list[Break]


def fingerprint(before: bytes, fields: list[str | None]) -> bytes:
    """sha256 over the link before and the row, each field with its length in bytes in front of it."""
    framed = [b"-" if f is None else b"%d:%b" % (len(f.encode()), f.encode()) for f in fields]
    return hashlib.sha256(before + b"".join(framed)).digest()


def verify(heads: dict[int, tuple[int, str]] | None = None) -> Proof:
    """Go through every chain. `heads` is what the files say: chain → (number of links, last fingerprint in hex).

    Run inside `as_job()` or as the owner; nobody else sees all of the log.
    """
    heads = heads or {}
    proof = Proof(0, 0, 0, [])
    with transaction.atomic():
        chains = {chain.pk: chain for chain in Chain.objects.order_by("pk")}
        proof.chains, proof.emptied = len(chains), sum(chain.emptied_at is not None for chain in chains.values())
        ahead = deque(chains)
        for pk, links in _by_chain():
            # Chains of which no event is left lie between those that have some.
            while ahead and ahead[0] < pk:
                _note(proof, _ends(chains[ahead.popleft()], 0, b"", heads))
            if ahead and ahead[0] == pk:
                ahead.popleft()
            proof.events += len(links)
            _note(proof, _walk(pk, chains.get(pk), links, heads))
        for silent in ahead:
            _note(proof, _ends(chains[silent], 0, b"", heads))
    for pk in sorted(heads.keys() - chains.keys()):
        proof.breaks.append(Break(pk, None, 0, "", "hele kjeden er borte, men den står i filene"))
    return proof


def _by_chain() -> Iterator[tuple[int, list[Any]]]:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(chain_id), 0) from audit_event")
        end = cursor.fetchone()[0]
        for start in range(0, end, STEP):
            cursor.execute(EVENTS, [start, start + STEP])
            chain, links = 0, []
            for row in cursor.fetchall():
                if row[0] != chain:
                    if links:
                        yield chain, links
                    chain, links = row[0], []
                links.append(row[1:])
            if links:
                yield chain, links


def _note(proof: Proof, found: Break | None) -> None:
    if found:
        proof.breaks.append(found)


def _walk(pk: int, chain: Chain | None, links: list[Any], heads: dict[int, tuple[int, str]]) -> Break | None:
    if chain is None:
        return Break(pk, None, 0, "", "hendelser i en kjede som ikke finnes")
    before, expected = b"", 1
    for seq, link, fields in links:
        event = fields[2]
        if seq != expected:
            what = "leddet er borte" if seq > expected else "leddet finnes to ganger"
            return Break(pk, chain.day, expected if seq > expected else seq, "" if seq > expected else event, what)
        before = fingerprint(before, fields)
        if before != bytes(link):
            return Break(pk, chain.day, seq, event, "raden er endret etter at den ble skrevet")
        if heads.get(pk, (0, ""))[0] == seq and heads[pk][1] != before.hex():
            return Break(pk, chain.day, seq, event, "kjeden er skrevet om: filen har et annet fingeravtrykk")
        expected += 1
    return _ends(chain, expected - 1, before, heads)


def _ends(chain: Chain, seq: int, head: bytes, heads: dict[int, tuple[int, str]]) -> Break | None:
    """Is this where the chain should end: by its own head, and by the file?"""
    filed = heads.get(chain.pk)
    if chain.emptied_at:
        # Deleted when its time was over: no events, and the stump still says what the file says.
        if seq:
            return Break(chain.pk, chain.day, seq, "", "kjeden er slettet, men har hendelser")
        seq, head = chain.seq, bytes(chain.head)
    elif (seq, head) != (chain.seq, bytes(chain.head)):
        missing = seq < chain.seq
        what = "kjeden slutter for tidlig; resten er borte" if missing else "kjeden er lengre enn hodet sitt"
        return Break(chain.pk, chain.day, seq + missing, "", what)
    if filed and filed[0] > seq:
        return Break(chain.pk, chain.day, seq + 1, "", "kjeden er kortere enn i filen")
    if filed and filed[0] < seq:
        return Break(chain.pk, chain.day, filed[0] + 1, "", "kjeden har vokst etter at dagen var over")
    if filed and filed[1] != head.hex():
        return Break(chain.pk, chain.day, seq, "", "kjeden er skrevet om: filen har et annet fingeravtrykk")
    return None


# ── The files with the last links ─────────────────────────────────────────────────────────────────────────────────────


class HeadsBroken(Exception):
    """The files themselves do not hold. The message is one sentence for the operator."""


def file_of(day: date) -> str:
    """The name of a day's file."""
    return f"{day.isoformat()}.json"


def export_heads(today: date) -> list[str]:
    """A file for each day before `today` that has chains and no file yet. Returns the names. Run inside `as_job()`.

    Each file carries the fingerprint of the file before it, so that one of them cannot be changed alone either.
    """
    store = storages["log_heads"]
    with transaction.atomic():
        days = list(Chain.objects.filter(day__lt=today).order_by("day").values_list("day", flat=True).distinct())
    there = _names(store)
    written = []
    for day in days:
        name = file_of(day)
        if there and name <= there[-1]:
            # Filed already; or a chain of a day that was filed as silent, of which verify_log tells.
            continue
        before = _sum(store, there[-1]) if there else ""
        body = json.dumps({"day": day.isoformat(), "before": before, "chains": _links(day)}, indent=1)
        store.save(name, ContentFile(body.encode()))
        there.append(name)
        written.append(name)
    return written


def read_heads(store: Storage | None = None) -> dict[int, tuple[int, str]]:
    """Chain → (number of links, last fingerprint) from all files. Raises HeadsBroken when a file was changed."""
    store = store or storages["log_heads"]
    heads: dict[int, tuple[int, str]] = {}
    before = ""
    for name in _names(store):
        with store.open(name) as file:
            body = file.read()
        try:
            content = json.loads(body)
            links = {int(row["chain"]): (int(row["seq"]), str(row["head"])) for row in content["chains"]}
        except (ValueError, KeyError, TypeError) as error:
            raise HeadsBroken(f"Filen {name} kan ikke leses.") from error
        if content.get("before") != before:
            raise HeadsBroken(f"Filen før {name} er endret, eller en fil mangler.")
        before = hashlib.sha256(body).hexdigest()
        heads |= links
    return heads


def filed_until(store: Storage | None = None) -> date | None:
    """The last day that has a file."""
    names = _names(store or storages["log_heads"])
    return date.fromisoformat(names[-1].removesuffix(".json")) if names else None


def unfiled(heads: dict[int, tuple[int, str]], until: date) -> list[int]:
    """Chains of filed days that no file knows: written afterwards into a day that was over."""
    with transaction.atomic():
        known = Chain.objects.filter(day__lt=until + timedelta(days=1)).order_by("pk").values_list("pk", flat=True)
        return [pk for pk in known if pk not in heads]


def _links(day: date) -> list[dict[str, Any]]:
    with transaction.atomic():
        return [
            {"chain": c.pk, "municipality": str(c.municipality_id), "seq": c.seq, "head": bytes(c.head).hex()}
            for c in Chain.objects.filter(day=day).order_by("pk")
        ]


def _names(store: Storage) -> list[str]:
    try:
        return sorted(name for name in store.listdir("")[1] if name.endswith(".json"))
    except FileNotFoundError:
        return []


def _sum(store: Storage, name: str) -> str:
    with store.open(name) as file:
        return hashlib.sha256(file.read()).hexdigest()
