"""A single picture in a file, made to fit the images of a game. Legend: h, w pixels, c channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import pictures
from ganstudio.system.files import FileFault, read_bytes

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

_MOST_BYTES = 256 << 20


def read_fitting(path: Path, shape: tuple[int, ...], *, as_it_is: Collection[tuple[int, int]] = ()) -> Pixels:
    """The single picture in a file as an image (h, w, c) of this shape (c, h, w): its middle, made smaller or larger.

    as_it_is: sides (h, w) of which a picture stays as it is. Raises DatasetError where the file holds no picture, or
    several: then they are data.
    """
    from PIL import Image, ImageOps

    channels, height, width = shape
    try:
        data = read_bytes(path, _MOST_BYTES)
        with pictures.pillow_rules():
            with pictures.opened(data) as image:
                if (frames := getattr(image, "n_frames", 1)) > 1:
                    raise DatasetError(f"{path}: holds {frames:,} pictures: name a file with one")
            pixels = pictures.whole(data)
            flat = pictures.flattened(Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
    except FileFault as error:
        raise DatasetError(str(error)) from None
    except pictures.UnreadablePicture as error:
        raise DatasetError(f"{path}: {error}: name a picture, such as a PNG or a JPEG") from None
    fitted = flat.convert("L" if channels == 1 else "RGB")
    if (flat.height, flat.width) not in as_it_is:
        fitted = ImageOps.fit(fitted, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(fitted).reshape(fitted.height, fitted.width, channels)
