"""`launch.py` lets a torchvision be imported whose compiled operators do not load beside this torch.

It is the venv's torchvision where there is one, else a stand-in that describes the same two operators in the same way.
"""

import importlib.util
import os
import subprocess
import sys

from engine_setup import PYTHON_FOLDER, environment

STAND_IN = {
    "__init__.py": "from torchvision import _meta_registrations\n",
    "_meta_registrations.py": """
import torch
for name in ("nms", "qnms"):
    torch.library.register_fake(f"torchvision::{name}")(lambda dets, scores, iou_threshold: dets)
""",
}


def main(work):
    extra = work if importlib.util.find_spec("torchvision") is None else ""
    if extra:
        os.makedirs(os.path.join(work, "torchvision"))
        for name, text in STAND_IN.items():
            with open(os.path.join(work, "torchvision", name), "w") as file:
                file.write(text)
    script = os.path.join(work, "imports_torchvision.py")
    with open(script, "w") as file:
        file.write(
            "import torchvision, torch\nassert hasattr(torch.ops.torchvision, 'nms')\nprint('imported')\n"
        )

    started = environment(work, PYTHONPATH=extra)
    mended = subprocess.run(
        [sys.executable, os.path.join(PYTHON_FOLDER, "launch.py"), script],
        env=started,
        capture_output=True,
        text=True,
    )
    assert (mended.returncode, mended.stdout) == (0, "imported\n"), mended.stderr
    if extra:
        plain = subprocess.run([sys.executable, script], env=started, capture_output=True, text=True)
        assert plain.returncode == 1 and "torchvision::nms" in plain.stderr, plain.stderr

    idle = subprocess.run(
        [sys.executable, os.path.join(PYTHON_FOLDER, "launch.py"), no_torch(work)],
        env=started,
        capture_output=True,
        text=True,
    )
    assert idle.stdout == "False\n", (idle.stdout, idle.stderr)


def no_torch(work):
    script = os.path.join(work, "imports_nothing.py")
    with open(script, "w") as file:
        file.write("import sys\nprint('torch' in sys.modules)\n")
    return script


if __name__ == "__main__":
    main(sys.argv[1])
