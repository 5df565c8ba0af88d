import pytest


@pytest.fixture
def arranged(monkeypatch, transactional_db):
    """Two families in which everybody was asked about research; see arrange.py."""
    from tests.assessments.research.arrange import arrange

    return arrange(monkeypatch)
