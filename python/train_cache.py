"""The outputs of the frozen VAE and text encoder for the whole dataset, computed once and kept in memory-mapped files.

The cache of a picture holds the mean and log-variance, not one draw of the latents, so that sampling stays the same.
Both caches lie in the dataset's cache folder. A file's name is a hash of all that its content depends on.
"""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import datasets
import torch
from torch.utils.data import DataLoader, Dataset
from transformers import CLIPTokenizer

from refused import Refused
from train_arguments import Arguments
from train_data import all_captions, picture, read_row, token_ids
from train_models import Models
from train_session import Session


def cache_latents(session: Session, rows: datasets.Dataset, models: Models) -> torch.Tensor:
    """Returns (N, 8, R/8, R/8): mean and log-variance of each row's picture."""
    args = session.args
    key = fingerprint(rows._fingerprint, args.image_column, args.resolution, models.dtype, models.vae)
    models.vae.to(session.device)
    cache = Cache(
        path=cache_path(args, "latents", key),
        shape=(len(rows), *models.moments_shape(args.resolution)),
        dtype=models.dtype,
        items=Pictures(rows.select_columns([args.image_column]), args.image_column, args.resolution),
        encode=models.moments,
    ).fill(session)
    models.vae.to("cpu")
    return cache


@dataclass(frozen=True)
class CachedCaptions:
    """Maps a caption to its (L, width) hidden states."""

    numbers: dict[str, int]
    states: torch.Tensor

    def __getitem__(self, caption: str) -> torch.Tensor:
        return self.states[self.numbers[caption]]


def cache_captions(session: Session, rows: datasets.Dataset, models: Models) -> CachedCaptions:
    args = session.args
    captions = sorted(
        {"", *(text for caption in rows[args.caption_column] for text in all_captions(caption))}
    )
    vocabulary = sorted(models.tokenizer.get_vocab().items())
    key = fingerprint(captions, vocabulary, models.dtype, models.text_encoder)
    models.text_encoder.to(session.device)
    states = Cache(
        path=cache_path(args, "captions", key),
        shape=(len(captions), models.tokenizer.model_max_length, models.text_encoder.config.hidden_size),
        dtype=models.dtype,
        items=Tokens(captions, models.tokenizer),
        encode=models.hidden_states,
    ).fill(session)
    models.text_encoder.to("cpu")
    return CachedCaptions({caption: number for number, caption in enumerate(captions)}, states)


@dataclass(frozen=True, kw_only=True)
class Cache:
    """One tensor in a file: the items, encoded."""

    path: str
    shape: tuple[int, ...]
    """(number of items, shape of one encoded item)"""
    dtype: torch.dtype
    items: Dataset[torch.Tensor]
    encode: Callable[[torch.Tensor], torch.Tensor]
    """Encodes a batch of items, (B, ...) to (B, ...)."""

    def fill(self, session: Session) -> torch.Tensor:
        """Returns the tensor. Where there is no file yet, every process of this machine encodes its share of it."""
        if not os.path.exists(self.path):
            accelerator, partial = session.accelerator, self.path + ".partial"
            if accelerator.is_local_main_process:
                allocate(partial, self.size * self.dtype.itemsize)
            accelerator.wait_for_everyone()
            self.encode_share(self.open(partial), session)
            accelerator.wait_for_everyone()
            if accelerator.is_local_main_process and os.path.exists(partial):
                os.replace(partial, self.path)
            accelerator.wait_for_everyone()
        return self.open(self.path)

    def encode_share(self, tensor: torch.Tensor, session: Session) -> None:
        count, batch = self.shape[0], session.args.train_batch_size
        shares = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
        starts = range(session.accelerator.local_process_index * batch, count, shares * batch)
        # Always full batches, so that a picture is encoded in a batch of the same size as without the cache.
        batches = [[number % count for number in range(start, start + batch)] for start in starts]
        loader = DataLoader(
            self.items, batch_sampler=batches, num_workers=session.args.dataloader_num_workers
        )
        told = time.monotonic()
        for start, inputs in zip(starts, loader, strict=True):
            kept = tensor[start : start + batch]
            kept.copy_(self.encode(inputs.to(session.device))[: len(kept)])
            if time.monotonic() - told > 5:
                told = time.monotonic()
                session.report.say(f"{os.path.basename(self.path)}: {start} of {count}")

    def open(self, path: str) -> torch.Tensor:
        return torch.from_file(path, shared=True, size=self.size, dtype=self.dtype).view(self.shape)

    @property
    def size(self) -> int:
        """Number of elements of the tensor."""
        return torch.Size(self.shape).numel()


def allocate(path: str, size_bytes: int) -> None:
    """Reserves the whole file: writing into a mapped file on a full disk would kill the process without a word."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size_bytes)
            else:
                file.truncate(size_bytes)
        except OSError as error:
            os.unlink(path)
            needed = f"{path} needs {size_bytes / 1e9:.1f} GB: {error.strerror}"
            raise Refused(f"{needed}. Train without the cache, or make room") from error


def cache_path(args: Arguments, name: str, key: str) -> str:
    return os.path.join(args.cache_dir or datasets.config.HF_DATASETS_CACHE, f"{name}-{key}.bin")


def fingerprint(*parts: Any) -> str:
    """Returns one hash of all parts: of a network's weights, of the text of other values."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, torch.nn.Module):
            for tensor in part.state_dict().values():
                digest.update(tensor.cpu().contiguous().view(-1).view(torch.uint8).numpy().data)
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Pictures(Dataset[torch.Tensor]):
    """Item n: the target picture of row n, (3, R, R) in [-1, 1]."""

    rows: datasets.Dataset
    column: str
    resolution: int

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> torch.Tensor:
        return picture(read_row(self.rows, number)[self.column], self.resolution) * 2 - 1


@dataclass(frozen=True, eq=False)
class Tokens(Dataset[torch.Tensor]):
    """Item n: the token ids of caption n, (L,)."""

    captions: list[str]
    tokenizer: CLIPTokenizer

    def __len__(self) -> int:
        return len(self.captions)

    def __getitem__(self, number: int) -> torch.Tensor:
        return token_ids(self.tokenizer, self.captions[number])
