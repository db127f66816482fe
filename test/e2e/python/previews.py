"""Previews reach the disk and TensorBoard, in bfloat16 as well; scalars are those that were reported.

A preview that a kill right behind its checkpoint kept from being drawn is drawn by the resumed training, as it would
have been.
"""

import json
import os
import shutil
import sys

from PIL import Image

from engine_setup import SIDE, losses, train


def main(work):
    condition = os.path.join(work, "condition.png")
    flags = {
        "max_train_steps": 3,
        "checkpointing_steps": 2,
        "mixed_precision": "bf16",
        "gradient_checkpointing": True,
        "gradient_checkpointing_unet": True,
        "cache_latents": True,
        "validation_prompt": ["a face", "another face"],
        "validation_image": [condition],
        "num_validation_images": 1,
        "validation_steps": 2,
        "samples_dir": os.path.join(work, "samples"),
    }
    events = train(work, "previewed", **flags)
    expected = [(step, f"step-{step:06d}-{index}.png") for step in (2, 3) for index in (0, 1)]
    found = [
        (event["step"], os.path.basename(event["path"])) for event in events if event["type"] == "sample"
    ]
    assert found == expected, found
    assert sorted(os.listdir(os.path.join(work, "samples"))) == [name for _, name in expected]
    for event in events:
        if event["type"] == "sample":
            assert Image.open(event["path"]).size == (SIDE, SIDE)
            assert event["condition"] == condition, event
    prompts = [event["prompt"] for event in events if event["type"] == "sample"]
    assert prompts == ["a face", "another face"] * 2, prompts
    check_board(os.path.join(work, "previewed", "logs", "train_controlnet"), events)
    check_missing_preview(work, flags)


def check_missing_preview(work, flags):
    """As after a SIGKILL between the checkpoint of step 2 and its previews."""
    samples, output = flags["samples_dir"], os.path.join(work, "previewed")
    drawn = {name: read(os.path.join(samples, name)) for name in os.listdir(samples)}
    shutil.rmtree(os.path.join(output, "checkpoint-3"))
    for name in drawn:
        if name != "step-000002-0.png":
            os.remove(os.path.join(samples, name))
    resumed = train(work, "previewed", resume_from_checkpoint="latest", **flags)
    assert resumed[0]["step"] == 2, resumed[0]
    assert {name: read(os.path.join(samples, name)) for name in os.listdir(samples)} == drawn
    steps = [event["step"] for event in resumed if event["type"] == "sample"]
    assert steps == [2, 2, 3, 3], steps
    shutil.rmtree(os.path.join(output, "checkpoint-3"))
    again = train(work, "previewed", resume_from_checkpoint="latest", **flags)
    assert [event["step"] for event in again if event["type"] == "sample"] == [3, 3], again


def read(path):
    with open(path, "rb") as file:
        return file.read()


def check_board(folder, events):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = EventAccumulator(folder)
    board.Reload()
    scalars = {scalar.step: scalar.value for scalar in board.Scalars("loss")}
    assert scalars == losses(events), (scalars, losses(events))
    assert [scalar.step for scalar in board.Scalars("lr")] == [1, 2, 3]
    assert board.Tags()["images"] == ["preview 0: a face", "preview 1: another face"], board.Tags()["images"]
    picture = board.Images("preview 0: a face")[0]
    assert (picture.step, picture.width, picture.height) == (2, 2 * SIDE, SIDE), picture
    print(json.dumps({"losses": losses(events)}))


if __name__ == "__main__":
    main(sys.argv[1])
