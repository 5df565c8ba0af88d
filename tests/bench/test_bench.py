"""The bench runs and prints numbers. What the numbers are is nobody's test: machines differ."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"caseload", "family", "plan", "journal", "dashboard"}
PAPERS = {"record", "to_service", "hand_over", "invitation"}


@pytest.mark.slow
def test_small_bench_prints_every_number():
    words = ["--families", "8", "16", "--reminders", "40", "--repeats", "1", "--scale", "0.05"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    if "NM_TEST_TEMPLATE" in os.environ:
        words.append("--given")
    else:
        environment = {name: value for name, value in environment.items() if not name.startswith("NM_")}
    done = subprocess.run(
        [sys.executable, "-m", "bench", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    result = json.loads(done.stdout)
    small = result["8 families in one municipality"]
    assert set(small) == PAGES | {"plan_pdf", "papers", "log", "sitting"}
    assert set(result["16 families in 2 municipalities"]) == PAGES
    assert set(result["16 families in one municipality"]) == PAGES
    for page in PAGES:
        assert small[page]["queries"] > small[page]["bare"]["queries"] > 0
        assert small[page]["html_bytes"] > 1000
        assert small[page]["cpu_ms"] > 0
        assert small[page]["without_log"]["cpu_ms"] > 0
        assert small[page]["log_rows"] == 1
    assert small["log"]["events_per_s"] > 0
    assert result["reminders"]["families"] >= 40
    told = result["reminders"]
    # Each coordinator has something due, and gets a mail that lies in the outbox.
    assert told["mails_in_outbox"] == told["mails"] == told["reminders"] > 3
    assert told["reminders"] > 0.9 * told["coordinators"]
    assert set(small["papers"]) == PAPERS
    assert all(paper["pdf_bytes"] > 5_000 and paper["cpu_ms"] > 0 for paper in small["papers"].values())
    assert small["sitting"]["answers"] > 0
    assert small["sitting"]["times_bare_form_cpu"] > 0
    assert small["sitting"]["pattern_queries"] > 0
    assert small["plan_pdf"]["pdf_bytes"] > 10_000
    assert small["plan_pdf"]["weasyprint_alone"]["cpu_ms"] > 0
