"""The output folder: which checkpoints it holds, and how folders appear and disappear as a whole."""

import json
import os
import re
import shutil
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

from refused import Refused

CHECKPOINT = re.compile(r"checkpoint-(\d+)")
STATE = "train_state.json"


@dataclass(frozen=True)
class TrainState:
    """What a checkpoint says about itself. The fields after `step` are None when upstream's script wrote it."""

    step: int
    samples: int | None = None
    """Samples of the stream that all processes together have used."""
    seed: int | None = None
    rows: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)


def find_checkpoint(output_dir: str, wanted: str | None) -> str | None:
    """Returns the path of the wanted checkpoint; None when none is wanted, and for `latest` where there is none."""
    if not wanted:
        return None
    if wanted == "latest":
        steps = checkpoint_steps(output_dir)
        return os.path.join(output_dir, f"checkpoint-{max(steps)}") if steps else None
    name = os.path.basename(os.path.normpath(wanted))
    for path in (wanted, os.path.join(output_dir, name)):
        if os.path.isdir(path):
            return path
    found = ", ".join(f"checkpoint-{step}" for step in checkpoint_steps(output_dir)) or "none"
    raise Refused(f"--resume_from_checkpoint: there is no {name} in {output_dir} (found: {found})")


def write_state(folder: str, state: TrainState) -> None:
    with open(os.path.join(folder, STATE), "w", encoding="utf-8") as file:
        json.dump({"v": 1, **asdict(state)}, file, indent=1)


def read_state(path: str) -> TrainState:
    """Reads `train_state.json`; upstream's checkpoints have none, and tell their step by their name."""
    try:
        with open(os.path.join(path, STATE), encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError:
        match = CHECKPOINT.fullmatch(os.path.basename(os.path.normpath(path)))
        if match is None:
            raise Refused(f"{path} is no checkpoint: it has no {STATE} and no step in its name") from None
        return TrainState(step=int(match[1]))
    known = ("samples", "seed", "rows", "settings")
    return TrainState(step=found["step"], **{name: found[name] for name in known if name in found})


def checkpoint_steps(output_dir: str) -> list[int]:
    """Returns the steps of all checkpoints, lowest first."""
    names = os.listdir(output_dir) if os.path.isdir(output_dir) else []
    return sorted(int(match[1]) for match in map(CHECKPOINT.fullmatch, names) if match)


def remove_unfinished(output_dir: str) -> None:
    for name in os.listdir(output_dir):
        if name.startswith(".checkpoint-") or name == ".model.partial":
            shutil.rmtree(os.path.join(output_dir, name), ignore_errors=True)


def remove_old(output_dir: str, step: int, limit: int | None) -> None:
    """Keeps `limit` checkpoints. Ones beyond `step` belong to an attempt that was given up, and go first."""
    if limit is None:
        return
    others = sorted(
        (other for other in checkpoint_steps(output_dir) if other != step), key=lambda s: (s < step, s)
    )
    for other in others[: max(0, len(others) + 1 - limit)]:
        # Hidden first: a half-removed folder must not look like a checkpoint.
        hidden = os.path.join(output_dir, f".checkpoint-{other}.removed")
        os.rename(os.path.join(output_dir, f"checkpoint-{other}"), hidden)
        shutil.rmtree(hidden)


def replace_folder(source: str, target: str) -> None:
    if os.path.exists(target):
        aside = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.removed")
        os.rename(target, aside)
        os.rename(source, target)
        shutil.rmtree(aside)
    else:
        os.rename(source, target)
    sync(os.path.dirname(target))


def sync_tree(folder: str) -> None:
    """Returns when the folder and all in it are on the disk."""
    for path, _, names in os.walk(folder):
        for name in names:
            sync(os.path.join(path, name))
        sync(path)


def sync(path: str) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
