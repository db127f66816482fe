"""Draws pictures with a base model and a ControlNet. Reads one job a line from stdin, prints one answer a line on stdout.

    python launch.py generate.py --base_model DIR [--variant fp16] [--device cpu]

The models stay loaded from the first job to the last. Jobs are lines of JSON; every one has an `id`, which its answer repeats:

    {"id", "kind": "draw", "controlnet": DIR, "condition": PNG, "prompt", "negative_prompt", "seed", "guidance", "scale",
     "steps", "width", "height", "output": PNG}      draws a picture; the same job always gives the same one on a machine
    {"id", "kind": "round_trip", "picture": FILE, "width", "height", "output": PNG}      puts one through the VAE and back

The first line that is printed tells what draws: {"ready": true, "device", "precision", "scheduler", "versions"}. An answer is
{"id", "seconds"}, or {"id", "error"} where the job can't be done; the next one is taken all the same. A file appears under
its name when it is whole.
"""

import argparse
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from generate_jobs import DrawJob, Job, RoundTripJob, parse_jobs
from own_stdout import take_stdout
from refused import Refused
from verify_model import first_line, versions

if TYPE_CHECKING:
    import numpy as np
    import torch
    from diffusers import StableDiffusionControlNetPipeline
    from PIL import Image


def load_pipeline(
    base_model: str, variant: str | None, dtype: "torch.dtype"
) -> "StableDiffusionControlNetPipeline":
    """Loads the base model. Its place for a ControlNet is empty until the first job names one."""
    from diffusers import StableDiffusionControlNetPipeline, StableDiffusionPipeline, UniPCMultistepScheduler

    try:
        base = StableDiffusionPipeline.from_pretrained(
            base_model,
            variant=variant,
            dtype=dtype,
            safety_checker=None,
            requires_safety_checker=False,
            local_files_only=True,
        )
    except Exception as error:
        raise Refused(f"the base model {base_model} does not load: {first_line(error)}") from error
    pipeline = StableDiffusionControlNetPipeline(
        vae=base.vae,
        text_encoder=base.text_encoder,
        tokenizer=base.tokenizer,
        unet=base.unet,
        controlnet=None,
        scheduler=UniPCMultistepScheduler.from_config(base.scheduler.config),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def read_picture(path: str, width: int, height: int) -> "Image.Image":
    from PIL import Image

    with Image.open(path) as file:
        picture = file.convert("RGB")
    if picture.size != (width, height):
        raise Refused(f"{path} is {picture.size[0]} x {picture.size[1]} pixels; expected {width} x {height}")
    return picture


def write_picture(pixels: "np.ndarray", path: str) -> None:
    """Writes an array [height, width, 3] with values from 0 to 1 as a PNG file."""
    import numpy as np
    from PIL import Image

    if not np.isfinite(pixels).all():
        raise Refused("the picture has values that are not finite")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = f"{path}.part"
    Image.fromarray((pixels * 255).round().astype("uint8")).save(part, format="PNG", compress_level=3)
    os.replace(part, path)


class Studio:
    """Holds the models between jobs: one base model, and the ControlNet of the last job."""

    def __init__(self, base_model: str, variant: str | None, device: str) -> None:
        import torch

        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
        self.device = device
        self.dtype = torch.float16 if device == "cuda" else torch.float32
        self.pipeline = load_pipeline(base_model, variant, self.dtype).to(device)
        self.folder: str | None = None

    def describe(self) -> dict[str, Any]:
        import torch

        return {
            "ready": True,
            "device": torch.cuda.get_device_name() if self.device == "cuda" else "cpu",
            "precision": "fp16" if self.device == "cuda" else "fp32",
            "scheduler": type(self.pipeline.scheduler).__name__,
            "versions": versions(),
        }

    def do(self, job: Job) -> None:
        if job.kind == "draw":
            self.draw(job)
        else:
            self.round_trip(job)

    def use_controlnet(self, folder: str) -> None:
        from diffusers import ControlNetModel

        if folder == self.folder:
            return
        try:
            model: ControlNetModel = ControlNetModel.from_pretrained(
                folder, dtype=self.dtype, local_files_only=True
            )
        except Exception as error:
            raise Refused(f"{folder} does not load as a ControlNetModel: {first_line(error)}") from error
        self.pipeline.register_modules(controlnet=model.to(self.device).eval())
        self.folder = folder

    def draw(self, job: DrawJob) -> None:
        import torch

        self.use_controlnet(job.controlnet)
        condition = read_picture(job.condition, job.width, job.height)
        # Noise from the CPU's generator is the same on every device.
        noise = torch.Generator().manual_seed(job.seed)
        drawn = self.pipeline(
            job.prompt,
            condition,
            negative_prompt=job.negative_prompt,
            width=job.width,
            height=job.height,
            num_inference_steps=job.steps,
            guidance_scale=float(job.guidance),
            controlnet_conditioning_scale=float(job.scale),
            generator=noise,
            output_type="np",
        )
        write_picture(drawn.images[0], job.output)

    def round_trip(self, job: RoundTripJob) -> None:
        """Encodes to the middle of the latent distribution, without its noise, and decodes that."""
        import numpy as np
        import torch

        picture = read_picture(job.picture, job.width, job.height)
        pixels = torch.from_numpy(np.asarray(picture, dtype="float32") / 127.5 - 1)
        inputs = pixels.permute(2, 0, 1)[None].to(self.device, self.dtype)
        vae = self.pipeline.vae
        with torch.inference_mode():
            decoded = vae.decode(vae.encode(inputs).latent_dist.mode()).sample
        result = (decoded[0].float() / 2 + 0.5).clamp(0, 1).permute(1, 2, 0)
        write_picture(result.cpu().numpy(), job.output)


def answer(studio: Studio, job: Job) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        studio.do(job)
    except Refused as refused:
        return {"id": job.id, "error": str(refused)}
    except Exception as error:  # whatever the libraries raise: too little memory, a broken file
        return {"id": job.id, "error": first_line(error)}
    return {"id": job.id, "seconds": round(time.perf_counter() - started, 3)}


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="generate.py", allow_abbrev=False)
    parser.add_argument("--base_model", required=True, help="folder in the layout of diffusers")
    parser.add_argument("--variant", help="variant of the base model's weight files, such as fp16")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="default: cuda where there is one")
    args = parser.parse_args(argv)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    # cuBLAS then gives the same sums each time.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    answers = take_stdout()
    try:
        import torch

        device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
        studio = Studio(args.base_model, args.variant, device)
    except Refused as refused:
        print(f"generate.py: error: {refused}", file=sys.stderr)
        sys.exit(1)
    print(json.dumps(studio.describe()), file=answers, flush=True)
    stdin = open(sys.stdin.fileno(), encoding="utf-8", newline="\n", closefd=False)  # noqa: SIM115
    for job in parse_jobs(stdin):
        print(json.dumps(answer(studio, job)), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
