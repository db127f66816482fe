"""What the engine's test programs share: a tiny pipeline, a dataset of random pictures, and starting `train.py`.

python engine_setup.py DIR    fills DIR
"""

import json
import os
import shutil
import subprocess
import sys

PYTHON_FOLDER = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "..", "python"))
ROWS = 10
HELD_OUT = 3
SIDE = 64


def command(script, *args):
    """A kit's Python program as the kit starts it."""
    return [
        sys.executable,
        os.path.join(PYTHON_FOLDER, "launch.py"),
        os.path.join(PYTHON_FOLDER, script),
        *map(str, args),
    ]


def environment(work, **more):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CNK_", "HF_", "TQDM_"))}
    # One thread each: these trainings are tiny, and threads that wait for a busy core cost more than they give.
    offline = {
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return (
        kept
        | offline
        | {"HF_DATASETS_CACHE": os.path.join(work, "cache"), "HF_HOME": os.path.join(work, "home")}
        | more
    )


def training_args(work, out, **flags):
    """Flags by name; True is a switch, a list several values."""
    given = {
        "pretrained_model_name_or_path": os.path.join(work, "tiny"),
        "train_data_dir": os.path.join(work, "dataset"),
        "output_dir": os.path.join(work, out),
        "resolution": SIDE,
        "seed": 7,
        "train_batch_size": 2,
        "learning_rate": 1e-3,
    } | flags
    args = []
    for name, value in given.items():
        if value is True:
            args.append(f"--{name}")
        elif isinstance(value, list):
            args += [f"--{name}", *value]
        else:
            args.append(f"--{name}={value}")
    return args


def start_training(work, out, **flags):
    return subprocess.Popen(
        command("train.py", *training_args(work, out, **flags)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(work),
        text=True,
    )


def finish(process, code=0):
    """The events of a training, which must end with this exit code, and what it wrote for people.

    The first event says on what device it computes; that is checked here and left out.
    """
    stdout, stderr = process.communicate()
    assert process.returncode == code, f"exit {process.returncode}, expected {code}:\n{stdout}\n{stderr}"
    events = [json.loads(line) for line in stdout.splitlines()]
    if events:
        assert events[0]["type"] == "device" and events[0]["device"] == "cpu", events[0]
    return events[1:], stderr


def train(work, out, **flags):
    return finish(start_training(work, out, **flags))[0]


def losses(events):
    return {event["step"]: event["loss"] for event in events if event["type"] == "train-step"}


def held_out_losses(events):
    return {event["step"]: event["loss"] for event in events if event["type"] == "validation-loss"}


def weights(folder):
    from safetensors.torch import load_file

    return load_file(os.path.join(folder, "diffusion_pytorch_model.safetensors"))


def same_weights(one, other):
    import torch

    one, other = weights(one), weights(other)
    assert one.keys() == other.keys()
    return all(torch.equal(one[name], other[name]) for name in one)


def write_dataset(folder):
    """Random pictures, most of them square, two not; and a few rows that are held out."""
    import numpy as np
    from datasets import Dataset, Features, Image, Value
    from PIL import Image as Pillow

    random = np.random.default_rng(3)

    def pictures(width, height):
        blocks = random.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        return Pillow.fromarray(blocks).resize((width, height), Pillow.Resampling.BICUBIC)

    os.makedirs(os.path.join(folder, "data"))
    features = Features(image=Image(), conditioning_image=Image(), text=Value("string"))

    def write_split(name, sizes):
        table = {
            "image": [pictures(*size) for size in sizes],
            "conditioning_image": [pictures(*size) for size in sizes],
            "text": [f"a face, number {number}" for number in range(len(sizes))],
        }
        path = os.path.join(folder, "data", f"{name}-00000-of-00001.parquet")
        Dataset.from_dict(table, features=features).to_parquet(path)

    write_split("train", [(SIDE, SIDE)] * (ROWS - 2) + [(90, 70), (64, 100)])
    write_split("validation", [(SIDE, SIDE)] * HELD_OUT)
    pictures(SIDE, SIDE).save(os.path.join(folder, "..", "condition.png"))


def write_velocity_pipeline(tiny, folder):
    shutil.copytree(tiny, folder)
    path = os.path.join(folder, "scheduler", "scheduler_config.json")
    with open(path) as file:
        config = json.load(file)
    with open(path, "w") as file:
        json.dump(config | {"prediction_type": "v_prediction"}, file)


def write_initial_controlnet(tiny, folder):
    """A ControlNet whose zero convolutions are not zero any more, so that every weight matters from the first step."""
    import torch
    from diffusers import ControlNetModel, UNet2DConditionModel

    torch.manual_seed(5)
    network = ControlNetModel.from_unet(UNet2DConditionModel.from_pretrained(tiny, subfolder="unet"))
    with torch.no_grad():
        for parameter in network.parameters():
            if not parameter.any():
                parameter.normal_(0, 0.02)
    network.save_pretrained(folder)


def main(work):
    os.makedirs(work, exist_ok=True)
    tiny = os.path.join(work, "tiny")
    subprocess.run(
        command("make_tiny_pipeline.py", "--output", tiny, "--seed", 1), check=True, env=environment(work)
    )
    write_velocity_pipeline(tiny, os.path.join(work, "velocity"))
    write_dataset(os.path.join(work, "dataset"))
    write_initial_controlnet(tiny, os.path.join(work, "initial"))


if __name__ == "__main__":
    main(sys.argv[1])
