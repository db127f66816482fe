"""The optimiser, and how its learning rate changes over the steps."""

from typing import cast

import torch
from diffusers.optimization import get_scheduler
from torch.optim.lr_scheduler import LRScheduler

from refused import Refused
from train_arguments import Arguments


def make_optimizer(controlnet: torch.nn.Module, args: Arguments) -> torch.optim.Optimizer:
    return optimizer_class(args)(
        controlnet.parameters(),
        lr=args.learning_rate,
        betas=(args.adam_beta1, args.adam_beta2),
        weight_decay=args.adam_weight_decay,
        eps=args.adam_epsilon,
    )


def optimizer_class(args: Arguments) -> type[torch.optim.AdamW]:
    if not args.use_8bit_adam:
        return torch.optim.AdamW
    try:
        from bitsandbytes.optim import AdamW8bit
    except ImportError as error:
        raise Refused(f"--use_8bit_adam needs the package bitsandbytes: {error}") from error
    return cast(type[torch.optim.AdamW], AdamW8bit)  # takes the same arguments


def make_schedule(
    optimizer: torch.optim.Optimizer, args: Arguments, *, total_steps: int, processes: int
) -> LRScheduler:
    """Accelerate moves the schedule on once for each process at every step, hence the factors."""
    schedule: LRScheduler = get_scheduler(
        args.lr_scheduler,
        optimizer,
        num_warmup_steps=args.lr_warmup_steps * processes,
        num_training_steps=total_steps * processes,
        num_cycles=args.lr_num_cycles,
        power=args.lr_power,
    )
    return schedule
