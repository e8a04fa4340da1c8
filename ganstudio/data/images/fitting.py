"""A picture of any size as a sample of a kind: to be looked for in a latent space, or to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data.files import pictures
from ganstudio.modalities import ByKind
from ganstudio.system.files import FileFault, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ganstudio.modalities import Modality, Samples

_MOST_BYTES = 256 << 20


class UnfitPictureError(ValueError):
    """A file that becomes no sample; the message says why, without the file's name."""


def read_sample(path: Path, modality: Modality) -> Samples:
    """The picture in a file as one sample (1, ...) in people's units. Raises UnfitPictureError."""
    fit = _FITTED[modality.kind]
    if fit is None:
        raise UnfitPictureError(f"the run makes {modality.words.many}, and a picture is none of them")
    return fit(_read(path, single=False), modality)


def read_single(path: Path) -> Samples:
    """The picture in a file as it is, (h, w, 1, 3 or 4). Raises UnfitPictureError, also where there are several."""
    return _read(path, single=True)


def as_sample(pixels: Samples, modality: Modality) -> Samples:
    """A picture (h, w, 1, 3 or 4) as one image (1, h, w, c) of a kind: its middle, made smaller or larger."""
    return _fitted(pixels, modality)


def _read(path: Path, *, single: bool) -> Samples:
    import numpy as np

    try:
        data = read_bytes(path, _MOST_BYTES)
        with pictures.pillow_rules():
            with pictures.opened(data) as image:
                if single and (frames := getattr(image, "n_frames", 1)) > 1:
                    raise UnfitPictureError(f"holds {frames:,} pictures, and one is wanted")
            return np.asarray(pictures.whole(data))
    except (FileFault, pictures.UnreadablePicture) as error:
        raise UnfitPictureError(str(error).removeprefix(f"{path}: ")) from None


def _fitted(pixels: Samples, modality: Modality) -> Samples:
    """The middle of a picture (h, w, 1, 3 or 4) at the run's size; what is clear becomes white."""
    import numpy as np
    from PIL import Image as Images
    from PIL import ImageOps

    channels, height, width = modality.shape
    image = Images.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image = pictures.flattened(image) if image.mode == "RGBA" else image
    fitted = ImageOps.fit(image.convert("L" if channels == 1 else "RGB"), (width, height), Images.Resampling.LANCZOS)
    return np.asarray(fitted).reshape(1, height, width, channels)


_FITTED: ByKind[Callable[[Samples, Modality], Samples] | None] = ByKind(None, images=_fitted)
"""How a picture becomes samples of a kind; None: it can't."""
