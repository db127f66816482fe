"""Fetches one file with the Hub's own client: python hub_download.py REPO REVISION FILE FOLDER. Prints its path."""

import sys

from huggingface_hub import hf_hub_download

if __name__ == "__main__":
    repo, revision, file, folder = sys.argv[1:]
    print(hf_hub_download(repo, file, revision=revision, cache_dir=folder))
