"""Trains a ControlNet on a frozen Stable Diffusion 1.x or 2.x: the kit's builtin engine.

    accelerate launch train.py --pretrained_model_name_or_path BASE --train_data_dir DATASET --output_dir OUT ...

The flags, checkpoints and model files are those of diffusers' `train_controlnet.py`; `--help` tells what is added. What is
learned: a copy of the UNet's encoder that also sees the conditioning image and feeds the frozen UNet through convolutions
that start at zero (Zhang et al. 2023, arXiv 2302.05543), with the usual loss of denoising diffusion.

stdout is NDJSON: device, started, train-step, checkpoint-saved, sample, finished. stderr is for people.
"""

import math
import os
import secrets
import sys
import time
from contextlib import nullcontext

from train_arguments import parse
from train_checkpoint import checkpoint_steps, find_checkpoint
from train_report import Problem, Report


def main(argv):
    args = parse(argv)
    report = Report()
    try:
        train(args, report)
    except Problem as problem:
        report.say(f"train.py: error: {problem}")
        sys.exit(1)


def train(args, report):
    check_files(args)
    checkpoint = find_checkpoint(args.output_dir, args.resume_from_checkpoint) if args.resume_from_checkpoint else None
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    import torch
    from accelerate import Accelerator
    from accelerate.utils import broadcast_object_list

    from train_cache import cache_captions, cache_latents
    from train_checkpoint import load_checkpoint, read_state, remove_unfinished, save_checkpoint, save_model
    from train_data import SampleStream, load_rows, sample_batches
    from train_models import load_models
    from train_previews import preview_pairs, write_previews

    # Where it runs, and in which precision -----------------------------------------------------------------------
    logs = os.path.join(args.output_dir, args.logging_dir)
    accelerator = Accelerator(mixed_precision=args.mixed_precision, log_with=args.report_to, project_dir=logs)
    dtype = {"fp16": torch.float16, "bf16": torch.bfloat16}.get(accelerator.mixed_precision, torch.float32)
    report.event("device", device=accelerator.device.type, precision=accelerator.mixed_precision)
    if dtype == torch.float16 and accelerator.device.type == "cpu":
        raise Problem("--mixed_precision=fp16 needs a GPU; on the CPU use no or bf16")
    if args.allow_tf32:
        torch.backends.cuda.matmul.allow_tf32 = True
    main_process, processes = accelerator.is_main_process, accelerator.num_processes
    if main_process:
        os.makedirs(args.output_dir, exist_ok=True)
        remove_unfinished(args.output_dir)

    # Where it starts: step 0, or a checkpoint ---------------------------------------------------------------------
    if args.resume_from_checkpoint and checkpoint is None:
        report.say(f"no checkpoint in {args.output_dir}: starting at step 0")
    effective_batch = args.train_batch_size * args.gradient_accumulation_steps * processes
    state = read_state(checkpoint) if checkpoint else {"step": 0}
    step = state["step"]
    samples = state.get("samples", step * effective_batch)
    drawn = [secrets.randbits(31)]
    seed = args.seed if args.seed is not None else state.get("seed", broadcast_object_list(drawn)[0])

    # Data and networks --------------------------------------------------------------------------------------------
    with accelerator.local_main_process_first():
        rows = load_rows(args)
    torch.manual_seed(seed)  # a new ControlNet's layers for the conditioning image start at random
    models, controlnet = load_models(args, dtype)
    if args.gradient_checkpointing:
        controlnet.enable_gradient_checkpointing()
    if args.gradient_checkpointing_unet:
        models.unet.enable_gradient_checkpointing()
    total = args.max_train_steps or args.num_train_epochs * math.ceil(len(rows) / effective_batch)
    settings = {name: getattr(args, name) for name in ("learning_rate", "lr_scheduler", "lr_warmup_steps", "resolution")}
    settings |= {"effective_batch": effective_batch, "total_steps": total, "seed": seed}
    check_resume(state, settings, len(rows), report)

    optimizer = make_optimizer(controlnet, args)
    schedule = make_schedule(optimizer, args, total, processes)
    controlnet, optimizer, schedule = accelerator.prepare(controlnet, optimizer, schedule)
    network = accelerator.unwrap_model(controlnet)
    models.unet.to(accelerator.device)
    models.place_encoders(accelerator.device, args)
    moments = cache_latents(rows, models, args, accelerator, report) if args.cache_latents else None
    captions = cache_captions(rows, models, args, accelerator, report) if args.cache_captions else None

    stream = SampleStream(
        rows, args, seed, models.tokenizer, models.latent_shape(args.resolution),
        models.scheduler.config.num_train_timesteps, moments, captions,
    )  # fmt: skip
    loader = torch.utils.data.DataLoader(
        stream,
        batch_sampler=sample_batches(
            samples, max(0, total - step), args.train_batch_size, args.gradient_accumulation_steps, processes,
            accelerator.process_index,
        ),
        num_workers=args.dataloader_num_workers,
        pin_memory=accelerator.device.type == "cuda",
        generator=torch.Generator(),  # the loader draws a number for its workers: not from the generator that we restore
    )  # fmt: skip
    if checkpoint:
        load_checkpoint(accelerator, network, checkpoint)

    # Training -----------------------------------------------------------------------------------------------------
    accelerator.init_trackers(args.tracker_project_name, init_kwargs={"tensorboard": {"purge_step": step + 1}})
    report.event(
        "started", rows=len(rows), total=total, effective_batch=effective_batch, num_processes=processes, step=step
    )
    previewed = None
    batches = iter(loader)
    while step < total:
        began = time.monotonic()
        mean_loss = torch.zeros((), device=accelerator.device)
        for micro_batch in range(args.gradient_accumulation_steps):
            batch = {k: v.to(accelerator.device, non_blocking=True) for k, v in next(batches).items()}
            last = micro_batch == args.gradient_accumulation_steps - 1
            with nullcontext() if last else accelerator.no_sync(controlnet):
                loss = diffusion_loss(models, controlnet, batch) / args.gradient_accumulation_steps
                accelerator.backward(loss)
            mean_loss += loss.detach()
        loss, lr = accelerator.reduce(mean_loss, "mean").item(), schedule.get_last_lr()[0]
        step, samples = step + 1, samples + effective_batch
        if math.isfinite(loss):
            accelerator.clip_grad_norm_(controlnet.parameters(), args.max_grad_norm)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=args.set_grads_to_none)
        report.event("train-step", step=step, total=total, loss=loss, lr=lr, seconds=round(time.monotonic() - began, 4))
        accelerator.log({"loss": loss, "lr": lr}, step=step)
        if not math.isfinite(loss):
            raise Problem(not_finite(loss, step, lr, args))

        if step % args.checkpointing_steps == 0 or step == total:
            state = {"v": 1, "step": step, "samples": samples, "seed": seed, "rows": len(rows), "settings": settings}
            path = save_checkpoint(accelerator, network, args.output_dir, state, args.checkpoints_total_limit)
            report.event("checkpoint-saved", step=step, path=path)
        if preview_pairs(args) and step % args.validation_steps == 0:
            if main_process:
                write_previews(models, network, args, seed, step, accelerator, report)
            accelerator.wait_for_everyone()
            previewed = step

    if main_process:
        save_model(network, args.output_dir)
        if preview_pairs(args) and previewed != step:
            write_previews(models, network, args, seed, step, accelerator, report)
    accelerator.wait_for_everyone()
    report.event("finished", step=step)
    accelerator.end_training()


