"""docs/security/asvs.md leaves no requirement out, and names no test and no file that is not there."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "security" / "asvs.md").read_text().splitlines()
    if re.match(r"\| \d", line)
]
# Requirements of levels 1 and 2 in each section of OWASP ASVS 5.0.0; they are numbered before those of level 3.
# V7, V8 and V16 are followed to level 3, so all of theirs.
WANTED = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 3, "7.6": 2, "8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 4, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip


def test_every_requirement_stands_there_once():
    wanted = {f"{section}.{number}" for section, last in WANTED.items() for number in range(1, last + 1)}
    written = Counter(number for row in ROWS for number in re.split(r",\s*", row[0]))
    assert set(written) == wanted, f"missing: {wanted - set(written)}, unknown: {set(written) - wanted}"
    assert not [number for number, times in written.items() if times > 1]


def test_every_test_and_file_it_names_is_there():
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    tests = set(re.findall(r"^ *def (test_\w+)", sources, re.M))
    named, places = set(), set()
    for row in ROWS:
        for word in re.findall(r"`([^`]+)`", " ".join(row)):
            if re.fullmatch(r"test_\w+", word):
                named.add(word)
            elif "/" in word:
                places.add(word)
    assert len(named) > 80
    assert not named - tests, f"no such test: {sorted(named - tests)}"
    gone = sorted(place for place in places if not (ROOT / place).exists())
    assert not gone, f"no such file: {gone}"


def test_what_is_met_names_the_test_that_says_so():
    assert not [row[0] for row in ROWS if len(row) == 4 and not re.fullmatch(r"`test_\w+`", row[3])]
