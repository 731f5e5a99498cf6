"""Draws the two icons: a loop that comes round to its beginning, and a check mark in it. Needed only to change them.

python -m manifest.draw_icons
"""

from itertools import pairwise
from math import cos, hypot, radians, sin
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

HERE = Path(__file__).parent
FINER = 16
"""Drawn this many times larger and then reduced, which is what makes the edges smooth."""

TOP, BOTTOM = (11, 94, 88), (6, 58, 66)
CHECK = (255, 205, 92)
WHITE = (255, 255, 255)

Point = tuple[float, float]
# Angles run clockwise from three o'clock, as the loop does: from START to END, whose arrow points into the gap.
START, END = 332, 640
MARK: tuple[Point, ...] = ((-0.37, 0.0), (-0.09, 0.28), (0.40, -0.25))


def _stroke(canvas: ImageDraw.ImageDraw, points: list[Point], width: float, shades: list[int]) -> None:
    """A round brush along the points; `shades` says how opaque it is at each."""
    for (x, y), shade in zip(points, shades, strict=True):
        canvas.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=shade)


def _between(corners: list[Point]) -> list[Point]:
    points: list[Point] = []
    for (x, y), (to_x, to_y) in pairwise(corners):
        steps = max(1, int(hypot(to_x - x, to_y - y)))
        points += [(x + (to_x - x) * step / steps, y + (to_y - y) * step / steps) for step in range(steps + 1)]
    return points


def _loop(size: int, centre: Point, radius: float, width: float, *, faintest: int, wing: float) -> Image.Image:
    """The open ring with its arrow head, as a mask; it grows from `faintest` to opaque along its way."""
    mask = Image.new("L", (size, size))
    canvas = ImageDraw.Draw(mask)

    def at(angle: float, distance: float) -> Point:
        return centre[0] + distance * cos(angle), centre[1] + distance * sin(angle)

    start, end = radians(START), radians(END)
    steps = int(radius * (end - start))
    shades = [round(faintest + (255 - faintest) * min(1.0, 1.25 * step / steps)) for step in range(steps + 1)]
    _stroke(canvas, [at(start + (end - start) * step / steps, radius) for step in range(steps + 1)], width, shades)
    head = [at(end, radius - wing * width), at(end, radius + wing * width), at(end + wing * width / radius, radius)]
    canvas.polygon(head, fill=255)
    rim = _between([*head, head[0]])
    _stroke(canvas, rim, width / 3, [255] * len(rim))
    return mask


def _mark(size: int, centre: Point, radius: float, width: float) -> Image.Image:
    mask = Image.new("L", (size, size))
    points = _between([(centre[0] + x * radius, centre[1] + y * radius) for x, y in MARK])
    _stroke(ImageDraw.Draw(mask), points, width, [255] * len(points))
    return mask


def draw_color() -> Image.Image:
    """192 × 192, a full square; the drawing keeps to the middle, for Teams rounds the corners."""
    size = 192 * FINER
    image = Image.new("RGB", (1, 256))
    for row in range(256):
        image.putpixel((0, row), tuple(round(a + (b - a) * row / 255) for a, b in zip(TOP, BOTTOM, strict=True)))
    image = image.resize((size, size), Image.Resampling.BICUBIC)
    centre = (96 * FINER, 99 * FINER)
    image.paste(WHITE, mask=_loop(size, centre, 53 * FINER, 12 * FINER, faintest=80, wing=1.3))
    image.paste(CHECK, mask=_mark(size, centre, 62 * FINER, 13 * FINER))
    return image.resize((192, 192), Image.Resampling.LANCZOS)


def draw_outline() -> Image.Image:
    """32 × 32, white on transparent, without a margin."""
    size, centre = 32 * FINER, (16 * FINER, 17 * FINER)
    ring = _loop(size, centre, 13.6 * FINER, 2.5 * FINER, faintest=255, wing=1.15)
    mask = ImageChops.lighter(ring, _mark(size, centre, 15.5 * FINER, 2.8 * FINER))
    mask = mask.resize((32, 32), Image.Resampling.BOX)
    image = Image.new("RGBA", (32, 32), (*WHITE, 0))
    image.putalpha(mask)
    return image


if __name__ == "__main__":
    draw_color().save(HERE / "color.png", optimize=True)
    draw_outline().save(HERE / "outline.png", optimize=True)
