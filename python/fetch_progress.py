"""Tells on stderr how far a download is."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def told_progress(folder: Path, total: int) -> Iterator[None]:
    """Prints, twice a second while its block runs, how many bytes lie in the folder, and at the end that all do."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            tell_progress(min(measure(folder), total), total)
        tell_progress(total, total)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def tell_progress(done: int, total: int) -> None:
    print(f"progress {done} {total}", file=sys.stderr, flush=True)


def measure(folder: Path) -> int:
    """Returns the bytes on the disk. A file that is being fetched may already have its full length, with holes."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += getattr(path.stat(), "st_blocks", 0) * 512 or path.stat().st_size
        except FileNotFoundError:
            continue
    return total
