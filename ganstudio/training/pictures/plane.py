"""Layers of the plane's picture, made from copies of the players: what G makes, what D says, what each ought to do.

Legend: n points, a and b lines of G's grid, h and w cells of a heat map. Points and bounds are in data units.
"""

from __future__ import annotations

import math
from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch.nn.functional import one_hot

from ganstudio.latent import GRID_REACH, latent_grid
from ganstudio.modalities import as_points
from ganstudio.networks import Inputs, opinion
from ganstudio.training.pictures.asking import Onlooker
from ganstudio.training.pictures.optimal import (
    CELLS,
    Cells,
    Masses,
    count_draws,
    data_masses,
    optimal_belief,
    split_noise,
)
from ganstudio.training.step.schedules import instance_noise

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    import numpy.typing as npt
    from torch import Tensor, nn

    from ganstudio.experiment import LatentSpec
    from ganstudio.networks import Discriminator
    from ganstudio.networks import Generator as Network
    from ganstudio.training.pictures.geometry import Bounds
    from ganstudio.training.step.trainer import Trainer

Layers = dict[str, "npt.NDArray[Any]"]
_Network = TypeVar("_Network", bound="nn.Module")

GRID_LINES = 25
ARROWS = 200
_NOISES = 8  # draws of the instance noise that an arrow is averaged over
_PAIRS = 256  # real samples that a pairing objective compares with


def copy_weights(into: Iterable[Tensor], source: Iterable[Tensor]) -> None:
    """Copy one network's tensors over another's."""
    torch._foreach_copy_(list(into), list(source))


def tensors(network: nn.Module) -> list[Tensor]:
    """Return weights and buffers, in order."""
    return [tensor.detach() for tensor in (*network.parameters(), *network.buffers())]


def frozen_copy(network: _Network) -> _Network:
    """A copy in evaluation mode, without gradients in its weights."""
    return deepcopy(network).eval().requires_grad_(False)


