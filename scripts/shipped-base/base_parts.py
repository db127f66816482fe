"""The parts of the shipped base model, untrained: a small Stable Diffusion in diffusers' classes, for 128-pixel faces."""

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextModel

SIZE = 128
TEXT_LENGTH = 77
TEXT_WIDTH = 96


def make_vae() -> "AutoencoderKL":
    """8x smaller, 4 channels; the wide layers are those of few pixels, where they are cheap."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(16, 32, 64, 128),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        norm_num_groups=8,
        latent_channels=4,
        sample_size=SIZE,
        mid_block_add_attention=False,
    )


def make_unet() -> "UNet2DConditionModel":
    """The captions are looked at where pictures are 8 and 4 latents wide."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=SIZE // 8,
        in_channels=4,
        out_channels=4,
        block_out_channels=(64, 128, 128),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=16,
        attention_head_dim=4,
        cross_attention_dim=TEXT_WIDTH,
    )


def make_text_encoder(tokens: int) -> "CLIPTextModel":
    """`tokens`: size of the vocabulary, the two markers last."""
    from transformers import CLIPTextConfig, CLIPTextModel

    config = CLIPTextConfig(
        vocab_size=tokens,
        hidden_size=TEXT_WIDTH,
        intermediate_size=2 * TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=TEXT_LENGTH,
        bos_token_id=tokens - 2,
        eos_token_id=tokens - 1,
        pad_token_id=tokens - 1,
    )
    return CLIPTextModel(config)


def read_captions(folder: str) -> list[str]:
    with open(os.path.join(folder, "captions.json"), encoding="utf-8") as file:
        captions: list[str] = json.load(file)
    return captions
