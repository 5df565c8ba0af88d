"""Valkey down: the cache is empty, a task is refused at once, and no page waits."""

import time
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

from nyemonstre.cache import ForgivingCache
from nyemonstre.embedded import free_port

# What a person at a page may have to wait at most, in seconds.
AT_ONCE = 2.0


@pytest.fixture
def dead() -> str:
    return f"redis://127.0.0.1:{free_port()}/0"


def test_cache_keeps_and_forgets() -> None:
    cache = ForgivingCache(settings.REDIS_URL, settings.CACHES["default"])
    cache.set("a", 1, 60)
    assert cache.get("a") == 1
    assert cache.incr("a") == 2
    assert cache.add("a", 5) is False
    cache.delete("a")
    assert cache.get("a", "none") == "none"
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_cache_without_server_is_an_empty_cache(dead: str, caplog: pytest.LogCaptureFixture) -> None:
    cache = ForgivingCache(dead, settings.CACHES["default"])
    started = time.monotonic()
    assert cache.get("person@example.no", "none") == "none"
    assert cache.get_many(["a"]) == {}
    assert cache.get_or_set("a", lambda: 7) == 7
    assert cache.add("a", 1) is True
    assert cache.set("a", 1) is None
    assert cache.set_many({"a": 1}) == []
    assert cache.touch("a") is False
    assert cache.delete("a") is False
    assert cache.incr("a", 3) == 3
    assert "a" not in cache
    assert time.monotonic() - started < AT_ONCE
    assert "person@example.no" not in caplog.text


def test_task_without_broker_is_refused_at_once(dead: str) -> None:
    app = Celery("broken", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = dead

    @app.task
    def anything() -> None: ...

    started = time.monotonic()
    task: Any = anything
    with pytest.raises(OperationalError):
        task.delay()
    assert time.monotonic() - started < AT_ONCE


def test_clock_is_set_to_half_past_five_in_oslo_and_again_until_noon() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["remind"]
    assert (entry["schedule"].hour, entry["schedule"].minute) == (set(range(5, 12)), {30})
    assert settings.CELERY_TIMEZONE == "Europe/Oslo"
