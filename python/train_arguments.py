"""The flags of `train.py`: those of diffusers' `train_controlnet.py` that the kit passes, and a few of ours.

Each field below is a flag of the same name. Its annotation gives the type: `bool` is a switch, `list[str]` takes several
values, and a field without a default is required.
"""

import argparse
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, get_args, get_type_hints

SCHEDULES = ("linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup")


def flag(default: Any = MISSING, help: str | None = None, choices: tuple[str, ...] | None = None) -> Any:
    return field(default=default, metadata={"help": help, "choices": choices})


@dataclass(frozen=True, kw_only=True)
class ModelFlags:
    pretrained_model_name_or_path: str = flag(help="base model: folder or repository")
    controlnet_model_name_or_path: str | None = flag(
        None, "start from this ControlNet; else from the UNet's weights"
    )
    variant: str | None = flag(None, "variant of the base model's weight files, such as fp16")


@dataclass(frozen=True, kw_only=True)
class DataFlags:
    train_data_dir: str = flag(help="dataset folder, with a split `train`")
    cache_dir: str | None = flag(
        None, "cache of the dataset, and of latents and captions when they are cached"
    )
    image_column: str = flag("image")
    conditioning_image_column: str = flag("conditioning_image")
    caption_column: str = flag("text", "a string, or a list of which one is drawn each time")
    proportion_empty_prompts: float = flag(0.0, "share of captions left out")
    resolution: int = flag(512, "side of the pictures in pixels")
    dataloader_num_workers: int = flag(0, "processes that read pictures")


@dataclass(frozen=True, kw_only=True)
class ScheduleFlags:
    seed: int | None = flag(None, "of data order, noise and previews; drawn and remembered when missing")
    train_batch_size: int = flag(4, "pictures at a time, in each process")
    gradient_accumulation_steps: int = flag(1)
    num_train_epochs: int = flag(1)
    max_train_steps: int | None = flag(None, "instead of --num_train_epochs")
    learning_rate: float = flag(5e-6)
    lr_scheduler: str = flag("constant", choices=SCHEDULES)
    lr_warmup_steps: int = flag(500, "not used by `constant`")
    lr_num_cycles: int = flag(1, "of cosine_with_restarts")
    lr_power: float = flag(1.0, "of polynomial")


@dataclass(frozen=True, kw_only=True)
class OptimizerFlags:
    use_8bit_adam: bool = flag(False, "needs bitsandbytes")
    adam_beta1: float = flag(0.9)
    adam_beta2: float = flag(0.999)
    adam_weight_decay: float = flag(1e-2)
    adam_epsilon: float = flag(1e-8)
    max_grad_norm: float = flag(1.0)
    set_grads_to_none: bool = flag(False, "free gradients between steps")
    gradient_checkpointing: bool = flag(False, "of the ControlNet")
    mixed_precision: str | None = flag(None, "default: accelerate's", choices=("no", "fp16", "bf16"))
    allow_tf32: bool = flag(False)


@dataclass(frozen=True, kw_only=True)
class OutputFlags:
    output_dir: str = flag("controlnet-model")
    logging_dir: str = flag("logs", "for TensorBoard, under --output_dir")
    report_to: str = flag("tensorboard", choices=("tensorboard",))
    tracker_project_name: str = flag("train_controlnet")
    checkpointing_steps: int = flag(500)
    checkpoints_total_limit: int | None = flag(None, "older checkpoints are removed")
    resume_from_checkpoint: str | None = flag(
        None, "checkpoint-<step> in --output_dir, its path, or `latest`"
    )
    validation_prompt: list[str] | None = flag(None)
    validation_image: list[str] | None = flag(None, "conditioning images, one a prompt, or one for all")
    num_validation_images: int = flag(4, "previews of each")
    validation_steps: int = flag(100)


@dataclass(frozen=True, kw_only=True)
class OwnFlags:
    cache_latents: bool = flag(False, "run the VAE once over the dataset, not every step")
    cache_captions: bool = flag(False, "run the text encoder once over the captions")
    gradient_checkpointing_unet: bool = flag(False, "of the frozen UNet too")
    samples_dir: str | None = flag(None, "folder for the previews as PNG files")


GROUPS = {
    "models": ModelFlags,
    "data": DataFlags,
    "schedule, in optimiser steps": ScheduleFlags,
    "optimiser, precision, memory": OptimizerFlags,
    "output": OutputFlags,
    "not in diffusers' script": OwnFlags,
}


@dataclass(frozen=True, kw_only=True)
class Arguments(ModelFlags, DataFlags, ScheduleFlags, OptimizerFlags, OutputFlags, OwnFlags):
    """All flags of a training, checked."""


def parse(argv: list[str]) -> Arguments:
    """Ends the program with exit code 2 when the flags are wrong."""
    parser = argparse.ArgumentParser(prog="train.py", description="Trains a ControlNet.", allow_abbrev=False)
    for title, flags in GROUPS.items():
        group = parser.add_argument_group(title)
        types = get_type_hints(flags)
        for one in fields(flags):
            group.add_argument(f"--{one.name}", **argparse_options(one, types[one.name]))
    args = Arguments(**vars(parser.parse_args(argv)))
    for problem in find_problems(args):
        parser.error(problem)
    return args


def argparse_options(one: Field[Any], annotation: Any) -> dict[str, Any]:
    """Returns what `add_argument` takes for a field. The annotation is `kind` or `kind | None`."""
    kind = (get_args(annotation) or (annotation,))[0]
    if kind is bool:
        return {"help": one.metadata["help"], "action": "store_true"}
    value = {"nargs": "+"} if kind == list[str] else {"type": kind, "choices": one.metadata["choices"]}
    presence = {"required": True} if one.default is MISSING else {"default": one.default}
    return {"help": one.metadata["help"], **value, **presence}


def find_problems(args: Arguments) -> Iterator[str]:
    """Yields a sentence for each thing that is wrong with the flags together."""
    at_least_one = (
        "train_batch_size",
        "gradient_accumulation_steps",
        "num_train_epochs",
        "checkpointing_steps",
    )
    optional = ("validation_steps", "num_validation_images", "max_train_steps", "checkpoints_total_limit")
    for name in (*at_least_one, *optional):
        value = getattr(args, name)
        if value is not None and value < 1:
            yield f"--{name} must be at least 1, got {value}"
    if args.resolution < 8 or args.resolution % 8 != 0:
        yield f"--resolution must be a multiple of 8, got {args.resolution}"
    if not 0 <= args.proportion_empty_prompts <= 1:
        yield f"--proportion_empty_prompts must be between 0 and 1, got {args.proportion_empty_prompts}"
    if args.seed is not None and args.seed < 0:
        yield f"--seed must not be negative, got {args.seed}"
    prompts, images = len(args.validation_prompt or []), len(args.validation_image or [])
    if (prompts == 0) != (images == 0):
        yield "--validation_prompt and --validation_image belong together: give both or neither"
    if prompts > 1 and images > 1 and prompts != images:
        yield f"{prompts} --validation_prompt for {images} --validation_image: give equal counts, or one of either"
