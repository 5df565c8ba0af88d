"""Where files lie, and what is noticed when they are not as they were."""

import io
import json
import os
import tracemalloc
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from nyemonstre.files import store
from nyemonstre.files.handlers import LimitHandler
from tests.nyemonstre.test_settings import COMPLETE, run


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "uploads": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
        }
    }
    return tmp_path


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_put_is_fetched_under_a_name_that_says_nothing(folder):
    stored = store.put(SimpleUploadedFile("../../Kari Nordmann.pdf", b"innhold"))
    (path,) = files(folder)
    name = stored.key.hex
    assert path.relative_to(folder).parts == (name[:2], name[2:4], name)
    assert stored.size == 7
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with store.fetch(stored.key, stored.sha256) as file:
        assert file.read() == b"innhold"


def test_a_changed_or_lost_file_is_not_given_out(folder, caplog):
    stored = store.put(SimpleUploadedFile("a.txt", b"innhold"))
    (path,) = files(folder)
    path.chmod(0o600)
    path.write_bytes(b"innhald")
    with pytest.raises(store.Damaged):
        store.fetch(stored.key, stored.sha256)
    path.unlink()
    with pytest.raises(store.Damaged):
        store.fetch(stored.key, stored.sha256)
    assert caplog.text.count(str(stored.key)) >= 2


def test_a_large_file_is_never_whole_in_memory(folder):
    source = folder / "large"
    with source.open("wb") as out:
        out.truncate(12 * 1024 * 1024)
    tracemalloc.start()
    with source.open("rb") as file:
        stored = store.put(file)
    with store.fetch(stored.key, stored.sha256) as file:
        assert len(file.read(1)) == 1
        assert file.seek(0, os.SEEK_END) == 12 * 1024 * 1024
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * 1024 * 1024


def test_what_is_past_the_limit_is_thrown_away_as_it_comes(settings):
    settings.NM_UPLOAD_MAX_BYTES = 100
    handler, kept = LimitHandler(), io.BytesIO()
    for start in range(0, 1000, 50):
        kept.write(handler.receive_data_chunk(b"x" * 50, start) or b"")
    assert kept.tell() == 150, "one block more, so that the form sees that it is too large"
    assert handler.file_complete(1000) is None


S3 = {
    "NM_UPLOADS_S3_BUCKET": "monstre", "NM_UPLOADS_S3_ENDPOINT": "https://s3.example", "NM_UPLOADS_S3_ACCESS_KEY": "a",
    "NM_UPLOADS_S3_SECRET_KEY": "s",
}  # fmt: skip


def test_an_s3_store_is_a_setting_and_asks_for_what_it_needs():
    uploads = json.loads(run(COMPLETE | S3, "s.STORAGES['uploads']").stdout)
    assert uploads["BACKEND"] == "storages.backends.s3.S3Storage"
    assert uploads["OPTIONS"]["endpoint_url"] == "https://s3.example"
    assert uploads["OPTIONS"]["querystring_auth"] is True
    for name in list(S3)[1:]:
        done = run(COMPLETE | {key: value for key, value in S3.items() if key != name})
        assert f"{name} mangler" in done.stderr


def test_production_asks_for_a_folder_and_a_limit_can_be_set():
    without = {name: value for name, value in COMPLETE.items() if name != "NM_UPLOADS"}
    assert "NM_UPLOADS mangler" in run(without).stderr
    assert run(COMPLETE | {"NM_UPLOAD_MAX_MB": "5"}, "s.NM_UPLOAD_MAX_BYTES").stdout.strip() == str(5 * 1024 * 1024)
