"""Writes pictures in CMYK, Lab, YCbCr and 16 bits, and beside each (`.rgb`) how LittleCMS or Pillow sees it: sRGB bytes.

    python make_colours.py FOLDER CMYK_PROFILE

CMYK_PROFILE is what CMYK without a profile is taken for. What Pillow can't write is written here, see `tiff` and `png_16`.
"""

import io
import json
import struct
import sys
import zlib
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageCms

from make_pictures import ADOBE_RGB, HEIGHT, WIDTH, gamma_curve, gradient, icc_profile, made, matrix_profile

SRGB = ImageCms.createProfile("sRGB")
# Without it LittleCMS looks most colours up in a coarse table.
EXACT = ImageCms.Flags.NOOPTIMIZE
YCBCR, CIELAB, ICCLAB, ITULAB, SEPARATED = 6, 8, 9, 10, 5
PHOTOMETRIC, INK_SET, EXTRA_SAMPLES, SUBSAMPLING, PROFILE = 262, 332, 338, 530, 34675
MASK, CLEAR = 0, 2


def main(folder: Path, generic: bytes) -> None:
    def keep(name: str, data: bytes | None, seen: Image.Image) -> None:
        if data is not None:
            (folder / name).write_bytes(data)
        (folder / f"{name}.rgb").write_bytes(seen.convert("RGB").tobytes())
        names.append(name)

    def save(name: str, image: Image.Image, look, **options) -> None:
        image.save(folder / name, **options)
        with Image.open(folder / name) as written:
            written.load()
        keep(name, None, look(written))

    names: list[str] = []
    picture, inks, press = gradient(), cmyk(), press_profile()
    rgb, alpha = np.asarray(picture), np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1))

    # CMYK, with a profile and without.
    for kind, icc, options in [("press", press, {"icc_profile": press}), ("plain", generic, {})]:
        look = partial(from_cmyk, icc=icc)
        save(f"{kind}.jpg", inks, look, quality=97, subsampling=0, **options)
        for compression in ["raw", "tiff_lzw", "jpeg"]:
            save(f"{kind}-{compression}.tif", inks, look, compression=compression, **options)
        ycck = as_ycck(inks, **options)
        keep(f"{kind}-ycck.jpg", ycck, look(Image.open(io.BytesIO(ycck))))
        values, tags = np.asarray(inks), {PROFILE: icc} if options else {}
        keep(f"{kind}-16.tif", tiff(values.astype(np.uint16) * 257, SEPARATED, tags), look(inks))
        clear = {**tags, EXTRA_SAMPLES: [CLEAR]}
        keep(
            f"{kind}-clear.tif",
            tiff(np.dstack([values, alpha]), SEPARATED, clear),
            over_white(look(inks), alpha),
        )
        mask = {**tags, EXTRA_SAMPLES: [MASK]}
        keep(f"{kind}-mask.tif", tiff(np.dstack([values, alpha]), SEPARATED, mask), look(inks))

    # Lab.
    to_lab = ImageCms.buildTransform(SRGB, ImageCms.createProfile("LAB"), "RGB", "LAB")
    lab = made(ImageCms.applyTransform(picture, to_lab))
    for compression in ["raw", "tiff_lzw", "tiff_adobe_deflate"]:
        save(f"lab-{compression}.tif", lab, from_lab, compression=compression)
    signed = np.asarray(lab)  # As Pillow gives it out; inside, and in ICC's encoding, 128 stands for 0.
    shifted = signed ^ np.array([0, 128, 128], np.uint8)
    keep("lab-icc.tif", tiff(shifted, ICCLAB), from_lab(lab))
    keep(
        "lab-clear.tif",
        tiff(np.dstack([signed, alpha]), CIELAB, {EXTRA_SAMPLES: [CLEAR]}),
        over_white(from_lab(lab), alpha),
    )
    keep("lab-mask.tif", tiff(np.dstack([signed, alpha]), CIELAB, {EXTRA_SAMPLES: [MASK]}), from_lab(lab))
    wide = signed.astype(np.uint16) * np.array([257, 256, 256], np.uint16)
    orders: list[tuple[Literal["<", ">"], bool]] = [("<", False), (">", False), ("<", True), (">", True)]
    for order, big in orders:
        name = f"lab-16-{'little' if order == '<' else 'big'}{'-bigtiff' if big else ''}.tif"
        keep(name, tiff(wide, CIELAB, order=order, big=big), from_lab(lab))

    # YCbCr; JPEG in a TIFF is turned to RGB by what reads it.
    ycbcr = picture.convert("YCbCr")
    for compression in ["raw", "tiff_lzw", "jpeg"]:
        save(f"ycbcr-{compression}.tif", ycbcr, lambda image: image.convert("RGB"), compression=compression)

    # 16 bits with a profile, and further samples that are no transparency.
    adobe = matrix_profile(ADOBE_RGB, 2.19921875)
    linear = icc_profile(b"mntrGRAYXYZ ", [(b"kTRC", gamma_curve(1.0))])
    deep, ramp = rgb.astype(np.uint16) * 257, Image.fromarray(alpha)
    seen = convert(picture, adobe, "RGB")
    keep("rgb-16.tif", tiff(deep, 2, {PROFILE: adobe}), seen)
    keep("rgb-16.png", png_16(deep, adobe), seen)
    keep("rgb-16-plain.png", png_16(deep, None), picture)
    keep(
        "grey-16.tif",
        tiff(alpha[..., None].astype(np.uint16) * 257, 1, {PROFILE: linear}),
        convert(ramp, linear, "L"),
    )
    save("grey.jpg", ramp, lambda image: convert(image, linear, "L"), quality=97, icc_profile=linear)
    keep("rgb-mask.tif", tiff(np.dstack([rgb, alpha]), 2, {EXTRA_SAMPLES: [MASK]}), picture)
    keep(
        "rgb-clear.tif",
        tiff(np.dstack([rgb, alpha]), 2, {EXTRA_SAMPLES: [CLEAR]}),
        over_white(picture, alpha),
    )

    # Refused: nobody here would see them right.
    five = np.dstack([np.asarray(inks), alpha])
    refused = {
        "inks.tif": tiff(five, SEPARATED, {INK_SET: [2]}),
        "itu-lab.tif": tiff(shifted, ITULAB),
        "icc-lab-16.tif": tiff(wide, ICCLAB),
        "halved-ycbcr.tif": tiff(np.asarray(ycbcr), YCBCR, {SUBSAMPLING: [2, 2]}),
        "ycbcr-adobe.tif": tiff(np.asarray(ycbcr), YCBCR, {SUBSAMPLING: [1, 1], PROFILE: adobe}),
    }
    for name, data in refused.items():
        (folder / name).write_bytes(data)
    print(json.dumps({"seen": names, "refused": list(refused)}))


