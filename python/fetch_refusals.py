"""Explains to the person who asked why the Hub gave no model. The functions return the error to raise."""

import urllib.request
from urllib.parse import urlsplit

import httpx
from huggingface_hub import constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from refused import Refused

TOKEN = "a token that may read it: HF_TOKEN=hf_…"


def not_cached(repo: str, revision: str) -> Refused:
    return Refused(
        f"{repo}@{revision} is not whole in the Hub client's cache, and the Hub can't be asked.",
        code="network-missing",
        hint="Look at the network connection and HF_HUB_OFFLINE, or name a local copy: base_model.folder",
    )


def not_diffusers(repo: str) -> Refused:
    return Refused(
        f"{repo} has no model_index.json: it is not in diffusers' layout.",
        code="base-model-layout",
        hint="Choose a repository for diffusers, such as stable-diffusion-v1-5/stable-diffusion-v1-5",
    )


def explain_answer(repo: str, revision: str, error: HfHubHTTPError | HFValidationError) -> Refused:
    """Explains an answer of the Hub, or of its client, that is not the model."""
    match error:
        case GatedRepoError():
            return Refused(
                f"{repo} is gated: its owner asks for your consent.",
                code="base-model-gated",
                hint=f"Accept its conditions at its page on the Hub, then give {TOKEN}",
            )
        case RevisionNotFoundError():
            return Refused(
                f"{repo} has no revision {revision}.",
                code="base-model-revision",
                hint="Look at base_model.revision",
            )
        case RepositoryNotFoundError() | HFValidationError():
            return Refused(
                f"The Hub has no model {repo}, or does not show it to you.",
                code="base-model-missing",
                hint=f"Look at base_model.repo. A private repository needs {TOKEN}",
            )
        case HfHubHTTPError():
            return explain_status(repo, error.response.status_code)


def explain_status(repo: str, status: int) -> Refused:
    if status == 407:
        return explain_proxy(repo, find_proxy(), "407 Proxy Authentication Required")
    if status in (401, 403):
        return Refused(
            f"The Hub refuses {repo} with the token given ({status}).",
            code="base-model-forbidden",
            hint="Look at HF_TOKEN",
        )
    return Refused(
        f"The Hub answered {status} for {repo}.",
        code="hub-failed",
        hint="Try again later: what was fetched is kept",
    )


def explain_unreachable(repo: str, error: Exception) -> Refused | None:
    """Returns None where there is nothing better to say than that there is no network."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Refused(
            f"{repo} could not be fetched: the Hub's certificate is not trusted.",
            code="network-certificate",
            hint="Behind a company proxy, name its certificate: SSL_CERT_FILE=/path/to/ca.pem. "
            "Else look at the clock of this machine",
        )
    proxy = find_proxy()
    if proxy and isinstance(error, (httpx.ProxyError, httpx.ConnectError)):
        return explain_proxy(repo, proxy, str(error))
    return None


def explain_proxy(repo: str, proxy: str | None, why: str) -> Refused:
    return Refused(
        f"{repo} could not be fetched through the proxy {proxy}: {why}.",
        code="network-proxy",
        hint="Look at HTTPS_PROXY (http://NAME:PASSWORD@HOST:PORT where it asks for a login). "
        "Hosts that need no proxy go into NO_PROXY",
    )


def find_proxy() -> str | None:
    """Returns `host:port` of the proxy to the Hub, without a password; None when the Hub is asked directly."""
    hub = urlsplit(constants.ENDPOINT)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(hub.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(hub.hostname or ""):
        return None
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}").netloc.rpartition("@")[2]
