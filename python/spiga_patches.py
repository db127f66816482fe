"""SPIGA's network with five operations written so that ONNX can hold them; the numbers stay the same.

1. edges to points: a 1x1 convolution and a clamp, for a product with a masked assignment
2. windows around points: the sampling grid by hand, for `affine_grid`
3. relative positions: a gather with a constant index, for a boolean mask
4. Euler angles to a rotation: stacked, for writing into zeros (and into the input)
5. the mean face and the camera as constants; only the last landmarks and the pose come out
"""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

Point3 = tuple[float, float, float]


class EdgesToPoints(nn.Module):
    """Maps of 13 edges [B, 13, H, W] -> how near each of the 68 points is to its edges [B, 68, H, W], at most 1."""

    kernel: Tensor
    bias: Tensor

    def __init__(self, matrix: Tensor) -> None:
        """`matrix`: [68, 14]; its last column belongs to a map of ones."""
        super().__init__()
        points, columns = matrix.shape
        self.register_buffer("kernel", matrix[:, :-1].reshape(points, columns - 1, 1, 1).clone())
        self.register_buffer("bias", matrix[:, -1].clone())

    def forward(self, edges: Tensor) -> Tensor:
        return functional.conv2d(edges, self.kernel, self.bias).clamp(max=1)


def window_grid(centres: Tensor, scale: float, feature_side: float, window: int) -> Tensor:
    """Returns where to sample for each point: [B, points, window * window, (x, y)], the feature map being -1..1.

    `centres` [B, points, 2] are fractions of the map; `scale` is the window's half size in the same units as the result.
    """
    steps = torch.arange(window, dtype=centres.dtype)
    offsets = scale * ((2 * steps + 1) / window - 1)
    rows, columns = torch.meshgrid(offsets, offsets, indexing="ij")
    around = torch.stack((columns.reshape(-1), rows.reshape(-1)), dim=-1)
    middles = (centres + 0.5 / feature_side) * 2 - 1
    return middles.unsqueeze(2) + around


def others_index(count: int) -> Tensor:
    """[count, count - 1]: for each point all the others, in order."""
    return torch.tensor([[j for j in range(count) if j != i] for i in range(count)])


def relative_positions(points: Tensor, others: Tensor) -> Tensor:
    """[B, points, 2 * (points - 1)]: each point minus each other one, x and y by turns."""
    batch, count, _ = points.shape
    neighbours = points[:, others.reshape(-1)].reshape(batch, count, count - 1, 2)
    return (points.unsqueeze(2) - neighbours).reshape(batch, count, 2 * (count - 1))


def rotation_of(euler: Tensor) -> Tensor:
    """Yaw, pitch and roll in degrees [B, 3] -> rotation matrices [B, 3, 3], in SPIGA's axes."""
    radians = math.pi / 180
    yaw = -(euler[:, 0] - 90) * radians
    pitch = -euler[:, 1] * radians
    roll = -(euler[:, 2] + 90) * radians
    zero, one = torch.zeros_like(yaw), torch.ones_like(yaw)
    around_y = matrix(yaw.cos(), zero, yaw.sin(), zero, one, zero, -yaw.sin(), zero, yaw.cos())
    around_z = matrix(pitch.cos(), -pitch.sin(), zero, pitch.sin(), pitch.cos(), zero, zero, zero, one)
    around_x = matrix(one, zero, zero, zero, roll.cos(), -roll.sin(), zero, roll.sin(), roll.cos())
    return around_y @ around_z @ around_x


def matrix(*values: Tensor) -> Tensor:
    """Nine numbers [B] each, row by row -> [B, 3, 3]."""
    return torch.stack(values, dim=-1).reshape(-1, 3, 3)


def project(points: Tensor, rotation: Tensor, shift: Tensor, camera: Tensor) -> Tensor:
    """3D points [68, 3] seen by the camera: [B, 68, 2] in pixels of the feature map."""
    seen = points @ rotation.transpose(1, 2) + shift.unsqueeze(1)
    pixels = seen @ camera.T
    return pixels[:, :, :2] / pixels[:, :, 2:]


class PatchedSpiga(nn.Module):
    """Images [B, 3, 256, 256] -> landmarks [B, 68, 2] as fractions of the image, pose [B, 6]."""

    mean_face: Tensor
    camera: Tensor
    others: Tensor

    def __init__(self, network: Any, mean_face: list[Point3], camera: list[list[float]]) -> None:
        super().__init__()
        self.network = network
        self.feature_side, self.window = float(network.visual_res), network.kwindow
        self.scales = [float(scale[0, 0]) for scale in network.theta_S]
        self.register_buffer("mean_face", torch.tensor(mean_face))
        self.register_buffer("camera", torch.tensor(camera, dtype=torch.float32))
        self.register_buffer("others", others_index(network.num_landmarks))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        network = self.network
        features = network.visual_cnn(images)
        pose = network.pose_fc(features["HGcore"][-1].flatten(1))
        rotation = rotation_of(pose[:, :3])
        points = project(self.mean_face, rotation, pose[:, 3:], self.camera) / self.feature_side
        attention: list[Tensor] = []
        for step in range(network.steps):
            embedded = self.embed(points, features["VisualField"][-1], step)
            offset, attention = network.gcn[step](embedded, attention)
            points = points + network.offset_ratio[step] * functional.hardtanh(offset)
        return points, pose

    def embed(self, points: Tensor, field: Tensor, step: int) -> Tensor:
        """Returns what each point sees around itself, and how it lies to the others: [B, 68, 512]."""
        window, channels = self.window, self.network.visual_dim
        grid = window_grid(points, self.scales[step], self.feature_side, window)
        seen = functional.grid_sample(field, grid, padding_mode="border", align_corners=False)
        crops = seen.transpose(1, 2).reshape(-1, channels, window, window)
        looks: Tensor = self.network.conv_window[step](crops).reshape(
            -1, points.shape[1], self.network.embedded_dim
        )
        lies: Tensor = self.network.shape_encoder[step](relative_positions(points, self.others))
        return looks + lies


def patch_network(network: Any, mean_face: list[Point3], camera: list[list[float]]) -> PatchedSpiga:
    """Takes the network over: use it only through the result from now on."""
    cnn = network.visual_cnn
    cnn.E2Ptransform = EdgesToPoints(cnn.E2Ptransform.edge2point.data)
    return PatchedSpiga(network, mean_face, camera).eval()
