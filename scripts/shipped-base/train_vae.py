"""Trains the VAE of the shipped base model.

    PYTHONPATH=python python -m torch.distributed.run --nproc_per_node 2 scripts/shipped-base/train_vae.py \\
        --faces DIR --state DIR --steps 20000

`--faces` is what draw-faces.mjs wrote. It learns from crops of 64 pixels, four in ten around eyes and mouths, which also
count more in the loss. Every 100 steps it saves its state; started again, it goes on from there. `--steps` may differ then:
the learning rate falls over its last fifth. With `--freeze_encoder` it can go on after the UNet was trained, or beside it.
"""

import argparse
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import torch
    from diffusers import AutoencoderKL

CROP = 64
BATCH = 16
SEED = 1
LEARNING_RATE = 2e-3
HELD_OUT = 64
"""Faces at the end of the set that nothing is learned from."""

CENTRES = (slice(36, 42), slice(42, 48), slice(48, 68), slice(17, 48))
"""Landmarks around which crops are taken: each eye, the mouth, and between brows and nose."""

KL_WEIGHT = 2e-4
EDGE_WEIGHT = 1.0
DETAIL_WEIGHT = 4.0


def main(argv: list[str]) -> None:
    args = parse(argv)
    import numpy as np
    import torch

    from base_parts import make_vae
    from training_state import TrainingState, rate_share

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    vae = make_vae().to(memory_format=torch.channels_last)
    state = TrainingState(args.state, {"vae": vae}, LEARNING_RATE)
    state.load()
    if args.freeze_encoder:
        for part in (vae.encoder, vae.quant_conv):
            part.requires_grad_(False)
    faces = np.load(os.path.join(args.faces, "faces.npy"), mmap_mode="r")
    landmarks = np.load(os.path.join(args.faces, "landmarks.npy"))
    count = len(faces) - HELD_OUT
    sums = {"loss": 0.0, "error": 0.0, "kl": 0.0}
    while state.step < args.steps:
        rng = np.random.default_rng([SEED, state.step, state.rank])
        pictures, weights = draw_crops(faces, landmarks, count, rng)
        torch.manual_seed(int(rng.integers(1 << 31)))
        loss, parts = vae_loss(vae, pictures, weights)
        state.descend(loss, rate_share(state.step, args.steps))
        for name, value in parts.items():
            sums[name] += value / 100
        if state.step % 100 == 0:
            state.log(**{name: round(value, 5) for name, value in sums.items()})
            sums = dict.fromkeys(sums, 0.0)
            state.save()
    state.save()


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="train_vae.py", allow_abbrev=False)
    parser.add_argument("--faces", required=True, help="folder of draw-faces.mjs")
    parser.add_argument("--state", required=True, help="folder to save to and go on from")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument(
        "--freeze_encoder",
        action="store_true",
        help="train the decoder alone: a UNet that learned from the latents still fits",
    )
    return parser.parse_args(argv)


def draw_crops(
    faces: "np.ndarray", landmarks: "np.ndarray", count: int, rng: "np.random.Generator"
) -> "tuple[torch.Tensor, torch.Tensor]":
    """Returns crops (BATCH, 3, CROP, CROP) in [-1, 1] and how much their pixels count, (BATCH, 1, CROP, CROP)."""
    import numpy as np
    import torch

    crops = np.empty((BATCH, CROP, CROP, 3), np.uint8)
    weights = np.empty((BATCH, CROP, CROP), np.float32)
    for i, index in enumerate(rng.integers(0, count, BATCH)):
        picture, points = faces[index], landmarks[index]
        room = picture.shape[0] - CROP
        if rng.random() < 0.4:
            centre = points[CENTRES[rng.integers(len(CENTRES))]].mean(axis=0) + rng.uniform(-14, 14, 2)
            left, top = (int(v) for v in np.clip(np.round(centre - CROP / 2), 0, room))
        else:
            # Mostly at the edges, which the others do not see.
            left, top = (int(v) for v in np.round(rng.beta(0.4, 0.4, 2) * room))
        crops[i] = picture[top : top + CROP, left : left + CROP]
        weights[i] = detail_weights(points - [left, top])
        if rng.random() < 0.5:
            crops[i], weights[i] = crops[i, :, ::-1], weights[i, :, ::-1]
    pixels = torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 127.5 - 1
    return pixels.contiguous(memory_format=torch.channels_last), torch.from_numpy(weights)[:, None]


def detail_weights(points: "np.ndarray") -> "np.ndarray":
    """1 plus DETAIL_WEIGHT within a few pixels of brows, eyes, nostrils and mouth, (CROP, CROP), with mean 1."""
    import numpy as np

    drawn = np.concatenate([points[17:27], points[31:70]])
    grid = np.arange(CROP, dtype=np.float32)
    across = np.exp(-(((grid[None, :] - drawn[:, 0:1]) / 2.5) ** 2))
    down = np.exp(-(((grid[None, :] - drawn[:, 1:2]) / 2.5) ** 2))
    near = np.minimum(1, np.einsum("py,px->yx", down, across))
    weights: np.ndarray = 1 + DETAIL_WEIGHT * near
    return weights


def vae_loss(
    vae: "AutoencoderKL", pictures: "torch.Tensor", weights: "torch.Tensor"
) -> "tuple[torch.Tensor, dict[str, float]]":
    """Weighted distance of colours and of differences between neighbours, plus the divergence of the latents."""
    import torch

    with torch.autocast("cpu", torch.bfloat16):
        latents = vae.encode(pictures).latent_dist
        decoded = vae.decode(latents.sample()).sample
    error = decoded.float() - pictures
    across, down = error[..., 1:] - error[..., :-1], error[..., 1:, :] - error[..., :-1, :]
    colour = (weights * error.abs()).mean()
    edges = (weights[..., 1:] * across.abs()).mean() + (weights[..., 1:, :] * down.abs()).mean()
    kl = latents.kl().mean() / latents.mean[0].numel()
    loss = colour + EDGE_WEIGHT * edges + KL_WEIGHT * kl
    return loss, {"loss": loss.item(), "error": error.abs().mean().item(), "kl": kl.item()}


if __name__ == "__main__":
    main(sys.argv[1:])
