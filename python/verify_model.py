"""Checks a finished ControlNet as a user of it would: loads it in diffusers, looks at its weights, draws with it.

    python verify_model.py --model DIR --base_model DIR --output DIR --condition PNG [--condition PNG ...] --prompt TEXT

Draws `picture-0.png`, `picture-1.png`, ... into --output, one for each condition and of its size, and prints one JSON
document. A model that fails ends with exit code 1 and one line on stderr.
"""

import argparse
import json
import os
import platform
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from own_stdout import take_stdout
from refused import Refused

if TYPE_CHECKING:
    from diffusers import ControlNetModel, StableDiffusionControlNetPipeline

SIDE_MULTIPLE = 8
"""Pixels. The VAE reduces pictures by this factor."""


@dataclass(frozen=True)
class Request:
    model: str
    base_model: str
    variant: str | None
    output: str
    condition: list[str]
    prompt: str
    seed: int
    steps: int
    device: str | None


def parse(argv: list[str]) -> Request:
    parser = argparse.ArgumentParser(prog="verify_model.py", allow_abbrev=False)
    parser.add_argument(
        "--model", required=True, help="folder with config.json and diffusion_pytorch_model.safetensors"
    )
    parser.add_argument("--base_model", required=True, help="the model that it was trained for")
    parser.add_argument("--variant", help="variant of the base model's weight files, such as fp16")
    parser.add_argument("--output", required=True, help="folder for the pictures")
    parser.add_argument(
        "--condition", action="append", required=True, help="conditioning image; may be given repeatedly"
    )
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=20, help="denoising steps")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="default: cuda where there is one")
    return Request(**vars(parser.parse_args(argv)))


def load_model(folder: str) -> "ControlNetModel":
    from diffusers import ControlNetModel

    for name in ("config.json", "diffusion_pytorch_model.safetensors"):
        if not os.path.isfile(os.path.join(folder, name)):
            raise Refused(f"{folder} has no {name}")
    try:
        model, found = ControlNetModel.from_pretrained(
            folder, output_loading_info=True, local_files_only=True, use_safetensors=True
        )
    except Exception as error:
        raise Refused(f"{folder} does not load as a ControlNetModel: {first_line(error)}") from error
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if found.get(kind):
            raise Refused(
                f"{folder}: {len(found[kind])} {kind.replace('_', ' ')} in its weights, such as {found[kind][0]}"
            )
    return model


def check_weights(model: "ControlNetModel") -> int:
    """Returns the number of parameters; all of them are finite."""
    import torch

    for name, tensor in model.state_dict().items():
        if not torch.isfinite(tensor).all():
            raise Refused(
                f"{int((~torch.isfinite(tensor)).sum())} of {tensor.numel()} values of {name} are not finite"
            )
    count: int = sum(parameter.numel() for parameter in model.parameters())
    if count == 0:
        raise Refused("the model has no parameters")
    return count


def load_pipeline(
    args: Request, model: "ControlNetModel", device: str
) -> "StableDiffusionControlNetPipeline":
    """Loads the base model with this ControlNet, in half precision on a GPU."""
    import torch
    from diffusers import StableDiffusionControlNetPipeline, UniPCMultistepScheduler

    dtype = torch.float16 if device == "cuda" else torch.float32
    try:
        pipeline = StableDiffusionControlNetPipeline.from_pretrained(
            args.base_model,
            controlnet=model.to(dtype),
            variant=args.variant,
            dtype=dtype,
            use_safetensors=True,
            safety_checker=None,
            requires_safety_checker=False,
        )
    except Exception as error:
        raise Refused(
            f"the model does not fit the base model {args.base_model}: {first_line(error)}"
        ) from error
    pipeline.scheduler = UniPCMultistepScheduler.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def draw(
    pipeline: "StableDiffusionControlNetPipeline", args: Request, number: int, path: str
) -> dict[str, str | int]:
    """Draws one picture and writes it as PNG. Returns its facts."""
    import numpy as np
    import torch
    from PIL import Image

    with Image.open(path) as image:
        condition = image.convert("RGB")
    width, height = (max(SIDE_MULTIPLE, side - side % SIDE_MULTIPLE) for side in condition.size)
    if (width, height) != condition.size:
        condition = condition.resize((width, height))
    noise = torch.Generator().manual_seed(args.seed)
    try:
        pixels = pipeline(
            args.prompt,
            condition,
            width=width,
            height=height,
            num_inference_steps=args.steps,
            generator=noise,
            output_type="np",
        ).images[0]
    except Exception as error:
        raise Refused(f"drawing from {path} failed: {first_line(error)}") from error
    if not np.isfinite(pixels).all():
        raise Refused(f"the picture drawn from {path} has values that are not finite")
    file = os.path.join(args.output, f"picture-{number}.png")
    Image.fromarray((pixels * 255).round().astype("uint8")).save(file)
    return {"path": file, "condition": path, "width": width, "height": height}


def first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"


def versions() -> dict[str, str]:
    from importlib.metadata import version

    packages = ("torch", "diffusers", "transformers", "accelerate", "safetensors")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def verify(args: Request) -> dict[str, Any]:
    for path in args.condition:
        if not os.path.isfile(path):
            raise Refused(f"there is no conditioning image {path}")
    import torch

    model = load_model(args.model)
    parameters = check_weights(model)
    config = {key: value for key, value in model.config.items() if not key.startswith("_")}
    device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    pipeline = load_pipeline(args, model, device)
    os.makedirs(args.output, exist_ok=True)
    pictures = [draw(pipeline, args, number, path) for number, path in enumerate(args.condition)]
    return {
        "parameters": parameters,
        "finite": True,
        "config": config,
        "pictures": pictures,
        "prompt": args.prompt,
        "seed": args.seed,
        "steps": args.steps,
        "scheduler": type(pipeline.scheduler).__name__,
        "versions": versions(),
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
    }


def main(argv: list[str]) -> None:
    args = parse(argv)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    answer = take_stdout()
    try:
        print(json.dumps(verify(args), default=str), file=answer, flush=True)
    except Refused as refused:
        print(f"verify_model.py: error: {refused}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
