"""A scaled initial ControlNet: its first step equals the base model, and its embedding has the asked deviation.

python scaled_start.py DIR    DIR is what engine_setup.py filled
"""

import json
import os
import subprocess
import sys

import numpy as np
import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from PIL import Image, ImageDraw

from engine_setup import SIDE, command, environment


def main(work):
    base, conditions = os.path.join(work, "tiny"), os.path.join(work, "conditions")
    os.makedirs(conditions, exist_ok=True)
    images = []
    for number in range(8):
        image = Image.new("RGB", (SIDE, SIDE))
        ImageDraw.Draw(image).line(
            [(4, 4 + number), (60, 50 - number), (30, 60)], fill=(255, 200, 90), width=2
        )
        image.save(os.path.join(conditions, f"{number}.png"))
        images.append(torch.from_numpy(np.array(image)))
    drawn = torch.stack(images).permute(0, 3, 1, 2).float() / 255

    starts = [("first", 1), ("again", 1), ("other", 2)]
    first, again, other = (scale(work, base, conditions, name, seed) for name, seed in starts)
    assert weights(first).keys() == weights(other).keys()
    assert all(torch.equal(value, weights(again)[name]) for name, value in weights(first).items())
    assert any(not torch.equal(value, weights(other)[name]) for name, value in weights(first).items())
    signal = first.controlnet_cond_embedding(drawn)
    assert abs(signal.std().item() - 0.5) < 1e-4, signal.std()
    assert signal.mean(dim=(0, 2, 3)).abs().max().item() < 1e-4, signal.mean(dim=(0, 2, 3))
    usual = ControlNetModel.from_unet(UNet2DConditionModel.from_pretrained(base, subfolder="unet"))
    assert usual.controlnet_cond_embedding(drawn).std().item() == 0
    check_first_step(base, first, drawn)
    check_refusal(work, base)


def scale(work, base, conditions, name, seed):
    output = os.path.join(work, f"scaled-{name}")
    args = ["--base_model", base, "--conditions", conditions, "--output", output, "--seed", seed]
    done = subprocess.run(
        command("scale_controlnet.py", *args),
        env=environment(work),
        check=True,
        capture_output=True,
        text=True,
    )
    answer = json.loads(done.stdout)
    assert answer["output"] == output and abs(answer["deviation"] - 0.5) < 1e-4, answer
    return ControlNetModel.from_pretrained(output).requires_grad_(False)


def weights(network):
    return network.state_dict()


def check_first_step(base, controlnet, drawn):
    """Residuals of zero: the UNet answers as if there were no ControlNet."""
    unet = UNet2DConditionModel.from_pretrained(base, subfolder="unet").requires_grad_(False)
    noisy = torch.randn(8, 4, SIDE // 8, SIDE // 8, generator=torch.Generator().manual_seed(0))
    text = torch.randn(8, 77, unet.config.cross_attention_dim, generator=torch.Generator().manual_seed(1))
    step = torch.full((8,), 500)
    down, middle = controlnet(noisy, step, text, controlnet_cond=drawn, return_dict=False)
    assert all(residual.abs().max().item() == 0 for residual in (*down, middle))
    steered = unet(
        noisy, step, text, down_block_additional_residuals=down, mid_block_additional_residual=middle
    ).sample
    assert torch.equal(steered, unet(noisy, step, text).sample)


def check_refusal(work, base):
    blank = os.path.join(work, "blank")
    os.makedirs(blank, exist_ok=True)
    Image.new("RGB", (SIDE, SIDE)).save(os.path.join(blank, "0.png"))
    args = ["--base_model", base, "--conditions", blank, "--output", os.path.join(work, "none")]
    done = subprocess.run(
        command("scale_controlnet.py", *args), env=environment(work), capture_output=True, text=True
    )
    expected = "scale_controlnet.py: error: the conditioning images are all of one colour: there is no signal to scale by"
    assert (done.returncode, done.stderr.strip().splitlines()[-1]) == (1, expected), done.stderr


if __name__ == "__main__":
    main(sys.argv[1])
