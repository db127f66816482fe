"""A training that is killed in the middle of an epoch and resumed ends with the very weights of one that was not."""

import json
import os
import signal
import sys

from engine_setup import finish, held_out_losses, losses, same_weights, start_training, train

STEPS = 8  # 5 steps an epoch
FLAGS = {
    "max_train_steps": STEPS,
    "checkpointing_steps": 3,
    "checkpoints_total_limit": 2,
    "lr_scheduler": "cosine",
    "lr_warmup_steps": 2,
    "proportion_empty_prompts": 0.3,
}


def main(work):
    whole = start_training(work, "whole", **FLAGS)
    killed = start_training(work, "killed", dataloader_num_workers=2, **FLAGS)
    seen = kill_after(killed, step=4)
    whole, _ = finish(whole)

    output = os.path.join(work, "killed")
    assert "config.json" not in os.listdir(output), os.listdir(output)
    os.makedirs(os.path.join(output, ".checkpoint-6.partial", "controlnet"))
    resumed = train(work, "killed", dataloader_num_workers=2, resume_from_checkpoint="latest", **FLAGS)
    assert resumed[0]["step"] in (3, 6), resumed[0]  # 6 when this test read the killed one late
    assert losses(whole) == seen | losses(resumed), (losses(whole), seen, losses(resumed))
    assert same_weights(os.path.join(work, "whole"), output)
    assert list(held_out_losses(whole)) == [3, 6, 8], whole
    assert held_out_losses(resumed) == {
        step: loss for step, loss in held_out_losses(whole).items() if step > resumed[0]["step"]
    }, (held_out_losses(resumed), held_out_losses(whole))
    assert whole[-1] == {"type": "finished", "step": STEPS}

    checkpoints = sorted(name for name in os.listdir(output) if "checkpoint" in name)
    assert checkpoints == ["checkpoint-6", "checkpoint-8"], checkpoints
    expected = ["controlnet", "optimizer.bin", "random_states_0.pkl", "scheduler.bin", "train_state.json"]
    assert sorted(os.listdir(os.path.join(output, "checkpoint-8"))) == expected
    assert same_weights(os.path.join(output, "checkpoint-8", "controlnet"), output)

    cached = train(work, "cached", cache_latents=True, cache_captions=True, **FLAGS)
    difference = max(abs(losses(whole)[step] - loss) for step, loss in losses(cached).items())
    assert len(losses(cached)) == STEPS and difference < 1e-5, difference
    held_out = max(abs(held_out_losses(whole)[step] - loss) for step, loss in held_out_losses(cached).items())
    assert len(held_out_losses(cached)) == 3 and held_out < 1e-5, held_out
    print(json.dumps({"whole": losses(whole), "cached_difference": difference}))


def kill_after(process, step):
    """SIGKILL as soon as this step is reported. Returns the losses up to the checkpoint before it."""
    seen = {}
    for line in process.stdout:
        event = json.loads(line)
        if event["type"] == "train-step":
            seen[event["step"]] = event["loss"]
            if event["step"] == step:
                break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL and max(seen) == step, seen
    return seen


if __name__ == "__main__":
    main(sys.argv[1])
