"""Writes captions with BLIP: a path a line on stdin, a line of JSON for each on stdout.

    python launch.py caption_blip.py --model FOLDER [--device cpu] [--batch N]

Answers {"path", "text"}, or {"path", "error"} for a picture that can't be read, batch by batch, each as soon as it is known.
The model is used as it was published: no prompt, in 32-bit floats, and the generation is fixed below, so the same picture
always gets the same caption.
"""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

GENERATION = {"num_beams": 3, "max_new_tokens": 30, "min_new_tokens": 4, "do_sample": False}
"""Beams as in the paper; no randomness."""

BATCH = {"cpu": 4, "cuda": 16}

ENOUGH = 2
"""A JPEG is decoded at no more than it needs: at least this many times the side that the model looks at."""


def read_batches(lines, size):
    """Paths in lists of `size`; the last one may be shorter."""
    paths = (line.rstrip("\n") for line in lines)
    paths = (path for path in paths if path)
    while batch := list(islice(paths, size)):
        yield batch


def fill_up(items, size):
    """`size` items, the last one repeated: in batches of one size, a caption does not depend on what is beside it."""
    return items + [items[-1]] * (size - len(items))


def open_picture(path, side):
    """The picture as it is meant to be seen: upright, RGB, transparent parts white."""
    from PIL import Image, ImageFile, ImageOps

    ImageFile.LOAD_TRUNCATED_IMAGES = True  # as the kit: a broken tail is no reason
    with Image.open(path) as image:
        image.draft("RGB", (side * ENOUGH, side * ENOUGH))
        image = ImageOps.exif_transpose(image)
        if "A" in image.getbands() or "transparency" in image.info:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        return image.convert("RGB")


def try_open(path, side):
    """(picture, None), or (None, why not)."""
    try:
        return open_picture(path, side), None
    except Exception as error:  # whatever a broken file makes the decoder raise
        return None, f"{type(error).__name__}: {error}"[:300]


class Captioner:
    def __init__(self, folder, device):
        import torch
        from PIL import Image
        from transformers import AutoTokenizer, BlipForConditionalGeneration
        from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
        from transformers.utils import logging

        logging.disable_progress_bar()
        Image.MAX_IMAGE_PIXELS = None  # the kit has looked at the sizes
        self.torch = torch
        self.device = device
        # Pillow's resizing: torchvision, which is not in every environment, resizes a little differently.
        self.processor = BlipImageProcessorPil.from_pretrained(folder)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        model = BlipForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, use_safetensors=True)
        self.model = model.eval().to(device)
        self.side = max(self.processor.size["height"], self.processor.size["width"])

    def new_cache(self):
        """Keeps what the decoder takes from the picture, which generate() alone would work out anew for each token."""
        from transformers.cache_utils import DynamicCache, EncoderDecoderCache

        return EncoderDecoderCache(DynamicCache(), DynamicCache())

    def caption(self, pictures, size):
        """One text for each picture."""
        pixels = self.processor(images=fill_up(pictures, size), return_tensors="pt")["pixel_values"]
        with self.torch.inference_mode():
            tokens = self.model.generate(pixel_values=pixels.to(self.device), past_key_values=self.new_cache(), **GENERATION)
        # Each begins with the token that starts a caption, which is no word.
        texts = self.tokenizer.batch_decode(tokens[:, 1:], skip_special_tokens=True)
        return [text.strip() for text in texts[: len(pictures)]]


def answer_batch(captioner, threads, paths, size):
    opened = list(threads.map(lambda path: try_open(path, captioner.side), paths))
    pictures = [picture for picture, _ in opened if picture is not None]
    texts = iter(captioner.caption(pictures, size) if pictures else [])
    for path, (picture, error) in zip(paths, opened):
        yield {"path": path, "error": error} if picture is None else {"path": path, "text": next(texts)}


def choose_device(wanted):
    if wanted is not None:
        return wanted
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def main(argv):
    parser = argparse.ArgumentParser(description="Write captions with BLIP.")
    parser.add_argument("--model", required=True, help="folder with the model")
    parser.add_argument("--device", help="cpu or cuda; by default cuda where there is one")
    parser.add_argument("--batch", type=int, help="pictures at once")
    args = parser.parse_args(argv)
    # What a library prints must not stand between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")
    device = choose_device(args.device)
    size = args.batch or BATCH.get(device, 4)
    captioner = Captioner(args.model, device)
    with ThreadPoolExecutor(4) as threads:
        for paths in read_batches(sys.stdin, size):
            for answer in answer_batch(captioner, threads, paths, size):
                print(json.dumps(answer), file=answers)
            answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
