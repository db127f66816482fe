"""Prepares what the training loop works with: networks, optimiser, data."""

import math
from dataclasses import dataclass
from typing import Any

import datasets
import torch
from diffusers import ControlNetModel
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader

from train_cache import cache_captions, cache_latents
from train_data import SampleBatches, SampleStream
from train_models import Models, load_models
from train_optimizer import make_optimizer, make_schedule
from train_session import Session
from train_start import Start, check_resume


@dataclass(frozen=True, kw_only=True)
class Training:
    """Everything that the training loop works with."""

    session: Session
    models: Models
    controlnet: torch.nn.Module
    """The network that learns, wrapped so that the processes average its gradients."""
    network: ControlNetModel
    """The same network without the wrapping, as it is saved."""
    optimizer: torch.optim.Optimizer
    schedule: LRScheduler
    seed: int
    rows: int
    total_steps: int
    settings: dict[str, Any]
    """A checkpoint records them; a resumed training is compared with them."""


def prepare_training(session: Session, start: Start, rows: int) -> Training:
    args, accelerator = session.args, session.accelerator
    torch.manual_seed(start.seed)  # a new ControlNet's layers for the conditioning image start at random
    models, network = load_models(args, session.dtype)
    if args.gradient_checkpointing:
        network.enable_gradient_checkpointing()
    if args.gradient_checkpointing_unet:
        models.unet.enable_gradient_checkpointing()
    total_steps = args.max_train_steps or args.num_train_epochs * math.ceil(rows / session.effective_batch)
    settings = describe_settings(session, total_steps=total_steps, seed=start.seed)
    check_resume(start.recorded, settings=settings, rows=rows, report=session.report)

    optimizer = make_optimizer(network, args)
    schedule = make_schedule(optimizer, args, total_steps=total_steps, processes=accelerator.num_processes)
    controlnet, optimizer, schedule = accelerator.prepare(network, optimizer, schedule)
    models.unet.to(session.device)
    models.place_encoders(session.device, args)
    return Training(
        session=session,
        models=models,
        controlnet=controlnet,
        network=accelerator.unwrap_model(controlnet),
        optimizer=optimizer,
        schedule=schedule,
        seed=start.seed,
        rows=rows,
        total_steps=total_steps,
        settings=settings,
    )


def describe_settings(session: Session, *, total_steps: int, seed: int) -> dict[str, Any]:
    names = ("learning_rate", "lr_scheduler", "lr_warmup_steps", "resolution")
    settings = {name: getattr(session.args, name) for name in names}
    return settings | {"effective_batch": session.effective_batch, "total_steps": total_steps, "seed": seed}


def open_loader(training: Training, start: Start, rows: datasets.Dataset) -> DataLoader[dict[str, Any]]:
    """Fills the caches that are wanted. The loader then gives this process's micro-batches of all steps that are left."""
    session, models = training.session, training.models
    args, accelerator = session.args, session.accelerator
    stream = SampleStream(
        rows=rows,
        args=args,
        seed=start.seed,
        tokenizer=models.tokenizer,
        latent_shape=models.latent_shape(args.resolution),
        timesteps=models.scheduler.config.num_train_timesteps,
        moments=cache_latents(session, rows, models) if args.cache_latents else None,
        captions=cache_captions(session, rows, models) if args.cache_captions else None,
    )
    batches = SampleBatches(
        first=start.samples,
        steps=max(0, training.total_steps - start.step),
        batch=args.train_batch_size,
        accumulation=args.gradient_accumulation_steps,
        processes=accelerator.num_processes,
        rank=accelerator.process_index,
    )
    return DataLoader(
        stream,
        batch_sampler=batches,
        num_workers=args.dataloader_num_workers,
        pin_memory=session.device.type == "cuda",
        generator=torch.Generator(),  # the loader draws a number for its workers: not from the generator that we restore
    )
