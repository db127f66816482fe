"""Makes a UNet, or a ControlNet, that wants text embeddings of another width than the base model's.

python python/launch.py scripts/record-failures/make_wide.py unet|controlnet BASE FOLDER
"""

import sys


def main(argv: list[str]) -> None:
    from diffusers import ControlNetModel, UNet2DConditionModel

    kind, base, folder = argv
    unet = UNet2DConditionModel.from_pretrained(base, subfolder="unet")
    wide = UNet2DConditionModel.from_config({**unet.config, "cross_attention_dim": 64})
    made = ControlNetModel.from_unet(wide) if kind == "controlnet" else wide
    made.save_pretrained(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
