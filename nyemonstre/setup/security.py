"""`make security`: what machines can find wrong, in one table.

bandit, our own semgrep rules and their tests, Django's deployment check, a bill of materials, and wapiti against a demo
of its own as each role. Every finding is either mended or explained in security/explained.toml; one that is neither,
and an explanation that explains nothing any more, fail the run. Nothing asks the network but the tools' installation.
"""

import argparse
import fnmatch
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
sys.path.insert(0, str(ROOT))

from nyemonstre.embedded import EmbeddedError, Servers  # noqa: E402  the path above must be there first
from nyemonstre.setup.tools import tools  # noqa: E402

DATA = ROOT / ".data" / "security"
RULES, EXPLAINED = ROOT / "security" / "rules", ROOT / "security" / "explained.toml"
ROOMS = ["nyemonstre", "families", "consent", "assessments", "documents", "history", "plans", "referrals"]
SOURCE = [*ROOMS, "bench", "manage.py"]


@dataclass(frozen=True)
class Finding:
    """One thing a tool found. `path` is a file of ours, or an address; `line` is the text that stands there."""

    tool: str
    rule: str
    path: str
    line: str = ""

    def __str__(self) -> str:
        return f"{self.tool} {self.rule}: {self.path}  {self.line[:140]}"


@dataclass
class Reason:
    """Why a finding may stay. `path` may hold *; `line`, when given, must stand in the line found.

    `sometimes`: a tool with a clock does not find it each time, so it may explain nothing.
    """

    tool: str
    rule: str
    path: str
    why: str
    line: str = ""
    sometimes: bool = False
    used: bool = False

    def explains(self, found: Finding) -> bool:
        """Whether this is the finding that was looked at."""
        same = (self.tool, self.rule) == (found.tool, found.rule)
        return same and fnmatch.fnmatchcase(found.path, self.path) and self.line in found.line


@dataclass
class Judged:
    """What came of one tool."""

    findings: list[Finding]
    new: list[Finding]
    stale: list[Reason] = field(default_factory=list)


def reasons(path: Path = EXPLAINED) -> list[Reason]:
    """The written explanations. Raises TypeError when one has a field too many or too few."""
    return [Reason(**row) for row in tomllib.loads(path.read_text()).get("finding", [])]


def judge(tool: str, findings: list[Finding], known: list[Reason]) -> Judged:
    """Sort what was found into explained and new, and find the explanations that have had their day."""
    new = []
    for found in findings:
        explained = [reason for reason in known if reason.explains(found)]
        for reason in explained:
            reason.used = True
        if not explained:
            new.append(found)
    stale = [reason for reason in known if reason.tool == tool and not (reason.used or reason.sometimes)]
    return Judged(findings, new, stale)


# ── What the tools say ──────────────────────────────────────────────────────────────────────────


def run(command: list[object], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run in the project's folder, and keep what it says."""
    return subprocess.run(list(map(str, command)), cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def line_of(path: str, number: int) -> str:
    """The line of one of our files."""
    lines = (ROOT / path).read_text(errors="replace").splitlines()
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def bandit() -> list[Finding]:
    """Python that is dangerous in any project."""
    done = run([tools(DATA / "tools", "requirements-security.lock") / "bandit", "-q", "-r", *SOURCE, "-f", "json"])
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr[-2000:])
    rows = json.loads(done.stdout)["results"]
    return [
        Finding(
            "bandit", row["test_id"], row["filename"].removeprefix("./"), line_of(row["filename"], row["line_number"])
        )
        for row in rows
    ]


def semgrep(*words: object) -> subprocess.CompletedProcess[str]:
    """Our rules alone, and nothing asked or told outside this machine."""
    command = [tools(DATA / "tools", "requirements-security.lock") / "semgrep", "scan", "--metrics=off"]
    # A file of its own: it is written anew, and what stood there before is gone, be it a device.
    settings = str(DATA / "semgrep.yml")
    quiet = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0", "SEMGREP_SETTINGS_FILE": settings}
    # It starts programs that lie beside it, by name.
    path = f"{command[0].parent}{os.pathsep}{os.environ['PATH']}"
    return run([*command, "--disable-version-check", *words], os.environ | quiet | {"PATH": path})


def rules_tested() -> list[Finding]:
    """Each rule fires where its test file says, and nowhere else in it."""
    done = semgrep("--test", "--json", RULES)
    results = json.loads(done.stdout)["results"]
    wrong = []
    for file, result in results.items():
        for rule, checks in result["checks"].items():
            if not checks["passed"]:
                wrong.append(Finding("rules tested", rule, Path(file).name, json.dumps(checks["matches"])[:300]))
    tested = {rule for result in results.values() for rule in result["checks"]}
    return wrong or ([] if tested else [Finding("rules tested", "none", str(RULES), done.stderr[-300:])])


def rules() -> list[Finding]:
    """Our own rules on our own code."""
    done = semgrep("--json", "--quiet", "--no-git-ignore", "--config", RULES, *SOURCE, "templates")
    report = json.loads(done.stdout)
    faults = [error for error in report["errors"] if error.get("level") == "error"]
    if faults or not report["paths"]["scanned"]:
        raise RuntimeError(str(faults)[:2000] or "nothing was scanned")
    return [
        Finding("rules", row["check_id"].rsplit(".", 1)[-1], row["path"], line_of(row["path"], row["start"]["line"]))
        for row in report["results"]
    ]


def deployment() -> list[Finding]:
    """Django's own check, with an environment like a municipality's."""
    with tempfile.TemporaryDirectory(prefix="nyemonstre-security-") as folder:
        Path(folder).chmod(0o711)
        with Servers(Path(folder) / "servers", careless=True) as servers:
            given = {name: value for name, value in os.environ.items() if not name.startswith("NM_")}
            environment = given | servers.environment() | {
                "NM_DATABASE_ROLE": "web", "NM_SECRET_KEY": secrets.token_urlsafe(64), "NM_MAIL_HOST": "mail.invalid",
                "NM_ALLOWED_HOSTS": "monstre.invalid", "NM_BASE_URL": "https://monstre.invalid", "NM_BEHIND_PROXY": "1",
                "NM_SECURE": "1", "NM_UPLOADS": folder, "DJANGO_SETTINGS_MODULE": "nyemonstre.settings",
            }  # fmt: skip
            words = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
            done = run([sys.executable, *words], environment)
    if not done.returncode:
        return []
    # "?: (security.W004) …": the identity of a warning stands in the first parentheses.
    said = [
        line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("?:", "<class", "nyemonstre"))
    ]
    found = [Finding("deployment", line.partition("(")[2].partition(")")[0], "settings.py", line) for line in said]
    return found or [Finding("deployment", "failed", "manage.py check", (done.stdout + done.stderr)[-600:])]


