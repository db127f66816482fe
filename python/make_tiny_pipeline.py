"""Makes a tiny Stable Diffusion pipeline with random weights, in diffusers' folder layout.

    python make_tiny_pipeline.py --output DIR [--seed 0] [--resolution 64]

It has every part that a real one has (byte-level CLIP tokenizer, text encoder, VAE with 8x reduction, UNet with
cross-attention, scheduler; no safety checker), so that everything after it is the real path, at a size that a CPU trains
in seconds. Its pictures mean nothing. Prints one JSON document.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diffusers import AutoencoderKL, DDPMScheduler, UNet2DConditionModel
    from transformers import CLIPTextModel

TEXT_LENGTH = 77
TEXT_WIDTH = 32
LATENT_CHANNELS = 4


def byte_symbols() -> list[str]:
    """Returns the 256 printable characters that byte-level BPE writes bytes as (the table that GPT-2 introduced)."""
    printable = [
        *range(ord("!"), ord("~") + 1),
        *range(ord("¡"), ord("¬") + 1),
        *range(ord("®"), ord("ÿ") + 1),
    ]
    moved = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + offset) for offset in range(len(moved))]


def vocabulary() -> dict[str, int]:
    """Returns ids by token: every byte within a word and at a word's end, then CLIP's two markers. There are no merges."""
    symbols = byte_symbols()
    tokens = [*symbols, *(symbol + "</w>" for symbol in symbols), "<|startoftext|>", "<|endoftext|>"]
    return {token: number for number, token in enumerate(tokens)}


def write_tokenizer(folder: str, vocab: dict[str, int], merges: Sequence[tuple[str, str]] = ()) -> None:
    os.makedirs(folder, exist_ok=True)
    marker = {"lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    start, end = ({"content": content, **marker} for content in ("<|startoftext|>", "<|endoftext|>"))
    settings = {
        "tokenizer_class": "CLIPTokenizer",
        "model_max_length": TEXT_LENGTH,
        "bos_token": start,
        "eos_token": end,
        "unk_token": end,
        "pad_token": "<|endoftext|>",
        "add_prefix_space": False,
        "do_lower_case": True,
        "errors": "replace",
    }
    specials = {"bos_token": start, "eos_token": end, "unk_token": end, "pad_token": "<|endoftext|>"}
    write_json(os.path.join(folder, "vocab.json"), vocab)
    write_json(os.path.join(folder, "tokenizer_config.json"), settings)
    write_json(os.path.join(folder, "special_tokens_map.json"), specials)
    with open(os.path.join(folder, "merges.txt"), "w", encoding="utf-8") as file:
        file.writelines(["#version: 0.2\n", *(f"{first} {second}\n" for first, second in merges)])


def write_json(path: str, value: dict[str, Any]) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)


def make_text_encoder(vocab: dict[str, int]) -> "CLIPTextModel":
    from transformers import CLIPTextConfig, CLIPTextModel

    config = CLIPTextConfig(
        vocab_size=len(vocab),
        hidden_size=TEXT_WIDTH,
        intermediate_size=2 * TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=TEXT_LENGTH,
        bos_token_id=vocab["<|startoftext|>"],
        eos_token_id=vocab["<|endoftext|>"],
        pad_token_id=vocab["<|endoftext|>"],
    )
    return CLIPTextModel(config)


def make_vae(resolution: int) -> "AutoencoderKL":
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8, 16, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        norm_num_groups=8,
        latent_channels=LATENT_CHANNELS,
        sample_size=resolution,
    )


def make_unet(resolution: int) -> "UNet2DConditionModel":
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=resolution // 8,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=(32, 64, 64),
        # No attention at the largest size, where a CPU would spend most of its time on it.
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=4,
        cross_attention_dim=TEXT_WIDTH,
    )


def make_scheduler(prediction_type: str) -> "DDPMScheduler":
    """Returns the noise schedule that Stable Diffusion was trained with."""
    from diffusers import DDPMScheduler

    return DDPMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        steps_offset=1,
        prediction_type=prediction_type,
    )


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make_tiny_pipeline.py", allow_abbrev=False)
    parser.add_argument("--output", required=True, help="folder to write")
    parser.add_argument("--seed", type=int, default=0, help="seed of the weights")
    parser.add_argument(
        "--resolution", type=int, default=64, help="side of the pictures in pixels, a multiple of 8"
    )
    parser.add_argument("--prediction_type", choices=("epsilon", "v_prediction"), default="epsilon")
    args = parser.parse_args(argv)
    if args.resolution < 32 or args.resolution % 8 != 0:
        parser.error(f"--resolution must be a multiple of 8 and at least 32, got {args.resolution}")
    return args


def main(argv: list[str]) -> None:
    args = parse(argv)
    import torch
    from diffusers import StableDiffusionPipeline
    from transformers import CLIPTokenizer

    torch.manual_seed(args.seed)
    vocab = vocabulary()
    write_tokenizer(os.path.join(args.output, "tokenizer"), vocab)
    pipeline = StableDiffusionPipeline(
        tokenizer=CLIPTokenizer.from_pretrained(os.path.join(args.output, "tokenizer")),
        text_encoder=make_text_encoder(vocab),
        vae=make_vae(args.resolution),
        unet=make_unet(args.resolution),
        scheduler=make_scheduler(args.prediction_type),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(args.output)
    write_tokenizer(os.path.join(args.output, "tokenizer"), vocab)
    size = sum(
        os.path.getsize(os.path.join(folder, name))
        for folder, _, names in os.walk(args.output)
        for name in names
    )
    parameters = sum(
        p.numel() for part in (pipeline.text_encoder, pipeline.vae, pipeline.unet) for p in part.parameters()
    )
    print(json.dumps({"output": args.output, "seed": args.seed, "parameters": parameters, "bytes": size}))


if __name__ == "__main__":
    main(sys.argv[1:])
