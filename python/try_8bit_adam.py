"""Tries 8-bit Adam: imports bitsandbytes and does one optimiser step with it, on the device that the training will use.

    python launch.py try_8bit_adam.py [--device cpu|cuda]

Prints JSON: {"version": "0.50.2", "device": "cpu"}. A trial that fails ends with exit code 1 and one line on stderr.
"""

import argparse
import json
import sys

from own_stdout import take_stdout
from refused import Refused

VALUES = 8192
"""Values of the tensor that is stepped. bitsandbytes keeps 32-bit moments for tensors with fewer than 4,096."""

RATE = 1e-3
MOST_APART = 1e-4
"""The first step of Adam moves each value by the learning rate; quantised moments may miss that by a little."""


def try_step(device: str | None = None) -> tuple[str, str]:
    """Does one step. Returns the version of bitsandbytes and the device. Raises Refused when it does not work."""
    try:
        import torch
        from bitsandbytes import __version__ as version
        from bitsandbytes.optim import AdamW8bit

        place = device or ("cuda" if torch.cuda.is_available() else "cpu")
        weights = torch.nn.Parameter(torch.zeros(VALUES, device=place))
        optimizer = AdamW8bit([weights], lr=RATE, weight_decay=0.0)
        weights.grad = torch.linspace(0.5, 1.0, VALUES, device=place)
        optimizer.step()
        moved = weights.detach().cpu()
        bits = optimizer.state[weights]["state1"].dtype
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise Refused(f"8-bit Adam does not work here: {reason[0]}") from error
    if bits != torch.uint8:
        raise Refused(f"8-bit Adam does not work here: its moments are {bits}")
    if not bool(((moved + RATE).abs() < MOST_APART).all()):
        raise Refused("8-bit Adam does not work here: a step goes elsewhere than Adam's")
    return str(version), place


def check_8bit_adam(device: str | None = None) -> list[str]:
    """Returns what is wrong, as the checks of environments print it."""
    try:
        try_step(device)
    except Refused as error:
        return [f"bitsandbytes: {error}"]
    return []


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--device", choices=("cpu", "cuda"))
    device = parser.parse_args(argv).device
    answer = take_stdout()
    try:
        version, place = try_step(device)
    except Refused as error:
        print(f"try_8bit_adam.py: error: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"version": version, "device": place}), file=answer, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
