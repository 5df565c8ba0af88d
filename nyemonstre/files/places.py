"""Where uploaded files lie, from the environment. Read by settings.py, so nothing of Django is asked here."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def uploads_storage(required: Callable[[str, str], str], *, own_machine: Path | None) -> dict[str, Any]:
    """For settings.STORAGES: an S3-compatible store when a bucket is named, else the folder NM_UPLOADS.

    `required` is that of settings.py: what is missing stops the start with an instruction. `own_machine` is the folder
    of a demo, where nobody has to name one.
    """
    if bucket := os.environ.get("NM_UPLOADS_S3_BUCKET", ""):
        ask = "Sett den til det lagringstjenesten har gitt deg, eller fjern NM_UPLOADS_S3_BUCKET og bruk en mappe."
        options = {
            "bucket_name": bucket,
            "endpoint_url": required("NM_UPLOADS_S3_ENDPOINT", ask),
            "access_key": required("NM_UPLOADS_S3_ACCESS_KEY", ask),
            "secret_key": required("NM_UPLOADS_S3_SECRET_KEY", ask),
            "region_name": os.environ.get("NM_UPLOADS_S3_REGION") or None,
            # Never an address that works without us, never over another's file.
            "default_acl": "private", "querystring_auth": True, "file_overwrite": False,
        }  # fmt: skip
        # Named and not imported: boto3 is only there where it is used (requirements-s3.lock).
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    folder = os.environ.get("NM_UPLOADS", "") or str(own_machine or "")
    folder = folder or required("NM_UPLOADS", "Sett den til en mappe utenfor nettjenerens, med egen sikkerhetskopi.")
    options = {"location": folder, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
