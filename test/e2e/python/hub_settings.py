"""What huggingface_hub and datasets take from the environment. Prints JSON."""

import json

import datasets.config
from huggingface_hub import constants, get_token


def main() -> None:
    token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    print(
        json.dumps(
            {
                "endpoint": constants.ENDPOINT,
                "offline": constants.HF_HUB_OFFLINE or datasets.config.HF_HUB_OFFLINE,
                "apiTimeoutMs": 1000 * constants.HF_HUB_ETAG_TIMEOUT,
                "downloadTimeoutMs": 1000 * constants.HF_HUB_DOWNLOAD_TIMEOUT,
                "hubCache": constants.HF_HUB_CACHE,
                "token": token,
            }
        )
    )


if __name__ == "__main__":
    main()
