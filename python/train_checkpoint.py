"""Checkpoints that are whole or absent, in the layout of diffusers' `train_controlnet.py`.

checkpoint-<step>/
  controlnet/          config.json, diffusion_pytorch_model.safetensors
  train_state.json     ours: step, samples seen, seed, rows, settings
  optimizer.bin  scheduler.bin  (scaler.pt with fp16)  random_states_<rank>.pkl
"""

import json
import os
import re
import shutil
import sys

from train_report import Problem

CHECKPOINT = re.compile(r"checkpoint-(\d+)")
STATE = "train_state.json"


def save_checkpoint(accelerator, controlnet, output_dir, state, limit):
    """Written under a hidden name, renamed when whole and on disk; only then are older ones removed. Returns its path."""
    step = state["step"]
    path = os.path.join(output_dir, f"checkpoint-{step}")
    partial = os.path.join(output_dir, f".checkpoint-{step}.partial")
    if accelerator.is_main_process:
        with told_when_full(partial):
            write_main_part(accelerator, controlnet, partial, state)
    accelerator.wait_for_everyone()
    if not accelerator.is_main_process:
        save_random_states(accelerator, partial)
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        sync_tree(partial)
        replace_folder(partial, path)
        remove_old(output_dir, step, limit)
    accelerator.wait_for_everyone()
    return path


def write_main_part(accelerator, controlnet, folder, state):
    shutil.rmtree(folder, ignore_errors=True)
    save_weights(controlnet, os.path.join(folder, "controlnet"))
    with open(os.path.join(folder, STATE), "w", encoding="utf-8") as file:
        json.dump(state, file, indent=1)
    hook = accelerator.register_save_state_pre_hook(lambda models, weights, _: weights.clear())
    accelerator.save_state(folder)
    hook.remove()


def save_random_states(accelerator, folder):
    from accelerate.checkpointing import save_accelerator_state

    save_accelerator_state(folder, [], [], [], [], accelerator.process_index, accelerator.step)


def save_model(controlnet, output_dir):
    """The finished model in `output_dir` itself, the weights last."""
    partial = os.path.join(output_dir, ".model.partial")
    with told_when_full(partial):
        save_weights(controlnet, partial)
        sync_tree(partial)
    for name in sorted(os.listdir(partial)):
        os.replace(os.path.join(partial, name), os.path.join(output_dir, name))
    os.rmdir(partial)
    sync(output_dir)


def save_weights(controlnet, folder):
    controlnet.save_pretrained(folder)
    for name in os.listdir(folder):
        # safetensors makes files that only their owner can read
        shutil.copymode(os.path.join(folder, "config.json"), os.path.join(folder, name))


def find_checkpoint(output_dir, wanted):
    """Path of the wanted checkpoint; None for `latest` where there is none."""
    if wanted == "latest":
        steps = checkpoint_steps(output_dir)
        return os.path.join(output_dir, f"checkpoint-{max(steps)}") if steps else None
    name = os.path.basename(os.path.normpath(wanted))
    for path in (wanted, os.path.join(output_dir, name)):
        if os.path.isdir(path):
            return path
    found = ", ".join(f"checkpoint-{step}" for step in checkpoint_steps(output_dir)) or "none"
    raise Problem(f"--resume_from_checkpoint: there is no {name} in {output_dir} (found: {found})")


def read_state(path):
    """What `train_state.json` holds; upstream's checkpoints have none, and give their step alone."""
    try:
        with open(os.path.join(path, STATE), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        match = CHECKPOINT.fullmatch(os.path.basename(os.path.normpath(path)))
        if match is None:
            raise Problem(f"{path} is no checkpoint: it has no {STATE} and no step in its name") from None
        return {"step": int(match[1])}


def load_checkpoint(accelerator, controlnet, path):
    from safetensors.torch import load_file

    weights = os.path.join(path, "controlnet", "diffusion_pytorch_model.safetensors")
    try:
        controlnet.load_state_dict(load_file(weights))
        hook = accelerator.register_load_state_pre_hook(lambda models, _: models.clear())
        accelerator.load_state(path)
        hook.remove()
    except Exception as error:
        raise Problem(f"{path} can't be loaded: {type(error).__name__}: {error}") from error


def checkpoint_steps(output_dir):
    names = os.listdir(output_dir) if os.path.isdir(output_dir) else []
    return sorted(int(match[1]) for match in map(CHECKPOINT.fullmatch, names) if match)


def remove_unfinished(output_dir):
    for name in os.listdir(output_dir):
        if name.startswith(".checkpoint-") or name == ".model.partial":
            shutil.rmtree(os.path.join(output_dir, name), ignore_errors=True)


def remove_old(output_dir, step, limit):
    """Keeps `limit` checkpoints. Ones beyond `step` belong to an attempt that was given up, and go first."""
    if limit is None:
        return
    others = sorted((other for other in checkpoint_steps(output_dir) if other != step), key=lambda s: (s < step, s))
    for other in others[: max(0, len(others) + 1 - limit)]:
        # Hidden first: a half-removed folder must not look like a checkpoint.
        hidden = os.path.join(output_dir, f".checkpoint-{other}.removed")
        os.rename(os.path.join(output_dir, f"checkpoint-{other}"), hidden)
        shutil.rmtree(hidden)


def replace_folder(source, target):
    if os.path.exists(target):
        aside = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.removed")
        os.rename(target, aside)
        os.rename(source, target)
        shutil.rmtree(aside)
    else:
        os.rename(source, target)
    sync(os.path.dirname(target))


def sync_tree(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            sync(os.path.join(path, name))
        sync(path)


def sync(path):
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class told_when_full:
    """Removes what was half written when writing fails, and says how much room there was."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        pass

    def __exit__(self, kind, error, trace):
        if error is None or isinstance(error, KeyboardInterrupt):
            return
        free = shutil.disk_usage(os.path.dirname(os.path.abspath(self.folder))).free
        shutil.rmtree(self.folder, ignore_errors=True)
        raise Problem(f"could not write {self.folder} ({free / 1e6:.0f} MB free): {kind.__name__}: {error}") from error
