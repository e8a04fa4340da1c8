"""Initial weights that are taken from the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from ganstudio.data import Dataset
    from ganstudio.networks import Generator


def show_data(generator: Generator, dataset: Dataset, seed: int) -> None:
    """Let a generator that starts from real samples begin, from a random stream of its own; others stay as they are.

    Of a list no sample is shown twice. Raises DatasetError where the data are gone.
    """
    if not generator.starts_from:
        return
    random = np.random.default_rng([seed, 1])
    if (each_once := dataset.each_once(random)) is not None:
        samples = np.concatenate(list(each_once(generator.starts_from)))
    else:
        samples = dataset.draw(generator.starts_from, random)
    generator.start(torch.from_numpy(samples))
