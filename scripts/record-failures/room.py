"""A folder in which one training fails: a tiny base model, a dataset of noise, and the trainer's command line."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROWS = 16
SIDE = 64
KIT = Path(__file__).resolve().parents[2]
LAUNCH = KIT / "python" / "launch.py"

# What the kit gives to the trainer: src/trainer/launch-command.ts.
ENVIRONMENT = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONFAULTHANDLER": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONNOUSERSITE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "GOMP_SPINCOUNT": "1000",
    "NO_COLOR": "1",
    "TQDM_MININTERVAL": "1000000",
    "ACCELERATE_LOG_LEVEL": "INFO",
    "ACCELERATE_USE_CPU": "true",
}


@dataclass
class Room:
    """One training's own copies of everything; a case damages some of it before the start."""

    root: Path
    script: Path
    steps: int = 4
    processes: int = 1
    extra: list[str] = field(default_factory=list)
    """More arguments of the script; they win over those that the room gives."""
    environment: dict[str, str] = field(default_factory=dict)
    wrap: list[str] = field(default_factory=list)
    """Words before the command: `unshare -m sh -c …`."""
    launcher: list[str] | None = None
    """Another launcher than accelerate's with the room's config."""
    accelerate: dict[str, Any] = field(default_factory=dict)
    python: str = sys.executable

    @property
    def base(self) -> Path:
        return self.root / "base"

    @property
    def dataset(self) -> Path:
        return self.root / "dataset"

    @property
    def table(self) -> Path:
        return self.dataset / "data" / "train-00000-of-00001.parquet"

    @property
    def output(self) -> Path:
        return self.root / "output"

    @property
    def condition(self) -> Path:
        return self.root / "condition-0.png"

    def arguments(self) -> list[str]:
        return [
            f"--pretrained_model_name_or_path={self.base}",
            f"--train_data_dir={self.dataset}",
            "--image_column=image",
            "--conditioning_image_column=conditioning_image",
            "--caption_column=text",
            f"--resolution={SIDE}",
            "--dataloader_num_workers=0",
            "--seed=1",
            "--train_batch_size=2",
            f"--max_train_steps={self.steps}",
            "--learning_rate=1e-5",
            "--num_validation_images=1",
            "--mixed_precision=no",
            f"--output_dir={self.output}",
            "--logging_dir=logs",
            "--report_to=tensorboard",
            "--tracker_project_name=train-controlnet",
            "--checkpointing_steps=2",
            "--checkpoints_total_limit=3",
            *self.extra,
        ]

    def command(self) -> list[str]:
        config = self.root / "accelerate.yaml"
        launcher = self.launcher or [str(LAUNCH), "--launcher", "--config_file", str(config)]
        config.write_text(accelerate_config(self.processes, self.accelerate))
        return [*self.wrap, self.python, *launcher, str(LAUNCH), str(self.script), *self.arguments()]

    def variables(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        cache = {"HF_DATASETS_CACHE": str(self.root / "datasets-cache"), "HF_HOME": str(self.root / "hf")}
        return {**passed, **ENVIRONMENT, **cache, **self.environment}

    def start(self, stdout: Path, stderr: Path) -> "subprocess.Popen[bytes]":
        with stdout.open("wb") as out, stderr.open("wb") as err:
            return subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=self.root,
                env=self.variables(),
                start_new_session=True,
            )


def accelerate_config(processes: int, changes: dict[str, Any]) -> str:
    """Returns what src/trainer/accelerate-config.ts writes for the CPU, with a case's changes."""
    several = processes > 1
    entries: dict[str, Any] = {
        "compute_environment": "LOCAL_MACHINE",
        "debug": False,
        "distributed_type": "MULTI_GPU" if several else "NO",
        "downcast_bf16": "no",
        "enable_cpu_affinity": False,
        "machine_rank": 0,
        "main_process_port": 0,
        "main_training_function": "main",
        "mixed_precision": "no",
        "num_machines": 1,
        "num_processes": processes,
        "rdzv_backend": "static",
        "same_network": True,
        "use_cpu": not several,
        **changes,
    }
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in entries.items())


def make_inputs(root: Path) -> None:
    """Makes what every room copies: the base model, the dataset and a conditioning image."""
    import numpy as np
    from PIL import Image

    maker = KIT / "python" / "make_tiny_pipeline.py"
    subprocess.run(
        [sys.executable, str(LAUNCH), str(maker), "--output", str(root / "base"), "--resolution", str(SIDE)],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    table = root / "dataset" / "data" / "train-00000-of-00001.parquet"
    table.parent.mkdir(parents=True)
    write_table(table, [png(row) for row in range(ROWS)])
    noise = np.random.default_rng(99).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    Image.fromarray(noise).save(root / "condition-0.png")


def png(seed: int) -> bytes:
    """Returns a picture of noise, SIDE x SIDE, as PNG."""
    import io

    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    return file.getvalue()


def write_table(
    path: Path,
    images: Sequence[bytes | None],
    *,
    texts: Sequence[str | None] | None = None,
    typed: bool = True,
    caption: str = "text",
) -> None:
    """Writes a Parquet file as the kit does: pictures as bytes, and `datasets`' own description of the columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    cells = [None if one is None else {"bytes": one, "path": None} for one in images]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    words = list(texts) if texts is not None else ["a portrait photo of a person"] * len(images)
    columns = {
        "image": pa.array(cells, kind),
        "conditioning_image": pa.array(cells, kind),
        caption: pa.array(words, pa.string()),
    }
    table = pa.table(columns)
    features = {
        "image": {"_type": "Image"},
        "conditioning_image": {"_type": "Image"},
        caption: {"dtype": "string", "_type": "Value"},
    }
    if typed:
        described = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": described})
    pq.write_table(table, path)


def copy_room(inputs: Path, root: Path, script: Path, checkpoints: Path | None) -> Room:
    """Returns a fresh room; with `checkpoints`, an output folder in which a training has stopped at step 4."""
    root.mkdir()
    shutil.copytree(inputs / "base", root / "base")
    shutil.copytree(inputs / "dataset", root / "dataset")
    shutil.copy(inputs / "condition-0.png", root / "condition-0.png")
    if checkpoints is not None:
        shutil.copytree(checkpoints, root / "output")
    return Room(root=root, script=script)
