"""When whoever started a training is killed, launcher, trainers and their data workers die with it.

The starter is a process of its own that is killed with SIGKILL. Every descendant carries a marker in its environment, by
which it is found also in a session of its own, where torch puts each of several trainers.
"""

import json
import os
import signal
import subprocess
import sys
import time
import uuid

from engine_setup import PYTHON_FOLDER, environment

LAUNCH = os.path.join(PYTHON_FOLDER, "launch.py")
DEADLINE_SECONDS = 3
MARKER = "CNK_RUN_ID"

STARTER = "import subprocess, sys; subprocess.Popen(sys.argv[1:]).wait()"

TRAINER = """
import os, sys, time
if os.fork() == 0:                     # as torch's loader makes its workers
    time.sleep(600)
open(sys.argv[1] + os.environ.get("RANK", "0"), "w").close()
time.sleep(600)
"""

ONE = {"distributed_type": "NO", "num_processes": 1, "use_cpu": True}
TWO = {
    "distributed_type": "MULTI_GPU",
    "num_processes": 2,
    "gpu_ids": "all",
    "rdzv_backend": "static",
    "same_network": True,
}


def main(work):
    trainer = os.path.join(work, "sleeping_trainer.py")
    with open(trainer, "w") as file:
        file.write(TRAINER)
    check(work, "script", [trainer], trainers=1, descendants=2)
    check(work, "one", [*launcher_args(work, ONE), LAUNCH, trainer], trainers=1, descendants=3)
    check(
        work,
        "two",
        [*launcher_args(work, TWO), LAUNCH, trainer],
        trainers=2,
        descendants=5,
        ACCELERATE_USE_CPU="true",
    )


def launcher_args(work, settings):
    path = os.path.join(work, f"accelerate-{settings['num_processes']}.json")
    common = {
        "compute_environment": "LOCAL_MACHINE",
        "mixed_precision": "no",
        "num_machines": 1,
        "machine_rank": 0,
    }
    with open(path, "w") as file:
        json.dump(common | {"main_process_port": 0, "debug": False} | settings, file)
    return ["--launcher", "--config_file", path]


def check(work, name, args, trainers, descendants, **more):
    marker = f"{name}-{uuid.uuid4()}"
    ready = os.path.join(work, f"ready-{marker}-")
    started = environment(work, **{MARKER: marker}, **more)
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, sys.executable, LAUNCH, *args, ready], env=started
    )
    try:
        wait_for(
            lambda: all(os.path.exists(ready + str(rank)) for rank in range(trainers)),
            60,
            f"{name}: {trainers} trainers",
        )
        found = [pid for pid in marked(marker) if pid != starter.pid]
        assert len(found) == descendants, f"{name}: {len(found)} descendants, expected {descendants}: {found}"
        starter.send_signal(signal.SIGKILL)
        starter.wait()
        began = time.monotonic()
        wait_for(lambda: not marked(marker), DEADLINE_SECONDS, f"{name}: the end of {found}")
        print(
            json.dumps(
                {
                    "chain": name,
                    "processes": len(found),
                    "gone_after_seconds": round(time.monotonic() - began, 3),
                }
            )
        )
    finally:
        for pid in marked(marker):
            os.kill(pid, signal.SIGKILL)


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def marked(marker):
    """Living processes with the marker in their environment."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                carries = f"{MARKER}={marker}".encode() in file.read().split(b"\0")
            with open(f"/proc/{name}/stat") as file:
                state = file.read().rpartition(")")[2].split()[0]
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
        if carries and state not in "ZX":
            found.append(int(name))
    return found


if __name__ == "__main__":
    main(sys.argv[1])
