"""Draws held-out faces after a round trip through the VAE, twice as large, and as they were, for judging it:

    PYTHONPATH=python python scripts/shipped-base/draw_round_trips.py --faces DIR --vae DIR --output DIR
    node dist/start.cjs annotate --json DIR/round-trips > found.json
    python scripts/shipped-base/judge_faces.py --faces DIR --found found.json

`--output` also gets sheet.png: the first 24 faces, each above its round trip.
"""

import argparse
import os
import sys


def main(argv: list[str]) -> None:
    args = parse(argv)
    import numpy as np
    import torch
    from PIL import Image

    from base_parts import make_vae
    from train_vae import HELD_OUT
    from training_state import load_trained

    torch.set_num_threads(1)
    vae = load_trained(args.vae, {"vae": make_vae()})["vae"]
    faces = np.load(os.path.join(args.faces, "faces.npy"), mmap_mode="r")[-HELD_OUT:]
    with torch.no_grad():
        pixels = torch.from_numpy(faces.copy()).permute(0, 3, 1, 2).float() / 127.5 - 1
        decoded = torch.cat(
            [vae.decode(vae.encode(part).latent_dist.mean).sample for part in pixels.split(8)]
        )
    drawn = ((decoded.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    error = (drawn.astype(float) - faces) / 255
    print(f"peak signal-to-noise ratio: {-10 * np.log10((error**2).mean()):.2f} dB")
    for name, pictures in (("faces", faces), ("round-trips", drawn)):
        folder = os.path.join(args.output, name)
        os.makedirs(folder, exist_ok=True)
        for index, picture in enumerate(pictures):
            large = Image.fromarray(picture).resize((256, 256), Image.Resampling.BICUBIC)
            large.save(os.path.join(folder, f"{index:02}.png"))
    rows = [
        np.concatenate(list(part[row : row + 8]), axis=1) for row in (0, 8, 16) for part in (faces, drawn)
    ]
    Image.fromarray(np.concatenate(rows)).save(os.path.join(args.output, "sheet.png"))


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="draw_round_trips.py", allow_abbrev=False)
    parser.add_argument("--faces", required=True, help="folder of draw-faces.mjs")
    parser.add_argument("--vae", required=True, help="state of train_vae.py")
    parser.add_argument("--output", required=True, help="folder to write")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main(sys.argv[1:])
