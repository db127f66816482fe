"""Exports SPIGA's network (68 points) to ONNX, once; from then on no Python is needed.

    python launch.py export_spiga.py --weights spiga_300wpublic.pt --output FOLDER

Takes the network's classes from the package `spiga` (BSD-3-Clause), loads the weights, replaces the five operations that
ONNX has no form for (see `spiga_patches.py`), and writes into FOLDER:

- `spiga.onnx`: `image` float32 [B, 3, 256, 256] -> `landmarks` [B, 68, 2] as fractions of the crop, `pose` [B, 6]
- `reference-images.f32`, `reference-landmarks.f32`: seeded inputs, and what the *unchanged* network says to them, for the
  kit to compare its own runtime with

Prints JSON on stdout: {"onnx": {"sha256", "bytes"}, "opset", "reference": {"count"}, "patched_px", "versions": {…}}, or
{"error": {"code", "message", "hint"}} with exit code 1.
"""

import argparse
import hashlib
import json
import math
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refused import Refused
from spiga_onnx import IMAGE_SIDE, LANDMARKS, OPSET, write_onnx

if TYPE_CHECKING:
    from torch import Tensor

EDGES = 13
REFERENCE_COUNT = 2
SEED = 68
LIMIT_PX = 0.1


def place_points(model_text: str, landmark_ids: list[int]) -> list[tuple[float, float, float]]:
    """Returns the rigid mean face in landmark order: 68 rows of x, y, z.

    The file has rows `id|a|b|c` in an order of its own, in axes of which (c, -a, -b) are the camera's.
    """
    rows = [line.split("|") for line in model_text.split()]
    points = {int(row[0]): (float(row[3]), -float(row[1]), -float(row[2])) for row in rows}
    return [points[one] for one in landmark_ids]


def load_mean_face() -> list[tuple[float, float, float]]:
    import spiga

    data = Path(spiga.__file__).parent / "data"
    info = json.loads((data / "annotations" / "300wpublic" / "db_info.json").read_text(encoding="utf-8"))
    return place_points(
        (data / "models3D" / "mean_face_3D_68.txt").read_text(encoding="utf-8"), info["ldm_ids"]
    )


def camera_matrix(feature_side: int = 64, focal_ratio: float = 1.5) -> list[list[float]]:
    """Returns a pinhole camera that looks at the feature map's centre."""
    return [
        [feature_side * focal_ratio, 0, feature_side / 2],
        [0, feature_side * focal_ratio, feature_side / 2],
        [0, 0, 1],
    ]


def load_network(weights: Path) -> Any:
    """Returns the network as its authors wrote it, on the CPU, ready to infer. The file may hold only numbers."""
    import pickle

    import torch
    from spiga.models.spiga import SPIGA

    network = SPIGA(num_landmarks=LANDMARKS, num_edges=EDGES)
    try:
        state = torch.load(weights, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise wrong_weights(f"{weights} is no file of weights", error) from error
    try:
        network.load_state_dict(state)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise wrong_weights(f"{weights} does not fit SPIGA with 68 points", error) from error
    return network.eval().requires_grad_(False)


def wrong_weights(what: str, error: Exception) -> Refused:
    return Refused(
        f"{what}: {first_line(error)}",
        code="spiga-weights",
        hint="Fetch it again: controlnet-kit models fetch spiga",
    )


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def infer_unpatched(network: Any, images: "Tensor") -> "tuple[Tensor, Tensor]":
    """Returns landmarks [B, 68, 2] and pose [B, 6] of the network as it is."""
    import torch

    count = images.shape[0]
    model = torch.tensor(load_mean_face()).expand(count, -1, -1)
    camera = torch.tensor(camera_matrix()).expand(count, -1, -1)
    features = network([images, model, camera])
    return features["Landmarks"][-1], features["Pose"]


def make_images(count: int, seed: int = SEED) -> "Tensor":
    """Returns seeded images [B, 3, 256, 256] in 0..1: coarse shapes under noise, for all scales of the network."""
    import torch

    random = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 8, 8, generator=random)
    shapes = torch.nn.functional.interpolate(coarse, size=IMAGE_SIDE, mode="bilinear", align_corners=False)
    noise = torch.rand(count, 3, IMAGE_SIDE, IMAGE_SIDE, generator=random)
    return (0.75 * shapes + 0.25 * noise).contiguous()


def largest_difference_px(a: "Tensor", b: "Tensor") -> float:
    """Compares landmarks [B, 68, 2], fractions of the crop. Returns infinity when one is not a number."""
    difference = (a - b).abs().max().item() * IMAGE_SIDE
    return float("inf") if math.isnan(difference) else float(difference)


def hash_file(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def export(weights: Path, output: Path) -> dict[str, Any]:
    import torch

    from spiga_patches import patch_network

    network = load_network(weights)
    images = make_images(REFERENCE_COUNT)
    with torch.no_grad():
        wanted, _ = infer_unpatched(network, images)
        patched = patch_network(network, load_mean_face(), camera_matrix())
        found, _ = patched(images)
        difference = largest_difference_px(wanted, found)
        if not difference <= LIMIT_PX:
            raise Refused(
                f"The changed network differs from SPIGA by {difference:.3g} px; expected at most {LIMIT_PX} px.",
                code="spiga-parity",
                hint="This is a fault of the kit, or the weights are damaged: fetch them again, then report it",
            )
        output.mkdir(parents=True, exist_ok=True)
        write_onnx(patched, example=make_images(1), path=output / "spiga.onnx")
    images.numpy().astype("<f4").tofile(output / "reference-images.f32")
    wanted.numpy().astype("<f4").tofile(output / "reference-landmarks.f32")
    return {
        "onnx": {"sha256": hash_file(output / "spiga.onnx"), "bytes": (output / "spiga.onnx").stat().st_size},
        "opset": OPSET,
        "reference": {"count": REFERENCE_COUNT},
        "patched_px": difference,
        "versions": {name: version(name) for name in ("spiga", "torch", "onnx")},
    }


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args(argv)
    try:
        answer = export(arguments.weights, arguments.output)
    except Refused as refused:
        print(json.dumps(refused.answer()))
        return 1
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
