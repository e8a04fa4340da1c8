"""What there is to know of a way to arrange games."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import torch

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.networks import Generator
    from ganstudio.training.step.games import System


class Parts(NamedTuple):
    """A generator, and the networks that it is made of by the checkpoint's files that hold their averages."""

    whole: Generator
    by_file: Mapping[str, Generator]


class Arrangement(NamedTuple):
    """A way to arrange games.

    games: each game's own experiment and data, by its name; the one whose samples are shown is called "". system: all
    of it, ready to be trained. parts: the generator alone. All of them raise ValueError where a game does not fit the
    data.
    """

    games: Callable[[Experiment, Dataset], dict[str, tuple[Experiment, Dataset]]]
    system: Callable[[Experiment, Dataset, torch.device], System]
    parts: Callable[[Experiment, Dataset], Parts]
