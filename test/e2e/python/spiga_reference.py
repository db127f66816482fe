"""What the unchanged SPIGA says, in torch, and whether the export's own check notices a network that was changed wrongly.

    python spiga_reference.py WEIGHTS INPUTS.f32 FOLDER

INPUTS holds images of 3 x 256 x 256 numbers. Prints JSON: {"landmarks": [[136 numbers] per image], "mean_face": …,
"projected": …, "edges": …, "wrong": {change: how far it moves landmarks, in px}, "refused": the code that ends a wrong export}.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "python"))


def main(argv):
    import numpy
    import torch

    import export_spiga
    import spiga_patches

    torch.set_grad_enabled(False)
    weights, inputs, folder = argv
    network = export_spiga.load_network(weights)
    images = torch.from_numpy(numpy.fromfile(inputs, "<f4").reshape(-1, 3, 256, 256))
    landmarks, _ = export_spiga.infer_unpatched(network, images)
    mean_face = export_spiga.load_mean_face()
    answer = {
        "landmarks": landmarks.reshape(-1, 136).tolist(),
        "mean_face": {str(i): mean_face[i] for i in (0, 8, 30, 36, 45, 54)},
        "sums": torch.tensor(mean_face, dtype=torch.float64).sum(0).tolist(),
        "projected": project_upright(spiga_patches, export_spiga),
        "edges": list_edges(network),
        "wrong": measure_wrong(network, mean_face),
        "refused": export_wrong(weights, folder),
    }
    print(json.dumps(answer))


def project_upright(patches, export):
    """Points 30 and 8 of the mean face, looking ahead, four units away."""
    import torch

    points = torch.tensor(export.load_mean_face())
    rotation = patches.rotation_of(torch.zeros(1, 3))
    seen = patches.project(
        points, rotation, torch.tensor([[0.0, 0.0, 4.0]]), torch.tensor(export.camera_matrix())
    )
    return (seen[0, [30, 8]] / 64).tolist()


def list_edges(network):
    """For each point the edges that it lies on."""
    matrix = network.visual_cnn.E2Ptransform.edge2point
    return [row.nonzero().flatten().tolist() for row in matrix]


def flip_positions(patches):
    right = patches.relative_positions
    return "relative_positions", lambda points, others: -right(points, others)


def swap_window_axes(patches):
    right = patches.window_grid
    return "window_grid", lambda *arguments: right(*arguments).flip(-1)


def forget_half_cell(patches):
    right = patches.window_grid
    return "window_grid", lambda centres, scale, side, window: right(
        centres - 0.5 / side, scale, side, window
    )


def turn_back(patches):
    right = patches.rotation_of
    return "rotation_of", lambda euler: right(euler).transpose(1, 2)


WRONG = {
    "positions of the other sign": flip_positions,
    "windows with x and y swapped": swap_window_axes,
    "windows half a cell away": forget_half_cell,
    "the rotation's inverse": turn_back,
}


def measure_wrong(network, mean_face):
    """Takes the network over."""
    import export_spiga
    import spiga_patches

    image = export_spiga.make_images(1)
    wanted, _ = export_spiga.infer_unpatched(network, image)
    patched = spiga_patches.patch_network(network, mean_face, export_spiga.camera_matrix())

    def measure():
        return export_spiga.largest_difference_px(wanted, patched(image)[0])

    return {"none": measure(), **{name: with_wrong(change, measure) for name, change in WRONG.items()}}


def with_wrong(change, work):
    import spiga_patches

    name, wrong = change(spiga_patches)
    right = getattr(spiga_patches, name)
    setattr(spiga_patches, name, wrong)
    try:
        return work()
    finally:
        setattr(spiga_patches, name, right)


def export_wrong(weights, folder):
    import export_spiga
    from refused import Refused

    def attempt():
        try:
            export_spiga.export(Path(weights), Path(folder) / "wrong")
        except Refused as refused:
            return refused.code

    return with_wrong(flip_positions, attempt)


if __name__ == "__main__":
    main(sys.argv[1:])
