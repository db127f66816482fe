"""The trainings that fail, one function each. Each changes its room before the start, and may act while it runs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from damage import cut, drop_entries, farm_without, few_entries, flip_byte, rewrite_json
from room import LAUNCH, ROWS, Room, png, write_table

Act = Callable[["Popen[bytes]", Path], None]


@dataclass(frozen=True)
class Case:
    about: str
    change: Callable[[Room], None]
    act: Act | None = None
    """Called once the trainer has started; gets the launcher and the file of its stderr."""
    resume: bool = False
    """Whether it goes on from checkpoint-4 of a training that another one left."""


CASES: dict[str, Case] = {}


def case(
    name: str, about: str, *, act: Act | None = None, resume: bool = False
) -> Callable[[Callable[[Room], None]], Callable[[Room], None]]:
    def add(change: Callable[[Room], None]) -> Callable[[Room], None]:
        CASES[name] = Case(about, change, act, resume)
        return change

    return add


# Checkpoints


def resume(room: Room, name: str = "checkpoint-4") -> Path:
    room.steps = 8
    room.extra.append(f"--resume_from_checkpoint={name}")
    return room.output / "checkpoint-4"


@case("weights-cut", "checkpoint-4: its weights end 1,000 bytes early", resume=True)
def _(room: Room) -> None:
    cut(resume(room) / "controlnet" / "diffusion_pytorch_model.safetensors", 1000)


@case("weights-missing", "checkpoint-4 without its weights", resume=True)
def _(room: Room) -> None:
    (resume(room) / "controlnet" / "diffusion_pytorch_model.safetensors").unlink()


@case("weights-other", "checkpoint-4: the weights of the base model's UNet in place of its own", resume=True)
def _(room: Room) -> None:
    name = "diffusion_pytorch_model.safetensors"
    shutil.copy(room.base / "unet" / name, resume(room) / "controlnet" / name)


@case("optimizer-cut", "checkpoint-4: optimizer.bin ends 1,000 bytes early", resume=True)
def _(room: Room) -> None:
    cut(resume(room) / "optimizer.bin", 1000)


@case("optimizer-empty", "checkpoint-4: optimizer.bin has no bytes", resume=True)
def _(room: Room) -> None:
    (resume(room) / "optimizer.bin").write_bytes(b"")


@case("optimizer-few-entries", "checkpoint-4: optimizer.bin is a whole zip of 21 entries", resume=True)
def _(room: Room) -> None:
    few_entries(resume(room) / "optimizer.bin", 21)


@case("optimizer-no-pickle", "checkpoint-4: optimizer.bin is a whole zip without data.pkl", resume=True)
def _(room: Room) -> None:
    drop_entries(resume(room) / "optimizer.bin", "data.pkl")


@case("optimizer-bad-pickle", "checkpoint-4: one byte of optimizer.bin's data.pkl is another", resume=True)
def _(room: Room) -> None:
    flip_byte(resume(room) / "optimizer.bin", b"state")


@case("optimizer-missing", "checkpoint-4 without optimizer.bin", resume=True)
def _(room: Room) -> None:
    (resume(room) / "optimizer.bin").unlink()


@case("scheduler-cut", "checkpoint-4: scheduler.bin ends 100 bytes early", resume=True)
def _(room: Room) -> None:
    cut(resume(room) / "scheduler.bin", 100)


@case("config-missing", "checkpoint-4: no controlnet/config.json", resume=True)
def _(room: Room) -> None:
    (resume(room) / "controlnet" / "config.json").unlink()


@case("config-damaged", "checkpoint-4: controlnet/config.json is cut", resume=True)
def _(room: Room) -> None:
    cut(resume(room) / "controlnet" / "config.json", 100)


@case("random-states-cut", "checkpoint-4: random_states_0.pkl is cut; the exit code is 0", resume=True)
def _(room: Room) -> None:
    cut(resume(room) / "random_states_0.pkl", 1000)


@case("checkpoint-missing", "--resume_from_checkpoint names a folder that is not there", resume=True)
def _(room: Room) -> None:
    resume(room, "checkpoint-99")


@case(
    "checkpoint-stray", "--resume_from_checkpoint=latest beside a folder checkpoint-12.partial", resume=True
)
def _(room: Room) -> None:
    resume(room, "latest")
    (room.output / "checkpoint-12.partial").mkdir()


@case("checkpoint-stray-word", "the same beside a folder named checkpoints", resume=True)
def _(room: Room) -> None:
    resume(room, "latest")
    (room.output / "checkpoints").mkdir()


# Signals


def wait_for(text: bytes, file: Path, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while text not in file.read_bytes():
        if time.monotonic() > end:
            raise TimeoutError(f"{text!r} did not come")
        time.sleep(0.05)


def trainers(launcher: int) -> list[int]:
    """Returns the processes below the launcher that run the script, by rising number."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == launcher:
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if (
            str(LAUNCH).encode() in words
            and b"--launcher" not in words
            and parent in {launcher, *children(launcher)}
        ):
            found.append(int(entry.name))
    return sorted(found)


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def send(number: signal.Signals, rank: int = 0) -> Act:
    """Sends a signal to the trainer of a rank at step 2."""

    def act(launcher: "Popen[bytes]", stderr: Path) -> None:
        wait_for(b" 2/", stderr)
        os.kill(trainers(launcher.pid)[rank], number)

    return act