def cmyk() -> Image.Image:
    """Three gradients of inks; black in stripes."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    inks = [x * 255 // (WIDTH - 1), y * 255 // (HEIGHT - 1), (x + y) * 2, (x // 8 + y // 8) % 4 * 60]
    return Image.frombytes("CMYK", (WIDTH, HEIGHT), np.stack(inks, 2).astype(np.uint8).tobytes())


def press_profile(steps: int = 9) -> bytes:
    """A made-up press: each ink lets through its share of red, green and blue; a table to Lab."""
    levels = np.linspace(0, 1, steps)
    inks = np.meshgrid(levels, levels, levels, levels, indexing="ij")
    light = np.ones((*inks[0].shape, 3))
    for ink, through in zip(
        inks, [(0, 0.62, 0.9), (0.88, 0, 0.5), (1, 0.9, 0), (0.1, 0.1, 0.1)], strict=True
    ):
        light *= 1 - ink[..., None] * (1 - np.array(through))
    image = Image.fromarray((255 * (0.03 + 0.95 * light)).astype(np.uint8).reshape(steps**2, steps**2, 3))
    to_lab = ImageCms.buildTransform(SRGB, ImageCms.createProfile("LAB"), "RGB", "LAB", flags=EXACT)
    table = made(ImageCms.applyTransform(image, to_lab)).tobytes()
    same, matrix = bytes(range(256)), struct.pack(">9i", *(65536 if i % 4 == 0 else 0 for i in range(9)))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, steps, 0]) + matrix + same * 4 + table + same * 3
    return icc_profile(b"prtrCMYKLab ", [(b"A2B0", lut)])


def as_ycck(image: Image.Image, **options) -> bytes:
    """The other form of CMYK in a JPEG: its marker says 2, and the inks are stored as brightness and colour."""
    values = np.asarray(image)
    bright = np.asarray(Image.fromarray(np.ascontiguousarray(values[..., :3])).convert("YCbCr"))
    stored = np.dstack([255 - bright, values[..., 3]])
    out = io.BytesIO()
    Image.frombytes("CMYK", image.size, stored.tobytes()).save(
        out, "JPEG", quality=97, subsampling=0, **options
    )
    data = bytearray(out.getvalue())
    transform = data.index(b"Adobe") + 11
    assert data[transform] == 0
    data[transform] = 2
    return bytes(data)


def from_cmyk(image: Image.Image, icc: bytes) -> Image.Image:
    return convert(image, icc, "CMYK")


def convert(image: Image.Image, icc: bytes, mode: str) -> Image.Image:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    return made(ImageCms.applyTransform(image, ImageCms.buildTransform(profile, SRGB, mode, "RGB")))


def from_lab(image: Image.Image) -> Image.Image:
    lab = ImageCms.createProfile("LAB")
    return made(ImageCms.applyTransform(image, ImageCms.buildTransform(lab, SRGB, "LAB", "RGB", flags=EXACT)))


def over_white(image: Image.Image, alpha: np.ndarray) -> Image.Image:
    return Image.composite(image, Image.new("RGB", image.size, "white"), Image.fromarray(alpha))


def tiff(
    samples: np.ndarray, photometric: int, more=None, order: Literal["<", ">"] = "<", big: bool = False
) -> bytes:
    """An uncompressed TIFF of one strip. `more`: further tags, bytes or short numbers."""
    height, width, count = samples.shape
    pixels = samples.astype(samples.dtype.newbyteorder(order)).tobytes()
    size = {256: width, 257: height, 258: [samples.itemsize * 8] * count, 259: 1, PHOTOMETRIC: photometric}
    tags = {**size, 273: 16, 277: count, 278: height, 279: len(pixels), **(more or {})}
    number, room = ("Q", 8) if big else ("I", 4)
    data, entries = pixels, b""
    for tag, value in sorted(tags.items()):
        kind, values = (7, value) if isinstance(value, bytes) else (3, value)
        if isinstance(value, int):
            kind, values = (4, [value]) if tag in (273, 279) else (3, [value])
        form = {7: "B", 3: "H", 4: "I"}[kind]
        packed = struct.pack(f"{order}{len(values)}{form}", *values)
        if len(packed) > room:
            place = 16 + len(data)
            data += packed + b"\0" * (len(packed) % 2)
            packed = struct.pack(f"{order}{number}", place)
        entries += struct.pack(f"{order}HH{number}", tag, kind, len(values)) + packed.ljust(room, b"\0")
    mark, where = b"II" if order == "<" else b"MM", 16 + len(data)
    head = struct.pack(f"{order}HHHQ", 43, 8, 0, where) if big else struct.pack(f"{order}HI", 42, where)
    directory = struct.pack(f"{order}{'Q' if big else 'H'}", len(tags)) + entries + b"\0" * room
    return (mark + head).ljust(16, b"\0") + data + directory


def png_16(samples: np.ndarray, icc: bytes | None) -> bytes:
    height, width, _ = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    profile = [] if icc is None else [(b"iCCP", b"x\0\0" + zlib.compress(icc))]
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
    chunks = [header, *profile, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes())
