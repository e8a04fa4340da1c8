"""A Laplacian pyramid of games: a base makes a small image, and each level adds the detail of twice the side.

Denton, Chintala, Szlam and Fergus 2015 (arXiv:1506.05751, LAPGAN). Each level learns from real coarse images, so that
all of them can learn at once; together they make images of latents alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import build_sampler, coarser
from ganstudio.latent import Prior
from ganstudio.networks.cascade import Cascade
from ganstudio.presets import check_game
from ganstudio.training.arrangements.arrangement import Arrangement, Parts
from ganstudio.training.arrangements.several import Several, called
from ganstudio.training.arrangements.single import SINGLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import torch

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.networks import Generator
    from ganstudio.training.step.stages import Stage

FEWEST = 4
"""Pixels that the shorter side of the base's images must have."""


class Pyramid(Several):
    """The system of a base and its levels, which take turns: a step is of the game that lags behind its share most.

    Raises ValueError where a game does not fit the data.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, device: torch.device) -> None:
        super().__init__(experiment, dataset, device, _games(experiment, dataset))

    def _joined(self, parts: dict[str, Generator]) -> Generator:
        games = [self.games[name] for name in parts]
        return Cascade(parts, [game.latent.width for game in games], [game.dataset.modality for game in games])

    def _told(self, name: str) -> str:
        return f"at {self._named(name)}"

    def _named(self, name: str) -> str:
        _, height, width = self._shapes[name]
        return f"{width} × {height}"

    def _located(self, name: str, error: ValueError) -> ValueError:
        _, height, width = self._shapes[name]
        return ValueError(f"the game at {width} x {height}: {error}")

    @property
    def stages(self) -> tuple[Stage, ...]:
        """There is one, in which all take turns."""
        return self._last.stages

    @cached_property
    def _turns(self) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
        """Whose turn it is in a round of as many steps as the shares make together, and the steps that each has before.

        After a round each game has made its share of it, so that the next one is the same again.
        """
        order = turns(self.experiment.arrangement.levels)  # type: ignore[union-attr]
        one_hot = np.eye(len(self.games), dtype=np.int64)[order]
        before = np.concatenate([np.zeros((1, len(self.games)), np.int64), one_hot.cumsum(0)])
        names = tuple(self.games)
        return tuple(names[index] for index in order), before

    def _moving(self, step: int) -> tuple[str, ...]:
        names, _ = self._turns
        return (names[step % len(names)],)

    def _own_steps(self, step: int) -> dict[str, int]:
        names, before = self._turns
        rounds, rest = divmod(step, len(names))
        made = rounds * before[-1] + before[rest]
        return dict(zip(self.games, made.tolist(), strict=True))


def turns(shares: Sequence[int]) -> list[int]:
    """One round of turns: at each the place of the share that is owed most steps, the first of equals."""
    wanted, made = np.array(shares), np.zeros(len(shares), np.int64)
    order = []
    for step in range(1, sum(shares) + 1):
        owed = wanted * step - made * wanted.sum()
        chosen = int(owed.argmax())
        made[chosen] += 1
        order.append(chosen)
    return order


def _games(experiment: Experiment, dataset: Dataset) -> dict[str, tuple[Experiment, Dataset]]:
    check_game(experiment)
    build_sampler(experiment.given, dataset)  # which knows whether the data are images
    games = experiment.games
    data = {name: coarser(dataset, halvings) for name, halvings in zip(games, range(len(games))[::-1], strict=True)}
    _, height, width = next(iter(data.values())).shape
    if min(height, width) < FEWEST:
        raise ValueError(
            f"arrangement.levels: {len(games)} levels leave the base images of {width} x {height} pixels, and "
            f"{FEWEST} are the fewest: take fewer levels, or larger images"
        )
    return {name: (one, data[name]) for name, one in games.items()}


def _parts(experiment: Experiment, dataset: Dataset) -> Parts:
    games = _games(experiment, dataset)
    parts = {name: SINGLE.parts(*game).whole for name, game in games.items()}
    widths = [Prior.of(*game).space.width for game in games.values()]
    whole = Cascade(parts, widths, [data.modality for _, data in games.values()])
    return Parts(whole, {called(name, "average"): part for name, part in parts.items()})


PYRAMID = Arrangement(_games, Pyramid, _parts)