def long_run(room: Room) -> None:
    room.steps = 400
    room.extra.append("--checkpointing_steps=1000")


def two(room: Room) -> None:
    long_run(room)
    room.processes = 2


case("killed", "SIGKILL to the trainer at step 2", act=send(signal.SIGKILL))(long_run)
case("terminated", "SIGTERM to the trainer alone at step 2", act=send(signal.SIGTERM))(long_run)
case("interrupted", "SIGINT to the trainer alone at step 2", act=send(signal.SIGINT))(long_run)
case("hung-up", "SIGHUP to the trainer alone at step 2", act=send(signal.SIGHUP))(long_run)
case("segfault", "SIGSEGV to the trainer at step 2", act=send(signal.SIGSEGV))(long_run)
case("aborted", "SIGABRT to the trainer at step 2", act=send(signal.SIGABRT))(long_run)
case("bus-error", "SIGBUS to the trainer at step 2", act=send(signal.SIGBUS))(long_run)
case("illegal", "SIGILL to the trainer at step 2", act=send(signal.SIGILL))(long_run)


def kill_launcher(number: signal.Signals) -> Act:
    def act(launcher: "Popen[bytes]", stderr: Path) -> None:
        wait_for(b" 2/", stderr)
        launcher.send_signal(number)

    return act


case("launcher-killed", "SIGKILL to the launcher at step 2", act=kill_launcher(signal.SIGKILL))(long_run)
case("launcher-terminated", "SIGTERM to the launcher at step 2", act=kill_launcher(signal.SIGTERM))(long_run)

# Several processes

case("rank-1-killed", "two processes, SIGKILL to rank 1 at step 2", act=send(signal.SIGKILL, 1))(two)
case("rank-0-killed", "two processes, SIGKILL to rank 0 at step 2", act=send(signal.SIGKILL, 0))(two)
case("rank-terminated", "two processes, SIGTERM to rank 1 at step 2", act=send(signal.SIGTERM, 1))(two)
case(
    "ranks-launcher-terminated", "two processes, SIGTERM to the launcher", act=kill_launcher(signal.SIGTERM)
)(two)


