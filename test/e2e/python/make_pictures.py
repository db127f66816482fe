"""Writes one picture in many formats with Pillow, and beside each (`.rgb`) how Pillow and LittleCMS see it: sRGB bytes."""

import io
import json
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps

WIDTH, HEIGHT = 64, 48
ORIENTATION = 0x0112
TURN = Image.Transpose
# What a camera stores for each orientation.
STORED = [
    None,
    TURN.FLIP_LEFT_RIGHT,
    TURN.ROTATE_180,
    TURN.FLIP_TOP_BOTTOM,
    TURN.TRANSPOSE,
    TURN.ROTATE_90,
    TURN.TRANSVERSE,
    TURN.ROTATE_270,
]
LOSSLESS: dict[str, dict[str, Any]] = {"png": {}, "webp": {"lossless": True}, "tif": {}}
LOSSY: dict[str, dict[str, Any]] = {
    "jpg": {"quality": 97, "subsampling": 0},
    "avif": {"quality": 95, "subsampling": "4:4:4"},
}


def main(folder: Path) -> None:
    picture = gradient()
    sizes = {}

    def save(name: str, image: Image.Image, look=see, **options) -> None:
        image.save(folder / name, **options)
        seen = look(Image.open(folder / name))
        sizes[name] = seen.size
        (folder / f"{name}.rgb").write_bytes(seen.convert("RGB").tobytes())

    for ending, options in {**LOSSLESS, **LOSSY}.items():
        for orientation, stored in enumerate(STORED, 1):
            exif = Image.Exif()
            exif[ORIENTATION] = orientation
            turned = picture if stored is None else picture.transpose(stored)
            save(f"orientation-{orientation}.{ending}", turned, exif=exif, **options)
        icc = matrix_profile(ADOBE_RGB, 2.19921875)
        save(
            f"adobe-rgb.{ending}",
            picture,
            look=lambda image, icc=icc: to_srgb(see(image), icc),
            icc_profile=icc,
            **options,
        )
    grey = picture.convert("L")
    alpha = Image.fromarray(np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1)))
    with_alpha = picture.copy()
    with_alpha.putalpha(alpha)
    for ending in ["png", "webp", "tif"]:
        save(f"alpha.{ending}", with_alpha, **LOSSLESS[ending])
    save("grey.png", grey)
    save("grey.jpg", grey, quality=97)
    save("grey-alpha.png", Image.merge("LA", (grey, alpha)))
    save("palette.png", picture.quantize(16))
    save("palette-clear.png", picture.quantize(16), transparency=3)
    save("palette.tif", picture.quantize(16))
    save("one-bit.png", picture.convert("1"))
    save("one-bit.tif", picture.convert("1"))
    deep = (np.arange(HEIGHT) * 65535 // (HEIGHT - 1)).astype(np.uint16)
    save("grey-16.png", Image.fromarray(np.repeat(deep[:, None], WIDTH, 1)), look=from_16_bits)
    save("grey-16.tif", Image.fromarray(np.repeat(deep[:, None], WIDTH, 1)), look=from_16_bits)
    for compression in ["tiff_lzw", "tiff_adobe_deflate", "jpeg"]:
        save(f"{compression}.tif", picture, compression=compression)
    more: dict[str, Any] = {"save_all": True, "append_images": [picture.transpose(TURN.ROTATE_180)]}
    save("pages.tif", picture, **more)
    save("animated.png", picture, duration=100, **more)
    save("animated.webp", picture, duration=100, lossless=True, **more)
    save("animated.avif", picture, duration=100, **LOSSY["avif"], **more)
    print(json.dumps(sizes))


def gradient() -> Image.Image:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    red, green = x * 255 // (WIDTH - 1), y * 255 // (HEIGHT - 1)
    return Image.fromarray(np.stack([red, green, (red + green) // 2], axis=2).astype(np.uint8))


def see(image: Image.Image) -> Image.Image:
    """The first frame, upright, over white."""
    image.seek(0)
    image = ImageOps.exif_transpose(image)
    if image.mode in ("LA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


def from_16_bits(image: Image.Image) -> Image.Image:
    return Image.fromarray((np.asarray(image).astype(int) // 257).astype(np.uint8))


def to_srgb(image: Image.Image, icc: bytes) -> Image.Image:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    return made(ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB")))


def made(image: Image.Image | None) -> Image.Image:
    """ImageCms answers None only when it changes a picture in place."""
    assert image is not None
    return image


# Red, green and blue of Adobe RGB (1998) in XYZ, adapted to D50.
ADOBE_RGB = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]
D50 = (0.9642, 1.0, 0.8249)


def matrix_profile(primaries, gamma: float, name: str = "wide") -> bytes:
    """An ICC profile of version 2 for a display: three primaries and one gamma."""
    tags = [(f"{channel}XYZ".encode(), xyz(value)) for channel, value in zip("rgb", primaries, strict=True)]
    tags += [(f"{channel}TRC".encode(), gamma_curve(gamma)) for channel in "rgb"]
    return icc_profile(b"mntrRGB XYZ ", tags, name)


def icc_profile(kind: bytes, own_tags, name: str = "wide") -> bytes:
    text = name.encode() + b"\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + b"\0" * 78
    tags = [(b"desc", description), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", xyz(D50)), *own_tags]
    table, data = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for tag, content in tags:
        content += b"\0" * (-len(content) % 4)
        table += tag + struct.pack(">II", start + len(data), len(content))
        data += content
    body = struct.pack(">I", len(tags)) + table + data
    head = struct.pack(">I4sI", 128 + len(body), b"none", 0x02100000) + kind + b"\0" * 12 + b"acsp"
    return head.ljust(68, b"\0") + xyz(D50)[8:] + b"\0" * 48 + body


def gamma_curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def xyz(values) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
