"""What huggingface_hub and datasets take from environments.

stdin: JSON, a list of environments. Prints JSON, a list in their order.
"""

import importlib
import json
import os
import sys

import datasets.config
from huggingface_hub import constants, get_token


def main(environments: list[dict[str, str]]) -> None:
    print(json.dumps([read(environment) for environment in environments]))


def read(environment: dict[str, str]) -> dict[str, object]:
    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(constants)
    importlib.reload(datasets.config)
    return {
        "endpoint": constants.ENDPOINT,
        "offline": constants.HF_HUB_OFFLINE or datasets.config.HF_HUB_OFFLINE,
        "apiTimeoutMs": 1000 * constants.HF_HUB_ETAG_TIMEOUT,
        "downloadTimeoutMs": 1000 * constants.HF_HUB_DOWNLOAD_TIMEOUT,
        "hubCache": constants.HF_HUB_CACHE,
        "token": None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token(),
    }


if __name__ == "__main__":
    main(json.load(sys.stdin))
