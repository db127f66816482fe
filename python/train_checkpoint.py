"""Saves and loads checkpoints that are whole or absent, in the layout of diffusers' `train_controlnet.py`.

checkpoint-<step>/
  controlnet/          config.json, diffusion_pytorch_model.safetensors
  train_state.json     ours, see `TrainState`
  optimizer.bin  scheduler.bin  (scaler.pt with fp16)  random_states_<rank>.pkl
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from accelerate import Accelerator
from accelerate.checkpointing import save_accelerator_state
from diffusers import ControlNetModel
from safetensors.torch import load_file

from refused import Refused
from train_output import TrainState, remove_old, replace_folder, sync, sync_tree, write_state
from train_session import Session


def save_checkpoint(session: Session, network: ControlNetModel, state: TrainState) -> str:
    """Writes under a hidden name and renames when all is on the disk; then removes older ones. Returns the path."""
    accelerator, output_dir = session.accelerator, session.args.output_dir
    path = os.path.join(output_dir, f"checkpoint-{state.step}")
    partial = os.path.join(output_dir, f".checkpoint-{state.step}.partial")
    if accelerator.is_main_process:
        with told_when_full(partial):
            write_main_part(accelerator, network, partial, state)
    accelerator.wait_for_everyone()
    if not accelerator.is_main_process:
        save_random_states(accelerator, partial)
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        sync_tree(partial)
        replace_folder(partial, path)
        remove_old(output_dir, state.step, session.args.checkpoints_total_limit)
    accelerator.wait_for_everyone()
    return path


def write_main_part(
    accelerator: Accelerator, network: ControlNetModel, folder: str, state: TrainState
) -> None:
    """Writes all but the random states of the other processes."""
    shutil.rmtree(folder, ignore_errors=True)
    save_weights(network, os.path.join(folder, "controlnet"))
    write_state(folder, state)
    hook = accelerator.register_save_state_pre_hook(lambda models, weights, _: weights.clear())
    accelerator.save_state(folder)
    hook.remove()


def save_random_states(accelerator: Accelerator, folder: str) -> None:
    save_accelerator_state(folder, [], [], [], [], accelerator.process_index, accelerator.step)


def save_model(network: ControlNetModel, output_dir: str) -> None:
    """Puts the finished model into `output_dir` itself, the weights last."""
    partial = os.path.join(output_dir, ".model.partial")
    with told_when_full(partial):
        save_weights(network, partial)
        sync_tree(partial)
    for name in sorted(os.listdir(partial)):
        os.replace(os.path.join(partial, name), os.path.join(output_dir, name))
    os.rmdir(partial)
    sync(output_dir)


def save_weights(network: ControlNetModel, folder: str) -> None:
    network.save_pretrained(folder)
    for name in os.listdir(folder):
        # safetensors makes files that only their owner can read
        shutil.copymode(os.path.join(folder, "config.json"), os.path.join(folder, name))


def load_checkpoint(accelerator: Accelerator, network: ControlNetModel, path: str) -> None:
    """Restores weights, optimiser, schedule and random states."""
    weights = os.path.join(path, "controlnet", "diffusion_pytorch_model.safetensors")
    try:
        network.load_state_dict(load_file(weights))
        hook = accelerator.register_load_state_pre_hook(lambda models, _: models.clear())
        accelerator.load_state(path)
        hook.remove()
    except Exception as error:
        raise Refused(f"{path} can't be loaded: {type(error).__name__}: {error}") from error


@contextmanager
def told_when_full(folder: str) -> Iterator[None]:
    """When writing in its block fails, removes the folder and raises Refused, which says how much room there was."""
    try:
        yield
    except Exception as error:
        free = shutil.disk_usage(os.path.dirname(os.path.abspath(folder))).free
        shutil.rmtree(folder, ignore_errors=True)
        failed = f"{type(error).__name__}: {error}"
        raise Refused(f"could not write {folder} ({free / 1e6:.0f} MB free): {failed}") from error
