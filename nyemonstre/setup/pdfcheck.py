"""`make pdfcheck`: each paper of the plan, read by outloud (PDF/UA-1, WCAG 2.2) and by qpdf. One error fails the run.

outloud stands in an environment of its own (requirements-pdfcheck.lock): it brings libraries under a licence that ours
do not mix with. The papers are made from made-up values, without a database; the files lie in .data/pdfcheck.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / ".data" / "pdfcheck"
LOCK = "requirements-pdfcheck.lock"
sys.path.insert(0, str(ROOT))
# Nothing is stored or asked for, so any values will do.
for name, value in {
    "DJANGO_SETTINGS_MODULE": "nyemonstre.settings", "NM_DEBUG": "1", "NM_SECRET_KEY": "made-up",
    "NM_DATABASE_ROLE": "owner", "NM_DATABASE_HOST": "127.0.0.1", "NM_DATABASE_PORT": "1",
    "NM_DATABASE_PASSWORD_OWNER": "made-up", "NM_REDIS_URL": "redis://127.0.0.1:1/0",
}.items():  # fmt: skip
    os.environ.setdefault(name, value)


def make_papers() -> list[Path]:
    """Every paper as a file, in the language the families' papers are made in."""
    import django  # noqa: PLC0415  the settings must be there first

    django.setup()
    from nyemonstre.pdf import render_pdf  # noqa: PLC0415
    from nyemonstre.setup.papers import papers  # noqa: PLC0415

    DATA.mkdir(parents=True, exist_ok=True)
    files = []
    for name, (template, values) in papers().items():
        file = DATA / f"{name}.pdf"
        file.write_bytes(render_pdf(template, values))
        files.append(file)
    return files


def broken(files: list[Path]) -> list[str]:
    """What qpdf's own reader says of each file."""
    import pikepdf  # noqa: PLC0415  a second of import, only for the check

    found = []
    for file in files:
        with pikepdf.open(file) as pdf:
            found += [f"{file.name}: {problem}" for problem in pdf.check_pdf_syntax()]
    return found


def main() -> int:
    from nyemonstre.setup.tools import tools  # noqa: PLC0415  the path above must be there first

    files = make_papers()
    problems = broken(files)
    for problem in problems:
        print(problem)
    command = [tools(DATA / "tools", LOCK) / "outloud", "--no-info", "--fail-on", "error", *files]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, check=False)
    print(f"{len(files)} papirer, qpdf: {len(problems)} feil, outloud: {'0 feil' if not done.returncode else 'feil'}")
    return int(bool(problems or done.returncode))


if __name__ == "__main__":
    sys.exit(main())
