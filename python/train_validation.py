"""The loss of the rows that are held out: the same noise and timesteps each time, so that only the weights change it."""

from dataclasses import dataclass

import datasets
import numpy as np
import torch

from train_data import HELD_OUT, Batch, all_captions, picture, read_row, token_ids
from train_loss import diffusion_loss
from train_setup import Training

FEWEST, MOST = 32, 64
"""Fewer rows are looked at several times, at other timesteps; of more, only the first count."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Sample j is row `rows[j]`, encoded once, with draws of its own. The conditioning images are read again each time."""

    dataset: datasets.Dataset
    rows: list[int]
    fixed: list[Batch]
    """For each sample: timestep, noise, latent_noise, moments, hidden_states, each with a first dimension of 1."""

    @torch.no_grad()
    def loss(self, training: Training) -> float:
        """Returns the mean loss of all samples with the weights as they are. Draws no random number."""
        args, device = training.session.args, training.session.device
        total = 0.0
        training.network.eval()
        for start in range(0, len(self.rows), args.train_batch_size):
            numbers = range(start, min(start + args.train_batch_size, len(self.rows)))
            batch = stack([self.fixed[number] for number in numbers])
            batch["condition"] = torch.stack([self.condition(training, number) for number in numbers])
            on_device = {name: part.to(device) for name, part in batch.items()}
            total += len(numbers) * float(diffusion_loss(training.models, training.network, on_device))
        training.network.train()
        return total / len(self.rows)

    def condition(self, training: Training, number: int) -> torch.Tensor:
        args = training.session.args
        row = read_row(self.dataset, self.rows[number])
        return picture(row[args.conditioning_image_column], args.resolution)


def prepare_held_out(training: Training, rows: datasets.Dataset | None) -> HeldOut | None:
    """Encodes the held-out rows. Returns None where there are none, and in all processes but the first."""
    session, models = training.session, training.models
    args = session.args
    if rows is None:
        return None
    if not session.accelerator.is_main_process:
        return HeldOut(rows, [], [])
    count = min(MOST, max(FEWEST, len(rows)))
    numbers = [number % len(rows) for number in range(count)]
    timesteps = spread_timesteps(count, models.scheduler.config.num_train_timesteps, training.seed)
    models.vae.to(session.device)
    models.text_encoder.to(session.device)
    encoded = [encode_row(training, rows, number) for number in range(min(count, len(rows)))]
    models.place_encoders(session.device, args)
    fixed = []
    for number, (row, timestep) in enumerate(zip(numbers, timesteps, strict=True)):
        draws = np.random.default_rng([HELD_OUT, training.seed, number])
        noise = draws.standard_normal((2, 1, *models.latent_shape(args.resolution)), np.float32)
        own = {"timestep": torch.tensor([timestep]), "noise": torch.from_numpy(noise[0])}
        fixed.append(encoded[row] | own | {"latent_noise": torch.from_numpy(noise[1])})
    columns = [args.conditioning_image_column]
    return HeldOut(rows.select_columns(columns), numbers, fixed)


def spread_timesteps(count: int, steps: int, seed: int) -> list[int]:
    """Returns the middles of `count` equal parts of all timesteps, in random order: rows and timesteps don't go together."""
    order = np.random.default_rng([HELD_OUT, seed]).permutation(count)
    return [int((part + 0.5) / count * steps) for part in order]


def encode_row(training: Training, rows: datasets.Dataset, number: int) -> Batch:
    session, models = training.session, training.models
    args = session.args
    row = read_row(rows, number)
    pixels = picture(row[args.image_column], args.resolution)[None] * 2 - 1
    ids = token_ids(models.tokenizer, all_captions(row[args.caption_column])[0])[None]
    return {
        "moments": models.moments(pixels.to(session.device)).cpu(),
        "hidden_states": models.hidden_states(ids.to(session.device)).cpu(),
    }


def stack(samples: list[Batch]) -> Batch:
    return {name: torch.cat([sample[name] for sample in samples]) for name in samples[0]}
