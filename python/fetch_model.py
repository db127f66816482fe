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
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fetch_choice import (
    check_choice,
    check_family,
    check_named,
    choose_files,
    find_components,
    find_without_weights,
)
from fetch_progress import told_progress
from refused import Refused


@dataclass(frozen=True)
class Wanted:
    repo: str
    """owner/name"""
    revision: str
    """Branch, tag or commit."""
    output: Path
    """The folder to fill."""
    files: list[str]
    """Paths in the repository; empty for a whole pipeline."""


@dataclass(frozen=True)
class Fetched:
    commit: str
    sizes: dict[str, int | None]
    """Bytes by path in the repository; None where the Hub does not tell."""


def fetch(wanted: Wanted) -> Fetched:
    """Fills the folder, from the Hub or its client's cache. Raises Refused with the reason when neither works."""
    import httpx
    from huggingface_hub import constants, errors

    from fetch_refusals import explain_answer, not_cached

    try:
        if constants.HF_HUB_OFFLINE:
            return copy_cached(wanted)
        try:
            return fetch_online(wanted)
        except (httpx.TransportError, errors.LocalEntryNotFoundError) as error:
            return copy_unreachable(wanted, error)
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled, FileNotFoundError) as error:
        raise not_cached(wanted.repo, wanted.revision) from error
    except (errors.HfHubHTTPError, errors.HFValidationError) as error:
        raise explain_answer(wanted.repo, wanted.revision, error) from error


def fetch_online(wanted: Wanted) -> Fetched:
    from huggingface_hub import HfApi, snapshot_download

    info = HfApi().model_info(wanted.repo, revision=wanted.revision, files_metadata=True)
    commit = info.sha or wanted.revision
    sizes = {file.rfilename: file.size for file in info.siblings or []}
    chosen = choose_online(wanted, commit, sizes)
    with told_progress(wanted.output, sum(sizes[name] or 0 for name in chosen)):
        snapshot_download(wanted.repo, revision=commit, local_dir=wanted.output, allow_patterns=chosen)
    return Fetched(commit, {name: sizes[name] for name in chosen})


def choose_online(wanted: Wanted, commit: str, names: Iterable[str]) -> list[str]:
    from huggingface_hub import hf_hub_download

    from fetch_refusals import not_diffusers

    if wanted.files:
        check_named(wanted.repo, wanted.files, names)
        return wanted.files
    if "model_index.json" not in names:
        raise not_diffusers(wanted.repo)
    index = hf_hub_download(wanted.repo, "model_index.json", revision=commit, local_dir=wanted.output)
    model_index = json.loads(Path(index).read_text(encoding="utf-8"))
    check_family(wanted.repo, model_index)
    chosen = choose_files(names, find_components(model_index))
    check_choice(wanted.repo, chosen)
    return chosen


def copy_cached(wanted: Wanted) -> Fetched:
    """Does the same from the client's cache alone. Links where it can, so the weights are not on the disk twice."""
    from huggingface_hub import snapshot_download

    from fetch_refusals import not_cached

    patterns = wanted.files or ["model_index.json"]
    found = snapshot_download(
        wanted.repo, revision=wanted.revision, local_files_only=True, allow_patterns=patterns
    )
    snapshot = Path(found)
    names = [path.relative_to(snapshot).as_posix() for path in sorted(snapshot.rglob("*")) if path.is_file()]
    chosen = choose_cached(snapshot, names, wanted.files)
    if chosen is None:
        raise not_cached(wanted.repo, wanted.revision)
    for name in chosen:
        link_or_copy((snapshot / name).resolve(), wanted.output / name)
    return Fetched(snapshot.name, {name: (snapshot / name).stat().st_size for name in chosen})


def choose_cached(snapshot: Path, names: list[str], files: list[str]) -> list[str] | None:
    """Returns the files to copy, or None when the cache does not hold all of them."""
    if files:
        return files if set(files) <= set(names) else None
    if "model_index.json" not in names:
        return None
    index = (snapshot / "model_index.json").read_text(encoding="utf-8")
    chosen = choose_files(names, find_components(json.loads(index)))
    return None if find_without_weights(chosen) else chosen


def link_or_copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def copy_unreachable(wanted: Wanted, error: Exception) -> Fetched:
    """Copies from the cache. Where that lacks files, the error says why the Hub could not be asked."""
    from huggingface_hub import errors

    from fetch_refusals import explain_unreachable, not_cached

    try:
        return copy_cached(wanted)
    except (errors.LocalEntryNotFoundError, FileNotFoundError, Refused):
        reason = explain_unreachable(wanted.repo, error)
        raise reason or not_cached(wanted.repo, wanted.revision) from error


def check_sizes(output: Path, sizes: dict[str, int | None]) -> None:
    for name, expected in sizes.items():
        found = (output / name).stat().st_size
        if expected is not None and found != expected:
            raise Refused(
                f"{name} has {found} bytes, expected {expected}.",
                code="base-model-damaged",
                hint="Run the same command again: it is fetched anew",
            )


def remove_others(folder: Path, kept: Iterable[str]) -> None:
    """Removes the client's notes, and what an earlier try fetched of another commit."""
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in kept:
            path.unlink()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Fetch a model from the Hub.")
    parser.add_argument("--repo", required=True, help="owner/name")
    parser.add_argument("--revision", required=True, help="branch, tag or commit")
    parser.add_argument("--output", required=True, type=Path, help="folder to fill")
    parser.add_argument(
        "--file", action="append", default=[], help="a file to fetch; without any: a whole pipeline"
    )
    args = parser.parse_args(argv)
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    args.output.mkdir(parents=True, exist_ok=True)
    try:
        fetched = fetch(Wanted(args.repo, args.revision, args.output, args.file))
        check_sizes(args.output, fetched.sizes)
    except Refused as refused:
        print(json.dumps(refused.answer()))
        return 1
    remove_others(args.output, fetched.sizes)
    print(json.dumps({"commit": fetched.commit, "files": fetched.sizes}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
