"""What arrangements of several games share: one step after another of one or some of them, and one state of all.

Which games a step moves, and how many steps each has made, follows from the step's number: a checkpoint says nothing of
it, and a run goes on in the turn where it stopped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from ganstudio.latent import Prior
from ganstudio.presets import check_game
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


class _Average(NamedTuple):
    module: Generator


class Several:
    """The system of several games, of which "" is the last: its samples are shown.

    Raises ValueError where a game does not fit the data.
    """

    def __init__(
        self,
        experiment: Experiment,
        dataset: Dataset,
        device: torch.device,
        games: dict[str, tuple[Experiment, Dataset]],
    ) -> None:
        """Games: each one's experiment and data by its name, in the order in which they stand in a checkpoint."""
        self.dataset, self.device = dataset, device
        self._shapes = {name: data.shape for name, (_, data) in games.items()}
        self.games: dict[str, Trainer] = {}
        for name, (one, data) in games.items():
            try:
                self.games[name] = Trainer(one, data, device)
            except ValueError as error:
                raise self._located(name, error) from None
        self._last = self.games[""]
        self.prior = Prior.of(experiment, dataset)
        self.latent = self.prior.space
        self.generator = self._joined({name: game.generator for name, game in self.games.items()})
        self.average = _Average(self._joined({name: game.average.module for name, game in self.games.items()}))
        fixed = torch.Generator(device).manual_seed(int(np.random.SeedSequence(experiment.seed).generate_state(4)[3]))
        self.fixed_inputs, self.fixed_real = self.prior.looked_at(dataset.modality, fixed)
        self.step_count, self.seconds = 0, 0.0
        self._rows: list[tuple[int, float, tuple[str, ...]]] = []
        self.adjust(experiment)

    # --- what an arrangement says ---

    def _joined(self, parts: dict[str, Generator]) -> Generator:
        """The generators of all games as one."""
        raise NotImplementedError

    def _moving(self, step: int) -> tuple[str, ...]:
        """Which games the step after ``step`` of them belongs to."""
        raise NotImplementedError

    def _own_steps(self, step: int) -> dict[str, int]:
        """How many steps each game has made when there were so many in all."""
        raise NotImplementedError

    def _told(self, name: str) -> str:
        """Behind the name of a plot: of which game it is."""
        raise NotImplementedError

    def _named(self, name: str) -> str:
        """What a game is called where one of several is chosen."""
        return name

    def _located(self, name: str, error: ValueError) -> ValueError:
        """An error of one of the games, with where it is."""
        return error

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What steps are made of, in order; the last has no end."""
        raise NotImplementedError

    # --- what is read from it; what there is once in a system, such as D, is the last game's ---

    @property
    def discriminator(self) -> Any:
        """D of the last game, which judges the samples that are shown."""
        return self._last.discriminator

    @property
    def recogniser(self) -> Any:
        """Q of the last game."""
        return self._last.recogniser

    @property
    def objective(self) -> Any:
        """What the last game's players minimise."""
        return self._last.objective

    @property
    def optimisers(self) -> dict[str, PlayerOptimiser]:
        """Those of all games, by their names in a checkpoint."""
        return {
            called(name, player): optimiser
            for name, game in self.games.items()
            for player, optimiser in game.optimisers.items()
        }

    @property
    def stage(self) -> Stage:
        """That of the next step."""
        return next(stage for stage in self.stages if stage.end is None or self.step_count < stage.end)

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """The last game's numbers, and behind them those of the others, each in a plot of its own game."""
        return tuple(
            scalar if not name else self._of_game(name, scalar)
            for name in self._order
            for scalar in self.games[name].scalars
        )

    def _of_game(self, name: str, scalar: Scalar) -> Scalar:
        plot = f"{scalar.plot} {self._told(name)}"
        return replace(scalar, name=called(name, scalar.name), plot=plot, game=self._named(name), title="", called="")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the scalars, in the order of a row."""
        return tuple(scalar.name for scalar in self.scalars)

    @property
    def _order(self) -> tuple[str, ...]:
        """The games in the order of a row."""
        return tuple(reversed(self.games))

    # --- the step ---

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
        for name in self._order:
            game = self.games[name]
            moved = np.array([name in self._moving(step) for step in before], bool)
            own = np.array([self._own_steps(step)[name] + 1 for step in before], float)
            lacks = np.ones((len(before), len(game.names)), bool)
            absent = game.absent(own[moved], phase)
            lacks[moved] = False if absent is None else absent
            parts.append(lacks)
        return np.concatenate(parts, axis=1)

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
        for name, one in experiment.games.items():
            try:
                self.games[name].check(one)
            except ValueError as error:
                raise self._located(name, error) from None

    def drain(self) -> npt.NDArray[np.float64]:
        """Return the scalars of every step since the last call, (n, 2 + scalars), as a game alone does.

        NaN where the game did not move whose number it is.
        """
        rows, self._rows = self._rows, []
        table = np.full((len(rows), 2 + len(self.names)), np.nan)
        if rows:
            table[:, 0], table[:, 1] = zip(*[row[:2] for row in rows], strict=True)
        start = 2
        for name in self._order:
            made = np.array([name in moving for _, _, moving in rows], bool)
            numbers = self.games[name].drain()[:, 2:]
            table[made, start : start + numbers.shape[1]] = numbers
            start += numbers.shape[1]
        return table

    # --- what is kept ---

    def networks(self) -> dict[str, nn.Module]:
        """All that has weights, by the name of its file in a checkpoint."""
        return {
            called(name, file): network
            for name, game in self.games.items()
            for file, network in game.networks().items()
        }

    def state(self) -> dict[str, Any]:
        """Everything but the networks that the next steps depend on; random streams in the order of the games.

        How many steps each game has made follows from their number in all.
        """
        states = {name: game.state() for name, game in self.games.items()}
        return {
            "step": self.step_count,
            "seconds": self.seconds,
            **{_updates(name): states[name]["average_updates"] for name in self._order},
            "optimisers": {name: optimiser.state() for name, optimiser in self.optimisers.items()},
            "torch_random": states[""]["torch_random"],
            "latent_random": [state["latent_random"] for state in states.values()],
            "cuda_random": states[""]["cuda_random"],
            "data_random": [state["data_random"] for state in states.values()],
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned; the networks' weights are loaded apart."""
        self.step_count, self.seconds = state["step"], state["seconds"]
        made = self._own_steps(self.step_count)
        for index, (name, game) in enumerate(self.games.items()):
            game.load_state(
                {
                    "step": made[name],
                    "seconds": self.seconds if name == "" else 0.0,
                    "average_updates": state[_updates(name)],
                    "optimisers": {player: state["optimisers"][called(name, player)] for player in game.optimisers},
                    "torch_random": state["torch_random"],
                    "latent_random": state["latent_random"][index],
                    "cuda_random": state["cuda_random"],
                    "data_random": state["data_random"][index],
                }
            )


def called(game: str, part: str) -> str:
    """The name of a part of a game among those of all."""
    return f"{game}.{part}" if game else part


def _updates(name: str) -> str:
    return f"{name}_average_updates" if name else "average_updates"
