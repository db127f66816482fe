"""The training, from its first line to its last.

What is learned (Zhang et al. 2023, arXiv 2302.05543): a copy of the UNet's encoder that also sees the conditioning image
and feeds the frozen UNet through convolutions that start at zero. The loss is the usual one of denoising diffusion. Every
process runs all of this; those of one training share the work by sample number and average their gradients.
"""

import math
import time
from collections.abc import Iterator
from contextlib import nullcontext

import torch

from refused import Refused
from train_arguments import Arguments
from train_checkpoint import load_checkpoint, save_checkpoint, save_model
from train_data import Batch, load_splits
from train_loss import diffusion_loss
from train_output import TrainState, checkpoint_steps
from train_previews import has_previews, preview_pairs, write_previews
from train_report import Report
from train_session import open_session
from train_setup import Training, open_loader, prepare_training
from train_start import Start, find_start
from train_validation import HeldOut, prepare_held_out


def train(args: Arguments, checkpoint: str | None, report: Report) -> None:
    """Trains from `checkpoint`, or from step 0, to the last step, and saves the model."""
    session = open_session(args, report)
    start = find_start(session, checkpoint)
    with session.accelerator.local_main_process_first():
        splits = load_splits(args)
    rows = splits["train"]
    training = prepare_training(session, start, len(rows))
    loader = open_loader(training, start, rows)
    held_out = prepare_held_out(training, splits.get("validation"))
    if checkpoint:
        load_checkpoint(session.accelerator, training.network, checkpoint)
    announce(training, start)
    run_steps(training, start, iter(loader), held_out)
    finish(training, last_step=max(start.step, training.total_steps))


def announce(training: Training, start: Start) -> None:
    session = training.session
    board = {"tensorboard": {"purge_step": start.step + 1}}
    session.accelerator.init_trackers(session.args.tracker_project_name, init_kwargs=board)
    session.report.event(
        "started",
        rows=training.rows,
        total=training.total_steps,
        effective_batch=session.effective_batch,
        num_processes=session.accelerator.num_processes,
        step=start.step,
    )


def run_steps(training: Training, start: Start, batches: Iterator[Batch], held_out: HeldOut | None) -> None:
    args = training.session.args
    if 0 < start.step < training.total_steps and start.step % args.validation_steps == 0:
        preview(training, start.step, unless_there=True)  # a kill right behind the checkpoint leaves none
    for step in range(start.step + 1, training.total_steps + 1):
        train_step(training, batches, step)
        is_last = step == training.total_steps
        if is_last or step % args.checkpointing_steps == 0:
            validate(training, step, held_out)
            samples = start.samples + (step - start.step) * training.session.effective_batch
            save_progress(training, step, samples)
        if step % args.validation_steps == 0 and not is_last:
            preview(training, step)


def train_step(training: Training, batches: Iterator[Batch], step: int) -> None:
    """Takes one optimiser step. When the loss is not finite, leaves the weights alone and ends the training."""
    session, began = training.session, time.monotonic()
    loss = accumulate_gradients(training, batches)
    lr = float(training.schedule.get_last_lr()[0])
    is_finite = math.isfinite(loss)
    if is_finite:
        update_weights(training)
    seconds = round(time.monotonic() - began, 4)
    session.report.event(
        "train-step", step=step, total=training.total_steps, loss=loss, lr=lr, seconds=seconds
    )
    session.accelerator.log(
        {"loss": loss, "seconds": seconds, "lr": lr}, step=step
    )  # the kit reads `lr` last
    if not is_finite:
        raise not_finite(loss, step, lr, session.args)


def accumulate_gradients(training: Training, batches: Iterator[Batch]) -> float:
    """Adds up the gradients of the step's micro-batches. Returns the mean loss of all processes."""
    accelerator, device = training.session.accelerator, training.session.device
    micro_batches = training.session.args.gradient_accumulation_steps
    mean_loss = torch.zeros((), device=device)
    for micro_batch in range(micro_batches):
        batch = {name: part.to(device, non_blocking=True) for name, part in next(batches).items()}
        is_last = micro_batch == micro_batches - 1
        with nullcontext() if is_last else accelerator.no_sync(training.controlnet):
            loss = diffusion_loss(training.models, training.controlnet, batch) / micro_batches
            accelerator.backward(loss)
        mean_loss += loss.detach()
    return float(accelerator.reduce(mean_loss, "mean").item())


def update_weights(training: Training) -> None:
    args = training.session.args
    training.session.accelerator.clip_grad_norm_(training.controlnet.parameters(), args.max_grad_norm)
    training.optimizer.step()
    training.schedule.step()
    training.optimizer.zero_grad(set_to_none=args.set_grads_to_none)


def save_progress(training: Training, step: int, samples: int) -> None:
    state = TrainState(step, samples, training.seed, training.rows, training.settings)
    path = save_checkpoint(training.session, training.network, state)
    training.session.report.event("checkpoint-saved", step=step, path=path)


def validate(training: Training, step: int, held_out: HeldOut | None) -> None:
    """Reports the loss of the held-out rows. It comes before the checkpoint: one that is there has its loss."""
    session = training.session
    if held_out is None:
        return
    if session.accelerator.is_main_process:
        loss = held_out.loss(training)
        session.report.event("validation-loss", step=step, loss=loss)
        session.accelerator.log({"validation_loss": loss}, step=step)
    session.accelerator.wait_for_everyone()


def preview(training: Training, step: int, unless_there: bool = False) -> None:
    session = training.session
    if not preview_pairs(session.args):
        return
    is_wanted = not (unless_there and has_previews(session.args, step))
    if session.accelerator.is_main_process and is_wanted:
        write_previews(session, training.models, training.network, seed=training.seed, step=step)
    session.accelerator.wait_for_everyone()


def finish(training: Training, last_step: int) -> None:
    accelerator = training.session.accelerator
    if accelerator.is_main_process:
        save_model(training.network, training.session.args.output_dir)
    preview(training, last_step)
    accelerator.wait_for_everyone()
    training.session.report.event("finished", step=last_step)
    accelerator.end_training()


def not_finite(loss: float, step: int, lr: float, args: Arguments) -> Refused:
    saved = checkpoint_steps(args.output_dir)
    last = f"checkpoint-{saved[-1]}" if saved else "none"
    advice = "lower --learning_rate" + (
        ", or use bf16 rather than fp16" if args.mixed_precision == "fp16" else ""
    )
    found = f"the loss is {loss} at step {step} (learning rate {lr:g})"
    return Refused(f"{found}; {advice}. Last good checkpoint: {last}")
