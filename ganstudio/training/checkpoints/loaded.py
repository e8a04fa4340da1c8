"""The networks of a run, off its checkpoint, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import torch

from ganstudio.data import build_dataset
from ganstudio.data.identity import stand_in
from ganstudio.experiment import CategoricalCodeSpec
from ganstudio.latent import Prior, class_columns, draw_latents, fixed_latents, learnt_shape
from ganstudio.networks import GENERATORS, Inputs, build_discriminator, build_recogniser
from ganstudio.run import Choice, RunError, as_kept, kept_data, run_and_step
from ganstudio.training.arrangements import build_parts, games_and_data
from ganstudio.training.checkpoints.weights import load_weights
from ganstudio.training.step.stages import KEPT, keeps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from torch import Tensor, nn

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment, LatentSpec
    from ganstudio.modalities import Modality, Samples
    from ganstudio.networks import Discriminator, Generator, Recogniser
    from ganstudio.networks.super_resolution import SuperResolutionGenerator
    from ganstudio.training.arrangements import Parts

Networks = TypeVar("Networks")
AVERAGE = "average"
"""The file in a checkpoint of the averaged G of a game alone."""

_TOLD = 20  # classes that an error lists


@dataclass(frozen=True, kw_only=True)
class LoadedGenerator:
    """The averaged generator of a run, ready to make samples."""

    experiment: Experiment
    dataset: Dataset
    prior: Prior
    step: int
    network: Generator
    device: torch.device
    told: str | None
    """That the checkpoint is not the newest, and why."""

    @property
    def latent(self) -> LatentSpec:
        """z, the codes and the class."""
        return self.prior.space

    def draw_latents(self, count: int, seed: int, of_class: str | None = None) -> npt.NDArray[np.float32]:
        """Draw latents (count, d) from the prior; all of one class where one is named.

        Raises RunError where G is told no classes, or none of that name.
        """
        latents = draw_latents(self.latent, count, torch.Generator("cpu").manual_seed(seed)).numpy()
        return self.with_class(latents, of_class)

    def with_class(self, latents_nd: npt.NDArray[np.float32], of_class: str | None) -> npt.NDArray[np.float32]:
        """The same latents, all of one class where one is named. Raises RunError as ``draw_latents``."""
        if of_class is not None:
            index = self._index_of(of_class)
            latents_nd[:, self.latent.label_columns] = 0
            latents_nd[:, self.latent.label_columns.start + index] = 1
        return latents_nd

    def latents_in_columns(self, count: int, seed: int) -> tuple[npt.NDArray[np.float32], int | None]:
        """About ``count`` latents (n, d) for images in columns of a class, and how many columns.

        Just ``count`` of them, and None, where G is told no class or one of very many.
        """
        latents = fixed_latents(self.latent, count, torch.Generator("cpu").manual_seed(seed)).numpy()
        placed = class_columns(self.latent, count)
        return latents, None if placed is None else placed[1]

    def _index_of(self, name: str) -> int:
        if (label := self.latent.label) is None:
            raise RunError(
                f"a sample of class {name!r} was asked for, but the run was trained without classes: "
                'conditioning.labels is "off"'
            )
        if name not in label.names:
            near = get_close_matches(name, label.names, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise RunError(f"there is no class {name!r}{hint}: the classes are {_few(label.names)}")
        return label.names.index(name)

    @torch.no_grad()
    def generate(self, latents_nd: npt.NDArray[np.float32], *, same: bool = False) -> Samples:
        """G(z) in people's units.

        Where G is given something besides, that of as many real samples, the same ones each time; same: of one real
        sample for all of them. DatasetError: the data are gone.
        """
        latents, random = torch.from_numpy(latents_nd), torch.Generator("cpu").manual_seed(0)
        inputs = self.prior.with_given(latents[:1] if same else latents, random, in_place=True)
        if same:
            given = None if inputs.given is None else inputs.given.expand(len(latents), *inputs.given.shape[1:])
            inputs = Inputs(latents, given)
        inputs = inputs.to(self.device)
        made = torch.cat([self.network(part).cpu() for part in inputs.portions(512)])
        return self.dataset.modality.to_people(made.numpy())

    @property
    def kinds(self) -> tuple[Modality, ...]:
        """What each step on G's way to a sample is, the sample last."""
        return (*self.network.way_kinds(self.dataset.modality), self.dataset.modality)

    @torch.no_grad()
    def way(self, latents_nd: npt.NDArray[np.float32]) -> list[Samples]:
        """What G goes through on the way to its samples, each in people's units; else as ``generate``."""
        latents, random = torch.from_numpy(latents_nd), torch.Generator("cpu").manual_seed(0)
        inputs = self.prior.with_given(latents, random, in_place=True).to(self.device)
        parts = [self.network.way(part) for part in inputs.portions(512)]
        steps = [torch.cat(step).cpu().numpy() for step in zip(*parts, strict=True)]
        return [kind.to_people(step) for kind, step in zip(self.kinds, steps, strict=True)]


