"""Asks the worker for a set. Apart from the making, which loads what writes SPSS and Parquet: no request needs that."""

import logging
from functools import partial

from django.db import transaction
from kombu.exceptions import OperationalError

from nyemonstre.celery import app

from .models import DataSet

logger = logging.getLogger(__name__)

# By name: the task stands above this module, as everything that calls actions does.
TASK = "assessments.research.jobs.make_set"
AWAY = (OperationalError, ConnectionError, TimeoutError, OSError)


def send_soon(dataset: DataSet) -> None:
    """When this transaction is committed, ask the worker. With the broker away the next round of jobs.py finds it."""
    transaction.on_commit(partial(_send, str(dataset.pk)), robust=True)


def _send(dataset_id: str) -> None:
    try:
        app.send_task(TASK, [dataset_id], ignore_result=True)
    except AWAY as error:
        logger.warning("The broker is away (%s); a research set waits.", type(error).__name__)
