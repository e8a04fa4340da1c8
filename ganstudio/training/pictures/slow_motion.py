"""One real step taken apart: what each of its stages saw, recorded while the trainer makes it.

Legend for names of tensors: n samples, d latent dimensions; x real samples, g generated ones, in model units.
"""

from __future__ import annotations

import time
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.modalities import ByKind, Points
from ganstudio.training.messages import Stage, Stages
from ganstudio.training.pictures.asking import Onlooker
from ganstudio.training.pictures.geometry import cell_centres
from ganstudio.training.step.onlooking import Observer
from ganstudio.training.step.schedules import instance_noise

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from torch import Tensor, nn

    from ganstudio.networks import Inputs
    from ganstudio.objectives import Sight
    from ganstudio.scalars import Player
    from ganstudio.training.step.games import System
    from ganstudio.training.step.moves import Move
    from ganstudio.training.step.trainer import Trainer

    Array = npt.NDArray[Any]
    Bounds = tuple[float, float, float, float]
    Numbers = dict[str, float]
    Layers = dict[str, Array]

SHOWN: ByKind[int] = ByKind(25, points=500)
"""How many samples of a minibatch are told: more would not be told apart."""
CELLS = 96


def slow_step(trainer: System, bounds: Bounds | None) -> Stages:
    """Carry out one whole step and tell its stages; the games end as after ``trainer.step()``, to the last bit.

    bounds: what of the plane D's landscapes cover, data units; None for other samples than points.
    """
    assert (bounds is not None) == isinstance(trainer.dataset.modality, Points), "landscapes are of the plane"
    recorder = Recorder(trainer, bounds)
    trainer.step(observer=recorder)
    return Stages(
        step=trainer.step_count,
        experiment=trainer.experiment,
        stages=tuple(recorder.stages),
        bounds=bounds,
        kinds={name: (game.dataset.modality, game.prior.sampler.modality) for name, game in trainer.games.items()},
    )


