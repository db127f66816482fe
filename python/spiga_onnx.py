"""Writes SPIGA's network as ONNX, and checks what was written."""

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refused import Refused

if TYPE_CHECKING:
    import torch

IMAGE_SIDE = 256
LANDMARKS = 68
OPSET = 17

Shape = list[str | int]


def write_onnx(network: "torch.nn.Module", *, example: "torch.Tensor", path: Path) -> None:
    """Writes under another name and renames when it is whole. `example`: [1, 3, 256, 256]"""
    import torch

    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network,
                (example,),
                str(partial),
                dynamo=False,
                opset_version=OPSET,
                input_names=["image"],
                output_names=["landmarks", "pose"],
                dynamic_axes={name: {0: "batch"} for name in ("image", "landmarks", "pose")},
            )
        check_onnx(partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


EXPECTED_SHAPES: dict[str, Shape] = {
    "image": ["batch", 3, IMAGE_SIDE, IMAGE_SIDE],
    "landmarks": ["batch", LANDMARKS, 2],
    "pose": ["batch", 6],
}


def check_onnx(path: Path) -> None:
    import onnx

    model = onnx.load(str(path))
    onnx.checker.check_model(model)
    opset = next(one.version for one in model.opset_import if one.domain in ("", "ai.onnx"))
    shapes = {value.name: read_shape(value) for value in [*model.graph.input, *model.graph.output]}
    if opset != OPSET or not fits(shapes):
        raise Refused(
            f"The exported network has opset {opset} and {shapes}; expected opset {OPSET} and {EXPECTED_SHAPES}.",
            code="spiga-export",
            hint="This is a fault of the kit: please report it",
        )


def read_shape(value: Any) -> Shape:
    """Returns the sizes of an input or output of the network; a free size is a name."""
    return [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]


def fits(shapes: dict[str, Shape]) -> bool:
    """Compares names and sizes. A size that the exporter could not tell has a name, which fits any number."""
    if shapes.keys() != EXPECTED_SHAPES.keys():
        return False
    return all(
        len(shapes[name]) == len(wanted)
        and all(
            found == size or isinstance(found, str) for found, size in zip(shapes[name], wanted, strict=True)
        )
        for name, wanted in EXPECTED_SHAPES.items()
    )
