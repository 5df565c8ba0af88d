"""The project's settings with one address more: the bare view."""

from nyemonstre.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
