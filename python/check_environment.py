"""Checks that an environment holds what its locks name, and that torch starts; and a step of 8-bit Adam where that is locked.

    python launch.py check_environment.py TORCH_VERSION BACKEND LOCK...

Prints JSON: {"packages": {name: version}, "wrong": ["name: expected …, found …"]}. Exit code 1 when something is wrong.
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from own_stdout import take_stdout
from try_8bit_adam import check_8bit_adam


def parse_lock(text: str) -> list[tuple[str, str, str]]:
    """Returns (name, version, marker) of each locked package; the marker is "" where there is none."""
    pattern = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*(.*?))?\s*\\?$", re.MULTILINE)
    return [(name, wanted, marker or "") for name, wanted, marker in pattern.findall(text)]


def find_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def compare(wanted: dict[str, str]) -> tuple[dict[str, str | None], list[str]]:
    """Returns the versions found by name, and a complaint for each that is not the wanted one."""
    found = {name: find_version(name) for name in wanted}
    wrong = [
        f"{name}: expected {wanted[name]}, found {found[name] or 'nothing'}"
        for name in wanted
        if wanted[name] != found[name]
    ]
    return found, wrong


def check_torch(wanted_version: str, backend: str) -> tuple[str, list[str]]:
    """torch's own version may carry its build (`2.13.0+cpu`), its package may not: what counts is what it was built for."""
    import torch

    build = "cpu" if torch.version.cuda is None else "cu" + torch.version.cuda.replace(".", "")
    problems = []
    if torch.__version__.split("+")[0] != wanted_version:
        problems.append(f"torch: expected {wanted_version}, found {torch.__version__}")
    if build != backend:
        problems.append(f"torch: expected a build for {backend}, found one for {build}")
    if float(torch.ones(2, 2).sum()) != 4:
        problems.append("torch: can't add")
    return torch.__version__, problems


def main(argv: list[str]) -> int:
    torch_version, backend, *locks = argv
    answer = take_stdout()
    from packaging.markers import Marker

    rows = [row for lock in locks for row in parse_lock(Path(lock).read_text(encoding="utf-8"))]
    wanted = {name: pinned for name, pinned, marker in rows if marker == "" or Marker(marker).evaluate()}
    if not wanted:
        raise SystemExit(f"{' and '.join(locks) or 'no lock'} names no package")
    packages, wrong = compare(wanted)
    try:
        packages["torch"], torch_wrong = check_torch(torch_version, backend)
    except Exception as error:
        torch_wrong = [f"torch: does not start: {error}"]
    problems = wrong + torch_wrong
    if "bitsandbytes" in wanted and not problems:
        problems = check_8bit_adam()
    print(json.dumps({"packages": packages, "wrong": problems}), file=answer, flush=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
