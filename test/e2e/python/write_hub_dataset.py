"""Writes PNG files as `datasets` publishes them: embedded pictures, split into files.

argv: FOLDER (*.png; *_seg.png are left out), OUT, number of files, column of the pictures, of the captions.
"""

import sys
from pathlib import Path

from datasets import Dataset, Features, Image, Value


def main(folder: str, out: str, count: str, image: str, caption: str) -> None:
    names = sorted(file for file in Path(folder).glob("*.png") if not file.stem.endswith("_seg"))
    features = Features({image: Image(), "spiga_seg": Image(), caption: Value("string")})
    cells = [str(name) for name in names]
    rows = {image: cells, "spiga_seg": cells[::-1], caption: [f"face {row}" for row in range(len(cells))]}
    dataset = Dataset.from_dict(rows, features=features)
    Path(out).mkdir(parents=True, exist_ok=True)
    shards = int(count)
    for index in range(shards):
        shard = dataset.shard(shards, index, contiguous=True)
        # As push_to_hub does before it writes.
        shard = (
            shard.with_format("arrow")
            .map(lambda table: features_embed(table, features), batched=True, batch_size=100)
            .with_format(None)
        )
        shard.to_parquet(f"{out}/train-{index:05d}-of-{shards:05d}.parquet")


def features_embed(table, features):
    from datasets.table import embed_table_storage

    return embed_table_storage(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
