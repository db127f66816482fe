"""Which proxies the Hub's own client would use.

stdin: JSON, a list of [environment, address]. Prints JSON: for each `host:port`, or null for none.
"""

import json
import os
import sys
from typing import Any

from huggingface_hub.utils._http import default_client_factory


def find(environment: dict[str, str], address: str) -> str | None:
    os.environ.clear()
    os.environ.update(environment)
    import httpx

    client = default_client_factory()
    transport: Any = client._transport_for_url(httpx.URL(address))
    proxy = getattr(transport._pool, "_proxy_url", None)
    return None if proxy is None else f"{proxy.host.decode()}:{proxy.port}"


if __name__ == "__main__":
    print(json.dumps([find(environment, address) for environment, address in json.load(sys.stdin)]))
