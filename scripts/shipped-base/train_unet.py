"""Trains UNet and text encoder of the shipped base model together, on the latents of a trained VAE.

    PYTHONPATH=python python -m torch.distributed.run --nproc_per_node 2 scripts/shipped-base/train_unet.py \\
        --faces DIR --vae DIR --state DIR --steps 20000

`--faces` is what draw-faces.mjs wrote, `--vae` the state of train_vae.py; the latents of all faces and of their mirror
images are kept in `--state`. A tenth of the captions is left empty, so that the model can be guided, and a tenth is the
kit's default caption, which names no trait. Every 100 steps it saves its state; started again, it goes on from there.
"""

import argparse
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import torch
    from diffusers import DDPMScheduler, UNet2DConditionModel

BATCH = 16
SEED = 2
LEARNING_RATE = 1e-3
HELD_OUT = 64
DEFAULT_CAPTION = "a portrait photo of a person"


def main(argv: list[str]) -> None:
    args = parse(argv)
    import numpy as np
    import torch

    from base_parts import make_text_encoder, make_unet, read_captions
    from captions import learn_vocabulary, tokenize
    from make_tiny_pipeline import make_scheduler
    from training_state import TrainingState, rate_share

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    captions = read_captions(args.faces)
    vocabulary = learn_vocabulary(captions)
    texts = torch.tensor([tokenize(text, vocabulary) for text in [*captions, DEFAULT_CAPTION, ""]])
    unet = make_unet().to(memory_format=torch.channels_last)
    text_encoder = make_text_encoder(len(vocabulary.ids))
    state = TrainingState(args.state, {"unet": unet, "text_encoder": text_encoder}, LEARNING_RATE)
    latents, factor = load_latents(args, state.rank)
    state.load()
    scheduler = make_scheduler("v_prediction")
    count = len(captions) - HELD_OUT
    loss_sum = 0.0
    while state.step < args.steps:
        rng = np.random.default_rng([SEED, state.step, state.rank])
        torch.manual_seed(int(rng.integers(1 << 31)))
        index = rng.integers(0, count, BATCH)
        mean, deviation = latents[rng.integers(0, 2, BATCH), index].float().chunk(2, dim=1)
        sample = (mean + deviation * torch.randn_like(mean)) * factor
        with torch.autocast("cpu", torch.bfloat16):
            hidden = text_encoder(texts[choose_texts(index, len(captions), rng)])[0]
        loss = velocity_loss(unet, scheduler, sample, hidden)
        state.descend(loss, rate_share(state.step, args.steps))
        loss_sum += loss.item() / 100
        if state.step % 100 == 0:
            state.log(loss=round(loss_sum, 5))
            loss_sum = 0.0
            state.save()
    state.save()


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="train_unet.py", allow_abbrev=False)
    parser.add_argument("--faces", required=True, help="folder of draw-faces.mjs")
    parser.add_argument("--vae", required=True, help="state of train_vae.py")
    parser.add_argument("--state", required=True, help="folder to save to and go on from")
    parser.add_argument("--steps", type=int, required=True)
    return parser.parse_args(argv)


def velocity_loss(
    unet: "UNet2DConditionModel", scheduler: "DDPMScheduler", sample: "torch.Tensor", hidden: "torch.Tensor"
) -> "torch.Tensor":
    """Mean squared error of the predicted velocity. Latents (BATCH, 4, 16, 16), captions (BATCH, 77, width)."""
    import torch
    import torch.nn.functional as F

    noise, timesteps = torch.randn_like(sample), torch.randint(0, 1000, (len(sample),))
    noisy = scheduler.add_noise(sample, noise, timesteps).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        prediction = unet(noisy, timesteps, hidden).sample
    return F.mse_loss(prediction.float(), scheduler.get_velocity(sample, noise, timesteps))


def choose_texts(index: "np.ndarray", captions: int, rng: "np.random.Generator") -> "np.ndarray":
    """Numbers of texts for faces: mostly their own captions, else the default (behind all captions) or the empty one."""
    chance = rng.random(len(index))
    chosen = index.copy()
    chosen[chance < 0.2] = captions
    chosen[chance < 0.1] = captions + 1
    return chosen


def load_latents(args: argparse.Namespace, rank: int) -> "tuple[torch.Tensor, float]":
    """Mean and deviation of the latents of faces and mirrored faces, (2, N, 8, 16, 16), and the scaling factor."""
    import torch
    import torch.distributed as dist

    file = os.path.join(args.state, "latents.pt")
    if rank == 0 and not os.path.exists(file):
        torch.save(encode_faces(args), file + ".partial")
        os.replace(file + ".partial", file)
    if dist.is_initialized():
        dist.barrier()
    latents: torch.Tensor = torch.load(file, weights_only=True)
    return latents, scaling_factor(latents)


def scaling_factor(latents: "torch.Tensor") -> float:
    """Brings the latents to a deviation of 1."""
    return round(1 / latents[:, :, :4].float().std().item(), 5)


def encode_faces(args: argparse.Namespace) -> "torch.Tensor":
    import numpy as np
    import torch

    from base_parts import make_vae
    from training_state import load_trained

    vae = load_trained(args.vae, {"vae": make_vae()})["vae"].to(memory_format=torch.channels_last)
    faces = np.load(os.path.join(args.faces, "faces.npy"), mmap_mode="r")
    latents = torch.empty((2, len(faces), 8, 16, 16), dtype=torch.float16)
    for start in range(0, len(faces), 32):
        pixels = torch.from_numpy(faces[start : start + 32]).permute(0, 3, 1, 2).float() / 127.5 - 1
        for turn, pictures in enumerate((pixels, pixels.flip(3))):
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                encoded = vae.encode(pictures.contiguous(memory_format=torch.channels_last)).latent_dist
            latents[turn, start : start + 32] = torch.cat([encoded.mean, encoded.std], dim=1)
    return latents


if __name__ == "__main__":
    main(sys.argv[1:])
