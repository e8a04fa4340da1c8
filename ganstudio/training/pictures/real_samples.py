"""What of the data is shown beside G's samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.latent import class_columns

if TYPE_CHECKING:
    from ganstudio.modalities import Samples
    from ganstudio.training.step.games import System


def shown_real(trainer: System) -> tuple[Samples, int]:
    """Samples of the data, always the same; and how many columns of one class each they have, as G's; 0: no order."""
    dataset, random = trainer.dataset, np.random.default_rng(0)
    modality = dataset.modality
    samples, columns = dataset.draw(modality.shown, random), 0
    placed = class_columns(trainer.latent, modality.fixed) if modality.side_by_side else None
    if placed is not None and dataset.labels is not None and dataset.at is not None:
        classes, columns = placed
        known = dataset.labels[: dataset.count]
        # A class that is nowhere but among what is held out has no column of its own: any samples stand there.
        places = {
            one: found if len(found := np.flatnonzero(known == one)) else np.arange(len(known)) for one in classes
        }
        samples = dataset.at(np.array([random.choice(places[one]) for one in classes]))
    return modality.to_people(samples), columns
