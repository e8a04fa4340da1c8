"""Images, grey or in colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ganstudio.modalities.modality import Modality, Words

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Floats, Pixels, Samples

SCALE = 127.5
"""Of grey levels: 0 to 255 are -1 to 1 in model units."""


@dataclass(frozen=True)
class Images(Modality):
    """Images: (n, channels, height, width) from -1 to 1 in model units, uint8 (n, height, width, channels) to people.

    shape: (channels, height, width) with 1 or 3 channels.
    """

    shape: tuple[int, ...] = (1, 1, 1)

    kind: ClassVar[str] = "images"
    words: ClassVar[Words] = Words("image", "images", "an image")
    fixed: ClassVar[int] = 64
    shown: ClassVar[int] = 64
    scale: ClassVar[float] = SCALE

    def __post_init__(self) -> None:
        """Raise ValueError for a shape that no images have."""
        whole = all(isinstance(side, int | np.integer) and side > 0 for side in self.shape)
        if not whole or len(self.shape) != 3 or self.shape[0] not in (1, 3):
            raise ValueError(f"images are (1 or 3, height, width), not {self.shape}")

    @property
    def described(self) -> str:
        """Their size and whether they are grey."""
        channels, height, width = self.shape
        return f"images of {width} × {height} pixels, {'grey' if channels == 1 else 'in colour'}"

    def to_people(self, model: Floats) -> Samples:
        """Images as people see them, uint8 (n, h, w, c); what is out of range is clipped."""
        levels = np.clip(np.asarray(model, np.float32) * np.float32(SCALE) + np.float32(SCALE), 0, 255)
        return np.ascontiguousarray(np.rint(levels).astype(np.uint8).transpose(0, 2, 3, 1))

    def to_model(self, samples: Samples) -> Floats:
        """Images in model units (n, c, h, w)."""
        images = (samples.astype(np.float32) / np.float32(SCALE) - 1).transpose(0, 3, 1, 2)
        return np.ascontiguousarray(images)

    def pictures(self, samples: Samples) -> Pixels:
        """The images themselves, not copied."""
        return samples
