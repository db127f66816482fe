"""What `train.py` and `verify_model.py` do with what can't work: exit 1 (argparse: 2), one clear line, nothing saved."""

import os
import subprocess
import sys
from typing import Any

from engine_setup import command, environment, finish, losses, start_training, weights


def main(work):
    loss_that_is_not_finite(work)
    flags_that_do_not_fit(work)
    other_dataset(work)
    model_that_is_not_whole(work)


def loss_that_is_not_finite(work):
    events, said = finish(
        start_training(work, "nan", learning_rate=1e30, max_train_steps=6, checkpointing_steps=1), code=1
    )
    measured = losses(events)
    bad = max(measured)
    assert measured[bad] is None and all(loss is not None for step, loss in measured.items() if step < bad), (
        measured
    )
    last = said.strip().splitlines()[-1]
    assert last.startswith("train.py: error: the loss is ") and f"at step {bad} " in last, last
    kept = os.listdir(os.path.join(work, "nan"))
    assert (
        f"checkpoint-{bad}" not in kept and f"checkpoint-{bad - 1}" in kept and "config.json" not in kept
    ), kept


def flags_that_do_not_fit(work):
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"resolution": 60}, 2, "--resolution must be a multiple of 8, got 60"),
        ({"validation_prompt": ["a face"]}, 2, "--validation_prompt and --validation_image belong together"),
        ({"no_such_flag": 1}, 2, "unrecognized arguments: --no_such_flag=1"),
        ({"validation_prompt": ["x"], "validation_image": ["gone.png"]}, 1, "there is no file gone.png"),
        ({"caption_column": "caption"}, 1, "--caption_column: no column caption"),
        ({"mixed_precision": "fp16"}, 1, "--mixed_precision=fp16 needs a GPU"),
        ({"resume_from_checkpoint": "checkpoint-99"}, 1, "there is no checkpoint-99"),
    ]
    running = [start_training(work, "refused", max_train_steps=1, **flags) for flags, _, _ in cases]
    for (flags, code, text), process in zip(cases, running, strict=True):
        events, said = finish(process, code)
        last = said.strip().splitlines()[-1]
        assert not events and last.startswith("train.py: error: ") and text in last, (flags, last)


def other_dataset(work):
    """A checkpoint is refused for a dataset with another number of rows."""
    finish(start_training(work, "other", max_train_steps=1))
    state = os.path.join(work, "other", "checkpoint-1", "train_state.json")
    with open(state) as file:
        text = file.read()
    with open(state, "w") as file:
        file.write(text.replace('"rows": 10', '"rows": 11'))
    _, said = finish(
        start_training(work, "other", max_train_steps=2, resume_from_checkpoint="latest"), code=1
    )
    assert "made with 11 rows, the dataset has 10" in said, said


def model_that_is_not_whole(work):
    from safetensors.torch import save_file

    model, condition = os.path.join(work, "other"), os.path.join(work, "condition.png")
    args = [
        "--base_model",
        os.path.join(work, "tiny"),
        "--output",
        os.path.join(work, "verified"),
        "--condition",
        condition,
    ]
    verify = command("verify_model.py", "--model", model, "--prompt", "a face", "--steps", 3, *args)

    good = subprocess.run(verify, env=environment(work), capture_output=True, text=True)
    assert good.returncode == 0 and '"finite": true' in good.stdout, good.stderr
    assert os.listdir(os.path.join(work, "verified")) == ["picture-0.png"]

    broken = weights(model)
    broken["conv_in.weight"][0, 0, 0, 0] = float("nan")
    save_file(broken, os.path.join(model, "diffusion_pytorch_model.safetensors"))
    bad = subprocess.run(verify, env=environment(work), capture_output=True, text=True)
    last = bad.stderr.strip().splitlines()[-1]
    assert bad.returncode == 1 and bad.stdout == "", bad.stdout
    assert last.startswith("verify_model.py: error: 1 of ") and "conv_in.weight are not finite" in last, last


if __name__ == "__main__":
    main(sys.argv[1])
