"""The handwritten digits that ship with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.files import pictures
from ganstudio.data.images import dataset as pixels
from ganstudio.resources import resource

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DigitsSpec


def build_digits(spec: DigitsSpec) -> Dataset:
    """1,797 digits, enlarged once from 8 x 8 to ``spec.size`` by bicubic interpolation."""
    with np.load(resource("datasets", "digits.npz"), allow_pickle=False) as file:
        images_nhw, labels = file["images"], file["labels"]
    if spec.size > 8:
        images_nhw = np.stack([pictures.resize(one, spec.size) for one in images_nhw])
    return pixels.image_dataset(
        "Digits",
        images_nhw[:, None],
        source="1,797 handwritten digits (UCI, CC BY 4.0)",
        labels=labels,
        classes=[str(digit) for digit in range(10)],
        held_out=spec.held_out,
    )
