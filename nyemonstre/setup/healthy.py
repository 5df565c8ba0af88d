"""What a container asks itself: `web` whether page and database answer, `beat` whether the clock ticks."""

import os
import sys
import time
import urllib.request

# Beat writes its file every three minutes; seconds after which it has stopped.
SILENCE = 600


def web() -> bool:
    """/helse/ answers 200. The host must be one of ours, else Django refuses to answer."""
    host = os.environ.get("NM_ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    request = urllib.request.Request("http://127.0.0.1:8000/helse/", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=6) as answer:
        return bool(answer.status == 200)


def beat() -> bool:
    """Its schedule file is young."""
    return time.time() - os.stat(os.environ["NM_BEAT_FILE"]).st_mtime < SILENCE


if __name__ == "__main__":
    try:
        well = {"web": web, "beat": beat}[sys.argv[1]]()
    except OSError as error:
        sys.exit(str(error))
    sys.exit(0 if well else 1)
