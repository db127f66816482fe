"""Fetches a base model in diffusers' layout from the Hub: what training and previews need, and nothing else. Or exactly
the files that are named, of a model of another kind.

    python launch.py fetch_model.py --repo OWNER/NAME --revision REVISION --output FOLDER [--file NAME ...]

The official client does the work, so its settings count: HF_TOKEN, HF_ENDPOINT, HF_HOME, HF_HUB_OFFLINE. What its cache
holds is not fetched again. Run again with the same FOLDER, it goes on where it stopped. Prints JSON on stdout:
{"commit", "files": {path: bytes}}, or {"error": {"code", "message", "hint"}} with exit code 1; on stderr lines
`progress DONE TOTAL` in bytes.
"""

import argparse
import json
import os
import re
import shutil
import sys
import threading
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

WEIGHTS = re.compile(r"^(diffusion_pytorch_model|model)(-\d{5}-of-\d{5})?\.safetensors$")
"""One copy of the weights: no variants (`.fp16.`), no pickles, no `non_ema`."""

UNUSED = {"safety_checker"}
WITH_WEIGHTS = ("unet", "vae", "text_encoder")


class Refused(Exception):
    def __init__(self, code, message, hint):
        super().__init__(message)
        self.answer = {"code": code, "message": message, "hint": hint}


def find_components(model_index):
    """Names of the folders that a pipeline loads: `model_index.json` maps each to [library, class], null when unused."""
    return [
        name
        for name, value in model_index.items()
        if name not in UNUSED and isinstance(value, list) and len(value) == 2 and value[1] is not None
    ]


def check_family(repo, model_index):
    """Refuses what the kit can't train for yet, before gigabytes of it are fetched."""
    components = find_components(model_index)
    if "transformer" in components or "text_encoder_2" in components:
        raise Refused(
            "base-model-family",
            f"{repo} is a {model_index.get('_class_name')}, which is not available yet.",
            "Name a Stable Diffusion 1.x or 2.x model, such as stable-diffusion-v1-5/stable-diffusion-v1-5",
        )


def choose_files(names, components):
    """Of a repository's files, those to fetch. Paths with `/`."""
    chosen = ["model_index.json"]
    for name in names:
        folder, _, file = name.rpartition("/")
        if folder not in components:
            continue
        is_text = file.endswith((".json", ".txt")) and not re.search(r"\.(fp16|bf16|non_ema)\.", file)
        if is_text or WEIGHTS.match(file):
            chosen.append(name)
    return chosen


def find_without_weights(chosen):
    return [part for part in WITH_WEIGHTS if not any(name.startswith(part + "/") and name.endswith(".safetensors") for name in chosen)]


def check_choice(repo, chosen):
    missing = find_without_weights(chosen)
    if missing:
        raise Refused(
            "base-model-unsafe",
            f"{repo} has no safetensors weights for {', '.join(missing)}.",
            "Files of other kinds can hold programs and are refused. Choose another repository or revision",
        )


def check_named(repo, files, names):
    missing = [name for name in files if name not in names]
    if missing:
        raise Refused("model-incomplete", f"{repo} has no {', '.join(missing)}.", "Look at the revision")


def fetch_online(repo, revision, output, files):
    from huggingface_hub import HfApi, snapshot_download

    info = HfApi().model_info(repo, revision=revision, files_metadata=True)
    sizes = {file.rfilename: file.size for file in info.siblings}
    chosen = choose_online(repo, info.sha, output, sizes, files)
    total = sum(sizes[name] or 0 for name in chosen)
    with Progress(output, total):
        snapshot_download(repo, revision=info.sha, local_dir=output, allow_patterns=chosen)
    return info.sha, chosen, sizes


def choose_online(repo, commit, output, sizes, files):
    from huggingface_hub import hf_hub_download

    if files:
        check_named(repo, files, sizes)
        return files
    if "model_index.json" not in sizes:
        raise not_diffusers(repo)
    index = hf_hub_download(repo, "model_index.json", revision=commit, local_dir=output)
    model_index = json.loads(Path(index).read_text(encoding="utf-8"))
    check_family(repo, model_index)
    chosen = choose_files(sizes, find_components(model_index))
    check_choice(repo, chosen)
    return chosen


def copy_cached(repo, revision, output, files):
    """The same from the client's cache alone. Links where it can, so the weights are not on the disk twice."""
    from huggingface_hub import snapshot_download

    snapshot = Path(snapshot_download(repo, revision=revision, local_files_only=True, allow_patterns=files or ["model_index.json"]))
    names = [path.relative_to(snapshot).as_posix() for path in sorted(snapshot.rglob("*")) if path.is_file()]
    chosen = choose_cached(snapshot, names, files)
    if chosen is None:
        raise not_cached(repo, revision)
    for name in chosen:
        link_or_copy((snapshot / name).resolve(), output / name)
    return snapshot.name, chosen, {name: (snapshot / name).stat().st_size for name in chosen}


def choose_cached(snapshot, names, files):
    """None when the cache does not hold all of it."""
    if files:
        return files if set(files) <= set(names) else None
    if "model_index.json" not in names:
        return None
    index = (snapshot / "model_index.json").read_text(encoding="utf-8")
    chosen = choose_files(names, find_components(json.loads(index)))
    return None if find_without_weights(chosen) else chosen


def link_or_copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def not_cached(repo, revision):
    return Refused(
        "network-missing",
        f"{repo}@{revision} is not whole in the Hub client's cache, and the Hub can't be asked.",
        "Look at the network connection and HF_HUB_OFFLINE, or name a local copy: base_model.folder",
    )


