"""Compares what the embedded annotator found in pictures of the held-out faces with where their landmarks are.

    python scripts/shipped-base/judge_faces.py --faces DIR --found found.json

`--found` is the answer of `annotate --json` for pictures twice as large as the faces. Prints one JSON document: the share of
faces that were found, and their mean distance from the truth as a share of the distance between the outer eye corners.
"""

import argparse
import json
import os
import sys

SCALE = 2


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="judge_faces.py", allow_abbrev=False)
    parser.add_argument("--faces", required=True, help="folder of draw-faces.mjs")
    parser.add_argument("--found", required=True, help="answer of `annotate --json`")
    args = parser.parse_args(argv)
    import numpy as np

    with open(args.found, encoding="utf-8") as file:
        pictures = sorted(json.load(file)["pictures"], key=lambda picture: str(picture["image"]))
    truth = np.load(os.path.join(args.faces, "landmarks.npy"))[-len(pictures) :, :68]
    errors = []
    for picture, points in zip(pictures, truth, strict=True):
        if picture["faces"]:
            found = np.array(picture["faces"][0]["landmarks"])
            # The centre of a pixel has whole coordinates.
            wanted = (points + 0.5) * SCALE - 0.5
            eyes = np.linalg.norm(wanted[36] - wanted[45])
            errors.append(np.linalg.norm(found - wanted, axis=1).mean() / eyes)
    mean = round(float(np.mean(errors)), 4) if errors else None
    print(json.dumps({"pictures": len(pictures), "detected": len(errors) / len(pictures), "nme": mean}))


if __name__ == "__main__":
    main(sys.argv[1:])
