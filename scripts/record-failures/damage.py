"""Ways to damage files."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any


def cut(file: Path, count: int) -> None:
    """Takes `count` bytes off the end."""
    with file.open("r+b") as handle:
        handle.truncate(file.stat().st_size - count)


def rewrite_json(file: Path, changes: dict[str, Any]) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def few_entries(file: Path, count: int) -> None:
    """Keeps the first entries of a zip, and leaves a whole zip."""
    with zipfile.ZipFile(file) as old:
        kept = [(info, old.read(info)) for info in old.infolist()[:count]]
    write_zip(file, kept)


def drop_entries(file: Path, ending: str) -> None:
    with zipfile.ZipFile(file) as old:
        kept = [(info, old.read(info)) for info in old.infolist() if not info.filename.endswith(ending)]
    write_zip(file, kept)


def flip_byte(file: Path, text: bytes) -> None:
    """Changes the byte before a text in `data.pkl`, in a zip whose checksums fit."""
    with zipfile.ZipFile(file) as old:
        entries = [(info, old.read(info)) for info in old.infolist()]
    changed = []
    for info, data in entries:
        at = data.find(text) if info.filename.endswith("data.pkl") else -1
        changed.append((info, data if at < 1 else data[: at - 1] + b"\xff" + data[at:]))
    write_zip(file, changed)


def write_zip(file: Path, entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as new:
        for info, data in entries:
            new.writestr(info.filename, data)


def farm_without(folder: Path, package: str) -> Path:
    """Makes a folder with a link to everything in this environment's packages but one, and returns it."""
    folder.mkdir()
    packages = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    for entry in packages.iterdir():
        name = entry.name
        if name == package or name.startswith((f"{package}-", f"{package}.")):
            continue
        (folder / name).symlink_to(entry)
    return folder