class PlaneLayers:
    """Makes the layers of one game's plane.

    D plays against the generator as it is trained, ``raw`` below: D* and the arrows are of that one, while the points
    and the grid are of its average, which is what is kept in the end. ``layers`` are quick; ``study`` takes long and
    goes by slices. Whoever calls sees to it that nothing is updated meanwhile, but for the slices after the first.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._dataset, self._device = trainer.dataset, trainer.device
        self._points = as_points(trainer.dataset.modality)
        self._prior, self._latent, self._onlooker = trainer.prior, trainer.latent, Onlooker(trainer)
        self._inputs = trainer.fixed_inputs
        self._average = frozen_copy(trainer.average.module)
        self._shown = self._average
        self._raw, self._discriminator = frozen_copy(trainer.generator), frozen_copy(trainer.discriminator)
        self._studied = frozen_copy(trainer.generator), frozen_copy(trainer.discriminator)
        self._grid = Inputs(torch.from_numpy(latent_grid(self._latent, GRID_LINES)).to(self._device))
        self._grid_mass = grid_masses(self._latent)
        self._known: tuple[Bounds, Masses] | None = None
        self.layers: Mapping[str, Callable[[Bounds], Layers]] = {
            "generated": self._generated,
            "landscape": self._landscape,
            "manifold": self._manifold,
            "arrows": self._arrows,
        }
        self._take(trainer)

    def follow(self, trainer: Trainer) -> None:
        """Take over the trainer's weights and the settings that are in force."""
        copy_weights(tensors(self._average), tensors(trainer.average.module))
        copy_weights(tensors(self._raw), tensors(trainer.generator))
        copy_weights(tensors(self._discriminator), tensors(trainer.discriminator))
        self._take(trainer)

    def show(self, generator: Network | None) -> None:
        """Make the points and the grid with this one; None: with the average as it is now."""
        self._shown = self._average if generator is None else generator

    def _take(self, trainer: Trainer) -> None:
        self._step, self._objective = trainer.step_count, trainer.objective
        self._noise = instance_noise(trainer.experiment.schedule, trainer.step_count)

    def _people(self, samples: Tensor) -> npt.NDArray[Any]:
        return self._points.to_people(samples.cpu().numpy())

    # --- quick ones ---

    def _generated(self, bounds: Bounds) -> Layers:
        return {"generated": self._people(self._shown(self._inputs))}

    def _manifold(self, bounds: Bounds) -> Layers:
        grid = self._people(self._shown(self._grid)).reshape(GRID_LINES, -1, 2)
        return {"manifold": grid, "manifold_density": grid_density(grid, self._grid_mass)}

    def _landscape(self, bounds: Bounds) -> Layers:
        layers: Layers = {"landscape": self._belief(self._discriminator, Cells(bounds))}
        if self._objective.margin is not None:
            layers["margin"] = np.array(self._objective.margin)
        return layers

    def _belief(self, discriminator: Discriminator, cells: Cells) -> npt.NDArray[Any]:
        points = torch.from_numpy(self._points.to_model(cells.centres()))
        outputs = self._onlooker.ask(discriminator, points.to(self._device))
        belief: npt.NDArray[Any] = opinion(discriminator, outputs).cpu().numpy()
        return belief.reshape(CELLS, CELLS)

    # --- the steps that G's points feel ---

    def _arrows(self, bounds: Bounds) -> Layers:
        """-dL/dx at G(z) for each update, of that point's own loss and not the mean's; averaged over the noise.

        Where D judges packs the loss is the pack's, of points that stand one after another, as in training.
        """
        random = torch.Generator(self._device).manual_seed(0)
        times = _NOISES if self._noise > 0 else 1

        def blurred(samples: Tensor) -> Tensor:
            return samples + self._noise * torch.randn(samples.shape, generator=random, device=self._device)

        with torch.inference_mode(False), torch.enable_grad():
            packing = self._discriminator.packing
            inputs = self._inputs.rows(slice(ARROWS - ARROWS % packing))
            labels = self._labels(inputs.latents)
            sharp = self._raw(inputs)
            x = blurred(sharp.repeat(times, 1)).requires_grad_()
            labels = None if labels is None else labels.repeat(times, 1)
            logits = self._discriminator(self._discriminator.pack(x), labels)
            (slopes,) = torch.autograd.grad(logits.sum(), x)
            pulls = self._pulls(logits.detach(), labels, blurred)
            steps = [pull.repeat_interleave(packing)[:, None] * slopes for pull in pulls]
        vectors = torch.stack([step.view(times, -1, 2).mean(0) for step in steps]).cpu().numpy()
        layers = {"arrows": np.concatenate([self._people(sharp)[None], vectors / self._points.scale])}
        if len(steps) > 1:
            layers["vanishing"] = vanishing(vectors)
        return {name: values.astype(np.float32) for name, values in layers.items()}

    def _pulls(self, logits: Tensor, labels: Tensor | None, blurred: Callable[[Tensor], Tensor]) -> list[Tensor]:
        """-dL/dl at each logit (n,): of each update that G could take, or of its own loss where there is but that."""
        logits.requires_grad_()
        if updates := self._objective.updates():
            losses = [update(logits) for update in updates.values()]
        else:
            alone = not self._objective.pairs
            losses = [self._objective.generator_loss(logits, None) if alone else self._paired(logits, labels, blurred)]
        return [-len(logits) * torch.autograd.grad(loss, logits)[0] for loss in losses]

    def _paired(self, logits: Tensor, labels: Tensor | None, blurred: Callable[[Tensor], Tensor]) -> Tensor:
        """A pairing objective's loss of each sample with every real one of its class: on average over the pairings."""
        samples, of_real = self._draw_real(_PAIRS)
        real = self._discriminator(self._discriminator.pack(blurred(samples)), of_real)
        if labels is None or of_real is None:
            return self._objective.generator_loss(logits[:, None], real[None])
        losses = [
            mine.sum() * self._objective.generator_loss(logits[mine > 0][:, None], real[its > 0][None])
            for mine, its in zip(labels.T, of_real.T, strict=True)
            if mine.any() and its.any()
        ]
        return torch.stack(losses).sum() / len(logits)

    def _draw_real(self, count: int) -> tuple[Tensor, Tensor | None]:
        count -= count % self._discriminator.packing
        random, label = np.random.default_rng(0), self._latent.label
        if label is None:
            return torch.from_numpy(self._dataset.draw(count, random)).to(self._device), None
        samples, classes = self._dataset.draw_labelled(count, random)
        labels = one_hot(torch.from_numpy(classes), label.size).float()
        return torch.from_numpy(samples).to(self._device), labels.to(self._device)

    def _labels(self, latents_nd: Tensor) -> Tensor | None:
        return None if self._latent.label is None else latents_nd[:, self._latent.label_columns]

    # --- the optimal D ---

    def study(self, bounds: Bounds) -> Generator[None, None, Layers]:
        """D* and D - D*, both at the step in ``optimal_step``, a few milliseconds at a time.

        Nothing for energies, and where D judges packs, or points with their class: their D* is no function of a point.
        The first slice copies the weights; those after it need nothing of what ``update`` changes.
        """
        judges_more = self._discriminator.packing > 1 or self._latent.label is not None
        if judges_more or self._objective.margin is not None:
            yield
            return {}
        generator, discriminator = self._studied
        copy_weights(tensors(generator), tensors(self._raw))
        copy_weights(tensors(discriminator), tensors(self._discriminator))
        step, noise, cells = self._step, self._noise * self._points.scale, Cells(bounds)
        # With labels smoothed to a the minimax game's optimum is a p_data/(p_data + p_g).
        highest = self._objective.real_label
        yield
        blur, added = split_noise(cells, noise)
        # The same latents each time: what changes from one picture to the next is G, not the draw.
        random = torch.Generator(self._device).manual_seed(0)

        def draw(count: int) -> npt.NDArray[Any]:
            samples = generator(self._prior.draw(count, random))
            if added:
                noise = torch.randn(samples.shape, generator=random, device=self._device)
                samples = samples + added / self._points.scale * noise
            return self._people(samples)

        data = yield from self._data(cells, added)
        model = yield from count_draws(cells, draw)
        optimal = np.float32(highest) * optimal_belief(cells, data, model, blur)
        difference = self._belief(discriminator, cells) - optimal
        return {"optimal": optimal, "difference": difference, "optimal_step": np.array(step)}

    def _data(self, cells: Cells, added: float) -> Generator[None, None, Masses]:
        if added:
            return (yield from data_masses(cells, self._dataset, added))
        if self._known is None or self._known[0] != cells.bounds:
            self._known = (cells.bounds, (yield from data_masses(cells, self._dataset, 0)))
        return self._known[1]


