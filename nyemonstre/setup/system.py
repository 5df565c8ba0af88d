"""What no wheel brings: libraries of the operating system. Installed by apt where we may, else named."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

# WeasyPrint loads these by name.
PANGO = ["libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"]


def has_pango() -> bool:
    """Whether PDF can be made."""
    if sys.platform == "darwin":
        return shutil.which("pango-view") is not None or os.path.exists("/opt/homebrew/lib/libpango-1.0.dylib")
    try:
        for name in PANGO:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def chromium() -> str | None:
    """The browser of the tests. The shell without windows draws the same pages for a fifth less."""
    return next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)


def has_pgbouncer() -> bool:
    """Whether the test of a connection pooler can run."""
    return shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin") is not None


NEEDS: dict[str, tuple[Callable[[], bool], str, list[str], str]] = {
    "pango": (
        has_pango,
        "Pango, som lager PDF,",
        ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"],
        "brew install pango",
    ),
    "chromium": (
        lambda: chromium() is not None,
        "Chromium, som nettlesertestene bruker,",
        ["chromium-headless-shell"],
        "brew install --cask chromium",
    ),
    "pgbouncer": (
        has_pgbouncer,
        "pgbouncer, som testene deler tilkoblinger med,",
        ["pgbouncer"],
        "brew install pgbouncer",
    ),
}


def main(names: list[str]) -> None:
    """Install what is missing of `names`, or leave with one sentence."""
    missing = [NEEDS[name] for name in names if not NEEDS[name][0]()]
    if not missing:
        return
    what = " ".join(entry[1] for entry in missing)
    packages = [package for entry in missing for package in entry[2]]
    if shutil.which("apt-get") is None:
        sys.exit(f"{what} mangler. Kjør: {' && '.join(entry[3] for entry in missing)}")
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        sys.exit(f"{what} mangler. Kjør: sudo {' '.join(install)}")
    print(f"{what} mangler; installerer {' '.join(packages)} …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (install, ["apt-get", "update", "-qq"], install):
        # The first try fails where the lists are old or empty; then they are fetched and it is tried again.
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if all(entry[0]() for entry in missing):
            return
    sys.exit(f"{what} kunne ikke installeres. Kjør selv og se hvorfor: {' '.join(install)}")


if __name__ == "__main__":
    main(sys.argv[1:])
