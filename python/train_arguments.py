"""The flags of `train.py`: those of diffusers' `train_controlnet.py` that the kit passes, in its spelling, and a few of ours."""

import argparse

SCHEDULES = ("linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup")


def parse(argv):
    parser = argparse.ArgumentParser(prog="train.py", description="Trains a ControlNet.", allow_abbrev=False)
    for add in (add_models, add_data, add_schedule, add_optimiser, add_output, add_own):
        add(parser)
    args = parser.parse_args(argv)
    for problem in problems(args):
        parser.error(problem)
    return args


def add_models(parser):
    group = parser.add_argument_group("models")
    group.add_argument("--pretrained_model_name_or_path", required=True, help="base model: folder or repository")
    group.add_argument("--controlnet_model_name_or_path", help="start from this ControlNet; else from the UNet's weights")
    group.add_argument("--variant", help="variant of the base model's weight files, such as fp16")


def add_data(parser):
    group = parser.add_argument_group("data")
    group.add_argument("--train_data_dir", required=True, help="dataset folder, with a split `train`")
    group.add_argument("--cache_dir", help="cache of the dataset, and of latents and captions when they are cached")
    group.add_argument("--image_column", default="image")
    group.add_argument("--conditioning_image_column", default="conditioning_image")
    group.add_argument("--caption_column", default="text", help="a string, or a list of which one is drawn each time")
    group.add_argument("--proportion_empty_prompts", type=float, default=0.0, help="share of captions left out")
    group.add_argument("--resolution", type=int, default=512, help="side of the pictures in pixels")
    group.add_argument("--dataloader_num_workers", type=int, default=0, help="processes that read pictures")


def add_schedule(parser):
    group = parser.add_argument_group("schedule, in optimiser steps")
    group.add_argument("--seed", type=int, help="of data order, noise and previews; drawn and remembered when missing")
    group.add_argument("--train_batch_size", type=int, default=4, help="pictures at a time, in each process")
    group.add_argument("--gradient_accumulation_steps", type=int, default=1)
    group.add_argument("--num_train_epochs", type=int, default=1)
    group.add_argument("--max_train_steps", type=int, help="instead of --num_train_epochs")
    group.add_argument("--learning_rate", type=float, default=5e-6)
    group.add_argument("--lr_scheduler", choices=SCHEDULES, default="constant")
    group.add_argument("--lr_warmup_steps", type=int, default=500, help="not used by `constant`")
    group.add_argument("--lr_num_cycles", type=int, default=1, help="of cosine_with_restarts")
    group.add_argument("--lr_power", type=float, default=1.0, help="of polynomial")


def add_optimiser(parser):
    group = parser.add_argument_group("optimiser, precision, memory")
    group.add_argument("--use_8bit_adam", action="store_true", help="needs bitsandbytes")
    group.add_argument("--adam_beta1", type=float, default=0.9)
    group.add_argument("--adam_beta2", type=float, default=0.999)
    group.add_argument("--adam_weight_decay", type=float, default=1e-2)
    group.add_argument("--adam_epsilon", type=float, default=1e-8)
    group.add_argument("--max_grad_norm", type=float, default=1.0)
    group.add_argument("--set_grads_to_none", action="store_true", help="free gradients between steps")
    group.add_argument("--gradient_checkpointing", action="store_true", help="of the ControlNet")
    group.add_argument("--mixed_precision", choices=("no", "fp16", "bf16"), help="default: accelerate's")
    group.add_argument("--allow_tf32", action="store_true")


def add_output(parser):
    group = parser.add_argument_group("output")
    group.add_argument("--output_dir", default="controlnet-model")
    group.add_argument("--logging_dir", default="logs", help="for TensorBoard, under --output_dir")
    group.add_argument("--report_to", choices=("tensorboard",), default="tensorboard")
    group.add_argument("--tracker_project_name", default="train_controlnet")
    group.add_argument("--checkpointing_steps", type=int, default=500)
    group.add_argument("--checkpoints_total_limit", type=int, help="older checkpoints are removed")
    group.add_argument("--resume_from_checkpoint", help="checkpoint-<step> in --output_dir, its path, or `latest`")
    group.add_argument("--validation_prompt", nargs="+")
    group.add_argument("--validation_image", nargs="+", help="conditioning images, one a prompt, or one for all")
    group.add_argument("--num_validation_images", type=int, default=4, help="previews of each")
    group.add_argument("--validation_steps", type=int, default=100)


def add_own(parser):
    group = parser.add_argument_group("not in diffusers' script")
    group.add_argument("--cache_latents", action="store_true", help="run the VAE once over the dataset, not every step")
    group.add_argument("--cache_captions", action="store_true", help="run the text encoder once over the captions")
    group.add_argument("--gradient_checkpointing_unet", action="store_true", help="of the frozen UNet too")
    group.add_argument("--samples_dir", help="folder for the previews as PNG files")


def problems(args):
    """What is wrong with the flags together, in words."""
    at_least_one = ("train_batch_size", "gradient_accumulation_steps", "num_train_epochs", "checkpointing_steps")
    for name in (*at_least_one, "validation_steps", "num_validation_images", "max_train_steps", "checkpoints_total_limit"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            yield f"--{name} must be at least 1, got {getattr(args, name)}"
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