@case("rank-error", "two processes, a picture that is none")
def _(room: Room) -> None:
    two(room)
    write_table(room.table, [b"no picture"] * ROWS)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def hold_port() -> int:
    """Returns a port that is taken until this program ends."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.listen()
    HELD.append(held)
    return int(held.getsockname()[1])


HELD: list[socket.socket] = []


@case("port-taken", "torch.distributed.run with a port that another program has")
def _(room: Room) -> None:
    run = "import runpy; runpy.run_module('torch.distributed.run', run_name='__main__')"
    room.launcher = [
        "-c",
        run,
        "--nproc_per_node=2",
        "--master_addr=127.0.0.1",
        f"--master_port={hold_port()}",
    ]
    room.launcher.append("--no-python")
    room.launcher.append(sys.executable)


@case("port-taken-nodes", "accelerate, the first of two machines, with a port that another program has")
def _(room: Room) -> None:
    node(room, 0, hold_port())


def node(room: Room, rank: int, port: int) -> None:
    room.processes = 2
    room.accelerate = {
        "num_machines": 2,
        "machine_rank": rank,
        "main_process_ip": "127.0.0.1",
        "main_process_port": port,
    }


class OtherMachine:
    """The first of two machines, here on the same one: started with the second, whose output is recorded."""

    def __init__(self) -> None:
        self.process: Popen[bytes] | None = None

    def start(self, room: Room, stderr: Path) -> None:
        self.process = room.start(stderr.with_suffix(".stdout"), stderr)


@case("peer-killed", "two machines; the trainer of the other one is killed at step 2")
def _(room: Room) -> None:
    port = free_port()
    long_run(room)
    first = Room(root=room.root / "other", script=room.script, steps=400)
    shutil.copytree(room.root / "base", first.base)
    shutil.copytree(room.root / "dataset", first.dataset)
    node(first, 0, port)
    node(room, 1, port)
    other.start(first, first.root / "stderr")


other = OtherMachine()


def kill_other(launcher: "Popen[bytes]", stderr: Path) -> None:
    assert other.process is not None
    wait_for(b" 2/", stderr)
    os.kill(trainers(other.process.pid)[0], signal.SIGKILL)


CASES["peer-killed"] = Case(CASES["peer-killed"].about, CASES["peer-killed"].change, kill_other)


@case("output-not-shared", "two machines that resume; the output folder of this one is empty", resume=True)
def _(room: Room) -> None:
    port = free_port()
    first = Room(root=room.root / "other", script=room.script, steps=8)
    for name in ("base", "dataset", "output"):
        shutil.copytree(room.root / name, first.root / name)
    first.extra.append("--resume_from_checkpoint=checkpoint-4")
    resume(room)
    shutil.rmtree(room.output)
    node(first, 0, port)
    node(room, 1, port)
    other.start(first, first.root / "stderr")


# The base model


def make_wide(kind: str, base: Path, folder: Path) -> None:
    """In a process of its own, since diffusers can be imported only through `launch.py`."""
    maker = Path(__file__).with_name("make_wide.py")
    command = [sys.executable, str(LAUNCH), str(maker), kind, str(base), str(folder)]
    subprocess.run(command, check=True, capture_output=True)


@case("base-unknown", "a base model by a name that no cache has, without network")
def _(room: Room) -> None:
    room.extra.append("--pretrained_model_name_or_path=somebody/some-model")


@case("base-gone", "the folder of the base model is gone")
def _(room: Room) -> None:
    shutil.rmtree(room.base)


@case("base-no-unet", "the base model without its UNet's weights")
def _(room: Room) -> None:
    (room.base / "unet" / "diffusion_pytorch_model.safetensors").unlink()


@case("base-no-tokenizer", "the base model without tokenizer")
def _(room: Room) -> None:
    shutil.rmtree(room.base / "tokenizer")


@case("base-unet-cut", "the base model's UNet ends 1,000 bytes early")
def _(room: Room) -> None:
    cut(room.base / "unet" / "diffusion_pytorch_model.safetensors", 1000)


@case("base-text-encoder-cut", "the base model's text encoder ends 1,000 bytes early")
def _(room: Room) -> None:
    cut(room.base / "text_encoder" / "model.safetensors", 1000)


@case("base-other-text-encoder", "a UNet that wants wider text embeddings than the text encoder gives")
def _(room: Room) -> None:
    make_wide("unet", room.base, room.base / "unet")


@case("base-other-config", "the UNet's config says other widths than its weights have")
def _(room: Room) -> None:
    rewrite_json(room.base / "unet" / "config.json", {"cross_attention_dim": 64})


@case("base-other-class", "a text encoder of a class that the script does not know")
def _(room: Room) -> None:
    rewrite_json(room.base / "text_encoder" / "config.json", {"architectures": ["T5EncoderModel"]})


@case("base-prediction", "a scheduler that predicts the sample")
def _(room: Room) -> None:
    rewrite_json(room.base / "scheduler" / "scheduler_config.json", {"prediction_type": "sample"})


@case("controlnet-gone", "the ControlNet to start from is gone")
def _(room: Room) -> None:
    room.extra.append(f"--controlnet_model_name_or_path={room.root}/mine")


@case("controlnet-other", "a ControlNet to start from that was made for other text embeddings")
def _(room: Room) -> None:
    make_wide("controlnet", room.base, room.root / "mine")
    room.extra.append(f"--controlnet_model_name_or_path={room.root}/mine")


# Packages


def without(package: str) -> Callable[[Room], None]:
    def change(room: Room) -> None:
        room.environment["PYTHONPATH"] = str(farm_without(room.root / "packages", package))
        room.python = os.path.realpath(sys.executable)

    return change


for package in (
    "diffusers",
    "transformers",
    "datasets",
    "accelerate",
    "torchvision",
    "safetensors",
    "tensorboard",
):
    case(f"no-{package}", f"without the package {package}")(without(package))


@case("no-bitsandbytes", "8-bit Adam without bitsandbytes")
def _(room: Room) -> None:
    room.extra.append("--use_8bit_adam")


@case("no-xformers", "xformers asked for and not installed")
def _(room: Room) -> None:
    room.extra.append("--enable_xformers_memory_efficient_attention")


@case("no-wandb", "--report_to=wandb, which is not installed; the exit code is 0")
def _(room: Room) -> None:
    room.extra.append("--report_to=wandb")


@case("other-diffusers", "a diffusers that is older than the script asks for")
def _(room: Room) -> None:
    packages = farm_without(room.root / "packages", "diffusers")
    source = Path(next(path for path in sys.path if path.endswith("site-packages"))) / "diffusers"
    shutil.copytree(source, packages / "diffusers", ignore=shutil.ignore_patterns("__pycache__"))
    init = packages / "diffusers" / "__init__.py"
    init.write_text(init.read_text().replace('__version__ = "0.40.0"', '__version__ = "0.30.0"'))
    room.environment["PYTHONPATH"] = str(packages)
    room.python = os.path.realpath(sys.executable)


# The dataset

PICTURES = [png(row) for row in range(ROWS)]


def some(replacement: bytes | None) -> list[bytes | None]:
    return [*PICTURES[:8], replacement, *PICTURES[9:]]


@case("picture-null", "a row without picture")
def _(room: Room) -> None:
    write_table(room.table, some(None))


@case("picture-damaged", "a picture that is none")
def _(room: Room) -> None:
    write_table(room.table, some(b"no picture"))


@case("picture-cut", "half a picture")
def _(room: Room) -> None:
    write_table(room.table, some(PICTURES[8][:4000]))


@case("picture-damaged-worker", "a picture that is none, read by a data worker")
def _(room: Room) -> None:
    write_table(room.table, some(b"no picture"))
    room.extra.append("--dataloader_num_workers=1")


@case("picture-huge", "a picture of more pixels than Pillow takes")
def _(room: Room) -> None:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    write_table(room.table, some(file.getvalue()))


@case("pictures-untyped", "pictures that the Parquet file does not declare as such")
def _(room: Room) -> None:
    write_table(room.table, PICTURES, typed=False)


@case("pictures-paths", "pictures given as paths, in a column of text")
def _(room: Room) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = pa.array([f"{row}.png" for row in range(ROWS)])
    pq.write_table(pa.table({"image": names, "conditioning_image": names, "text": names}), room.table)


@case("caption-null", "a row without caption")
def _(room: Room) -> None:
    write_table(room.table, PICTURES, texts=[*["a"] * 8, None, *["a"] * 7])


@case("column-missing", "no column named text")
def _(room: Room) -> None:
    write_table(room.table, PICTURES, caption="caption")


@case("rows-none", "a Parquet file of no rows")
def _(room: Room) -> None:
    write_table(room.table, [])


@case("parquet-cut", "the Parquet file ends 1,000 bytes early")
def _(room: Room) -> None:
    cut(room.table, 1000)


@case("parquet-flipped", "a byte in the middle of the Parquet file is another")
def _(room: Room) -> None:
    bytes_ = bytearray(room.table.read_bytes())
    for at in range(2000, 6000):
        bytes_[at] ^= 0xFF
    room.table.write_bytes(bytes_)


@case("dataset-gone", "the dataset's folder is gone")
def _(room: Room) -> None:
    shutil.rmtree(room.dataset)


@case("dataset-empty", "the dataset's folder is empty")
def _(room: Room) -> None:
    shutil.rmtree(room.dataset)
    room.dataset.mkdir()


@case("no-train-split", "a dataset with a split named validation alone")
def _(room: Room) -> None:
    room.table.rename(room.table.with_name("validation-00000-of-00001.parquet"))


def readme(text: str) -> Callable[[Room], None]:
    def change(room: Room) -> None:
        (room.dataset / "README.md").write_text(text)

    return change


FEATURES = (
    "---\ndataset_info:\n  features:\n  - name: image\n    dtype: image\n  - name: conditioning_image\n    dtype: image\n"
    "  - name: text\n    dtype: {dtype}\n  splits:\n  - name: train\n    num_bytes: 1\n    num_examples: {rows}\n---\n"
)
case("readme-count", "a README that tells another number of rows")(
    readme(FEATURES.format(dtype="string", rows=99))
)
case("readme-features", "a README that tells another type of a column")(
    readme(FEATURES.format(dtype="int64", rows=ROWS))
)
case("readme-yaml", "a README whose head is no YAML")(readme("---\ndataset_info: [\n---\n"))


@case("cache-impossible", "a datasets cache below a file")
def _(room: Room) -> None:
    (room.root / "file").write_text("x")
    room.environment["HF_DATASETS_CACHE"] = str(room.root / "file" / "cache")


# Previews


def previews(room: Room) -> None:
    room.extra += [
        "--validation_prompt",
        "a face",
        "--validation_image",
        str(room.condition),
        "--validation_steps=2",
    ]


@case("preview-missing", "the preview's conditioning image is gone")
def _(room: Room) -> None:
    previews(room)
    room.condition.unlink()


@case("preview-size", "the preview's conditioning image is 100 x 70 pixels")
def _(room: Room) -> None:
    from PIL import Image

    previews(room)
    Image.new("RGB", (100, 70)).save(room.condition)


@case("preview-damaged", "the preview's conditioning image is cut")
def _(room: Room) -> None:
    previews(room)
    cut(room.condition, room.condition.stat().st_size - 200)


# Memory of the machine


def shell(room: Room, before: str) -> None:
    """Runs a line of shell in the process that becomes the launcher."""
    room.wrap = ["unshare", "-m", "sh", "-c", f'{before}; exec "$@"', "sh"]


for name, kilobytes in (
    ("memory-2000m", 2_000_000),
    ("memory-2600m", 2_600_000),
    ("memory-1500m", 1_500_000),
):
    case(name, f"ulimit -v {kilobytes}")(lambda room, limit=kilobytes: shell(room, f"ulimit -v {limit}"))  # type: ignore[misc]


@case("memory-picture", "a picture of 17,000 x 10,000 pixels under ulimit -v 2800000")
def _(room: Room) -> None:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (17_000, 10_000)).save(file, "PNG")
    write_table(room.table, some(file.getvalue()))
    shell(room, "ulimit -v 2800000")


def data_workers(room: Room) -> None:
    long_run(room)
    room.extra.append("--dataloader_num_workers=2")


def kill_worker(launcher: "Popen[bytes]", stderr: Path) -> None:
    wait_for(b" 2/", stderr)
    trainer = min(trainers(launcher.pid))
    os.kill(children(trainer)[0], signal.SIGKILL)


case("data-worker-killed", "SIGKILL to a data worker at step 2", act=kill_worker)(data_workers)


@case("shared-memory", "two data workers with a /dev/shm of 64 KiB")
def _(room: Room) -> None:
    data_workers(room)
    shell(room, "mount -t tmpfs -o size=64k tmpfs /dev/shm")


# Disks


def small_disk(room: Room, size: str, steps: int = 4) -> None:
    room.steps = steps
    room.output.mkdir(exist_ok=True)
    shell(room, f"mount -t tmpfs -o size={size} tmpfs {room.output}")


case("disk-full-start", "an output folder with 4 KiB of room")(lambda room: small_disk(room, "4k"))
case("disk-full-weights", "an output folder with 1 MiB of room")(lambda room: small_disk(room, "1m"))
case("disk-full-optimizer", "an output folder with 6 MiB of room")(lambda room: small_disk(room, "6m"))


@case("disk-full-model", "room for one checkpoint and half a model")
def _(room: Room) -> None:
    small_disk(room, "12500k", steps=2)


@case("disk-full-cache", "a datasets cache with 64 KiB of room")
def _(room: Room) -> None:
    (room.root / "datasets-cache").mkdir()
    shell(room, f"mount -t tmpfs -o size=64k tmpfs {room.root}/datasets-cache")


@case("read-only", "an output folder on a file system that is read-only")
def _(room: Room) -> None:
    room.output.mkdir(exist_ok=True)
    shell(room, f"mount -t tmpfs tmpfs {room.output} && mount -o remount,ro {room.output}")
    room.extra.append(f"--output_dir={room.output}/out")


@case(
    "not-permitted",
    "an output folder that belongs to somebody else, and a root without its right to write anywhere",
)
def _(room: Room) -> None:
    room.output.mkdir(mode=0o755)
    os.chown(room.output, 65534, 65534)
    rights = "-dac_override,-dac_read_search"
    room.wrap = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]


@case("file-too-large", "ulimit -f 1024: no file above 1 MiB")
def _(room: Room) -> None:
    shell(room, "ulimit -f 1024; trap '' XFSZ")


@case("output-is-file", "a file where the output folder should be")
def _(room: Room) -> None:
    room.output.write_text("x")


# Settings, variables and the loss


@case("bad-flag", "--nope=1")
def _(room: Room) -> None:
    room.extra.append("--nope=1")


@case("resolution", "--resolution=60")
def _(room: Room) -> None:
    room.extra.append("--resolution=60")


@case("fp16-on-cpu", "--mixed_precision=fp16 on the CPU")
def _(room: Room) -> None:
    room.extra.append("--mixed_precision=fp16")


@case("tracker-unknown", "--report_to=nothing")
def _(room: Room) -> None:
    room.extra.append("--report_to=nothing")


@case("tqdm-ascii", "TQDM_ASCII=1 in the environment")
def _(room: Room) -> None:
    room.environment["TQDM_ASCII"] = "1"


@case("threads-word", "OMP_NUM_THREADS=many in the environment")
def _(room: Room) -> None:
    room.environment["OMP_NUM_THREADS"] = "many"


@case("datasets-variable", "HF_DATASETS_IN_MEMORY_MAX_SIZE=lots in the environment")
def _(room: Room) -> None:
    room.environment["HF_DATASETS_IN_MEMORY_MAX_SIZE"] = "lots"


@case("log-level", "ACCELERATE_LOG_LEVEL=LOUD in the environment")
def _(room: Room) -> None:
    room.environment["ACCELERATE_LOG_LEVEL"] = "LOUD"


@case("nan", "a learning rate of 1e30; the exit code is 0")
def _(room: Room) -> None:
    room.steps = 8
    room.extra.append("--learning_rate=1e30")
