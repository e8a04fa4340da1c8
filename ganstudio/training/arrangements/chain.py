"""Two games in a chain: a first G makes what the second is given, and each learns from the data by itself.

Wang and Gupta 2016 (arXiv:1603.05631) make a picture of surfaces of surfaces that were made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ganstudio.data import build_sampler, given_alone
from ganstudio.latent import Prior
from ganstudio.networks.chain import ChainedGenerator
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

FIRST = "first"
"""What the game is called that makes what the other one, "", is given."""


class Chain(Several):
    """The system of two games. What is shown, sampled and measured is what both Gs make together of their latents.

    The first game is played alone for as many steps as the arrangement says, then the second goes through its stages,
    and then both go on with every step.

    Raises ValueError where a game does not fit the data, or nothing is given that a first game could make.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, device: torch.device) -> None:
        super().__init__(experiment, dataset, device, _games(experiment, dataset))

    def _joined(self, parts: dict[str, Generator]) -> Generator:
        first = self.games[FIRST]
        return ChainedGenerator(parts[FIRST], parts[""], first.latent.width, self.latent.width, first.dataset.modality)

    def _told(self, name: str) -> str:
        return "of the first game"

    def _located(self, name: str, error: ValueError) -> ValueError:
        return ValueError(f"the first game: {error}") if name == FIRST else error

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The first game alone, the second's stages, and both games."""
        alone = self._alone
        later = [
            replace(one, first=one.first + alone, end=None if one.end is None else one.end + alone)
            for one in self._last.stages
        ]
        ahead = [replace(self.games[FIRST].stages[-1], kind=FIRST, first=0, end=alone)] if alone else []
        return (*ahead, *later)

    @property
    def _alone(self) -> int:
        """Steps in which the first game is played alone."""
        steps: int = self.experiment.arrangement.steps  # type: ignore[union-attr]
        return steps

    @property
    def _ahead(self) -> int:
        """Steps of the second game's stages before the game itself."""
        return self._last.stages[-1].first

    def _moving(self, step: int) -> tuple[str, ...]:
        if step < self._alone:
            return (FIRST,)
        return ("",) if step < self._alone + self._ahead else (FIRST, "")

    def _own_steps(self, step: int) -> dict[str, int]:
        alone = min(step, self._alone)
        return {FIRST: alone + max(0, step - alone - self._ahead), "": step - alone}


def _games(experiment: Experiment, dataset: Dataset) -> dict[str, tuple[Experiment, Dataset]]:
    check_game(experiment)
    data = {FIRST: given_alone(dataset, build_sampler(experiment.given, dataset)), "": dataset}
    return {name: (one, data[name]) for name, one in experiment.games.items()}


def _parts(experiment: Experiment, dataset: Dataset) -> Parts:
    games = _games(experiment, dataset)
    parts = {name: SINGLE.parts(*game).whole for name, game in games.items()}
    first, of_all = Prior.of(*games[FIRST]).space.width, Prior.of(experiment, dataset).space.width
    whole = ChainedGenerator(parts[FIRST], parts[""], first, of_all, games[FIRST][1].modality)
    return Parts(whole, {called(name, "average"): part for name, part in parts.items()})


CHAIN = Arrangement(_games, Chain, _parts)
