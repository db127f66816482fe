"""The training samples as one endless stream, in which sample k is a pure function of the seed and k.

The stream is the dataset again and again, each epoch in its own shuffled order. A sample brings its own draws (noise,
timestep, which caption): nothing about a step depends on what ran before it, in which process or on which device. So a
resumed run continues exactly, and a batch split over processes or accumulation steps gives the same loss.
"""

from functools import lru_cache

import numpy as np
import torch
from PIL import Image

from train_report import Problem

ORDER, DRAWS = 0, 1
"""First words of the random streams' keys: the order of an epoch, the draws of a sample."""


class SampleStream(torch.utils.data.Dataset):
    """Item k: condition (3, R, R) in [0, 1]; noise and latent_noise (4, R/8, R/8); timestep; and what is not cached of
    pixel_values (3, R, R) in [-1, 1] and input_ids, or else moments (8, R/8, R/8) and hidden_states."""

    def __init__(self, rows, args, seed, tokenizer, latent_shape, timesteps, moments=None, captions=None):
        self.count = len(rows)
        columns = [args.conditioning_image_column, args.caption_column]
        self.rows = rows.select_columns(columns if moments is not None else [args.image_column, *columns])
        self.args, self.seed, self.tokenizer = args, seed, tokenizer
        self.latent_shape, self.timesteps = latent_shape, timesteps
        self.moments, self.captions = moments, captions
        self.order = lru_cache(maxsize=1)(self.shuffled)

    def shuffled(self, epoch):
        return np.random.default_rng([ORDER, self.seed, epoch]).permutation(self.count)

    def __getitem__(self, k):
        args = self.args
        epoch, position = divmod(k, self.count)
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


def sample_batches(first, steps, batch, accumulation, processes, rank):
    """The sample numbers of this process, one list for each micro-batch, over `steps` optimiser steps from sample `first`."""
    for micro_batch in range(steps * accumulation):
        start = first + (micro_batch * processes + rank) * batch
        yield list(range(start, start + batch))


def load_rows(args):
    """The split `train`, its two picture columns decoding to PIL images."""
    from datasets import Image as ImageFeature
    from datasets import load_dataset

    splits = load_dataset(args.train_data_dir, cache_dir=args.cache_dir)
    if "train" not in splits:
        raise Problem(f"{args.train_data_dir} has no split `train`, only {', '.join(splits)}")
    rows = splits["train"]
    if len(rows) == 0:
        raise Problem(f"the split `train` of {args.train_data_dir} is empty")
    for flag in ("image_column", "conditioning_image_column", "caption_column"):
        column = getattr(args, flag)
        if column not in rows.column_names:
            raise Problem(f"--{flag}: no column {column} in {args.train_data_dir}; it has {', '.join(rows.column_names)}")
        if flag != "caption_column" and not isinstance(rows.features[column], ImageFeature):
            rows = rows.cast_column(column, ImageFeature())
    return rows


def read_row(rows, number):
    try:
        row = rows[number]
    except Exception as error:
        raise ValueError(f"row {number} of the split `train` can't be read: {error}") from error
    for column, value in row.items():
        if value is None:
            raise ValueError(f"row {number} of the split `train` has nothing in column {column}")
    return row


def picture(image, resolution):
    """PIL image to (3, resolution, resolution) in [0, 1]: shorter side resized (bilinear), centre cut out."""
    image = image.convert("RGB")
    width, height = image.size
    if min(width, height) != resolution:
        scale = resolution / min(width, height)
        image = image.resize((max(resolution, int(width * scale)), max(resolution, int(height * scale))), Image.BILINEAR)
    left, top = round((image.width - resolution) / 2), round((image.height - resolution) / 2)
    image = image.crop((left, top, left + resolution, top + resolution))
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255


def draw_caption(caption, draws, proportion_empty):
    """One caption of a row: none at the given rate, one of several when it has a list."""
    empty, pick = draws.random() < proportion_empty, draws.random()
    if empty:
        return ""
    choices = all_captions(caption)
    return choices[int(pick * len(choices))]


def all_captions(caption):
    choices = [caption] if isinstance(caption, str) else caption
    if not choices or not all(isinstance(choice, str) for choice in choices):
        raise ValueError(f"a caption must be a string or a list of strings, found {caption!r}")
    return choices


def token_ids(tokenizer, caption):
    """(L,) token ids, cut or padded to the tokenizer's length (77 for CLIP)."""
    length = tokenizer.model_max_length
    return tokenizer(caption, max_length=length, padding="max_length", truncation=True, return_tensors="pt").input_ids[0]
