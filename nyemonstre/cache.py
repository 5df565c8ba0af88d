"""The cache is a help, never a condition: without Valkey every page still works."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _forgiving(name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(ForgivingCache, self), name)(*args, **kwargs)
        except (RedisError, OSError) as error:
            # Keys can name a person, so only the kind of failure is logged.
            logger.warning("cache %s failed: %s", name, type(error).__name__)
            return answer(*args, **kwargs)

    method.__name__ = name
    return method


class ForgivingCache(RedisCache):
    """Django's Redis cache; a server that does not answer looks like an empty cache.

    Whoever counts with it (rate limits) must choose what an empty count means: `incr` answers with the step itself,
    as if the key was new.
    """

    get = _forgiving("get", lambda key, default=None, version=None: default)
    get_many = _forgiving("get_many", lambda keys, version=None: {})
    # add() says whether the key was new. Unknown counts as new: a lock that cannot be kept must not stop the work.
    add = _forgiving("add", lambda *args, **kwargs: True)
    set = _forgiving("set", lambda *args, **kwargs: None)
    set_many = _forgiving("set_many", lambda data, *args, **kwargs: [])
    touch = _forgiving("touch", lambda *args, **kwargs: False)
    delete = _forgiving("delete", lambda *args, **kwargs: False)
    delete_many = _forgiving("delete_many", lambda *args, **kwargs: None)
    has_key = _forgiving("has_key", lambda *args, **kwargs: False)
    incr = _forgiving("incr", lambda key, delta=1, version=None: delta)
    clear = _forgiving("clear", lambda: False)
