"""Previews: pictures drawn with the ControlNet as it is now, as PNG files and in TensorBoard."""

import os
from typing import Any

import numpy as np
import torch
from diffusers import ControlNetModel, StableDiffusionControlNetPipeline, UniPCMultistepScheduler
from PIL import Image

from train_arguments import Arguments
from train_data import picture
from train_models import Models
from train_session import Session

DENOISING_STEPS = 20

Residuals = tuple[list[torch.Tensor], torch.Tensor]
"""The tensors that a ControlNet adds to the UNet's skip connections, and the one for its middle block."""


def preview_pairs(args: Arguments) -> list[tuple[str, str]]:
    """Returns pairs (prompt, path of the conditioning image).

    A single prompt goes with every image, a single image with every prompt.
    """
    prompts, images = args.validation_prompt or [], args.validation_image or []
    count = max(len(prompts), len(images))
    return list(
        zip(
            prompts if len(prompts) == count else prompts * count,
            images if len(images) == count else images * count,
            strict=True,
        )
    )


def sample_file(folder: str, step: int, index: int) -> str:
    return os.path.join(folder, f"step-{step:06d}-{index}.png")


def has_previews(args: Arguments, step: int) -> bool:
    """Returns whether every preview of this step lies in `--samples_dir`; True without such a folder."""
    folder = args.samples_dir
    count = len(preview_pairs(args)) * args.num_validation_images
    return folder is None or all(os.path.isfile(sample_file(folder, step, index)) for index in range(count))


def write_previews(
    session: Session, models: Models, network: ControlNetModel, *, seed: int, step: int
) -> None:
    """Draws `--num_validation_images` of each pair, always from the same noise, so that steps can be compared."""
    args, accelerator = session.args, session.accelerator
    pipeline = preview_pipeline(models, network).to(accelerator.device)
    generator = torch.Generator().manual_seed(seed)
    board = accelerator.get_tracker("tensorboard", unwrap=True)
    network.eval()
    # The ControlNet answers in float32 whatever the UNet computes in.
    cast = network.register_forward_hook(lambda _, inputs, output: to_dtype(output, models.dtype))
    index = 0
    for prompt, path in preview_pairs(args):
        condition = condition_image(path, args.resolution)
        for _ in range(args.num_validation_images):
            drawn = pipeline(
                prompt, condition, num_inference_steps=DENOISING_STEPS, generator=generator
            ).images[0]
            both = np.concatenate([np.asarray(condition), np.asarray(drawn)], axis=1)
            board.add_image(f"preview {index}: {prompt}", both, step, dataformats="HWC")
            if args.samples_dir:
                file = sample_file(args.samples_dir, step, index)
                save_png(drawn, file)
                session.report.event("sample", step=step, path=file, prompt=prompt, condition=path)
            index += 1
    cast.remove()
    board.flush()
    network.train()
    models.place_encoders(accelerator.device, args)


def preview_pipeline(models: Models, network: ControlNetModel) -> Any:
    pipeline = StableDiffusionControlNetPipeline(
        vae=models.vae,
        text_encoder=models.text_encoder,
        tokenizer=models.tokenizer,
        unet=models.unet,
        controlnet=network,
        scheduler=UniPCMultistepScheduler.from_config(models.scheduler.config),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def to_dtype(residuals: Residuals, dtype: torch.dtype) -> Residuals:
    down, middle = residuals
    return [residual.to(dtype) for residual in down], middle.to(dtype)


def condition_image(path: str, resolution: int) -> Image.Image:
    """Returns the conditioning image as the training sees it: resized and cut to the training's square."""
    with Image.open(path) as image:
        pixels = picture(image, resolution)
    return Image.fromarray((pixels * 255).round().byte().permute(1, 2, 0).numpy())


def save_png(image: Image.Image, file: str) -> None:
    """Writes the file whole or not at all."""
    os.makedirs(os.path.dirname(file), exist_ok=True)
    partial = os.path.join(os.path.dirname(file), f".{os.path.basename(file)}.partial")
    image.save(partial, format="PNG")
    os.replace(partial, file)
