"""Writes square pictures that say in every way what their colours are, and beside each (`.rgb`) how LittleCMS sees it.

python make_declared_colours.py FOLDER
"""

import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from make_pictures import icc_profile, made, matrix_profile, xyz

SIDE = 64
SRGB = ImageCms.createProfile("sRGB")
# XYZ under D50 of red, green and blue: sRGB's as HP wrote them, Display P3's as Apple did.
SRGB_PRIMARIES = [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)]
P3_PRIMARIES = [(0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407)]
P3_PLACES = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000]
SRGB_PLACES = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]
P3_CODE, SRGB_CODE, LINEAR_SRGB_CODE, PQ_CODE = [12, 13, 0, 1], [1, 13, 0, 1], [1, 8, 0, 1], [9, 16, 0, 1]


def main(folder: Path) -> None:
    picture = Image.fromarray(chart())
    grey = picture.convert("L")
    linear = matrix_profile(SRGB_PRIMARIES, 1.0, "Linear sRGB")
    old_mac = matrix_profile(SRGB_PRIMARIES, 1.80078125, "Monitor calibrated to sRGB")
    long = matrix_profile(SRGB_PRIMARIES, 1.0, "sRGB" + " " * 70000)
    p3 = srgb_curve_profile(P3_PRIMARIES)
    plain_srgb = ImageCms.ImageCmsProfile(SRGB).tobytes()
    names: list[str] = []

    def keep(name: str, data: bytes, icc: bytes | None) -> None:
        (folder / name).write_bytes(data)
        image = Image.open(io.BytesIO(data))
        seen = image.convert("RGB") if icc is None else convert(image, icc)
        (folder / f"{name}.rgb").write_bytes(seen.tobytes())
        names.append(name)

    for name, usual in {
        "linear": linear,
        "calibrated": old_mac,
        "long": long,
        "p3": p3,
        "srgb": plain_srgb,
    }.items():
        keep(f"{name}.png", save(picture, "PNG", icc_profile=usual), usual)
        keep(f"{name}.jpg", save(picture, "JPEG", icc_profile=usual, quality=97, subsampling=0), usual)
    profile = (b"iCCP", b"sRGB\0\0" + zlib.compress(linear))
    declared = {
        "gamma-linear": ([gamma(100000)], linear),
        "gamma-mac": ([gamma(55556)], old_mac),
        "gamma-usual": ([gamma(45455), places(SRGB_PLACES)], None),
        "gamma-near": ([gamma(45000)], None),
        "places-p3": ([gamma(45455), places(P3_PLACES)], p3),
        "code-p3": ([code(P3_CODE)], p3),
        "code-linear": ([code(LINEAR_SRGB_CODE), gamma(45455)], linear),
        "code-over-profile": ([code(SRGB_CODE), profile], None),
        "profile-over-hdr": ([code(PQ_CODE), profile], linear),
        "profile-over-rest": ([profile, (b"sRGB", b"\0"), gamma(45455)], linear),
        "srgb-over-gamma": ([(b"sRGB", b"\0"), gamma(100000), places(P3_PLACES)], None),
        "places-broken": ([gamma(45455), places([0] * 8)], None),
    }
    for name, (chunks, icc) in declared.items():
        keep(f"{name}.png", add(save(picture, "PNG"), chunks), icc)
    grey_linear = icc_profile(b"mntrGRAYXYZ ", [(b"kTRC", b"curv\0\0\0\0\0\0\0\0")])
    keep("grey-gamma.png", add(save(grey, "PNG"), [gamma(100000)]), grey_linear)
    (folder / "hdr.png").write_bytes(add(save(picture, "PNG"), [code(PQ_CODE)]))
    print(json.dumps(names))


def chart() -> np.ndarray:
    """Blocks of 512 colours: eight levels of red, green and blue."""
    levels = np.arange(8) * 255 // 7
    blue, green, red = np.meshgrid(levels, levels, levels, indexing="ij")
    colours = np.stack([red, green, blue], axis=-1).reshape(16, 32, 3).astype(np.uint8)
    return colours.repeat(SIDE // 16, 0).repeat(SIDE // 32, 1)


def save(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def convert(image: Image.Image, icc: bytes) -> Image.Image:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    return made(ImageCms.applyTransform(image, ImageCms.buildTransform(profile, SRGB, image.mode, "RGB")))


def srgb_curve_profile(primaries) -> bytes:
    numbers = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]
    curve = b"para\0\0\0\0\0\3\0\0" + b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)
    tags = [(f"{channel}XYZ".encode(), xyz(value)) for channel, value in zip("rgb", primaries, strict=True)]
    return icc_profile(b"mntrRGB XYZ ", [*tags, *((f"{channel}TRC".encode(), curve) for channel in "rgb")])


def add(png: bytes, chunks) -> bytes:
    """Behind the header, which ends at 33."""
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return png[:33] + b"".join(parts) + png[33:]


def gamma(value: int):
    return b"gAMA", struct.pack(">I", value)


def places(values):
    return b"cHRM", struct.pack(">8I", *values)


def code(values):
    return b"cICP", bytes(values)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
