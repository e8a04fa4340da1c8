"""What G makes samples of: points of the latent space, drawn from the prior or laid out, and what the data give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ganstudio.data import DatasetError, build_sampler
from ganstudio.experiment import CategoricalCodeSpec, LabelSpec
from ganstudio.networks import Inputs

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.data import Dataset, Sampler
    from ganstudio.experiment import CodeSpec, Experiment, LatentSpec
    from ganstudio.modalities import Modality

# The manifold grid spans the bulk of the prior: 95 % of a standard normal in each dimension, nearly all of a uniform.
GRID_REACH = {"normal": 2.0, "uniform": 0.98}


# Of images by class: how many rows there are at least, and about how many stand side by side.
FEWEST_ROWS, SIDE_BY_SIDE = 4, 8


class Batch(NamedTuple):
    """Real samples x (n, *shape), what G is given to make one like each, and their classes y (n, k), one-hot.

    In model units. given, y: None where nothing is given, and where the players are told no classes.
    """

    x: Tensor
    given: Tensor | None = None
    y: Tensor | None = None


@dataclass(frozen=True)
class Prior:
    """Where G's inputs come from: latents of the space, and what is given from the sampler, which belong together."""

    space: LatentSpec
    sampler: Sampler

    @classmethod
    def of(cls, experiment: Experiment, dataset: Dataset) -> Prior:
        """The inputs of an experiment's G. Raises DatasetError where the data can't give them."""
        return cls(latent_space(experiment, dataset), build_sampler(experiment.given_to_all, dataset))

    def draw(self, count: int, random: torch.Generator) -> Inputs:
        """What G makes so many samples of, on the generator's device; random: draws all of it."""
        latents = draw_latents(self.space, count, random)
        return Inputs(latents) if self.sampler.shape is None else self.with_given(latents, random)

    def fixed(self, count: int, random: torch.Generator) -> Inputs:
        """About so many inputs to look at again and again: in columns by class, as ``fixed_latents`` has them."""
        return self._placed(fixed_latents(self.space, count, random), random)[0]

    def looked_at(self, modality: Modality, random: torch.Generator) -> tuple[Inputs, Tensor | None]:
        """The inputs that such samples are shown of again and again, and what is given with them was made of.

        That is as many real samples (n, *shape), None where nothing is given or samples stand in one plot.
        """
        if not modality.side_by_side:
            return self.draw(modality.fixed, random), None
        return self._placed(fixed_latents(self.space, modality.fixed, random), random)

    def with_given(self, latents_nd: Tensor, random: torch.Generator, *, in_place: bool = False) -> Inputs:
        """Latents, and what is given with as many real samples; nothing where nothing is given.

        Where G is told classes, they are those of the samples. in_place: the latents keep theirs, and what is given is
        of samples of these classes, as far as there are any.
        """
        if in_place:
            return self._placed(latents_nd, random)[0]
        if self.sampler.shape is None:
            return Inputs(latents_nd)
        batch = real_batch(self, len(latents_nd), _numbers(random), latents_nd.device)
        if batch.y is None:
            return Inputs(latents_nd, batch.given)
        return Inputs(torch.cat([latents_nd[:, : self.space.label_columns.start], batch.y], 1), batch.given)

    def _placed(self, latents_nd: Tensor, random: torch.Generator) -> tuple[Inputs, Tensor | None]:
        if self.sampler.shape is None:
            return Inputs(latents_nd), None
        count, label = len(latents_nd), self.space.label
        if label is None:
            batch = real_batch(self, count, _numbers(random), latents_nd.device)
            return Inputs(latents_nd, batch.given), batch.x
        # Of so many samples a class of which there are a few in a hundred is hardly ever missing.
        batch = real_batch(self, max(count, 32 * label.size), _numbers(random), latents_nd.device)
        assert batch.y is not None
        assert batch.given is not None
        drawn, wanted = batch.y.argmax(1), latents_nd[:, self.space.label_columns].argmax(1)
        places = [int(found[k % len(found)]) if len(found) else k for k, found in _places(drawn, wanted)]
        return Inputs(latents_nd, batch.given[places]), batch.x[places]


def _numbers(random: torch.Generator) -> np.random.Generator:
    seed = int(torch.randint(2**62, (1,), generator=random, device=random.device))
    return np.random.default_rng(seed)


def _places(drawn: Tensor, wanted: Tensor) -> list[tuple[int, Tensor]]:
    """For each wanted class its place, and where that class was drawn."""
    return [(place, (drawn == one).nonzero().flatten()) for place, one in enumerate(wanted)]


