"""Images of a dataset as they are stored."""

from __future__ import annotations


def stored(dataset, model):
    """Images in model units as uint8 (n, channels, height, width)."""
    return dataset.modality.to_people(model).transpose(0, 3, 1, 2)