def materials() -> list[Finding]:
    """Every library with version and hash, for whoever must answer «do we have that one?». Written, not judged."""
    target = DATA / "sbom.json"
    command = [
        tools(DATA / "tools", "requirements-security.lock") / "cyclonedx-py",
        "requirements",
        "requirements.lock",
    ]
    done = run([*command, "--of", "JSON", "--pyproject", "pyproject.toml", "-o", target])
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    components = json.loads(target.read_text())["components"]
    return [
        Finding("materials", "no-version", row["name"])
        for row in components
        if not row.get("version") or not row.get("purl")
    ]


def crawl(seconds: int) -> list[Finding]:
    """wapiti as a visitor and as each role; see nyemonstre/setup/wapiti.py."""
    from nyemonstre.setup.wapiti import attack  # noqa: PLC0415  the demo's own imports, only where it is asked for

    found = attack(tools(DATA / "crawl", "requirements-crawl.lock") / "wapiti", DATA / "site", seconds)
    return [Finding("wapiti", rule, path, text) for rule, path, text in found]


# ── The table ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def main() -> int:
    """Returns the exit code: 1 when something is new, stale, or could not be run."""
    parser = argparse.ArgumentParser(prog="make security", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="wapiti's time for each role")
    parser.add_argument("--only", action="append", default=[], help="one of the checks; may be given again")
    options = parser.parse_args()
    checks: dict[str, Callable[[], list[Finding]]] = {
        "bandit": bandit, "rules tested": rules_tested, "rules": rules, "deployment": deployment,
        "materials": materials, "wapiti": lambda: crawl(options.seconds),
    }  # fmt: skip
    DATA.mkdir(parents=True, exist_ok=True)
    known, failed, table = reasons(), False, []
    for name, check in checks.items():
        if options.only and name not in options.only:
            continue
        began = time.monotonic()
        try:
            judged = judge(name, check(), known)
        except (RuntimeError, LookupError, OSError, ValueError, EmbeddedError, subprocess.SubprocessError) as error:
            print(f"{name}: {error}", flush=True)
            table.append((name, "-", "-", "kunne ikke kjøres", time.monotonic() - began))
            failed = True
            continue
        for found in judged.new:
            print(f"NY    {found}", flush=True)
        for reason in judged.stale:
            print(
                f"GÅTT  {reason.tool} {reason.rule} {reason.path}: forklaringen passer ikke til noe lenger", flush=True
            )
        failed = failed or bool(judged.new or judged.stale)
        words = "ok" if not (judged.new or judged.stale) else f"{len(judged.new)} nye, {len(judged.stale)} gått"
        table.append(
            (name, len(judged.findings), len(judged.findings) - len(judged.new), words, time.monotonic() - began)
        )
    print(f"\n{'Kontroll':14} {'Funn':>5} {'Forklart':>9} {'Sekunder':>9}  Svar")
    for name, found, explained, words, spent in table:
        print(f"{name:14} {found:>5} {explained:>9} {spent:>9.1f}  {words}")
    print(f"Innholdet av alle biblioteker: {(DATA / 'sbom.json').relative_to(ROOT)}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
