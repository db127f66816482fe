"""`train.py`'s losses against a plain loop written from the papers.

Zhang et al. 2023 (ControlNet): the frozen UNet gets the control network's residuals added to its skip connections and
middle block. Ho et al. 2020: the mean squared error against the noise. Salimans and Ho 2022: against the velocity
sqrt(a) * noise - sqrt(1 - a) * latents. The draws come from the streams that train_data.py documents.
"""

import json
import math
import os
import sys

import numpy as np
import torch
from datasets import load_dataset
from diffusers import AutoencoderKL, ControlNetModel, UNet2DConditionModel
from PIL import Image
from transformers import CLIPTextModel, CLIPTokenizer

from engine_setup import ROWS, SIDE, finish, losses, start_training

SEED, STEPS, EMPTY = 7, 4, 0.3


def main(work):
    cases = [
        {"base": "tiny", "train_batch_size": 2, "gradient_accumulation_steps": 2},
        {"base": "velocity", "train_batch_size": 1, "gradient_accumulation_steps": 3},
    ]
    running = [start(work, **case) for case in cases]
    for case, process in zip(cases, running, strict=True):
        measured = losses(finish(process)[0])
        expected = reference(work, **case)
        print(json.dumps({"case": case, "measured": measured, "expected": expected}))
        assert list(measured) == [1, 2, 3, 4]
        for step, loss in measured.items():
            assert abs(loss - expected[step - 1]) < 1e-5, (case, step, loss, expected[step - 1])


def start(work, base, **flags):
    return start_training(
        work,
        f"reference-{base}",
        pretrained_model_name_or_path=os.path.join(work, base),
        controlnet_model_name_or_path=os.path.join(work, "initial"),
        max_train_steps=STEPS,
        seed=SEED,
        proportion_empty_prompts=EMPTY,
        learning_rate=1e-4,
        lr_scheduler="linear",
        lr_warmup_steps=2,
        max_grad_norm=0.5,
        **flags,
    )


def reference(work, base, train_batch_size, gradient_accumulation_steps):
    folder = os.path.join(work, base)
    with open(os.path.join(folder, "scheduler", "scheduler_config.json")) as file:
        noise_config = json.load(file)
    betas = np.linspace(noise_config["beta_start"] ** 0.5, noise_config["beta_end"] ** 0.5, 1000) ** 2
    kept_share = np.cumprod(1 - betas)

    tokenizer = CLIPTokenizer.from_pretrained(folder, subfolder="tokenizer")
    text_encoder = CLIPTextModel.from_pretrained(folder, subfolder="text_encoder").eval()
    vae = AutoencoderKL.from_pretrained(folder, subfolder="vae").eval()
    unet = UNet2DConditionModel.from_pretrained(folder, subfolder="unet").eval().requires_grad_(False)
    control = ControlNetModel.from_pretrained(os.path.join(work, "initial")).train()
    optimizer = torch.optim.AdamW(control.parameters(), lr=0, betas=(0.9, 0.999), weight_decay=1e-2, eps=1e-8)
    rows = load_dataset(os.path.join(work, "dataset"), split="train", cache_dir=os.path.join(work, "cache"))

    def sample_loss(number):
        epoch, position = divmod(number, ROWS)
        row = rows[int(np.random.default_rng([0, SEED, epoch]).permutation(ROWS)[position])]
        draws = np.random.default_rng([1, SEED, number])
        empty, _ = draws.random() < EMPTY, draws.random()
        timestep = draws.integers(1000)
        noise, latent_noise = (
            torch.tensor(draws.standard_normal((4, SIDE // 8, SIDE // 8), np.float32))[None] for _ in "ab"
        )
        with torch.no_grad():
            tokens = tokenizer(
                "" if empty else row["text"],
                padding="max_length",
                max_length=77,
                truncation=True,
                return_tensors="pt",
            )
            text = text_encoder(tokens.input_ids).last_hidden_state
            posterior = vae.encode(2 * square(row["image"]) - 1).latent_dist
            latents = vae.config.scaling_factor * (posterior.mean + posterior.std * latent_noise)
        keep, spread = math.sqrt(kept_share[timestep]), math.sqrt(1 - kept_share[timestep])
        noisy = keep * latents + spread * noise
        at = torch.tensor([timestep])
        residuals = control(noisy, at, text, square(row["conditioning_image"]))
        predicted = unet(
            noisy,
            at,
            text,
            down_block_additional_residuals=residuals.down_block_res_samples,
            mid_block_additional_residual=residuals.mid_block_res_sample,
        ).sample
        wanted = noise if noise_config["prediction_type"] == "epsilon" else keep * noise - spread * latents
        return ((predicted - wanted) ** 2).mean()

    batch = train_batch_size * gradient_accumulation_steps
    found = []
    for step in range(STEPS):
        loss = sum(sample_loss(step * batch + offset) for offset in range(batch)) / batch
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(control.parameters(), 0.5)
        optimizer.param_groups[0]["lr"] = 1e-4 * (step / 2 if step < 2 else (STEPS - step) / (STEPS - 2))
        optimizer.step()
        found.append(loss.item())
    return found


def square(image):
    """Shorter side to SIDE, the middle cut out, (1, 3, SIDE, SIDE) in [0, 1]."""
    image = image.convert("RGB")
    short = min(image.size)
    if short != SIDE:
        image = image.resize([int(side * SIDE / short) for side in image.size], Image.Resampling.BILINEAR)
    left, top = round((image.width - SIDE) / 2), round((image.height - SIDE) / 2)
    pixels = np.asarray(image, np.float32)[top : top + SIDE, left : left + SIDE] / 255
    return torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy())


if __name__ == "__main__":
    main(sys.argv[1])