def _few(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return ", ".join(map(repr, names[:_TOLD])) + more


@dataclass(frozen=True, kw_only=True)
class LoadedRecogniser:
    """Q of a run and the D whose features it reads, ready to tell the codes of samples."""

    experiment: Experiment
    dataset: Dataset
    discriminator: Discriminator
    recogniser: Recogniser

    @torch.no_grad()
    def read(self, samples: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """What Q reads of each code: probabilities (n, size) of a categorical one, means (n,) of a continuous one.

        samples: model units (n, *shape). Batch normalisation uses the statistics of the samples themselves, as D was
        trained, a few hundred at a time: let them be well mixed.
        """
        parts = torch.chunk(torch.from_numpy(samples), max(1, round(len(samples) / 500)))
        said = torch.cat([self.recogniser(self.discriminator.read(part)[1]) for part in parts])
        codes = zip(self.experiment.latent.codes, self.recogniser.columns, strict=True)
        return [
            (said[:, columns].softmax(1) if isinstance(code, CategoricalCodeSpec) else said[:, columns.start]).numpy()
            for code, columns in codes
        ]


def load_generator(run: Path, device: str = "cpu", *, at: int | None = None, with_data: bool = True) -> LoadedGenerator:
    """Load the averaged generator of a run, of the checkpoint of step ``at`` or the newest that is whole.

    run: its folder, or that of one of its checkpoints. with_data: its dataset can be drawn from. Without, it need not
    be there any more: the run keeps what samples need. Raises RunError when there is no checkpoint.
    """
    loaded = _load(run, at, build_parts, lambda parts: parts.by_file, with_data=with_data)
    place = torch.device(device)
    return LoadedGenerator(
        experiment=loaded.choice.experiment,
        dataset=loaded.dataset,
        prior=Prior.of(loaded.choice.experiment, loaded.dataset),
        step=loaded.choice.step,
        network=loaded.networks.whole.to(place).eval().requires_grad_(False),
        device=place,
        told=loaded.choice.told(),
    )


@dataclass(frozen=True, kw_only=True)
class Enlarger:
    """What enlarges pictures of any size, off a run's checkpoint.

    network: G; content: as its content stage left it, None where the run keeps none. latents: (1, d) of both.
    trained_on: the name of the data. told: that the checkpoint is not the newest, and why.
    """

    network: SuperResolutionGenerator
    content: SuperResolutionGenerator | None
    factor: int
    latents: Tensor
    trained_on: str
    step: int
    told: str | None


def load_enlarger(run: Path, *, at: int | None = None) -> Enlarger:
    """What enlarges pictures, of a checkpoint as ``load_generator``; the data need not be there.

    Raises RunError where there is no checkpoint, or G makes no pictures of smaller ones of any size.
    """

    def parts(pair: list[Parts]) -> dict[str, Generator]:
        return {AVERAGE: pair[0].whole, **({KEPT: pair[1].whole} if len(pair) > 1 else {})}

    def build(experiment: Experiment, dataset: Dataset) -> list[Parts]:
        if not GENERATORS[type(experiment.generator)].any_size or experiment.arrangement.makes_given:
            raise RunError(
                f"{run}: its G makes no pictures of smaller ones of any size: only that of a game like the preset "
                f"srgan does, with generator.kind = 'super_resolution', and this one's is '{experiment.generator.kind}'"
            )
        return [build_parts(experiment, dataset) for _ in range(1 + keeps(experiment))]

    loaded = _load(run, at, build, parts, with_data=False, gives=False)
    experiment, dataset = loaded.choice.experiment, loaded.dataset
    found = [cast("SuperResolutionGenerator", one.whole.eval().requires_grad_(False)) for one in loaded.networks]
    space = Prior.of(experiment, dataset).space
    return Enlarger(
        network=found[0],
        content=found[1] if len(found) > 1 else None,
        factor=found[0].factor,
        latents=draw_latents(space, 1, torch.Generator().manual_seed(0)),
        trained_on=dataset.name,
        step=loaded.choice.step,
        told=loaded.choice.told(),
    )


def load_kept(run: Path, *, at: int | None = None) -> Generator | None:
    """G as the content stage of a run left it, or stands in it, from a checkpoint as ``load_generator``.

    None where the run keeps none. Raises RunError when there is no checkpoint.
    """
    choice = Choice(*run_and_step(run)) if at is None else Choice(run_and_step(run)[0], at)
    if not keeps(choice.experiment) or choice.experiment.given_to_all != choice.experiment.given:
        return None
    loaded = _load(run, at, build_parts, lambda parts: {KEPT: parts.whole}, with_data=True)
    return loaded.networks.whole.eval().requires_grad_(False)


def load_recogniser(run: Path, *, at: int | None = None) -> LoadedRecogniser:
    """Load D and Q of a run, from a checkpoint as ``load_generator``; RunError when there is none, or no codes."""

    def build(experiment: Experiment, dataset: Dataset) -> tuple[Discriminator, Recogniser]:
        experiment, dataset = games_and_data(experiment, dataset)[""]
        prior = Prior.of(experiment, dataset)
        shown = prior.sampler.shape if experiment.given.judged else None
        seen = learnt_shape(prior.sampler, dataset.shape)
        discriminator = build_discriminator(experiment.discriminator, seen, prior.space, shown)
        recogniser = build_recogniser(experiment.recogniser, discriminator, experiment.latent)
        if recogniser is None:
            raise RunError(f"{run}: was trained without codes: latent.codes is empty, and so there is no Q to load")
        return discriminator, recogniser

    loaded = _load(run, at, build, lambda both: {"discriminator": both[0], "recogniser": both[1]}, with_data=False)
    discriminator, recogniser = loaded.networks
    return LoadedRecogniser(
        experiment=loaded.choice.experiment,
        dataset=loaded.dataset,
        discriminator=discriminator,
        recogniser=recogniser,
    )


def load_data(run: Path, experiment: Experiment) -> Dataset:
    """The data of a run as it took them when it began. Raises DatasetError where they are gone, or do not fit."""
    return as_kept(run, build_dataset(experiment.dataset), experiment)


@dataclass(frozen=True)
class _Loaded(Generic[Networks]):
    choice: Choice
    dataset: Dataset
    networks: Networks


def _load(
    path: Path,
    at: int | None,
    build: Callable[[Experiment, Dataset], Networks],
    parts: Callable[[Networks], Mapping[str, nn.Module]],
    *,
    with_data: bool,
    gives: bool = True,
) -> _Loaded[Networks]:
    """Networks with the weights of the newest checkpoint that they can be loaded from. parts: them, by their files.

    gives: what G is given is to be drawn, which needs the data too.
    """
    run, named = run_and_step(path)
    choice = Choice(run, named if at is None else at)
    if choice.path is not None:
        kept = None if with_data or (gives and choice.experiment.given_to_all.gives) else kept_data(run)
        dataset = load_data(run, choice.experiment) if kept is None else stand_in(kept)
    while choice.path is not None:
        networks = build(choice.experiment, dataset)
        try:
            for name, part in parts(networks).items():
                load_weights(choice.path / f"{name}.safetensors", part, name)
        except RunError as error:
            choice.reject(str(error))
        else:
            return _Loaded(choice, dataset, networks)
    raise RunError(f"{run}: holds no checkpoint yet: train it for a while first")
