"""Records how diffusers' train_controlnet.py fails, into test/fixtures/failures.

    VENV/bin/python scripts/record-failures/record.py SCRIPT FOLDER [CASE…]

VENV is the diffusers engine's environment, SCRIPT a copy of the script at the pinned commit. It needs root: some cases mount
small file systems, in a mount namespace of their own. Writes `CASE.stderr` (and `.stdout`, where there is any) with neutral
paths, and `cases.json`: what the case is, and the launcher's exit code (negative: the signal; null: it hung).
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cases import CASES, Case, other
from room import KIT, copy_room, make_inputs

LONGEST_S = 240


def main(argv: list[str]) -> None:
    script, folder, names = Path(argv[0]).resolve(), Path(argv[1]), argv[2:] or list(CASES)
    folder.mkdir(parents=True, exist_ok=True)
    # A shell that starts this in the background has it ignore these, and so would every trainer.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    work = Path(tempfile.mkdtemp(prefix="cnk-failures-"))
    work.chmod(0o755)
    try:
        make_inputs(work)
        local = work / "train_controlnet.py"
        shutil.copy(script, local)
        checkpoints = train_checkpoints(work, local)
        for name in names:
            record(name, CASES[name], folder, copy_room_of(name, work, local, checkpoints))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def train_checkpoints(work: Path, script: Path) -> Path:
    """Trains 4 steps, and returns the folder with checkpoint-2 and checkpoint-4."""
    room = copy_room(work, work / "whole", script, None)
    if room.start(work / "whole.stdout", work / "whole.stderr").wait() != 0:
        raise SystemExit((work / "whole.stderr").read_text())
    return room.output


def copy_room_of(name: str, work: Path, script: Path, checkpoints: Path) -> Any:
    return copy_room(work, work / name, script, checkpoints if CASES[name].resume else None)


def record(name: str, case: Case, folder: Path, room: Any) -> None:
    case.change(room)
    stdout, stderr = room.root.with_suffix(".stdout"), room.root.with_suffix(".stderr")
    process = room.start(stdout, stderr)
    if case.act is not None:
        case.act(process, stderr)
    code = wait(process)
    if other.process is not None:
        wait(other.process)
        other.process = None
    for file in (stdout, stderr):
        text = neutral(file.read_bytes().decode("utf-8", "replace"), room.root)
        target = folder / f"{name}{file.suffix}"
        target.unlink(missing_ok=True)
        if text:
            target.write_bytes(text.encode())
    remember(folder / "cases.json", name, {"about": case.about, "exit": code})
    print(f"{name}: {'it hung' if code is None else code}", flush=True)
    shutil.rmtree(room.root, ignore_errors=True)


def wait(process: "subprocess.Popen[bytes]") -> int | None:
    """Returns the exit code; None where the training hung, and was killed."""
    try:
        return process.wait(LONGEST_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


RANK = r"(?:\[rank\d+\]: ?)?"
SCRIPT_LINES = re.compile(
    rf'^({RANK}\s*File "[^"]*train_controlnet\.py", line \d+, in .*\n)(?:{RANK}\s{{4,}}(?!File ")\S.*\n)+',
    re.MULTILINE,
)
"""A place in the script, and the lines of its source that a traceback shows below it: the kit carries no part of the script."""


def neutral(text: str, root: Path) -> str:
    """Returns the text with the machine's own paths and names replaced."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    library = os.path.dirname(os.__file__)
    pairs = [
        (str(root), "/run"),
        (str(root.parent), "/inputs"),
        (packages, "/venv/lib/python3.11/site-packages"),
        (str(Path(sys.executable).parent.parent), "/venv"),
        (str(KIT), "/kit"),
        (library, "/usr/lib/python3.11"),
        (os.path.dirname(os.path.dirname(library)), "/usr"),
        (os.uname().nodename, "machine"),
    ]
    for old, new in pairs:
        text = text.replace(old, new)
    text = SCRIPT_LINES.sub(r"\1", text)
    # Long bars of many steps tell nothing more than a few do.
    return re.sub(r"(\rSteps:[^\r\n]*){12,}(?=(\rSteps:[^\r\n]*){4})", "", text)


def remember(file: Path, name: str, facts: dict[str, Any]) -> None:
    cases = json.loads(file.read_text()) if file.exists() else {}
    cases[name] = facts
    file.write_text(json.dumps(dict(sorted(cases.items())), indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
