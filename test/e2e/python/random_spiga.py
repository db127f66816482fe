"""Writes a file of weights as SPIGA's authors publish it, with random numbers: the right shapes, no knowledge.

    python random_spiga.py OUTPUT.pt [SEED]

Normalisation is fitted to a few seeded images, so that signals neither fade nor burst; the pose is near "upright, in the
middle". So the landmarks are nonsense, but they lie in the picture, differ between pictures, and every branch of the
network moves them by pixels: a wrong operation shows.
"""

import sys


def main(argv):
    import torch
    from spiga.models.spiga import SPIGA

    torch.manual_seed(int(argv[1]) if len(argv) > 1 else 1)
    network = SPIGA(num_landmarks=68, num_edges=13)
    with torch.no_grad():
        network.pose_fc.weight.mul_(torch.tensor([[4.0], [4.0], [4.0], [0.2], [0.2], [0.2]]))
        network.pose_fc.bias.copy_(torch.tensor([0.0, 0.0, 0.0, 0.0, 0.0, 4.0]))
        fit_normalisation(network)
        for step in network.gcn:
            step.decoder.decoder[-1].weight.mul_(0.1)
    torch.save(network.state_dict(), argv[0])


def fit_normalisation(network):
    import torch

    for module in network.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = None
    coarse = torch.rand(4, 3, 8, 8)
    images = torch.nn.functional.interpolate(coarse, size=256, mode="bilinear", align_corners=False)
    camera = torch.tensor([[96.0, 0, 32], [0, 96, 32], [0, 0, 1]]).expand(4, -1, -1)
    network.train()([images, torch.rand(4, 68, 3) - 0.5, camera])
    network.eval()


if __name__ == "__main__":
    main(sys.argv[1:])
