"""Writes captions with BLIP. Reads one path a line from stdin, and prints one line of JSON for each on stdout.

    python launch.py caption_blip.py --model FOLDER [--device cpu] [--batch N]

Answers {"path", "text"}, or {"path", "error"} for a picture that can't be read, batch by batch, each as soon as it is known.
The model is used as it was published: no prompt, in 32-bit floats, and the generation is fixed below, so the same picture
always gets the same caption.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from own_stdout import take_stdout

if TYPE_CHECKING:
    from PIL import Image
    from transformers.cache_utils import EncoderDecoderCache

Item = TypeVar("Item")

GENERATION = {"num_beams": 3, "max_new_tokens": 30, "min_new_tokens": 4, "do_sample": False}
"""As many beams as in the paper, and no randomness."""

BATCH = {"cpu": 4, "cuda": 16}

ENOUGH = 2
"""A JPEG is decoded at a reduced size, but at least at this many times the side that the model looks at."""


def read_batches(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yields paths in lists of `size`; the last one may be shorter."""
    paths = (line.rstrip("\n") for line in lines)
    paths = (path for path in paths if path)
    while batch := list(islice(paths, size)):
        yield batch


def fill_up(items: list[Item], size: int) -> list[Item]:
    """Returns `size` items, the last one repeated: in batches of one size, a caption does not depend on what is beside it."""
    return items + [items[-1]] * (size - len(items))


def open_picture(path: str, side: int) -> "Image.Image":
    """Returns the picture as it is meant to be seen: upright, RGB, transparent parts white."""
    from PIL import Image, ImageFile, ImageOps

    ImageFile.LOAD_TRUNCATED_IMAGES = True  # as the kit: a broken tail is no reason
    with Image.open(path) as file:
        file.draft("RGB", (side * ENOUGH, side * ENOUGH))
        image: Image.Image = ImageOps.exif_transpose(file)
        if "A" in image.getbands() or "transparency" in image.info:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        return image.convert("RGB")


@dataclass(frozen=True)
class Opened:
    path: str
    picture: "Image.Image | None" = None
    error: str = ""
    """Why there is no picture."""


def try_open(path: str, side: int) -> Opened:
    try:
        return Opened(path, picture=open_picture(path, side))
    except Exception as error:  # whatever a broken file makes the decoder raise
        return Opened(path, error=f"{type(error).__name__}: {error}"[:300])


class Captioner:
    def __init__(self, folder: str, device: str) -> None:
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
        model = BlipForConditionalGeneration.from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True
        )
        self.model = model.eval().to(device)
        self.side = max(self.processor.size["height"], self.processor.size["width"])

    def new_cache(self) -> "EncoderDecoderCache":
        """Returns a cache for what the decoder takes from the picture; without it generate() computes that for each token."""
        from transformers.cache_utils import DynamicCache, EncoderDecoderCache

        return EncoderDecoderCache(DynamicCache(), DynamicCache())

    def caption(self, pictures: list["Image.Image"], size: int) -> list[str]:
        """Returns one text for each picture."""
        pixels = self.processor(images=fill_up(pictures, size), return_tensors="pt")["pixel_values"]
        with self.torch.inference_mode():
            tokens = self.model.generate(
                pixel_values=pixels.to(self.device), past_key_values=self.new_cache(), **GENERATION
            )
        # Each begins with the token that starts a caption, which is no word.
        texts = self.tokenizer.batch_decode(tokens[:, 1:], skip_special_tokens=True)
        return [text.strip() for text in texts[: len(pictures)]]


def answer_batch(
    captioner: Captioner, threads: ThreadPoolExecutor, paths: list[str], size: int
) -> Iterator[dict[str, str]]:
    opened = list(threads.map(lambda path: try_open(path, captioner.side), paths))
    pictures = [one.picture for one in opened if one.picture is not None]
    texts = iter(captioner.caption(pictures, size) if pictures else [])
    for one in opened:
        yield (
            {"path": one.path, "text": next(texts)} if one.picture else {"path": one.path, "error": one.error}
        )


def choose_device(wanted: str | None) -> str:
    if wanted is not None:
        return wanted
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Write captions with BLIP.")
    parser.add_argument("--model", required=True, help="folder with the model")
    parser.add_argument("--device", help="cpu or cuda; by default cuda where there is one")
    parser.add_argument("--batch", type=int, help="pictures at once")
    args = parser.parse_args(argv)
    answers = take_stdout()
    device = choose_device(args.device)
    size = args.batch or BATCH.get(device, 4)
    captioner = Captioner(args.model, device)
    stdin = open(sys.stdin.fileno(), encoding="utf-8", newline="\n", closefd=False)  # noqa: SIM115
    with stdin, ThreadPoolExecutor(4) as threads:
        for paths in read_batches(stdin, size):
            for answer in answer_batch(captioner, threads, paths, size):
                print(json.dumps(answer), file=answers)
            answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