def vanishing(vectors: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Root mean square of the saturating steps over that of the non-saturating ones: (3, n, 2) -> (); NaN for 0 / 0."""
    saturating, other, _ = np.sqrt(np.square(vectors, dtype=np.float64).sum(axis=2).mean(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(saturating / other)


def grid_masses(spec: LatentSpec) -> npt.NDArray[np.float64]:
    """The prior's mass in each cell of G's grid: (a - 1, b - 1), or (a - 1, 1) when z has one dimension."""
    ticks = np.linspace(-1, 1, GRID_LINES) * GRID_REACH[spec.prior]
    below = np.array([math.erf(tick / math.sqrt(2)) for tick in ticks]) if spec.prior == "normal" else ticks
    masses = np.diff(below) / 2
    return np.outer(masses, masses if spec.dimensions > 1 else [1.0])


def grid_density(grid: npt.NDArray[Any], masses: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Prior mass over the area of its image, for each cell of the grid (a, b, 2); over the length when b is 1.

    With more than two dimensions of z the grid is a slice of the prior: compare its cells, and no more.
    """
    corners = grid.astype(np.float64)
    if grid.shape[1] == 1:
        size = np.hypot(*np.moveaxis(np.diff(corners, axis=0), -1, 0))
    else:
        # Twice the area of a quadrilateral is the cross product of its diagonals.
        one, other = corners[1:, 1:] - corners[:-1, :-1], corners[1:, :-1] - corners[:-1, 1:]
        size = np.abs(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]) / 2
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        density: npt.NDArray[np.float32] = np.minimum(masses / size, np.finfo(np.float32).max).astype(np.float32)
    return density
