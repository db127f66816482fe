"""Makes a ControlNet that begins with a signal: the embedding of its conditioning image is scaled, the rest as in diffusers.

    python scale_controlnet.py --base_model DIR --conditions DIR --output DIR [--variant fp16] [--seed 0]

The embedding's convolutions begin with PyTorch's default weights, under which the drawing fades from layer to layer, and the
last one begins at zero, so a training shows nothing for hundreds of steps. Here each of them gets orthogonal weights, divided
by the deviation of what it makes of the conditioning images; the last one is brought to a deviation of 0.5 around 0. The zero
convolutions behind the encoder stay zero, so the first step still equals the base model. Prints one JSON document.
"""

import argparse
import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from own_stdout import take_stdout
from refused import Refused

if TYPE_CHECKING:
    import torch
    from diffusers.models.controlnets.controlnet import ControlNetConditioningEmbedding

LAST_DEVIATION = 0.5


@dataclass(frozen=True)
class Request:
    base_model: str
    conditions: str
    output: str
    variant: str | None
    seed: int


def parse(argv: list[str]) -> Request:
    parser = argparse.ArgumentParser(prog="scale_controlnet.py", allow_abbrev=False)
    parser.add_argument("--base_model", required=True, help="the model that it will be trained for")
    parser.add_argument("--conditions", required=True, help="folder of conditioning images, all of one size")
    parser.add_argument("--output", required=True, help="folder to write")
    parser.add_argument("--variant", help="variant of the base model's weight files, such as fp16")
    parser.add_argument("--seed", type=int, default=0, help="seed of the weights")
    return Request(**vars(parser.parse_args(argv)))


def read_conditions(folder: str) -> "torch.Tensor":
    """Returns (N, 3, height, width) in [0, 1], as the trainers give them to the ControlNet."""
    import numpy as np
    import torch
    from PIL import Image

    images = []
    for name in sorted(os.listdir(folder)):
        with Image.open(os.path.join(folder, name)) as image:
            images.append(torch.from_numpy(np.array(image.convert("RGB"))))
    if not images:
        raise Refused(f"{folder} has no conditioning images")
    return torch.stack(images).permute(0, 3, 1, 2).float() / 255


def scale_embedding(embedding: "ControlNetConditioningEmbedding", images: "torch.Tensor") -> float:
    """Scales all its convolutions. Returns the deviation of its output over the images."""
    import torch.nn.functional as F

    signal = images
    for layer in (embedding.conv_in, *embedding.blocks):
        signal = F.silu(scale_convolution(layer, signal, 1.0))
    output = scale_convolution(embedding.conv_out, signal, LAST_DEVIATION)
    embedding.conv_out.bias.copy_(-output.mean(dim=(0, 2, 3)))
    output += embedding.conv_out.bias[:, None, None]
    centred = output.std().item()
    embedding.conv_out.weight.mul_(LAST_DEVIATION / centred)
    embedding.conv_out.bias.mul_(LAST_DEVIATION / centred)
    return float(embedding(images).std())


def scale_convolution(layer: "torch.nn.Conv2d", signal: "torch.Tensor", deviation: float) -> "torch.Tensor":
    """Gives it orthogonal weights and no bias, so that its output has that deviation. Returns the output."""
    import torch

    torch.nn.init.orthogonal_(layer.weight)
    if layer.bias is not None:
        torch.nn.init.zeros_(layer.bias)
    found = layer(signal).std().item()
    if found == 0:
        raise Refused("the conditioning images are all of one colour: there is no signal to scale by")
    layer.weight.mul_(deviation / found)
    output: torch.Tensor = layer(signal)
    return output


def scale(request: Request) -> dict[str, object]:
    """Writes the ControlNet. Returns what is printed."""
    import torch
    from diffusers import ControlNetModel, UNet2DConditionModel

    torch.manual_seed(request.seed)
    unet = UNet2DConditionModel.from_pretrained(
        request.base_model, subfolder="unet", variant=request.variant, torch_dtype=torch.float32
    )
    controlnet = ControlNetModel.from_unet(unet)
    with torch.no_grad():
        deviation = scale_embedding(controlnet.controlnet_cond_embedding, read_conditions(request.conditions))
    controlnet.save_pretrained(request.output)
    return {"output": request.output, "deviation": deviation}


def main(argv: list[str]) -> None:
    request = parse(argv)
    answer = take_stdout()
    try:
        print(json.dumps(scale(request)), file=answer, flush=True)
    except Refused as refused:
        print(f"scale_controlnet.py: error: {refused}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
