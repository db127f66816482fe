"""What the frozen VAE and text encoder say about the dataset, computed once and kept in memory-mapped files.

Of a picture the mean and log-variance are kept, not one draw of the latents: sampling stays what it is without the cache.
Both caches lie in the dataset's cache folder and are named after all that they depend on.
"""

import hashlib
import os
import time

import torch
from torch.utils.data import DataLoader, Dataset

from train_data import all_captions, picture, read_row, token_ids
from train_report import Problem


def cache_latents(rows, models, args, accelerator, report):
    """(N, 8, R/8, R/8): mean and log-variance of each row's picture."""
    key = fingerprint(rows._fingerprint, args.image_column, args.resolution, models.dtype, models.vae)
    shape = (len(rows), *models.moments_shape(args.resolution))
    items = Pictures(rows.select_columns([args.image_column]), args.image_column, args.resolution)
    models.vae.to(accelerator.device)
    cache = fill(cache_path(args, "latents", key), shape, items, models.moments, models.dtype, args, accelerator, report)
    models.vae.to("cpu")
    return cache


class CaptionCache:
    """Maps a caption to its (L, width) hidden states."""

    def __init__(self, numbers, states):
        self.numbers, self.states = numbers, states

    def __getitem__(self, caption):
        return self.states[self.numbers[caption]]


def cache_captions(rows, models, args, accelerator, report):
    captions = sorted({"", *(text for caption in rows[args.caption_column] for text in all_captions(caption))})
    key = fingerprint(captions, sorted(models.tokenizer.get_vocab().items()), models.dtype, models.text_encoder)
    shape = (len(captions), models.tokenizer.model_max_length, models.text_encoder.config.hidden_size)
    items = Tokens(captions, models.tokenizer)
    models.text_encoder.to(accelerator.device)
    states = fill(cache_path(args, "captions", key), shape, items, models.hidden_states, models.dtype, args, accelerator, report)
    models.text_encoder.to("cpu")
    return CaptionCache({caption: number for number, caption in enumerate(captions)}, states)


def fill(path, shape, items, encode, dtype, args, accelerator, report):
    """The tensor kept in the file `path`. Where there is none, every process of this machine encodes its share of it."""
    count, batch = shape[0], args.train_batch_size
    if not os.path.exists(path):
        partial = path + ".partial"
        if accelerator.is_local_main_process:
            allocate(partial, torch.Size(shape).numel() * dtype.itemsize)
        accelerator.wait_for_everyone()
        tensor = open_tensor(partial, shape, dtype)
        shares = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
        starts = range(accelerator.local_process_index * batch, count, shares * batch)
        # Always full batches, so that a picture is encoded in a batch of the same size as without the cache.
        batches = [[number % count for number in range(start, start + batch)] for start in starts]
        loader = DataLoader(items, batch_sampler=batches, num_workers=args.dataloader_num_workers)
        told = time.monotonic()
        for start, inputs in zip(starts, loader):
            kept = tensor[start : start + batch]
            kept.copy_(encode(inputs.to(accelerator.device))[: len(kept)])
            if time.monotonic() - told > 5:
                told = time.monotonic()
                report.say(f"{os.path.basename(path)}: {start} of {count}")
        accelerator.wait_for_everyone()
        if accelerator.is_local_main_process and os.path.exists(partial):
            os.replace(partial, path)
        accelerator.wait_for_everyone()
    return open_tensor(path, shape, dtype)


def open_tensor(path, shape, dtype):
    return torch.from_file(path, shared=True, size=torch.Size(shape).numel(), dtype=dtype).view(shape)


def allocate(path, size_bytes):
    """Reserves the whole file: writing into a mapped file on a full disk would kill the process without a word."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, size_bytes) if hasattr(os, "posix_fallocate") else file.truncate(size_bytes)
        except OSError as error:
            os.unlink(path)
            raise Problem(f"{path} needs {size_bytes / 1e9:.1f} GB: {error.strerror}. Train without the cache, or make room") from error


def cache_path(args, name, key):
    from datasets import config

    return os.path.join(args.cache_dir or config.HF_DATASETS_CACHE, f"{name}-{key}.bin")


def fingerprint(*parts):
    """Hash of values, and of a network's weights."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, torch.nn.Module):
            for tensor in part.state_dict().values():
                digest.update(tensor.cpu().contiguous().view(-1).view(torch.uint8).numpy().data)
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()[:16]


class Pictures(Dataset):
    """Item n: the target picture of row n, (3, R, R) in [-1, 1]."""

    def __init__(self, rows, column, resolution):
        self.rows, self.column, self.resolution = rows, column, resolution

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, number):
        return picture(read_row(self.rows, number)[self.column], self.resolution) * 2 - 1


class Tokens(Dataset):
    """Item n: the token ids of caption n."""

    def __init__(self, captions, tokenizer):
        self.captions, self.tokenizer = captions, tokenizer

    def __len__(self):
        return len(self.captions)

    def __getitem__(self, number):
        return token_ids(self.tokenizer, self.captions[number])
