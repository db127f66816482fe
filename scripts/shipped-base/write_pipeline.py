"""Writes the trained parts as a pipeline in diffusers' layout, with 16-bit weights.

PYTHONPATH=python python scripts/shipped-base/write_pipeline.py --faces DIR --vae DIR --unet DIR --output DIR
"""

import argparse
import os
import sys


def main(argv: list[str]) -> None:
    args = parse(argv)
    import torch
    from diffusers import StableDiffusionPipeline
    from transformers import CLIPTokenizer

    from base_parts import make_text_encoder, make_unet, make_vae, read_captions
    from captions import learn_vocabulary
    from make_tiny_pipeline import make_scheduler, write_tokenizer
    from train_unet import scaling_factor
    from training_state import load_trained

    vocabulary = learn_vocabulary(read_captions(args.faces))
    tokenizer = os.path.join(args.output, "tokenizer")
    write_tokenizer(tokenizer, vocabulary.ids, vocabulary.merges)
    vae = load_trained(args.vae, {"vae": make_vae()})["vae"]
    latents = torch.load(os.path.join(args.unet, "latents.pt"), weights_only=True)
    vae.register_to_config(scaling_factor=scaling_factor(latents))
    parts = load_trained(
        args.unet, {"unet": make_unet(), "text_encoder": make_text_encoder(len(vocabulary.ids))}
    )
    pipeline = StableDiffusionPipeline(
        tokenizer=CLIPTokenizer.from_pretrained(tokenizer),
        vae=vae,
        scheduler=make_scheduler("v_prediction"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
        **parts,
    )
    pipeline.to(torch.float16).save_pretrained(args.output)
    # `save_pretrained` writes the tokenizer in a form of its own.
    write_tokenizer(tokenizer, vocabulary.ids, vocabulary.merges)


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="write_pipeline.py", allow_abbrev=False)
    parser.add_argument("--faces", required=True, help="folder of draw-faces.mjs")
    parser.add_argument("--vae", required=True, help="state of train_vae.py")
    parser.add_argument("--unet", required=True, help="state of train_unet.py")
    parser.add_argument("--output", required=True, help="folder to write")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main(sys.argv[1:])
