"""/helse/ tells a container whether to be trusted with requests, and nothing else."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from nyemonstre.embedded import free_port


@pytest.mark.django_db(transaction=True)
class TestHealth:
    def test_answers_without_login(self, client: Client, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(1):
            answer = client.get("/helse/")
        assert (answer.status_code, answer.content) == (200, b"ok")
        assert not answer.cookies

    def test_database_down_is_a_clean_503(self, client: Client) -> None:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # the real backend behind Django's proxy
        right = connection.settings_dict["PORT"]
        connection.settings_dict["PORT"] = str(free_port())
        try:
            answer = client.get("/helse/")
        finally:
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]
            connection.settings_dict["PORT"] = right
        assert (answer.status_code, answer.content) == (503, b"database")

    def test_only_asking_is_allowed(self, client: Client) -> None:
        assert client.post("/helse/").status_code == 405
