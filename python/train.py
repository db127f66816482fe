"""Trains a ControlNet on a frozen Stable Diffusion 1.x or 2.x: the kit's builtin engine.

    accelerate launch train.py --pretrained_model_name_or_path BASE --train_data_dir DATASET --output_dir OUT ...

The flags, checkpoints and model files are those of diffusers' `train_controlnet.py`; `--help` tells what is added.
stdout is NDJSON: device, started, train-step, validation-loss, checkpoint-saved, sample, finished. stderr is for people.

Read `train_recipe.py` next: it is the training from its first line to its last. Each of the other files holds one part:

    train_arguments.py   the flags
    train_session.py     the device, the precision, the number of processes
    train_start.py       step 0, or a checkpoint to go on from
    train_setup.py       what the training loop works with
    train_data.py        dataset rows -> samples
    train_models.py      the networks
    train_optimizer.py   optimiser and learning rate
    train_cache.py       latents and captions that are encoded once
    train_loss.py        what is minimised
    train_checkpoint.py  what is saved and loaded
    train_output.py      the checkpoints in the output folder
    train_previews.py    pictures drawn on the way
    train_validation.py  the loss of the rows that are held out
    train_report.py      events and messages
"""

import os
import sys

from refused import Refused
from train_arguments import Arguments, parse
from train_output import find_checkpoint
from train_report import Report


def main(argv: list[str]) -> None:
    args = parse(argv)
    report = Report()
    try:
        check_files(args)
        checkpoint = find_checkpoint(args.output_dir, args.resume_from_checkpoint)
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        from train_recipe import train  # takes seconds: torch, diffusers, transformers

        train(args, checkpoint, report)
    except Refused as refused:
        report.say(f"train.py: error: {refused}")
        sys.exit(1)


def check_files(args: Arguments) -> None:
    for path in args.validation_image or []:
        if not os.path.isfile(path):
            raise Refused(f"--validation_image: there is no file {path}")
    if not os.path.isdir(args.train_data_dir):
        raise Refused(f"--train_data_dir: there is no folder {args.train_data_dir}")


if __name__ == "__main__":
    main(sys.argv[1:])
