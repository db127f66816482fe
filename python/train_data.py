"""The training samples as one endless stream, in which sample k is a pure function of the seed and k.

The stream is the dataset again and again, each epoch in its own shuffled order. A sample brings its own draws (noise,
timestep, which caption): nothing about a step depends on what ran before it, in which process or on which device. So a
resumed run continues exactly, and a batch split over processes or accumulation steps gives the same loss.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import datasets
import numpy as np
import torch
from PIL import Image
from transformers import CLIPTokenizer

from refused import Refused
from train_arguments import Arguments

ORDER, DRAWS, HELD_OUT = 0, 1, 2
"""A random stream's key begins with its purpose: the order of an epoch, the draws of a sample, those of the held-out loss."""

Batch = dict[str, torch.Tensor]
"""Samples of `SampleStream`, each entry stacked: (B, ...)."""


class CaptionStates(Protocol):
    def __getitem__(self, caption: str) -> torch.Tensor:
        """Returns the (L, width) hidden states of a caption."""


@dataclass(kw_only=True, eq=False)
class SampleStream(torch.utils.data.Dataset[dict[str, Any]]):
    """Item k, with R for the resolution:

    - condition: (3, R, R) in [0, 1]
    - timestep: int
    - noise, latent_noise: (4, R/8, R/8), standard normal
    - moments: (8, R/8, R/8) when latents are cached, else pixel_values: (3, R, R) in [-1, 1]
    - hidden_states: (L, width) when captions are cached, else input_ids: (L,)
    """

    rows: datasets.Dataset
    args: Arguments
    seed: int
    tokenizer: CLIPTokenizer
    latent_shape: tuple[int, int, int]
    timesteps: int
    """Number of timesteps of the noise schedule."""
    moments: torch.Tensor | None = None
    """(N, 8, R/8, R/8), indexed by row number."""
    captions: CaptionStates | None = None

    def __post_init__(self) -> None:
        columns = [self.args.conditioning_image_column, self.args.caption_column]
        if self.moments is None:
            columns = [self.args.image_column, *columns]
        self.rows = self.rows.select_columns(columns)
        self.order = lru_cache(maxsize=1)(self.shuffled)

    def shuffled(self, epoch: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Returns all row numbers in the order of this epoch."""
        return np.random.default_rng([ORDER, self.seed, epoch]).permutation(len(self.rows))

    def __getitem__(self, k: int) -> dict[str, Any]:
        args = self.args
        epoch, position = divmod(k, len(self.rows))
        number = int(self.order(epoch)[position])
        row = read_row(self.rows, number)
        draws = np.random.default_rng([DRAWS, self.seed, k])
        caption = draw_caption(row[args.caption_column], draws, args.proportion_empty_prompts)
        sample = {
            "condition": picture(row[args.conditioning_image_column], args.resolution),
            "timestep": int(draws.integers(self.timesteps)),
            "noise": torch.from_numpy(draws.standard_normal(self.latent_shape, np.float32)),
            "latent_noise": torch.from_numpy(draws.standard_normal(self.latent_shape, np.float32)),
        }
        if self.moments is not None:
            sample["moments"] = self.moments[number]
        else:
            sample["pixel_values"] = picture(row[args.image_column], args.resolution) * 2 - 1
        if self.captions is not None:
            sample["hidden_states"] = self.captions[caption]
        else:
            sample["input_ids"] = token_ids(self.tokenizer, caption)
        return sample


@dataclass(frozen=True, kw_only=True)
class SampleBatches:
    """The sample numbers of one process, one list a micro-batch, for `steps` optimiser steps from sample `first`."""

    first: int
    steps: int
    batch: int
    accumulation: int
    """Micro-batches in a step."""
    processes: int
    rank: int
    """This process's number, from 0."""

    def __iter__(self) -> Iterator[list[int]]:
        for micro_batch in range(self.steps * self.accumulation):
            start = self.first + (micro_batch * self.processes + self.rank) * self.batch
            yield list(range(start, start + self.batch))


def load_splits(args: Arguments) -> dict[str, datasets.Dataset]:
    """Opens the split `train`, and the held-out rows, `validation`, where there are any."""
    splits = datasets.load_dataset(args.train_data_dir, cache_dir=args.cache_dir)
    if "train" not in splits:
        raise Refused(f"{args.train_data_dir} has no split `train`, only {', '.join(splits)}")
    if len(splits["train"]) == 0:
        raise Refused(f"the split `train` of {args.train_data_dir} is empty")
    wanted = [name for name in ("train", "validation") if name in splits and len(splits[name]) > 0]
    return {name: with_pictures(splits[name], args) for name in wanted}


def with_pictures(rows: datasets.Dataset, args: Arguments) -> datasets.Dataset:
    """Returns the rows with the two picture columns decoded to PIL images."""
    for flag in ("image_column", "conditioning_image_column", "caption_column"):
        column = getattr(args, flag)
        if column not in rows.column_names:
            known = ", ".join(rows.column_names)
            raise Refused(f"--{flag}: no column {column} in {args.train_data_dir}; it has {known}")
        if flag != "caption_column" and not isinstance(rows.features[column], datasets.Image):
            rows = rows.cast_column(column, datasets.Image())
    return rows


def read_row(rows: datasets.Dataset, number: int) -> dict[str, Any]:
    try:
        row: dict[str, Any] = rows[number]
    except Exception as error:
        raise ValueError(f"row {number} of the split `{rows.split}` can't be read: {error}") from error
    for column, value in row.items():
        if value is None:
            raise ValueError(f"row {number} of the split `{rows.split}` has nothing in column {column}")
    return row


def picture(image: Image.Image, resolution: int) -> torch.Tensor:
    """Resizes the shorter side (bilinear) and cuts out the centre. Returns (3, resolution, resolution) in [0, 1]."""
    image = image.convert("RGB")
    width, height = image.size
    if min(width, height) != resolution:
        scale = resolution / min(width, height)
        size = max(resolution, int(width * scale)), max(resolution, int(height * scale))
        image = image.resize(size, Image.Resampling.BILINEAR)
    left, top = round((image.width - resolution) / 2), round((image.height - resolution) / 2)
    image = image.crop((left, top, left + resolution, top + resolution))
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255


def draw_caption(caption: str | list[str], draws: np.random.Generator, proportion_empty: float) -> str:
    """Returns one of a row's captions, or "" at the rate `proportion_empty`."""
    empty, pick = draws.random() < proportion_empty, draws.random()
    if empty:
        return ""
    choices = all_captions(caption)
    return choices[int(pick * len(choices))]


def all_captions(caption: str | list[str]) -> list[str]:
    choices = [caption] if isinstance(caption, str) else caption
    if not choices or not all(isinstance(choice, str) for choice in choices):
        raise ValueError(f"a caption must be a string or a list of strings, found {caption!r}")
    return choices


def token_ids(tokenizer: CLIPTokenizer, caption: str) -> torch.Tensor:
    """Returns (L,) token ids, cut or padded to the tokenizer's length L (77 for CLIP)."""
    tokens = tokenizer(
        caption,
        max_length=tokenizer.model_max_length,
        padding="max_length",
        truncation=True,
        return_tensors="pt",
    )
    ids: torch.Tensor = tokens.input_ids[0]
    return ids
