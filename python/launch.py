"""Starts a Python program that dies with whoever started it.

    python launch.py SCRIPT ARGS...               runs SCRIPT as the main program
    python launch.py --launcher LAUNCH_ARGS...    runs `accelerate launch LAUNCH_ARGS...` in this process

Every Python program of the kit starts through here. A training run is a chain, kit -> accelerate -> trainer -> data
workers, and each link asks the kernel (Linux only) for SIGKILL when the link before it dies: whatever is killed, nothing
goes on training unseen. On SIGUSR1 it prints where each of its threads stands, for a supervisor that hears nothing any more. In
front of torchvision it also puts a mend, see `TorchvisionMend`.
"""

import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import torch

PARENT_VARIABLE = "CNK_PARENT_PID"
"""Names the process that must be our parent, so that a parent which died before we could ask is noticed."""

PR_SET_PDEATHSIG = 1
SIGKILL = 9


def die_with(parent_pid: int) -> None:
    """Has the kernel kill this process when its parent dies. Ends at once when that is no longer `parent_pid`.

    Does nothing outside Linux. The request holds across exec, not across fork; the kernel watches the parent's *thread*.
    """
    if sys.platform != "linux":
        return
    import ctypes

    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0:
        print(f"launch.py: no parent-death signal here: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
    if os.getppid() != parent_pid:
        os.write(2, f"launch.py: process {parent_pid}, which started this one, is gone\n".encode())
        os._exit(1)


def follow_parent() -> None:
    """Makes this process die with its parent, and every later child with this process.

    A hook does it for children that are forked, the variable for children that are started.
    """
    die_with(int(os.environ.get(PARENT_VARIABLE) or os.getppid()))
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    forking = [os.getpid()]
    os.register_at_fork(
        before=lambda: forking.__setitem__(0, os.getpid()),
        after_in_child=lambda: die_with(forking[0]),
    )


def dump_stacks_on_request() -> None:
    """Prints the stack of every thread to stderr on SIGUSR1; children that are forked do so too. Windows has no such signal."""
    import faulthandler
    import signal

    if hasattr(signal, "SIGUSR1"):
        faulthandler.register(signal.SIGUSR1, all_threads=True)


class TorchvisionMend:
    """Lets torchvision be imported beside a torch that it was not built for (CPU torch, CUDA torchvision).

    Its compiled operators then fail to load, which it forgives, but it goes on to describe two of them, which fails.
    Declaring the two is enough; its picture transforms need none of them.
    """

    OPERATORS: ClassVar = {
        "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    }
    declared: "torch.library.Library | None" = None

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        """Finds no module, so that the import goes on as usual; only acts when it is the one that would fail."""
        if name == "torchvision._meta_registrations":
            self.declare_missing()

    def declare_missing(self) -> None:
        import torch

        missing = [name for name in self.OPERATORS if not hasattr(torch.ops.torchvision, name)]
        if not missing:
            return
        self.declared = torch.library.Library("torchvision", "FRAGMENT")
        for name in missing:
            self.declared.define(name + self.OPERATORS[name])


def run_accelerate(args: list[str]) -> None:
    from accelerate.commands.launch import main as accelerate_launch

    sys.argv = ["accelerate-launch", *args]
    accelerate_launch()


def run_script(script: str, args: list[str]) -> None:
    import runpy

    sys.argv = [script, *args]
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    runpy.run_path(script, run_name="__main__")


def main(argv: list[str]) -> None:
    if not argv:
        sys.exit("usage: launch.py SCRIPT ARGS... | launch.py --launcher ACCELERATE_LAUNCH_ARGS...")
    follow_parent()
    dump_stacks_on_request()
    sys.meta_path.insert(0, TorchvisionMend())
    if argv[0] == "--launcher":
        run_accelerate(argv[1:])
    else:
        run_script(argv[0], argv[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
