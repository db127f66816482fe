"""What the official clients make of a Hub (HF_ENDPOINT): the witness that our stand-in behaves like one.

argv: REPO, a file of it. Prints JSON.
"""

import hashlib
import json
import os
import sys

from datasets import load_dataset
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.hf_api import RepoFile


def main(repo: str, name: str) -> None:
    api = HfApi(endpoint=os.environ["HF_ENDPOINT"])
    commit = api.dataset_info(repo).sha
    tree = api.list_repo_tree(repo, repo_type="dataset", recursive=True, revision=commit)
    files = sorted(
        (entry.path, entry.size, entry.lfs and entry.lfs.sha256)
        for entry in tree
        if isinstance(entry, RepoFile)
    )
    path = hf_hub_download(
        repo, name, repo_type="dataset", revision=commit, endpoint=os.environ["HF_ENDPOINT"]
    )
    with open(path, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    rows = load_dataset(repo, split="train")
    print(
        json.dumps(
            {
                "commit": commit,
                "files": files,
                "sha256": sha256,
                "rows": len(rows),
                "columns": rows.column_names,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
