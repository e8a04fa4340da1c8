"""A real image taken apart into the levels of a pyramid; and one that somebody dropped, made to fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.gui.pyramid.column import Seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ganstudio.modalities import Modality, Pixels

_MOST_BYTES = 256 << 20


def taken_apart(image: Pixels, kinds: Sequence[Modality]) -> list[Seen]:
    """The levels of an image (h, w, c) in people's units, coarse to fine. kinds: what each level's images are."""
    from ganstudio.data.images.halving import pyramid, rebuilt

    levels = pyramid(kinds[-1].to_model(image[None]), len(kinds) - 1)
    found = []
    for place, kind in enumerate(kinds):
        first = len(kinds) - 1 - place
        shown = kind.to_people(rebuilt(levels[first:]))[0]
        residual = levels[first][0].transpose(1, 2, 0) if place else None
        found.append(Seen(shown, residual))
    return found


def read_fitting(path: Path, shape: tuple[int, ...]) -> Pixels | None:
    """The single picture in a file as an image (h, w, c) of this shape (c, h, w): its middle, made smaller or larger.

    None where the file holds no picture, or several: then they are data.
    """
    from PIL import Image, ImageOps

    from ganstudio.data.files import pictures
    from ganstudio.system.files import FileFault, read_bytes

    channels, height, width = shape
    try:
        data = read_bytes(path, _MOST_BYTES)
        with pictures.pillow_rules():
            with pictures.opened(data) as image:
                if getattr(image, "n_frames", 1) > 1:
                    return None
            pixels = pictures.whole(data)
            flat = pictures.flattened(Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
    except (FileFault, pictures.UnreadablePicture):
        return None
    fitted = ImageOps.fit(flat.convert("L" if channels == 1 else "RGB"), (width, height), Image.Resampling.LANCZOS)
    return np.asarray(fitted).reshape(height, width, channels)
