"""Two games in a chain: a first G makes what the second is given, and each learns from the data by itself.

Wang and Gupta 2016 (arXiv:1603.05631) make a picture of surfaces of surfaces that were made; Denton et al. 2015
(arXiv:1506.05751) an image of a coarser one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from ganstudio.data import build_sampler, given_alone
from ganstudio.latent import Prior
from ganstudio.networks.chain import ChainedGenerator
from ganstudio.presets import check_game
from ganstudio.training.arrangements.arrangement import Arrangement, Parts
from ganstudio.training.arrangements.single import SINGLE
from ganstudio.training.step.trainer import Trainer

if TYPE_CHECKING:
    import numpy.typing as npt
    from torch import nn

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.networks import Generator
    from ganstudio.scalars import Scalar
    from ganstudio.training.messages import StepPhase
    from ganstudio.training.step.onlooking import Observer
    from ganstudio.training.step.optimisers import PlayerOptimiser
    from ganstudio.training.step.stages import Stage

FIRST = "first"
"""What the game is called that makes what the other one, "", is given."""
_TOLD = "of the first game"


class _Average(NamedTuple):
    module: ChainedGenerator


class Chain:
    """The system of two games. What is shown, sampled and measured is what both Gs make together of their latents.

    The first game is played alone for as many steps as the arrangement says, then the second goes through its stages,
    and then both go on with every step. Which of them a step belongs to follows from its number.

    Raises ValueError where a game does not fit the data, or nothing is given that a first game could make.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, device: torch.device) -> None:
        self.dataset, self.device = dataset, device
        games = _games(experiment, dataset)
        try:
            self.first = Trainer(*games[FIRST], device)
        except ValueError as error:
            raise ValueError(f"the first game: {error}") from None
        self._second = Trainer(*games[""], device)
        self.games = {FIRST: self.first, "": self._second}
        self.prior = Prior.of(experiment, dataset)
        self.latent = self.prior.space
        self.generator = self._chained(self.first.generator, self._second.generator)
        self.average = _Average(self._chained(self.first.average.module, self._second.average.module))
        fixed = torch.Generator(device).manual_seed(int(np.random.SeedSequence(experiment.seed).generate_state(4)[3]))
        self.fixed_inputs, self.fixed_real = self.prior.looked_at(dataset.modality, fixed)
        self.step_count, self.seconds = 0, 0.0
        self._rows: list[tuple[int, float, tuple[str, ...]]] = []
        self.adjust(experiment)

    def _chained(self, first: Generator, second: Generator) -> ChainedGenerator:
        between = self.first.dataset.modality
        return ChainedGenerator(first, second, self.first.latent.width, self.latent.width, between)

    # --- what is read from it; what there is once in a system, such as D, is the second game's ---

    @property
    def discriminator(self) -> Any:
        """D of the second game, which judges the samples that are shown."""
        return self._second.discriminator

    @property
    def recogniser(self) -> Any:
        """Q of the second game."""
        return self._second.recogniser

    @property
    def objective(self) -> Any:
        """What the second game's players minimise."""
        return self._second.objective

    @property
    def optimisers(self) -> dict[str, PlayerOptimiser]:
        """Those of both games, by their names in a checkpoint."""
        return {
            _called(name, player): optimiser
            for name, game in self.games.items()
            for player, optimiser in game.optimisers.items()
        }

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The first game alone, the second's stages, and both games."""
        alone = self._alone
        later = [
            replace(one, first=one.first + alone, end=None if one.end is None else one.end + alone)
            for one in self._second.stages
        ]
        ahead = [replace(self.first.stages[-1], kind=FIRST, first=0, end=alone)] if alone else []
        return (*ahead, *later)

    @property
    def stage(self) -> Stage:
        """That of the next step."""
        return next(stage for stage in self.stages if stage.end is None or self.step_count < stage.end)

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """The second game's numbers, and behind them the first's, each in a plot of its own game."""
        return (*self._second.scalars, *map(_of_first, self.first.scalars))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the scalars, in the order of a row."""
        return tuple(scalar.name for scalar in self.scalars)

    # --- the step ---

    @property
    def _alone(self) -> int:
        """Steps in which the first game is played alone."""
        steps: int = self.experiment.arrangement.steps  # type: ignore[union-attr]
        return steps

    def _moving(self, step: int) -> tuple[str, ...]:
        """Which games the step after ``step`` of them belongs to."""
        if step < self._alone:
            return (FIRST,)
        return ("",) if step < self._alone + self._ahead else (FIRST, "")

    @property
    def _ahead(self) -> int:
        """Steps of the second game's stages before the game itself."""
        return self._second.stages[-1].first

    def step(self, phase: StepPhase = "both", observer: Observer | None = None) -> None:
        """One step of the games whose turn it is; or, by hand, a move of each of their players on one side."""
        moving = self._moving(self.step_count)
        before = sum(game.seconds for game in self.games.values())
        for name in moving:
            if observer is not None:
                observer.turn(name)
            self.games[name].step(phase, observer)
        self.step_count += 1
        self.seconds += sum(game.seconds for game in self.games.values()) - before
        self._rows.append((self.step_count, self.seconds, moving))

    def absent(self, steps: npt.NDArray[np.float64], phase: StepPhase) -> npt.NDArray[np.bool_] | None:
        """Which numbers these steps don't have, (n, scalars), as of a game alone."""
        before, parts = [int(step) - 1 for step in steps], []
        for name in ("", FIRST):
            game = self.games[name]
            moved = np.array([name in self._moving(step) for step in before], bool)
            own = np.array([self._own_steps(step)[name] + 1 for step in before], float)
            lacks = np.ones((len(before), len(game.names)), bool)
            absent = game.absent(own[moved], phase)
            lacks[moved] = False if absent is None else absent
            parts.append(lacks)
        return np.concatenate(parts, axis=1)

    def _own_steps(self, step: int) -> dict[str, int]:
        """How many steps each game has made when there were so many in all."""
        alone = min(step, self._alone)
        return {FIRST: alone + max(0, step - alone - self._ahead), "": step - alone}

    def adjust(self, experiment: Experiment) -> None:
        """Take over the live settings of ``experiment`` from the next step on; states and weights stay.

        Raises ValueError, with nothing changed, as ``check`` does.
        """
        self.check(experiment)
        self.experiment = experiment
        for name, one in experiment.games.items():
            self.games[name].adjust(one)

    def check(self, experiment: Experiment) -> None:
        """Raise ValueError where a game can't be played like that."""
        check_game(experiment)
        games = experiment.games
        self._second.check(games[""])
        try:
            self.first.check(games[FIRST])
        except ValueError as error:
            raise ValueError(f"the first game: {error}") from None

    def drain(self) -> npt.NDArray[np.float64]:
        """Return the scalars of every step since the last call, (n, 2 + scalars), as a game alone does.

        NaN where the game did not move whose number it is.
        """
        rows, self._rows = self._rows, []
        table = np.full((len(rows), 2 + len(self.names)), np.nan)
        if rows:
            table[:, 0], table[:, 1] = zip(*[row[:2] for row in rows], strict=True)
        start = 2
        for name in ("", FIRST):
            made = np.array([name in moving for _, _, moving in rows], bool)
            numbers = self.games[name].drain()[:, 2:]
            table[made, start : start + numbers.shape[1]] = numbers
            start += numbers.shape[1]
        return table

    # --- what is kept ---

    def networks(self) -> dict[str, nn.Module]:
        """All that has weights, by the name of its file in a checkpoint."""
        return {
            _called(name, file): network
            for name, game in self.games.items()
            for file, network in game.networks().items()
        }

    def state(self) -> dict[str, Any]:
        """Everything but the networks that the next steps depend on; the streams of the first game, then the other's.

        How many steps each game has made follows from their number in all.
        """
        states = [game.state() for game in self.games.values()]
        return {
            "step": self.step_count,
            "seconds": self.seconds,
            "average_updates": states[-1]["average_updates"],
            "first_average_updates": states[0]["average_updates"],
            "optimisers": {name: optimiser.state() for name, optimiser in self.optimisers.items()},
            "torch_random": states[-1]["torch_random"],
            "latent_random": [state["latent_random"] for state in states],
            "cuda_random": states[-1]["cuda_random"],
            "data_random": [state["data_random"] for state in states],
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned; the networks' weights are loaded apart."""
        self.step_count, self.seconds = state["step"], state["seconds"]
        made = self._own_steps(self.step_count)
        updates = {FIRST: state["first_average_updates"], "": state["average_updates"]}
        for index, (name, game) in enumerate(self.games.items()):
            game.load_state(
                {
                    "step": made[name],
                    "seconds": self.seconds if name == "" else 0.0,
                    "average_updates": updates[name],
                    "optimisers": {player: state["optimisers"][_called(name, player)] for player in game.optimisers},
                    "torch_random": state["torch_random"],
                    "latent_random": state["latent_random"][index],
                    "cuda_random": state["cuda_random"],
                    "data_random": state["data_random"][index],
                }
            )


def _games(experiment: Experiment, dataset: Dataset) -> dict[str, tuple[Experiment, Dataset]]:
    check_game(experiment)
    data = {FIRST: given_alone(dataset, build_sampler(experiment.given, dataset)), "": dataset}
    return {name: (one, data[name]) for name, one in experiment.games.items()}


def _parts(experiment: Experiment, dataset: Dataset) -> Parts:
    games = _games(experiment, dataset)
    parts = {name: SINGLE.parts(*game).whole for name, game in games.items()}
    first, of_all = Prior.of(*games[FIRST]).space.width, Prior.of(experiment, dataset).space.width
    whole = ChainedGenerator(parts[FIRST], parts[""], first, of_all, games[FIRST][1].modality)
    return Parts(whole, {_called(name, "average"): part for name, part in parts.items()})


def _called(game: str, part: str) -> str:
    return f"{game}.{part}" if game else part


def _of_first(scalar: Scalar) -> Scalar:
    name, plot = f"{FIRST}.{scalar.name}", f"{scalar.plot} {_TOLD}"
    return replace(scalar, name=name, plot=plot, game=FIRST, title="", called="")


CHAIN = Arrangement(_games, Chain, _parts)
