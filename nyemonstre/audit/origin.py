"""Where what is being done came from: the request's own number and the address it was sent from."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from uuid import UUID, uuid4


@dataclass(frozen=True)
class Origin:
    """`address` is an IP address, or None where nobody asked over the network (the clock, a command)."""

    request_id: UUID | None = None
    address: str | None = None


_origin: ContextVar[Origin | None] = ContextVar("nm_origin", default=None)


def current_origin() -> Origin:
    """Of the request this thread is answering; empty outside one."""
    return _origin.get() or Origin()


@contextmanager
def coming_from(address: str) -> Iterator[Origin]:
    """Everything inside belongs to one new request from `address`; what is no IP address is left out."""
    try:
        sender = str(ip_address(address))
    except ValueError:
        sender = None
    origin = Origin(request_id=uuid4(), address=sender)
    token = _origin.set(origin)
    try:
        yield origin
    finally:
        _origin.reset(token)
