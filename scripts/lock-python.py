"""Makes python/locks/*.txt from python/requirements/*.in.

One lock for each engine (or helper with an environment of its own) and torch backend, the same for Python 3.11 to 3.13:
every package but torch, torch's own dependencies included, with the hashes of all its files. torch is installed after
them by its exact version, since its builds differ by backend. There is no lock for cu126: the packages which that build wants are named only in its own
wheel, which is not on the package index.

    python scripts/lock-python.py                make all locks
    python scripts/lock-python.py --only spiga   make those of one file
    python scripts/lock-python.py --check        only check that every locked package has wheels where it must
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "python" / "requirements"
LOCKS = ROOT / "python" / "locks"

UV = "uv==0.13.9"
LOCKED = {"builtin": ("cpu", "cu130"), "diffusers": ("cpu", "cu130"), "spiga": ("cpu",)}
"""Each file of python/requirements, and the torch backends that it is locked for."""
OVERRIDES = ("without-cuda.txt",)
EXTRA_OVERRIDES = {"spiga": ("without-spiga-extras.txt",)}
"""Of the helpers: what their packages ask for and do not need."""
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = {
    "cpu": ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"),
    "cu130": ("x86_64-manylinux_2_28",),
}
# torchvision 0.28.0 has no wheel for anything older.
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}
HEADER = """\
# Made by scripts/lock-python.py from python/requirements/{engine}.in; do not edit.
# {kind} {engine}, torch {torch} for {backend}. torch itself is installed after these, by version.
# {tested}
"""
TESTED = {
    "cpu": "Tested with Python 3.11 on Linux x64. Other Pythons and systems: resolved, all wheels are there, untested.",
    "cu130": "Resolved for Python 3.11 to 3.13 on Linux x64, all wheels are there; not yet tested on a GPU.",
}


def compile_command(uv: str, engine: str, backend: str) -> list[str]:
    command = [uv, "pip", "compile", str(REQUIREMENTS / f"{engine}.in"), "--quiet", "--no-config", "--no-header"]
    command += ["--no-annotate", "--generate-hashes", "--only-binary", ":all:", "--no-emit-package", "torch"]
    if backend == "cpu":
        return command + ["--universal", "--python-version", PYTHONS[0], *override(OVERRIDES + EXTRA_OVERRIDES.get(engine, ()))]
    return command + ["--python-platform", PLATFORMS[backend][0], "--python-version", PYTHONS[0]]


def override(names: tuple[str, ...]) -> list[str]:
    return [part for name in names for part in ("--override", str(REQUIREMENTS / name))]


def parse_torch_version(requirements: str) -> str:
    found = re.search(r"^torch==(\S+)$", requirements, re.MULTILINE)
    if found is None:
        raise SystemExit("builtin.in does not pin torch exactly")
    return found.group(1)


def remove_comments(lock: str) -> str:
    """Resolvers may note index addresses in comments; a lock must not name hosts."""
    return "".join(line for line in lock.splitlines(keepends=True) if not line.lstrip().startswith("#"))


def write_lock(uv: str, engine: str, backend: str) -> None:
    made = subprocess.run(compile_command(uv, engine, backend), check=True, capture_output=True, text=True)
    torch = parse_torch_version((REQUIREMENTS / "builtin.in").read_text())
    kind = "Helper" if engine in EXTRA_OVERRIDES else "Engine"
    header = HEADER.format(kind=kind, engine=engine, backend=backend, torch=torch, tested=TESTED[backend])
    lock = lock_path(engine, backend)
    lock.write_text(header + remove_comments(made.stdout))
    print(f"{lock.relative_to(ROOT)}: {lock.read_text().count('==')} packages", file=sys.stderr)


def check_lock(uv: str, engine: str, backend: str) -> None:
    """Fails when a locked package has no wheel for one of the platforms and Pythons."""
    for platform in PLATFORMS[backend]:
        for python in PYTHONS:
            command = [uv, "pip", "compile", str(lock_path(engine, backend)), "--quiet", "--no-config", "--no-deps"]
            command += ["--only-binary", ":all:", "--python-platform", platform, "--python-version", python]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | MACOS)
            print(f"{engine} {backend}: whole for Python {python} on {platform}", file=sys.stderr)


def lock_path(engine: str, backend: str) -> Path:
    return LOCKS / f"{engine}-{backend}.txt"


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only check the locks that are there")
    parser.add_argument("--only", choices=LOCKED, action="append", help="only these (repeatable)")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        bin_folder = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([str(bin_folder / "python"), "-m", "pip", "install", "--quiet", UV], check=True)
        for engine in arguments.only or LOCKED:
            for backend in LOCKED[engine]:
                if not arguments.check:
                    write_lock(str(bin_folder / "uv"), engine, backend)
                check_lock(str(bin_folder / "uv"), engine, backend)


if __name__ == "__main__":
    main(sys.argv[1:])
