"""Two games in a chain: a first G makes what the second is given, and each learns from the data by itself.

Wang and Gupta 2016 (arXiv:1603.05631) make a picture of surfaces of surfaces that were made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from ganstudio.data import build_sampler, given_alone
from ganstudio.experiment import ChainSpec, NothingSpec
from ganstudio.latent import Prior, draw_latents
from ganstudio.networks import Inputs
from ganstudio.networks.chain import ChainedGenerator
from ganstudio.objectives.before import passed_on
from ganstudio.presets import check_game
from ganstudio.training.arrangements.arrangement import Arrangement, Parts
from ganstudio.training.arrangements.several import Several, called
from ganstudio.training.arrangements.single import SINGLE
from ganstudio.training.step.moves import Weighted

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.networks import Generator
    from ganstudio.training.messages import StepPhase
    from ganstudio.training.step.onlooking import Observer
    from ganstudio.training.step.stages import Stage

FIRST = "first"
"""What the game is called that makes what the other one, "", is given."""
JOINT = "joint"
"""The stage in which both are played as one."""


class Chain(Several):
    """The system of two games. What is shown, sampled and measured is what both Gs make together of their latents.

    The first game is played alone for as many steps as the arrangement says, then the second goes through its stages
    and is played alone, and then both go on with every step; jointly, where the arrangement says so.

    Raises ValueError where a game does not fit the data, or nothing is given that a first game could make.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, device: torch.device) -> None:
        super().__init__(experiment, dataset, device, _games(experiment, dataset))

    def _joined(self, parts: dict[str, Generator]) -> Generator:
        first = self.games[FIRST]
        return ChainedGenerator(parts[FIRST], parts[""], first.latent.width, self.latent.width, first.dataset.modality)

    def _told(self, name: str) -> str:
        called = self._parts[0]
        return f"of the {called}" if called != FIRST else "of the first game"

    def _named(self, name: str) -> str:
        return self._parts[0 if name == FIRST else 1]

    def _located(self, name: str, error: ValueError) -> ValueError:
        return ValueError(f"the first game: {error}") if name == FIRST else error

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The first game alone, the second's stages, the second alone, and both games."""
        spec = self._spec
        alone = spec.steps
        later = [
            replace(one, first=one.first + alone, end=None if one.end is None else one.end + alone)
            for one in self._last.stages
        ]
        if spec.apart:
            both = alone + self._ahead
            later[-1:] = [
                replace(later[-1], kind=self._parts[1], end=both),
                replace(later[-1], kind=JOINT if spec.joint else later[-1].kind, first=both),
            ]
        ahead = [replace(self.games[FIRST].stages[-1], kind=self._parts[0], first=0, end=alone)] if alone else []
        return (*ahead, *later)

    def step(self, phase: StepPhase = "both", observer: Observer | None = None) -> None:
        """One step of the games whose turn it is."""
        together = bool(self._spec.joint) and len(self._moving(self.step_count)) > 1
        self._last.sights.makes_given = self._made if together else None
        super().step(phase, observer)

    def adjust(self, experiment: Experiment) -> None:
        """Take over live settings, as several games do, and put in anew what the second game passes on."""
        super().adjust(experiment)
        if self._spec.joint:
            self._pass_on()

    def _pass_on(self) -> None:
        """Let the first G's moves have what the second D says of samples that are made of its own."""
        first, last, alone = self.games[FIRST], self._last, self._spec.steps

        def weight(step: int) -> float:
            return self._spec.joint if step >= alone else 0.0

        def draw(count: int) -> Tensor:
            return draw_latents(last.latent, count, last.latent_random)

        term = Weighted(passed_on(last.generator, last.discriminator, draw), weight)
        *before, stage = first.stages
        moves = [
            replace(move, terms=(*move.terms, term)) if move.player == "generator" else move for move in stage.moves
        ]
        first.stages = (*before, replace(stage, moves=tuple(moves)))

    def _made(self, count: int) -> Tensor:
        """What the second game is given in the joint stage: samples of the first G, which stays as it is."""
        first = self.games[FIRST]
        with torch.no_grad():
            return first.generator(Inputs(draw_latents(first.latent, count, first.latent_random)))

    @property
    def _parts(self) -> tuple[str, str]:
        """What the two games are called."""
        # A kind of one's own need not name them.
        return getattr(self.experiment.given, "parts", NothingSpec.parts)

    @property
    def _spec(self) -> ChainSpec:
        spec = self.experiment.arrangement
        assert isinstance(spec, ChainSpec)
        return spec

    @property
    def _ahead(self) -> int:
        """Steps of the second game before both are played: its stages, and those in which it is alone."""
        return self._last.stages[-1].first + self._spec.apart

    def _moving(self, step: int) -> tuple[str, ...]:
        alone = self._spec.steps
        if step < alone:
            return (FIRST,)
        return ("",) if step < alone + self._ahead else (FIRST, "")

    def _own_steps(self, step: int) -> dict[str, int]:
        alone = min(step, self._spec.steps)
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