def not_diffusers(repo):
    return Refused(
        "base-model-layout",
        f"{repo} has no model_index.json: it is not in diffusers' layout.",
        "Choose a repository for diffusers, such as stable-diffusion-v1-5/stable-diffusion-v1-5",
    )


def fetch(repo, revision, output, files):
    """Returns (commit, file names, their sizes). What fails is told as Refused."""
    import httpx
    from huggingface_hub import constants, errors

    try:
        if constants.HF_HUB_OFFLINE:
            return copy_cached(repo, revision, output, files)
        try:
            return fetch_online(repo, revision, output, files)
        except (httpx.TransportError, errors.LocalEntryNotFoundError) as error:
            return copy_unreachable(repo, revision, output, files, error)
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled, FileNotFoundError) as error:
        raise not_cached(repo, revision) from error
    except errors.GatedRepoError as error:
        hint = "Accept its conditions at its page on the Hub, then give a token that may read it: HF_TOKEN=hf_…"
        raise Refused("base-model-gated", f"{repo} is gated: its owner asks for your consent.", hint) from error
    except errors.RevisionNotFoundError as error:
        raise Refused("base-model-revision", f"{repo} has no revision {revision}.", "Look at base_model.revision") from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        hint = "Look at base_model.repo. A private repository needs a token that may read it: HF_TOKEN=hf_…"
        raise Refused("base-model-missing", f"The Hub has no model {repo}, or does not show it to you.", hint) from error
    except errors.HfHubHTTPError as error:
        raise explain_status(repo, error.response.status_code) from error


def copy_unreachable(repo, revision, output, files, error):
    """From the cache; where that does not hold it either, what is told is why the Hub could not be asked."""
    from huggingface_hub import errors

    try:
        return copy_cached(repo, revision, output, files)
    except (errors.LocalEntryNotFoundError, FileNotFoundError, Refused):
        raise explain_unreachable(repo, error) or not_cached(repo, revision) from error


def explain_unreachable(repo, error):
    """None where there is nothing better to say than that there is no network."""
    import httpx

    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        hint = "Behind a company proxy, name its certificate: SSL_CERT_FILE=/path/to/ca.pem. Else look at the clock of this machine"
        return Refused("network-certificate", f"{repo} could not be fetched: the Hub's certificate is not trusted.", hint)
    proxy = find_proxy()
    if proxy and isinstance(error, (httpx.ProxyError, httpx.ConnectError)):
        return explain_proxy(repo, proxy, error)
    return None


def find_proxy():
    """`host:port` of the proxy that the Hub is asked through; None: it is asked directly. Never with a password."""
    from huggingface_hub import constants

    hub = urlsplit(constants.ENDPOINT)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(hub.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(hub.hostname):
        return None
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}").netloc.rpartition("@")[2]


def explain_proxy(repo, proxy, why):
    hint = "Look at HTTPS_PROXY (http://NAME:PASSWORD@HOST:PORT where it asks for a login). Hosts that need no proxy go into NO_PROXY"
    return Refused("network-proxy", f"{repo} could not be fetched through the proxy {proxy}: {why}.", hint)


def explain_status(repo, status):
    if status == 407:
        return explain_proxy(repo, find_proxy(), "407 Proxy Authentication Required")
    if status in (401, 403):
        return Refused("base-model-forbidden", f"The Hub refuses {repo} with the token given ({status}).", "Look at HF_TOKEN")
    return Refused("hub-failed", f"The Hub answered {status} for {repo}.", "Try again later: what was fetched is kept")


def check_sizes(output, chosen, sizes):
    for name in chosen:
        found = (output / name).stat().st_size
        if sizes[name] is not None and found != sizes[name]:
            raise Refused(
                "base-model-damaged",
                f"{name} has {found} bytes, expected {sizes[name]}.",
                "Run the same command again: it is fetched anew",
            )


def remove_others(folder, chosen):
    """The client's notes, and what an earlier try fetched of another commit."""
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in chosen:
            path.unlink()


class Progress:
    """Prints, twice a second, how many bytes lie in the folder."""

    def __init__(self, folder, total):
        self.folder, self.total = folder, total
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()

    def watch(self):
        while not self.done.wait(0.5):
            print(f"progress {min(measure(self.folder), self.total)} {self.total}", file=sys.stderr, flush=True)
        print(f"progress {self.total} {self.total}", file=sys.stderr, flush=True)


def measure(folder):
    """Bytes on the disk: a file that is being fetched may be as long as it will be, with holes."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += getattr(path.stat(), "st_blocks", 0) * 512 or path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def main(argv):
    parser = argparse.ArgumentParser(description="Fetch a model from the Hub.")
    parser.add_argument("--repo", required=True, help="owner/name")
    parser.add_argument("--revision", required=True, help="branch, tag or commit")
    parser.add_argument("--output", required=True, type=Path, help="folder to fill")
    parser.add_argument("--file", action="append", default=[], help="a file to fetch; without any: a whole pipeline")
    args = parser.parse_args(argv)
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    args.output.mkdir(parents=True, exist_ok=True)
    try:
        commit, chosen, sizes = fetch(args.repo, args.revision, args.output, args.file)
        check_sizes(args.output, chosen, sizes)
    except Refused as refused:
        print(json.dumps({"error": refused.answer}))
        return 1
    remove_others(args.output, chosen)
    print(json.dumps({"commit": commit, "files": {name: sizes[name] for name in chosen}}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