def real_batch(
    prior: Prior, count: int, random: np.random.Generator, device: torch.device, *, parts: bool = False
) -> Batch:
    """Real samples, what G is given with them, and their classes where G is told these.

    parts: those of them that are learnt from, where these are not whole samples.
    """
    label = prior.space.label
    draw = prior.sampler.draw_parts if parts else prior.sampler.draw
    drawn = draw(count, random, labelled=label is not None)
    x, given = torch.from_numpy(drawn.x).to(device), None
    if drawn.given is not None:
        given = torch.from_numpy(drawn.given).to(device)
    if label is None:
        return Batch(x, given)
    return Batch(x, given, one_hot(torch.from_numpy(drawn.labels), label.size).float().to(device))


def learnt_shape(sampler: Sampler, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Of what players see in training, where samples have a shape: the same, or that of their parts."""
    return shape if sampler.parts is None else (*shape[:-2], *sampler.parts)


def latent_space(experiment: Experiment, dataset: Dataset) -> LatentSpec:
    """What G of an experiment is given: [z, c], and behind them the class y as one-hot where it is told the classes.

    Raises DatasetError where it is to be told the classes, and the data have none.
    """
    latent = experiment.latent_of_all(dataset.shape)
    if experiment.conditioning.labels == "off":
        return latent
    if not dataset.has_classes:
        raise DatasetError(
            f'conditioning.labels: found {experiment.conditioning.labels!r}, but "{dataset.name}" has no classes to '
            "tell the players: use a folder for each class, a file of labels beside the images or a column of labels, "
            'or set it to "off"'
        )
    label = LabelSpec(
        size=len(dataset.classes), names=dataset.classes, shares=tuple(dataset.shares().tolist()), weight=0.0
    )
    return latent.with_label(label)


def class_columns(space: LatentSpec, count: int) -> tuple[npt.NDArray[np.int64], int] | None:
    """About ``count`` samples, row by row in columns of one class each: the class of each (n,), and how many columns.

    Few classes have several columns each. None where G is told no class, or one of so many that rows would be few.
    """
    if (label := space.label) is None:
        return None
    each = max(SIDE_BY_SIDE // label.size, 1)
    columns = each * label.size
    if (rows := count // columns) < FEWEST_ROWS:
        return None
    return np.tile(np.repeat(np.arange(label.size), each), rows), columns


def fixed_latents(space: LatentSpec, count: int, generator: torch.Generator) -> Tensor:
    """Latents to look at again and again, drawn as by ``draw_latents``.

    In columns by class, where ``class_columns`` finds room for them: each class is shown with the same z and codes.
    """
    drawn = draw_latents(space, count, generator)
    if (found := class_columns(space, count)) is None:
        return drawn
    classes, columns = torch.from_numpy(found[0]).to(generator.device), found[1]
    label = space.label
    assert label is not None
    rows, each = len(classes) // columns, columns // label.size
    placed = drawn[: rows * each].view(rows, 1, each, -1).repeat(1, label.size, 1, 1).flatten(0, 2)
    placed[:, space.label_columns] = one_hot(classes, label.size).float()
    return placed


def draw_latents(spec: LatentSpec, count: int, generator: torch.Generator) -> Tensor:
    """Draw [z, c] from their priors: (count, spec.width) float32, on the generator's device; categories as one-hot."""
    codes = [_draw_code(code, count, generator) for code in spec.codes]
    z = _draw(spec.prior, (count, spec.dimensions), generator)
    return torch.cat([z, *codes], dim=1) if codes else z


def _draw(prior: str, shape: tuple[int, int], generator: torch.Generator) -> Tensor:
    if prior == "normal":
        return torch.randn(shape, generator=generator, device=generator.device)
    return torch.rand(shape, generator=generator, device=generator.device).mul_(2).sub_(1)


def _draw_code(code: CodeSpec, count: int, generator: torch.Generator) -> Tensor:
    if isinstance(code, CategoricalCodeSpec):
        if isinstance(code, LabelSpec):
            shares = torch.tensor(code.shares, device=generator.device)
            values = torch.multinomial(shares, count, replacement=True, generator=generator)
        else:
            values = torch.randint(code.size, (count,), generator=generator, device=generator.device)
        return one_hot(values, code.size).float()
    return code.reach * _draw(code.prior, (count, 1), generator)


def latent_grid(spec: LatentSpec, lines: int) -> npt.NDArray[np.float32]:
    """A regular grid over the first two dimensions of z, the others 0: (lines * columns, spec.width), row by row.

    Codes stand at their first value, or 0.

    columns is ``lines``, or 1 when z has one dimension.
    """
    axis = np.linspace(-1, 1, lines, dtype=np.float32) * np.float32(GRID_REACH[spec.prior])
    grid = np.zeros((lines if spec.dimensions == 1 else lines * lines, spec.width), np.float32)
    if spec.dimensions == 1:
        grid[:, 0] = axis
    else:
        grid[:, 0], grid[:, 1] = np.repeat(axis, lines), np.tile(axis, lines)
    for code, columns in zip(spec.codes, spec.code_columns, strict=True):
        if isinstance(code, CategoricalCodeSpec):
            grid[:, columns.start] = 1
    return grid
