"""What a training needs to go on after it was cut off: weights, their running mean, the optimiser, the step.

Under `python -m torch.distributed.run --nproc_per_node N` each process draws a batch of its own, and their gradients are
averaged: N processes of one thread are faster than one of N threads on a machine that does other things as well.
"""

import json
import os
import time
from typing import Any

import torch
import torch.distributed as dist


class TrainingState:
    """Saves to and loads from `folder`; counts the seconds of all runs together. `join`: trains with the other processes."""

    def __init__(
        self, folder: str, networks: dict[str, torch.nn.Module], learning_rate: float, *, join: bool = True
    ) -> None:
        self.folder = folder
        self.networks = networks
        self.learning_rate = learning_rate
        self.parameters = [p for network in networks.values() for p in network.parameters()]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=learning_rate, weight_decay=0.01)
        self.means = [p.detach().clone() for p in self.parameters]
        self.step = 0
        self.processes = int(os.environ.get("WORLD_SIZE", "1")) if join else 1
        self.rank = int(os.environ.get("RANK", "0"))
        if self.processes > 1:
            dist.init_process_group("gloo")
        self._seconds_before = 0.0
        self._started = time.monotonic()
        os.makedirs(folder, exist_ok=True)

    @property
    def file(self) -> str:
        return os.path.join(self.folder, "state.pt")

    @property
    def seconds(self) -> float:
        return self._seconds_before + time.monotonic() - self._started

    def load(self) -> None:
        if not os.path.exists(self.file):
            return
        saved: dict[str, Any] = torch.load(self.file, weights_only=True)
        for name, network in self.networks.items():
            network.load_state_dict(saved["networks"][name])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.means = saved["means"]
        self.step = saved["step"]
        self._seconds_before = saved["seconds"]

    def save(self) -> None:
        """Replaces the last state whole or not at all."""
        if self.rank > 0:
            return
        networks = {name: network.state_dict() for name, network in self.networks.items()}
        saved = {
            "networks": networks,
            "optimizer": self.optimizer.state_dict(),
            "means": self.means,
            "step": self.step,
            "seconds": self.seconds,
        }
        torch.save(saved, self.file + ".partial")
        os.replace(self.file + ".partial", self.file)

    def descend(self, loss: torch.Tensor, share: float) -> None:
        """One step of the optimiser. `share` scales the learning rate, 0 to 1."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate * share
        self.optimizer.zero_grad()
        loss.backward()
        self._average_gradients()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.step += 1
        keep = min(0.999, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.means, [p.detach() for p in self.parameters], 1 - keep)

    def _average_gradients(self) -> None:
        if self.processes == 1:
            return
        gradients = [p.grad for p in self.parameters if p.grad is not None]
        flat = torch._utils._flatten_dense_tensors(gradients)
        dist.all_reduce(flat)
        flat /= self.processes
        for gradient, mean in zip(
            gradients, torch._utils._unflatten_dense_tensors(flat, gradients), strict=True
        ):
            gradient.copy_(mean)

    def log(self, **values: float) -> None:
        if self.rank > 0:
            return
        line = {"step": self.step, "seconds": round(self.seconds, 1), **values}
        with open(os.path.join(self.folder, "log.ndjson"), "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def use_means(self) -> None:
        """Puts the running means into the networks. They can't be trained further after that."""
        for parameter, mean in zip(self.parameters, self.means, strict=True):
            parameter.data.copy_(mean)


def load_trained(folder: str, networks: dict[str, Any]) -> dict[str, Any]:
    """Puts the running mean of a training's weights into the networks, which must be those of the training."""
    state = TrainingState(folder, networks, 0, join=False)
    state.load()
    state.use_means()
    for network in networks.values():
        network.requires_grad_(False).eval()
    return networks


def rate_share(step: int, steps: int, warm_up: int = 100) -> float:
    """Rises over the warm-up, stays, and falls to a fiftieth over the last fifth."""
    left = (steps - step) / (0.2 * steps)
    return max(0.02, min(1.0, (step + 1) / warm_up, left))
