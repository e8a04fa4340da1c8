"""What of the data is shown beside G's samples: real ones, and what G is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.latent import class_columns

if TYPE_CHECKING:
    from ganstudio.modalities import Modality, Samples
    from ganstudio.training.step.games import System


def shown_real(trainer: System) -> tuple[Samples, int]:
    """Samples of the data, always the same; and how many columns of one class each they have, as G's; 0: no order.

    Where G is given something, those that it was made of come first, in the order of the fixed inputs.
    """
    dataset, random = trainer.dataset, np.random.default_rng(0)
    modality = dataset.modality
    samples, columns = dataset.draw(modality.shown, random), 0
    if trainer.fixed_real is not None:
        known_by = class_columns(trainer.latent, modality.fixed)
        samples = np.concatenate([trainer.fixed_real.cpu().numpy(), samples])
        return modality.to_people(samples), 0 if known_by is None else known_by[1]
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


def shown_given(trainer: System) -> tuple[Samples, Modality] | None:
    """What the fixed inputs are given, in people's units, and of which kind it is; None where that is nothing."""
    kind, given = trainer.prior.sampler.modality, trainer.fixed_inputs.given
    return None if kind is None or given is None else (kind.to_people(given.cpu().numpy()), kind)
