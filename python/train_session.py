"""One process of a training: what was asked for, where it runs, and how it reports."""

import os
from dataclasses import dataclass

import torch
from accelerate import Accelerator

from refused import Refused
from train_arguments import Arguments
from train_output import remove_unfinished
from train_report import Report

DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16}


@dataclass(frozen=True)
class Session:
    args: Arguments
    accelerator: Accelerator
    report: Report

    @property
    def device(self) -> torch.device:
        device: torch.device = self.accelerator.device
        return device

    @property
    def dtype(self) -> torch.dtype:
        """The frozen networks' type. The weights of the ControlNet are always float32."""
        return DTYPES.get(self.accelerator.mixed_precision, torch.float32)

    @property
    def effective_batch(self) -> int:
        """Number of samples in one optimiser step, over all processes."""
        processes: int = self.accelerator.num_processes
        return self.args.train_batch_size * self.args.gradient_accumulation_steps * processes


def open_session(args: Arguments, report: Report) -> Session:
    """Finds the device, and makes the output folder ready."""
    accelerator = Accelerator(
        mixed_precision=args.mixed_precision,
        log_with=args.report_to,
        project_dir=os.path.join(args.output_dir, args.logging_dir),
    )
    report.event("device", device=accelerator.device.type, precision=accelerator.mixed_precision)
    if accelerator.mixed_precision == "fp16" and accelerator.device.type == "cpu":
        raise Refused("--mixed_precision=fp16 needs a GPU; on the CPU use no or bf16")
    if args.allow_tf32:
        torch.backends.cuda.matmul.allow_tf32 = True
    if accelerator.is_main_process:
        os.makedirs(args.output_dir, exist_ok=True)
        remove_unfinished(args.output_dir)
    return Session(args, accelerator, report)
