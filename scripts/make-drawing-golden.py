"""Draw the golden conditioning images of test/fixtures/spiga-seg with matplotlib, the renderer of the published dataset.

    python scripts/make-drawing-golden.py test/fixtures/spiga-seg

Made once, with matplotlib 3.11.2. Each NAME.json holds the size and the landmarks (made up here), NAME.png the drawing.
"""

import json
import math
import random
import sys
from pathlib import Path

SIZE = 512
DPI = 72  # one point is one pixel, so a line width of 4 is 4 pixels
SHAPES = [
    (0, 17, False, "lime"),
    (17, 22, False, "yellow"),
    (22, 27, False, "yellow"),
    (27, 31, False, "orange"),
    (31, 36, False, "orange"),
    (36, 42, True, "magenta"),
    (42, 48, True, "magenta"),
    (48, 60, True, "cyan"),
    (60, 68, True, "blue"),
]

Points = list[tuple[float, float]]


def half_face() -> tuple[Points, ...]:
    """The image-left half of a plain face in a unit square, by landmark number."""
    jaw = [
        (0.5 - 0.36 * math.cos(i * math.pi / 16), 0.42 + 0.5 * math.sin(i * math.pi / 16)) for i in range(9)
    ]
    brow = [(0.19, 0.31), (0.24, 0.27), (0.31, 0.26), (0.38, 0.275), (0.44, 0.30)]
    nose = [(0.5, 0.37), (0.5, 0.44), (0.5, 0.51), (0.5, 0.57)]
    base = [(0.42, 0.615), (0.46, 0.63), (0.5, 0.64)]
    eye = [(0.25, 0.38), (0.295, 0.355), (0.345, 0.355), (0.39, 0.385), (0.345, 0.40), (0.295, 0.40)]
    lips = [(0.36, 0.745), (0.415, 0.72), (0.465, 0.71), (0.5, 0.717)]
    lower = [(0.5, 0.83), (0.46, 0.825), (0.41, 0.79)]
    inner = [(0.385, 0.747), (0.465, 0.74), (0.5, 0.743)]
    inner_lower = [(0.5, 0.775), (0.465, 0.77)]
    return jaw, brow, nose, base, eye, lips, lower, inner, inner_lower


def whole_face() -> Points:
    jaw, brow, nose, base, eye, lips, lower, inner, inner_lower = half_face()

    def mirrored(points: Points) -> Points:
        return [(1 - x, y) for x, y in reversed(points)]

    return (
        jaw
        + mirrored(jaw[:8])
        + brow
        + mirrored(brow)
        + nose
        + base
        + mirrored(base[:2])
        + eye
        + mirrored(eye[:4])
        + mirrored(eye[4:])
        + lips
        + mirrored(lips[:3])
        + mirrored(lower[1:])
        + lower
        + inner
        + mirrored(inner[:2])
        + mirrored(inner_lower[1:])
        + inner_lower
    )


def placed(
    generator: random.Random, centre: tuple[float, float], side: float, degrees: float
) -> list[list[float]]:
    """Returns the face with every point shaken a little, turned, and rounded to a thousandth of a pixel."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    points = []
    for x, y in whole_face():
        u = x - 0.5 + generator.uniform(-0.006, 0.006)
        v = y - 0.5 + generator.uniform(-0.006, 0.006)
        points.append(
            [
                round(centre[0] + side * (cos * u - sin * v), 3),
                round(centre[1] + side * (sin * u + cos * v), 3),
            ]
        )
    assert len(points) == 68
    return points


def draw(faces: list[list[list[float]]], file: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    figure = Figure(figsize=(SIZE / DPI, SIZE / DPI), dpi=DPI, facecolor="black")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.set_xlim(-0.5, SIZE - 0.5)
    axes.set_ylim(SIZE - 0.5, -0.5)
    for face in faces:
        for start, end, area, colour in SHAPES:
            corners = face[start:end] + ([face[start]] if area else [])
            outline = Outline(corners, closed=area)
            axes.add_patch(
                PathPatch(outline, facecolor=colour if area else "none", edgecolor=colour, linewidth=4)
            )
    canvas.print_png(file)


def main(folder: Path) -> None:
    import matplotlib

    cases: dict[str, list[tuple[tuple[float, float], float, float]]] = {
        "upright": [((256, 256), 400, 0)],
        "tilted": [((240.3, 270.7), 300, 17)],
        "small": [((150, 330), 90, -24)],
        "two-faces": [((190, 250), 300, -8), ((350, 270), 260, 12)],
    }
    generator = random.Random(3)
    for name, places in cases.items():
        faces = [placed(generator, *place) for place in places]
        document = {
            "drawn_with": f"matplotlib {matplotlib.__version__}",
            "width": SIZE,
            "height": SIZE,
            "faces": faces,
        }
        (folder / f"{name}.json").write_text(json.dumps(document) + "\n")
        draw(faces, folder / f"{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
