"""Loads dataset folders with the real `datasets` and prints what came out, as JSON.

Usage: load_dataset.py CACHE FOLDER
"""

import hashlib
import json
import sys


def describe_row(row):
    image, conditioning = row["image"], row["conditioning_image"]
    return {
        "image": {"mode": image.mode, "size": list(image.size), "pixels": hash_pixels(image)},
        "conditioning_image": {
            "mode": conditioning.mode,
            "size": list(conditioning.size),
            "pixels": hash_pixels(conditioning),
        },
        "text": row["text"],
    }


def hash_pixels(image):
    return hashlib.sha256(image.convert("RGB").tobytes()).hexdigest()


def main(argv):
    from datasets import load_dataset

    cache, folder = argv
    dataset = load_dataset(folder, cache_dir=cache)
    print(
        json.dumps(
            {
                split: {
                    "features": [[name, repr(feature)] for name, feature in rows.features.items()],
                    "rows": [describe_row(row) for row in rows],
                }
                for split, rows in dataset.items()
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
