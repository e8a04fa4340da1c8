"""Which games there are, and what their generators become together: one way a file, found by the type of its spec.

A system is what session, pictures, measures and checkpoints see. That of one game is the game itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.experiment import ChainSpec, PyramidSpec, SingleSpec, Spec
from ganstudio.training.arrangements.arrangement import Arrangement, Parts
from ganstudio.training.arrangements.chain import CHAIN, Chain
from ganstudio.training.arrangements.pyramid import PYRAMID, Pyramid
from ganstudio.training.arrangements.single import SINGLE

if TYPE_CHECKING:
    import torch

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.training.step.games import System

__all__ = ["ARRANGEMENTS", "Arrangement", "Chain", "Parts", "Pyramid", "build_parts", "build_system", "games_and_data"]

ARRANGEMENTS: dict[type[Spec], Arrangement] = {SingleSpec: SINGLE, ChainSpec: CHAIN, PyramidSpec: PYRAMID}


def build_system(experiment: Experiment, dataset: Dataset, device: torch.device) -> System:
    """The games of an experiment, ready to be trained. Raises ValueError where one does not fit the data."""
    return ARRANGEMENTS[type(experiment.arrangement)].system(experiment, dataset, device)


def build_parts(experiment: Experiment, dataset: Dataset) -> Parts:
    """The generator of an experiment without anything that trains it. Raises ValueError as ``build_system``."""
    return ARRANGEMENTS[type(experiment.arrangement)].parts(experiment, dataset)


def games_and_data(experiment: Experiment, dataset: Dataset) -> dict[str, tuple[Experiment, Dataset]]:
    """The experiment of each game and what it is trained on, by the game's name."""
    return ARRANGEMENTS[type(experiment.arrangement)].games(experiment, dataset)
