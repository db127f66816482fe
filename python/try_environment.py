"""Tries an environment that a person brings: imports what a training needs, and computes on its device.

    python launch.py try_environment.py --engine=diffusers|builtin --device=cpu|cuda [--extra=bitsandbytes]

`--extra` names a package that this training needs beside them: with bitsandbytes a step of 8-bit Adam is tried, too.

Prints JSON: {"python": version, "packages": {name: version}, "torch": {"version", "build"}, "device": name, "wrong":
["what does not work"]}. Exit code 1 when something is wrong.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from typing import Any

from own_stdout import take_stdout
from try_8bit_adam import check_8bit_adam

NEEDED = {
    "torch": (),
    "accelerate": ("Accelerator",),
    "datasets": ("load_dataset",),
    "transformers": ("CLIPTextModel", "CLIPTokenizer"),
    "diffusers": (
        "AutoencoderKL",
        "ControlNetModel",
        "StableDiffusionControlNetPipeline",
        "UNet2DConditionModel",
    ),
    "safetensors.torch": ("load_file",),
    "torch.utils.tensorboard": ("SummaryWriter",),
}
"""What the trainers import, by module. A name that is loaded when it is asked for may still fail."""

NEEDED_FOR_DIFFUSERS = {"torchvision.transforms": ("Resize",)}


def try_imports(needed: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yields a sentence for each module that can't be imported, with the name of what lacks."""
    for module, names in needed.items():
        try:
            found = importlib.import_module(module)
            for name in names:
                getattr(found, name)
        except Exception as error:
            yield f"{module} can't be imported: {first_line(error)}"


def installed() -> dict[str, str]:
    """Returns the versions of all packages by name; of several the first one counts, as for `import`."""
    packages: dict[str, str] = {}
    for found in distributions():
        if found.name:
            packages.setdefault(found.name, found.version)
    return packages


def first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def torch_build() -> str:
    import torch

    hip = getattr(torch.version, "hip", None)
    if hip:
        return "rocm" + ".".join(hip.split(".")[:2])
    return "cpu" if torch.version.cuda is None else "cu" + torch.version.cuda.replace(".", "")


def compute(device: str) -> str:
    """Convolves on the device, forwards and backwards. Returns the device's name."""
    import torch

    pictures = torch.ones(1, 4, 8, 8, device=device, requires_grad=True)
    layer = torch.nn.Conv2d(4, 4, 3, padding=1).to(device)
    layer(pictures).sum().backward()
    if pictures.grad is None or not bool(torch.isfinite(pictures.grad).all()):
        raise RuntimeError("a convolution gave numbers that are not finite")
    return "cpu" if device == "cpu" else torch.cuda.get_device_name(0)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="try_environment.py", allow_abbrev=False)
    parser.add_argument("--engine", choices=("diffusers", "builtin"), required=True)
    parser.add_argument("--device", choices=("cpu", "cuda"), required=True)
    parser.add_argument("--extra", choices=("bitsandbytes",), action="append", default=[])
    args = parser.parse_args(argv)

    answers = take_stdout()
    needed = NEEDED | NEEDED_FOR_DIFFUSERS if args.engine == "diffusers" else NEEDED
    wrong = list(try_imports(needed))
    answer: dict[str, Any] = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "packages": installed(),
    }
    try:
        import torch

        answer["torch"] = {"version": torch.__version__, "build": torch_build()}
        answer["device"] = compute(args.device)
    except Exception as error:
        if not any(one.startswith("torch ") for one in wrong):
            where = "the CPU" if args.device == "cpu" else "the GPU"
            wrong.append(f"torch can't compute on {where}: {first_line(error)}")
    if "bitsandbytes" in args.extra and not wrong:
        wrong += check_8bit_adam(args.device)
    print(json.dumps(answer | {"wrong": wrong}), file=answers)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
