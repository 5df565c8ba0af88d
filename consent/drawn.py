"""A signature as a picture: the strokes that were drawn on the tablet, as PNG. The same strokes give the same bytes."""

import re
from io import BytesIO

from PIL import Image, ImageDraw

# The box the strokes are drawn in (models.Signature), which is the size of the picture too.
BOX = 600, 200
# Drawn this many times larger and made smaller, which is what makes the edge of a line soft.
SOFT = 3
WIDTH, INK, PAPER = 4, 34, 255

STROKE = re.compile(r"([ML])(\d{1,3}) (\d{1,3})")


def lines_in(strokes: str) -> list[list[tuple[int, int]]]:
    """The points of each line, in the order they were drawn. «M» lifts the pen and sets it down again."""
    lines: list[list[tuple[int, int]]] = []
    for letter, x, y in STROKE.findall(strokes):
        if letter == "M" or not lines:
            lines.append([])
        lines[-1].append((int(x), int(y)))
    return lines


def picture(strokes: str) -> bytes:
    """The strokes as a grey PNG on white, 600 × 200 points, without transparency, a time or a name in it."""
    image = Image.new("L", (BOX[0] * SOFT, BOX[1] * SOFT), PAPER)
    pen, half = ImageDraw.Draw(image), WIDTH * SOFT // 2
    for line in lines_in(strokes):
        points = [(x * SOFT, y * SOFT) for x, y in line]
        pen.line(points, fill=INK, width=half * 2, joint="curve")
        for x, y in (points[0], points[-1]):  # round ends, and a dot where the pen did not move
            pen.ellipse((x - half, y - half, x + half, y + half), fill=INK)
    file = BytesIO()
    image.reduce(SOFT).save(file, format="PNG")
    return file.getvalue()
