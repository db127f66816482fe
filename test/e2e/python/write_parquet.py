"""Writes PNG files into Parquet files in every way that published datasets use.

argv: FOLDER (with *.png and captions.json; *_seg.png are left out), OUT. Prints nothing.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features, List, Value
from datasets import Image as Picture

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
WAYS: dict[str, dict[str, Any]] = {
    "default": {},
    "plain": {"use_dictionary": False},
    "v2": {"use_dictionary": False, "data_page_version": "2.0"},
    "v2-dictionary": {"data_page_version": "2.0"},
    "none": {"compression": "none"},
    "none-plain": {"compression": "none", "use_dictionary": False},
    "gzip": {"compression": "gzip"},
    "zstd": {"compression": "zstd", "use_dictionary": False},
    "brotli": {"compression": "brotli"},
    "lz4": {"compression": "lz4"},
    "index": {"use_dictionary": False, "write_page_index": True, "write_batch_size": 2, "data_page_size": 1},
    "fallback": {"write_batch_size": 3, "dictionary_pagesize_limit": 1},
    "groups": {"row_group_size": 4},
}


def main(folder: Path, out: Path) -> None:
    files = sorted(file for file in folder.glob("*.png") if not file.stem.endswith("_seg"))
    captions = json.loads((folder / "captions.json").read_text())
    cells: list[dict[str, Any] | None] = [{"bytes": file.read_bytes(), "path": file.name} for file in files]
    cells += [None, {"bytes": None, "path": "gone.png"}, cells[0]]
    rows = len(cells)
    table = pa.table(
        {
            "image": pa.array(cells, IMAGE),
            "binary": pa.array([cell and cell["bytes"] for cell in cells], pa.binary()),
            "spiga_seg": pa.array(list(reversed(cells)), IMAGE),
            "image_caption": pa.array(captions[:rows]),
            "number": pa.array(range(rows), pa.int64()),
            "file": pa.array([file.name for file in files] + [None, "gone.png", "../outside.png"]),
            "tags": pa.array([["first", "second"]] * rows),
        }
    )
    out.mkdir(parents=True, exist_ok=True)
    for name, options in WAYS.items():
        pq.write_table(table, out / f"{name}.parquet", **options)
    write_classes(files[0].read_bytes(), out / "classes.parquet")


def write_classes(picture: bytes, file: Path) -> None:
    mood = ClassLabel(names=["glad", "sad"])
    features = Features({"image": Picture(), "mood": mood, "moods": List(mood), "age": Value("int32")})
    rows = {
        "image": [{"bytes": picture}] * 3,
        "mood": [1, 0, -1],
        "moods": [[1, 0], [], [0]],
        "age": [1, 0, 2],
    }
    Dataset.from_dict(rows, features=features).to_parquet(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
