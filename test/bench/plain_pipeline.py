"""The baseline: what people write by hand. Pillow decodes and draws, datasets writes Parquet.

Usage: plain_pipeline.py FOLDER OUT [PROCESSES]   FOLDER holds NNNNNN.png with NNNNNN_ldmks.txt beside.
Prints one JSON line: rows, seconds (without the start of Python).
"""

import io
import json
import sys
import time
from pathlib import Path

# first, last (exclusive), colour, filled
SHAPES = [
    (0, 17, (0, 255, 0), False),
    (17, 22, (255, 255, 0), False),
    (22, 27, (255, 255, 0), False),
    (27, 31, (255, 165, 0), False),
    (31, 36, (255, 165, 0), False),
    (36, 42, (255, 0, 255), True),
    (42, 48, (255, 0, 255), True),
    (48, 60, (0, 255, 255), True),
    (60, 68, (0, 0, 255), True),
]


def draw_mask(landmarks, size):
    from PIL import Image, ImageDraw

    mask = Image.new("RGB", size)
    draw = ImageDraw.Draw(mask)
    for first, last, colour, filled in SHAPES:
        points = landmarks[first:last]
        if filled:
            draw.polygon(points, fill=colour)
            points = [*points, points[0]]
        draw.line(points, fill=colour, width=4)
    return mask


def make_rows(files):
    from PIL import Image

    for file in files:
        data = Path(file).read_bytes()
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        text = Path(file.replace(".png", "_ldmks.txt")).read_text()
        landmarks = [tuple(map(float, line.split())) for line in text.splitlines()][:68]
        out = io.BytesIO()
        draw_mask(landmarks, picture.size).save(out, format="PNG")
        name = Path(file).name
        yield {
            "image": {"bytes": data, "path": name},
            "conditioning_image": {"bytes": out.getvalue(), "path": name},
            "text": "a portrait photo of a person",
        }


def main(argv):
    import datasets

    folder, out, processes = argv[1], argv[2], int(argv[3]) if len(argv) > 3 else 2
    datasets.disable_progress_bars()
    features = datasets.Features(
        image=datasets.Image(), conditioning_image=datasets.Image(), text=datasets.Value("string")
    )
    files = sorted(str(path) for path in Path(folder).glob("*.png"))
    start = time.perf_counter()
    rows = datasets.Dataset.from_generator(
        make_rows,
        gen_kwargs={"files": files},
        features=features,
        num_proc=processes,
        cache_dir=f"{out}/cache",
    )
    rows.to_parquet(f"{out}/train.parquet")
    print(json.dumps({"rows": len(rows), "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main(sys.argv)
