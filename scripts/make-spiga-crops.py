"""Records what Pillow cuts out of a picture for SPIGA: test/fixtures/spiga/crops.json.

    python scripts/make-spiga-crops.py

SPIGA's own code crops with `Image.transform(..., Image.AFFINE, ...)`; the kit does it without Pillow, and the test compares.
The picture is a formula, so that the test can make it again; of each crop the hash of its RGB bytes is kept, and some
pixels for finding out what went wrong. Recorded with Pillow 13.0.0.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

WIDTH, HEIGHT, SIDE = 97, 71, 256
BOXES: list[list[float]] = [
    [20, 15, 40, 45],
    [20.25, 15.5, 40.75, 33.125],
    [-12.4, -9.9, 60, 48],
    [60, 40, 52.3, 61.7],
    [-200, 10, 30, 30],
    [3, 2, 400, 300],
    [41.7, 30.2, 7.3, 9.1],
]
SAMPLES = [(0, 0), (128, 128), (255, 255), (30, 200), (201, 77)]


def make_picture() -> Image.Image:
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    picture.putdata(
        [
            ((7 * x + 3 * y) % 256, (x * y) % 256, (11 * x + 29 * y + 50) % 256)
            for y in range(HEIGHT)
            for x in range(WIDTH)
        ]
    )
    return picture


def crop(picture: Image.Image, box: list[float]) -> Image.Image:
    x, y, width, height = box
    side = max(width, height) * 1.6
    left, top = x - (side - width) / 2, y - (side - height) / 2
    return picture.transform(
        (SIDE, SIDE), Image.Transform.AFFINE, (side / SIDE, 0, left, 0, side / SIDE, top)
    )


def record(picture: Image.Image, box: list[float]) -> dict[str, Any]:
    cut = crop(picture, box)
    pixels = np.asarray(cut)
    samples = [[u, v, *pixels[v, u].tolist()] for u, v in SAMPLES]
    return {"box": box, "sha256": hashlib.sha256(cut.tobytes()).hexdigest(), "samples": samples}


def main() -> None:
    picture = make_picture()
    crops = [record(picture, box) for box in BOXES]
    target = Path(__file__).resolve().parent.parent / "test" / "fixtures" / "spiga" / "crops.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"width": WIDTH, "height": HEIGHT, "crops": crops}) + "\n")


if __name__ == "__main__":
    main()
