"""Makes the hashed locks of the Python packages: python/locks/*.txt, and the one of the tools that check our Python code.

One lock for each engine (or helper with an environment of its own) and torch backend, the same for Python 3.11 to 3.13:
every package but torch, torch's own dependencies included, with the hashes of all its files. torch is installed after
them by its exact version, since its builds differ by backend. What the build for CUDA 12.6 wants beside it stands in
requirements/cu126.in. Extras such as bitsandbytes have locks of their own, installed together with an engine's.

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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "python" / "requirements"

UV = "uv==0.13.9"
PYTHONS = ("3.11", "3.12", "3.13")
LINUX_X64 = "x86_64-manylinux_2_28"
WITH_TORCH = (LINUX_X64, "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-pc-windows-msvc")
# torchvision 0.28.0 has no wheel for anything older.
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}
TESTED = "# Tested with Python 3.11 on Linux x64. Other Pythons and systems: resolved, all wheels are there, untested.\n"
UNTESTED = "# Resolved for Python 3.11 to 3.13 on Linux x64, all wheels are there; not yet tested on a GPU.\n"


@dataclass(frozen=True)
class Lock:
    name: str
    """As `--only` names it; locks of one name come from one file of requirements."""
    requirements: Path
    path: Path
    purpose: str
    """The header's lines after the first, as comments."""
    platforms: tuple[str, ...]
    overrides: tuple[str, ...] = ()
    """Files of python/requirements that leave out what a package asks for and does not need."""
    more: tuple[str, ...] = ()
    """Further files of python/requirements."""
    universal: bool = True
    """One lock for all platforms; else for the first one alone."""
    alone: bool = False
    """Only what the requirements name; what that needs is in another lock."""
    beside: Path | None = None
    """Another lock whose packages are there already: with the same versions, and left out here."""


OVERRIDES = {"cpu": ("without-cuda.txt",), "cu126": ("without-cuda13.txt",), "cu130": ()}
"""Files of python/requirements that leave out what a build of torch does not need."""


def torch_lock(kind: str, name: str, backend: str, *overrides: str, alone: bool = False) -> Lock:
    on_cpu = backend == "cpu"
    torch = parse_torch_version((REQUIREMENTS / "builtin.in").read_text())
    use = (
        f"# {kind} {name}, torch {torch} for {backend}. torch itself is installed after these, by version.\n"
    )
    return Lock(
        name=name,
        requirements=REQUIREMENTS / f"{name}.in",
        path=ROOT / "python" / "locks" / f"{name}-{backend}.txt",
        purpose=use + (TESTED if on_cpu else UNTESTED),
        platforms=WITH_TORCH if on_cpu else (LINUX_X64,),
        overrides=(*OVERRIDES[backend], *overrides),
        more=("cu126.in",) if backend == "cu126" and not alone else (),
        universal=on_cpu,
        alone=alone,
    )


def parse_torch_version(requirements: str) -> str:
    found = re.search(r"^torch==(\S+)$", requirements, re.MULTILINE)
    if found is None:
        raise SystemExit("builtin.in does not pin torch exactly")
    return found.group(1)


def all_locks() -> list[Lock]:
    return [
        torch_lock("Engine", "builtin", "cpu"),
        torch_lock("Engine", "builtin", "cu126"),
        torch_lock("Engine", "builtin", "cu130"),
        torch_lock("Engine", "diffusers", "cpu"),
        torch_lock("Engine", "diffusers", "cu126"),
        torch_lock("Engine", "diffusers", "cu130"),
        torch_lock("Extra", "bitsandbytes", "cpu", alone=True),
        torch_lock("Extra", "bitsandbytes", "cu126", alone=True),
        torch_lock("Extra", "bitsandbytes", "cu130", alone=True),
        torch_lock("Helper", "spiga", "cpu", "without-spiga-extras.txt"),
        Lock(
            name="wandb",
            requirements=REQUIREMENTS / "wandb.in",
            path=ROOT / "python" / "locks" / "wandb.txt",
            purpose="# Beside an engine's own lock: train.trackers. Not needed for anything else.\n",
            platforms=WITH_TORCH,
            beside=ROOT / "python" / "locks" / "diffusers-cpu.txt",
        ),
        Lock(
            name="check-python",
            requirements=ROOT / "scripts" / "check-python" / "requirements.in",
            path=ROOT / "scripts" / "check-python" / "lock.txt",
            purpose="# For developers: scripts/check-python.mjs. Enters no environment of the kit.\n",
            platforms=(*WITH_TORCH, "x86_64-apple-darwin"),
        ),
    ]


def compile_command(uv: str, lock: Lock) -> list[str]:
    command = [uv, "pip", "compile", str(lock.requirements), "--quiet", "--no-config", "--no-header"]
    command += ["--no-annotate", "--generate-hashes", "--only-binary", ":all:", "--no-emit-package", "torch"]
    command += ["--python-version", PYTHONS[0]]
    command += ["--universal"] if lock.universal else ["--python-platform", lock.platforms[0]]
    command += ["--no-deps"] if lock.alone else []
    command += [str(REQUIREMENTS / name) for name in lock.more]
    command += [part for name in lock.overrides for part in ("--override", str(REQUIREMENTS / name))]
    if lock.beside is None:
        return command
    names = re.findall(r"^([a-z0-9-]+)==", lock.beside.read_text(), re.MULTILINE)
    left_out = [part for name in names for part in ("--no-emit-package", name)]
    return [*command, "--constraints", str(lock.beside), *left_out]


def remove_comments(lock: str) -> str:
    """Resolvers may note index addresses in comments; a lock must not name hosts."""
    return "".join(line for line in lock.splitlines(keepends=True) if not line.lstrip().startswith("#"))


def write_lock(uv: str, lock: Lock) -> None:
    made = subprocess.run(compile_command(uv, lock), check=True, capture_output=True, text=True)
    source = lock.requirements.relative_to(ROOT)
    header = f"# Made by scripts/lock-python.py from {source}; do not edit.\n{lock.purpose}"
    lock.path.write_text(header + remove_comments(made.stdout))
    print(f"{lock.path.relative_to(ROOT)}: {lock.path.read_text().count('==')} packages", file=sys.stderr)


def check_lock(uv: str, lock: Lock) -> None:
    """Fails when a locked package has no wheel for one of the platforms and Pythons."""
    for platform in lock.platforms:
        for python in PYTHONS:
            command = [uv, "pip", "compile", str(lock.path), "--quiet", "--no-config", "--no-deps"]
            command += ["--only-binary", ":all:", "--python-platform", platform, "--python-version", python]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | MACOS)
            print(f"{lock.path.relative_to(ROOT)}: whole for Python {python} on {platform}", file=sys.stderr)


def main(argv: list[str]) -> None:
    locks = all_locks()
    names = list(dict.fromkeys(lock.name for lock in locks))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only check the locks that are there")
    parser.add_argument("--only", choices=names, action="append", help="only these (repeatable)")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        bin_folder = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([str(bin_folder / "python"), "-m", "pip", "install", "--quiet", UV], check=True)
        uv = str(bin_folder / "uv")
        for lock in locks:
            if lock.name not in (arguments.only or names):
                continue
            if not arguments.check:
                write_lock(uv, lock)
            check_lock(uv, lock)


if __name__ == "__main__":
    main(sys.argv[1:])