def diffusion_loss(models, controlnet, batch):
    """Mean squared error between what the UNet, led by the ControlNet, predicts and what was mixed in."""
    import torch
    import torch.nn.functional as F

    scheduler, dtype = models.scheduler, models.dtype
    moments = batch["moments"] if "moments" in batch else models.moments(batch["pixel_values"])
    mean, log_variance = moments.float().chunk(2, dim=1)
    latents = (mean + torch.exp(0.5 * log_variance) * batch["latent_noise"]) * models.vae.config.scaling_factor

    noise, timesteps = batch["noise"], batch["timestep"]
    noisy = scheduler.add_noise(latents, noise, timesteps).to(dtype)
    text = batch["hidden_states"] if "hidden_states" in batch else models.hidden_states(batch["input_ids"])

    down, middle = controlnet(
        noisy, timesteps, encoder_hidden_states=text, controlnet_cond=batch["condition"].to(dtype), return_dict=False
    )
    prediction = models.unet(
        noisy,
        timesteps,
        encoder_hidden_states=text,
        down_block_additional_residuals=[residual.to(dtype) for residual in down],
        mid_block_additional_residual=middle.to(dtype),
        return_dict=False,
    )[0]
    is_velocity = scheduler.config.prediction_type == "v_prediction"
    target = scheduler.get_velocity(latents, noise, timesteps) if is_velocity else noise
    return F.mse_loss(prediction.float(), target)


def make_optimizer(controlnet, args):
    import torch

    kind = torch.optim.AdamW
    if args.use_8bit_adam:
        try:
            from bitsandbytes.optim import AdamW8bit as kind
        except ImportError as error:
            raise Problem(f"--use_8bit_adam needs the package bitsandbytes: {error}") from error
    return kind(
        controlnet.parameters(),
        lr=args.learning_rate,
        betas=(args.adam_beta1, args.adam_beta2),
        weight_decay=args.adam_weight_decay,
        eps=args.adam_epsilon,
    )


def make_schedule(optimizer, args, total, processes):
    """Accelerate moves it once for each process at every step, hence the factors."""
    from diffusers.optimization import get_scheduler

    return get_scheduler(
        args.lr_scheduler,
        optimizer,
        num_warmup_steps=args.lr_warmup_steps * processes,
        num_training_steps=total * processes,
        num_cycles=args.lr_num_cycles,
        power=args.lr_power,
    )


def check_files(args):
    for path in args.validation_image or []:
        if not os.path.isfile(path):
            raise Problem(f"--validation_image: there is no file {path}")
    if not os.path.isdir(args.train_data_dir):
        raise Problem(f"--train_data_dir: there is no folder {args.train_data_dir}")


def check_resume(state, settings, rows, report):
    """Refuses another dataset; names what differs and so makes the run another than it would have been."""
    if state.get("rows", rows) != rows:
        raise Problem(f"the checkpoint was made with {state['rows']} rows, the dataset has {rows}: train anew")
    for name, value in state.get("settings", {}).items():
        if settings[name] != value:
            kept = " (the checkpoint's is kept)" if name == "learning_rate" else ""
            report.say(f"warning: {name} was {value} when the checkpoint was made, now {settings[name]}{kept}")


def not_finite(loss, step, lr, args):
    saved = checkpoint_steps(args.output_dir)
    advice = "lower --learning_rate" + (", or use bf16 rather than fp16" if args.mixed_precision == "fp16" else "")
    return f"the loss is {loss} at step {step} (learning rate {lr:g}); {advice}. Last good checkpoint: " + (
        f"checkpoint-{saved[-1]}" if saved else "none"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
