"""The size limit, while a file still comes in."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class LimitHandler(FileUploadHandler):
    """First in settings.FILE_UPLOAD_HANDLERS. What is past the limit is read and thrown away, so it fills no disk.

    One block more than the limit is let through: the form then sees a file that is too large, and says so.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= settings.NM_UPLOAD_MAX_BYTES else None

    def file_complete(self, file_size: int) -> Any:
        return None