class Recorder(Observer):
    """Makes the stages out of what a step shows.

    What it computes beyond that, it computes with copies of the players: a pass through a network with batch
    normalisation changes its running statistics.
    """

    def __init__(self, system: System, bounds: Bounds | None) -> None:
        self.stages: list[Stage] = []
        self._games, self._plane = system.games, bounds
        self.turn("")

    # --- what the step shows ---

    def turn(self, game: str) -> None:
        """Tell from now on of this game."""
        began = time.perf_counter()
        self._game, self._trainer = game, self._games[game]
        self._bounds = self._plane if game == "" else None  # which is where the samples that are shown lie
        self._modality = self._trainer.dataset.modality
        self._shown = SHOWN[self._modality.kind]
        self._during = "" if self._trainer.stage.end is None else self._trainer.stage.kind
        self._learner = ""
        self._moves: dict[Player, int] = {"discriminator": 0, "generator": 0}
        self._landscape: Layers = {}
        self._look()
        self.seconds += time.perf_counter() - began

    def learned(self, move: Move, sight: Sight) -> None:
        """Tell what was drawn and made, and the loss."""
        began = time.perf_counter()
        self._begin(move.player, sight, move.learner, alone=True)
        assert sight.drawn is not None
        self._layers = {"real": self._samples(sight.drawn)} | self._given(sight)
        self._tell("draw", self._layers)
        if sight.made is not None:
            self._layers["generated"] = self._samples(sight.made)
            self._tell("make", self._layers)
        self._numbers |= {"loss": sight.total.item()}
        self._tell("loss", self._layers)
        self._slopes: Layers = {}
        if sight.made is not None:
            self._made = self._generate(sight.inputs)
        self.seconds += time.perf_counter() - began

    def _begin(self, player: Player, sight: Sight, learner: str = "", *, alone: bool = False) -> None:
        self._player, self._sight, self._learner, self._alone = player, sight, learner, alone
        self._moves[player] += 1
        self._numbers = {
            "count": float(len(sight.inputs.latents)),
            "dimensions": float(self._trainer.latent.dimensions),
            "noise": instance_noise(self._trainer.experiment.schedule, self._trainer.step_count) * self._modality.scale,
        }

    def _given(self, sight: Sight) -> Layers:
        """What G is given with each sample, where it is given anything."""
        kind, given = self._trainer.prior.sampler.modality, sight.inputs.given
        return {} if kind is None or given is None else {"given": kind.to_people(self._first(given))}

    def judged(self, player: Player, sight: Sight) -> None:
        """Tell what was drawn, generated and judged, and the loss."""
        began = time.perf_counter()
        self._begin(player, sight)
        drawn = {"latents": self._first(sight.inputs.latents)} | self._given(sight)
        generated = {"generated": self._samples(sight.g)}
        self._layers = generated | self._verdicts(sight)
        own = "" if player == "discriminator" else "g_"
        self._tell(f"{own}draw_z", drawn)
        self._tell(f"{own}generate", drawn | generated)
        if sight.x is not None:
            self._layers["real"] = self._samples(sight.x)
            if player == "discriminator":
                self._tell("draw_x", generated | {"real": self._layers["real"]})
        self._layers |= self._landscape
        self._numbers |= _opinions(sight.real, sight.fake)
        self._tell(f"{own}judge", self._layers)
        self._numbers |= {"loss": sight.loss.item(), "penalty": (sight.total - sight.loss).item()}
        self._tell(f"{player}_loss", self._layers)
        # The graph is still whole; with retain_graph it stays so, and the step's own gradients come out the same.
        self._slopes = self._pulls(sight) if player == "discriminator" else self._arrows(sight)
        if player == "generator":
            self._made = self._generate(sight.inputs)
        self.seconds += time.perf_counter() - began

    def differentiated(self, gradients: tuple[Tensor, ...], rate: float) -> None:
        """Tell the gradient: its norm in each layer, and where it comes from."""
        began = time.perf_counter()
        norms = self._layer_norms(gradients)
        self._numbers |= {"gradient": float(np.linalg.norm(norms)), "rate": rate}
        self._tell(
            "gradient" if self._alone else f"{self._player}_gradient",
            self._layers | self._slopes | {"gradient_norms": norms},
        )
        self.seconds += time.perf_counter() - began

    @torch.no_grad()
    def moved(self) -> None:
        """Tell what the move has changed, for the same samples or the same z."""
        began = time.perf_counter()
        if self._alone:
            made = {} if self._sight.made is None else {"moved": self._samples(self._generate(self._sight.inputs))}
            self._tell("moves", self._layers | made)
            self.seconds += time.perf_counter() - began
            return
        sight, trainer = self._sight, self._trainer
        before: Layers = {}
        if self._player == "discriminator":
            g = sight.g
            if self._landscape:
                before["landscape_before"] = self._landscape["landscape"]
                self._look()
        else:
            way = self._generate(sight.inputs) - self._made
            g = sight.g + way.view_as(sight.g)
            before["moved"] = self._samples(g)
            squares = way.square() if self._bounds is None else way.square().sum(1)
            self._numbers["distance"] = squares.mean().sqrt().item() * self._modality.scale
        judge = deepcopy(trainer.discriminator)
        # Apart, as batch normalisation wants it; without it the results are the same. Dropout draws numbers, which the
        # training must find where it left off.
        known = sight.labels, sight.given
        with torch.random.fork_rng(devices=[trainer.device] if trainer.device.type == "cuda" else []):
            real, fake = None if sight.x is None else judge(sight.x, *known), judge(g, *known)
        self._numbers |= {f"{name}_after": number for name, number in _opinions(real, fake).items()}
        self._tell(f"{self._player}_moves", self._layers | self._landscape | before)
        self.seconds += time.perf_counter() - began

    # --- what is computed from it ---

    def _tell(self, name: str, layers: Mapping[str, Array]) -> None:
        stage = Stage(
            name=name,
            player=self._player,
            round=self._moves[self._player],
            numbers=dict(self._numbers),
            layers=dict(layers),
            game=self._game,
            during=self._during,
            learner=self._learner,
        )
        self.stages.append(stage)

    def _verdicts(self, sight: Sight) -> Layers:
        outputs = {"verdict_fake": sight.fake} | ({} if sight.real is None else {"verdict_real": sight.real})
        each_own = self._trainer.discriminator.packing  # a pack's verdict is that of each of its samples
        return {
            name: _verdict(self._trainer, each.repeat_interleave(each_own)[: self._shown])
            for name, each in outputs.items()
        }

    def _first(self, tensor: Tensor) -> Array:
        shown: Array = tensor[: self._shown].detach().cpu().numpy()
        return shown

    def _samples(self, samples: Tensor) -> Array:
        return self._modality.to_people(self._first(self._singles(samples)))

    def _singles(self, samples: Tensor) -> Tensor:
        """Samples one by one, out of their packs."""
        return samples if self._trainer.discriminator.packing == 1 else samples.flatten(0, 1)

    @torch.no_grad()
    def _generate(self, inputs: Inputs) -> Tensor:
        return deepcopy(self._trainer.generator)(inputs)

    def _pulls(self, sight: Sight) -> Layers:
        assert sight.real is not None
        judged = [sight.real, sight.fake]
        slopes = torch.autograd.grad(sight.loss, judged, retain_graph=True, allow_unused=True)
        if None in slopes:  # of a D whose loss is of what it says after each part of a sample
            assert sight.of_real is not None
            assert sight.of_fake is not None
            parts = torch.autograd.grad(sight.loss, [sight.of_real, sight.of_fake], retain_graph=True)
            slopes = tuple(part.sum(1) for part in parts)
        packing = self._trainer.discriminator.packing
        return {
            name: self._first((-slope * len(slope)).repeat_interleave(packing))
            for name, slope in zip(("pull_real", "pull_fake"), slopes, strict=True)
        }

    def _arrows(self, sight: Sight) -> Layers:
        if not sight.g.requires_grad:  # of a G that throws dice
            return {}
        (slope,) = torch.autograd.grad(sight.loss, sight.g, retain_graph=True)
        wish = self._first(self._singles(-slope * len(slope)))
        if self._bounds is not None:
            return {"arrows": np.stack([self._samples(sight.g), wish / np.float32(self._modality.scale)])}
        return {"wanted": self._modality.to_people(wish / max(np.abs(wish).max(), np.float32(1e-30)))}

    def _layer_norms(self, gradients: tuple[Tensor, ...]) -> Array:
        network: nn.Module = self._trainer.networks()[self._learner or self._player]
        squares: dict[str, float] = {}
        # Behind D's own weights those of Q may follow, which is no player.
        for (name, _), gradient in zip(network.named_parameters(), gradients, strict=False):
            # A spectrally normalised weight is kept as layer.parametrizations.weight.original.
            layer = name.partition(".parametrizations")[0] if ".parametrizations" in name else name.rpartition(".")[0]
            squares[layer] = squares.get(layer, 0.0) + gradient.square().sum().item()
        norms: Array = np.sqrt(np.array(list(squares.values())))
        return norms

    def _look(self) -> None:
        """See D's landscape as it is now."""
        if self._bounds is not None:
            self._landscape = {"landscape": _landscape(self._trainer, self._bounds)}


def _opinions(real: Tensor | None, fake: Tensor) -> Numbers:
    numbers = {"d_fake": fake.sigmoid().mean().item(), "l_fake": fake.mean().item()}
    if real is not None:
        numbers |= {"d_real": real.sigmoid().mean().item(), "l_real": real.mean().item()}
    return numbers


def _verdict(trainer: Trainer, outputs: Tensor) -> Array:
    """How real D takes samples to be, 0 to 1: a probability, or how far an energy is below the margin."""
    shown: Array = trainer.objective.verdict(outputs).detach().cpu().numpy()
    return shown


@torch.no_grad()
def _landscape(trainer: Trainer, bounds: Bounds) -> Array:
    points = cell_centres(bounds, CELLS)
    places = torch.from_numpy(trainer.dataset.modality.to_model(points))
    judge = deepcopy(trainer.discriminator).eval()
    return _verdict(trainer, Onlooker(trainer).ask(judge, places.to(trainer.device))).reshape(CELLS, CELLS)
