"""docs/path.md is drawn from the table; this test draws it again."""

from pathlib import Path

from families.stages import PATH
from nyemonstre.flow import to_mermaid

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "path.md"


def test_the_picture_of_the_path_is_true():
    """When it fails: put this drawing between the fences of docs/path.md."""
    drawn = PICTURE.read_text().split("```mermaid\n")[1].split("```")[0]
    assert drawn == to_mermaid(PATH)
