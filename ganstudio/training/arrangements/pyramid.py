"""A Laplacian pyramid of games: a base makes a small image, and each level adds the detail of twice the side.

Denton, Chintala, Szlam and Fergus 2015 (arXiv:1506.05751, LAPGAN). Each level learns from real coarse images, so that
all of them can learn at once; together they make images of latents alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data import build_sampler, coarser
from ganstudio.experiment import PyramidSpec
from ganstudio.latent import Prior
from ganstudio.networks.cascade import Cascade
from ganstudio.presets import check_game
from ganstudio.training.arrangements.arrangement import Arrangement, Parts
from ganstudio.training.arrangements.several import Several, called
from ganstudio.training.arrangements.single import SINGLE

if TYPE_CHECKING:
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
        return ValueError(f"the game at {width} × {height}: {error}")

    @property
    def stages(self) -> tuple[Stage, ...]:
        """There is one, in which all take turns."""
        return self._last.stages

    @property
    def _spec(self) -> PyramidSpec:
        spec = self.experiment.arrangement
        assert isinstance(spec, PyramidSpec)
        return spec

    def _moving(self, step: int) -> tuple[str, ...]:
        return (tuple(self.games)[self._spec.turn(step)],)

    def _own_steps(self, step: int) -> dict[str, int]:
        return dict(zip(self.games, self._spec.own_steps(step), strict=True))


def _games(experiment: Experiment, dataset: Dataset) -> dict[str, tuple[Experiment, Dataset]]:
    check_game(experiment)
    build_sampler(experiment.given, dataset)  # which knows whether the data are images
    games = experiment.games
    data = {name: coarser(dataset, halvings) for name, halvings in zip(games, range(len(games))[::-1], strict=True)}
    _, height, width = next(iter(data.values())).shape
    if min(height, width) < FEWEST:
        raise ValueError(
            f"arrangement.levels: {len(games)} levels leave the base images of {width} × {height} pixels, and "
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
