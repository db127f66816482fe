"""Make the golden edges of test/fixtures/canny with OpenCV.

    python scripts/make-canny-golden.py test/fixtures/canny

Made once, with opencv-python-headless 5.0.0 and scikit-image's example pictures. Each NAME.png is a part of a picture,
NAME.edges.png what `cv2.Canny(rgb, 100, 200)` gives for it: no blur, aperture 3, L1 gradient, the three channels as they are.
"""

import sys
from pathlib import Path

# name: rows and columns of the part
PARTS = {
    "astronaut": (slice(20, 181), slice(150, 310)),
    "coffee": (slice(100, 220), slice(150, 313)),
    "rocket": (slice(150, 281), slice(250, 350)),
}


def main(folder: Path) -> None:
    import cv2
    from skimage import data

    for name, (rows, columns) in PARTS.items():
        rgb = getattr(data, name)()[rows, columns, :3].copy()
        cv2.imwrite(str(folder / f"{name}.png"), rgb[:, :, ::-1])
        cv2.imwrite(str(folder / f"{name}.edges.png"), cv2.Canny(rgb, 100, 200))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
