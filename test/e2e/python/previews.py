"""Previews reach the disk and TensorBoard, in bfloat16 as well; scalars are those that were reported."""

import json
import os
import sys

from PIL import Image

from engine_setup import SIDE, losses, train


def main(work):
    condition = os.path.join(work, "condition.png")
    events = train(
        work,
        "previewed",
        max_train_steps=3,
        mixed_precision="bf16",
        gradient_checkpointing=True,
        gradient_checkpointing_unet=True,
        cache_latents=True,
        validation_prompt=["a face", "another face"],
        validation_image=[condition],
        num_validation_images=1,
        validation_steps=2,
        samples_dir=os.path.join(work, "samples"),
    )
    expected = [(step, f"step-{step:06d}-{index}.png") for step in (2, 3) for index in (0, 1)]
    found = [
        (event["step"], os.path.basename(event["path"])) for event in events if event["type"] == "sample"
    ]
    assert found == expected, found
    assert sorted(os.listdir(os.path.join(work, "samples"))) == [name for _, name in expected]
    for event in events:
        if event["type"] == "sample":
            assert Image.open(event["path"]).size == (SIDE, SIDE)
    check_board(os.path.join(work, "previewed", "logs", "train_controlnet"), events)


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
