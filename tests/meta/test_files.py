"""Files a newcomer can read, and a tree that speaks of itself alone."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
TRACKED = [ROOT / name for name in NAMES if name and (ROOT / name).is_file()]
SOURCE = [path for path in TRACKED if path.suffix == ".py" and "migrations" not in path.parts]
TEMPLATES = [path for path in TRACKED if path.suffix == ".html"]

# Names of package registries are put together here, so that this file does not name them.
HOSTS = re.compile("|".join(["pyth" + "onhosted", "py" + r"pi\.org", "npm" + r"js\.", "deb" + r"ian\.org"]))


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_source_files_are_at_most_450_lines():
    long = {str(path.relative_to(ROOT)): lines(path) for path in SOURCE if lines(path) > 450}
    assert not long


def test_templates_are_at_most_200_lines():
    long = {str(path.relative_to(ROOT)): lines(path) for path in TEMPLATES if lines(path) > 200}
    assert not long


def test_functions_are_at_most_60_lines():
    long = []
    for path in SOURCE:
        if path.parts[len(ROOT.parts)] == "tests" or path.name == "gallery.py":  # sample data for every component
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 60:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not long


def test_no_registry_is_named():
    named = []
    for path in TRACKED:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if HOSTS.search(text):
            named.append(str(path.relative_to(ROOT)))
    assert not named


@pytest.mark.parametrize("name", ["node_modules", ".venv", ".data", "staticfiles"])
def test_nothing_built_or_borrowed_is_tracked(name):
    assert not [path for path in TRACKED if name in path.relative_to(ROOT).parts]
