"""Tools that look at the project from outside, each in an environment of its own."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent


def tools(folder: Path, lock: str) -> Path:
    """The bin folder of an environment with what `lock` names; made again when the lock changed."""
    wanted = sha256((ROOT / lock).read_bytes()).hexdigest()
    ready = folder / "lock"
    if not ready.exists() or ready.read_text() != wanted:
        print(f"Installerer {lock} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [BIN / "uv", "pip", "install", "-q", "--python", folder / "bin" / "python", "--require-hashes", "-r"]
        subprocess.run([*map(str, install), str(ROOT / lock)], check=True)
        ready.write_text(wanted)
    return folder / "bin"
