"""Two training processes under accelerate see the same samples, and so report the same losses, as one with their batch."""

import json
import os
import subprocess
import sys

from engine_setup import PYTHON_FOLDER, environment, finish, losses, train, training_args
from parent_death import TWO, launcher_args

FLAGS = {"max_train_steps": 3, "checkpointing_steps": 2, "lr_scheduler": "linear", "lr_warmup_steps": 1}


def main(work):
    cached = {
        "train_batch_size": 1,
        "gradient_accumulation_steps": 2,
        "cache_latents": True,
        "cache_captions": True,
    }
    one = train(work, "one", train_batch_size=4, **FLAGS)
    two = train_two(work, "two", **cached, **FLAGS)
    resumed = train_two(work, "two", resume_from_checkpoint="checkpoint-2", **cached, **FLAGS)
    assert (two[0]["num_processes"], two[0]["effective_batch"]) == (2, 4), two[0]
    difference = max(abs(losses(one)[step] - loss) for step, loss in losses(two).items())
    assert len(losses(two)) == 3 and difference < 1e-5, (losses(one), losses(two))
    assert [event["lr"] for event in one if "lr" in event] == [event["lr"] for event in two if "lr" in event]
    assert resumed[0]["step"] == 2 and abs(losses(resumed)[3] - losses(two)[3]) < 1e-6, (resumed, two)
    caches = [name for name in os.listdir(os.path.join(work, "cache")) if name.startswith("captions-")]
    assert len(caches) == 1, f"every process and every run must find the same file: {caches}"
    files = os.listdir(os.path.join(work, "two", "checkpoint-2"))
    assert {"random_states_0.pkl", "random_states_1.pkl"} <= set(files), files
    print(json.dumps({"one": losses(one), "two": losses(two)}))


def train_two(work, out, **flags):
    launch, script = (os.path.join(PYTHON_FOLDER, name) for name in ("launch.py", "train.py"))
    args = [*launcher_args(work, TWO), launch, script, *training_args(work, out, **flags)]
    launched = environment(work, ACCELERATE_USE_CPU="true")
    process = subprocess.Popen(
        [sys.executable, launch, *args],
        env=launched,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return finish(process)[0]


if __name__ == "__main__":
    main(sys.argv[1])
