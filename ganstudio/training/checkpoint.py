"""A moment of the training on disk, whole or not there at all, and never a program.

checkpoints/step-00006000/ holds generator, average, discriminator and, where there are codes, Q as safetensors,
training.pt with numbers, strings and tensors only (loaded with weights_only), and the experiment in force. It is
written aside, fsynced and renamed.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from dataclasses import dataclass
from difflib import get_close_matches
from pickle import UnpicklingError
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from ganstudio.data import build_dataset
from ganstudio.data.identity import stand_in
from ganstudio.experiment import CategoricalCodeSpec
from ganstudio.latent import class_columns, draw_latents, fixed_latents, latent_space
from ganstudio.networks import build_discriminator, build_generator, build_recogniser
from ganstudio.presets import dumps, load_experiment
from ganstudio.run import RunError, as_kept, kept_data, latest_checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from torch import Tensor, nn

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment, LatentSpec
    from ganstudio.networks import Discriminator, Recogniser
    from ganstudio.training.games import Kept
    from ganstudio.training.messages.events import Samples

KEPT = 3
"""Checkpoints that stay on disk: the newest may turn out to be of a game that had just gone wrong."""
_TOLD = 20  # classes that an error lists


def _networks(trainer: Kept) -> dict[str, nn.Module]:
    return {
        "generator": trainer.generator,
        "average": trainer.average.module,
        "discriminator": trainer.discriminator,
        **({} if trainer.recogniser is None else {"recogniser": trainer.recogniser}),
    }


def _sync(path: Path) -> None:
    # Windows can't open a folder to sync it; its rename is atomic all the same.
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def save_checkpoint(folder: Path, trainer: Kept) -> Path:
    """Write the trainer's state under ``folder`` and return the checkpoint's path.

    OSError when the disk won't: then nothing of it is left there, and the checkpoints before are.
    """
    return keep_whole(folder, trainer.step_count, lambda aside: write_state(aside, trainer))


def keep_whole(folder: Path, step: int, write: Callable[[Path], None]) -> Path:
    """Have ``write`` fill a new folder, and make it the checkpoint of a step under ``folder``; its path.

    OSError when the disk won't: then nothing of it is left there, and the checkpoints before are.
    """
    final = folder / f"step-{step:08d}"
    aside = folder / f".writing-{step:08d}"
    try:
        if aside.exists():
            shutil.rmtree(aside)
        aside.mkdir(parents=True)
        write(aside)
        for path in [*aside.rglob("*"), aside]:
            _sync(path)
        if final.exists():
            shutil.rmtree(final)
        aside.rename(final)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    _sync(folder)
    for old in sorted(folder.glob("step-*"))[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def write_state(folder: Path, trainer: Kept) -> None:
    """Write into a folder all that the next steps depend on. OSError when the disk won't."""
    # Both libraries have errors of their own, without a reason, for a file that can't be written: they fill memory.
    for name, network in _networks(trainer).items():
        weights = {key: value.contiguous() for key, value in network.state_dict().items()}
        (folder / f"{name}.safetensors").write_bytes(save(weights))
    state = trainer.state()
    state["data_random"] = json.dumps(state["data_random"])
    packed = io.BytesIO()
    torch.save(state, packed)
    (folder / "training.pt").write_bytes(packed.getbuffer())
    (folder / "experiment.toml").write_text(dumps(trainer.experiment), encoding="utf-8")


def _weights(path: Path, device: torch.device | str) -> dict[str, Tensor]:
    try:
        return load_file(path, device=str(device))
    except (OSError, SafetensorError) as error:
        raise RunError(f"{path}: not a readable weights file: {error}") from error


def load_checkpoint(path: Path, trainer: Kept) -> None:
    """Put a trainer built from the checkpoint's experiment where it stood; RunError when a file is damaged."""
    for name, network in _networks(trainer).items():
        try:
            network.load_state_dict(_weights(path / f"{name}.safetensors", trainer.device))
        except RuntimeError as error:
            raise RunError(f"{path}: the {name}'s weights do not fit experiment.toml: {error}") from error
    try:
        # On the processor first: the states of random generators must live there.
        state = torch.load(path / "training.pt", map_location="cpu", weights_only=True)
        state["data_random"] = json.loads(state["data_random"])
        trainer.load_state(state)
    except (OSError, RuntimeError, KeyError, ValueError, EOFError, UnpicklingError) as error:
        # Whatever is no plain state, a pickled object too, ends here without having been run.
        raise RunError(f"{path / 'training.pt'}: not a readable training state") from error


@dataclass(frozen=True, kw_only=True)
class LoadedGenerator:
    """The averaged generator of a run, ready to make samples."""

    experiment: Experiment
    dataset: Dataset
    latent: LatentSpec
    step: int
    network: nn.Module
    device: torch.device

    def draw_latents(self, count: int, seed: int, of_class: str | None = None) -> npt.NDArray[np.float32]:
        """Draw latents (count, d) from the prior; all of one class where one is named.

        Raises RunError where G is told no classes, or none of that name.
        """
        latents = draw_latents(self.latent, count, torch.Generator("cpu").manual_seed(seed)).numpy()
        if of_class is not None:
            index = self._index_of(of_class)
            latents[:, self.latent.label_columns] = 0
            latents[:, self.latent.label_columns.start + index] = 1
        return latents

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
    def generate(self, latents_nd: npt.NDArray[np.float32]) -> Samples:
        """G(z): points (n, 2) in data units or images (n, h, w, c) as uint8."""
        parts = torch.split(torch.from_numpy(latents_nd).to(self.device), 512)
        return as_samples(self.dataset, torch.cat([self.network(part).cpu() for part in parts]))


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
    def read(self, samples: Samples | npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """What Q reads of each code: probabilities (n, size) of a categorical one, means (n,) of a continuous one.

        samples: model units (n, *shape), or images as people see them, uint8 (n, h, w, c). Batch normalisation uses the
        statistics of the samples themselves, as D was trained, a few hundred at a time: let them be well mixed.
        """
        seen = as_model(self.dataset, samples) if samples.dtype == np.uint8 else torch.from_numpy(samples)
        parts = torch.chunk(seen, max(1, round(len(samples) / 500)))
        said = torch.cat([self.recogniser(self.discriminator.read(part)[1]) for part in parts])
        codes = zip(self.experiment.latent.codes, self.recogniser.columns, strict=True)
        return [
            (said[:, columns].softmax(1) if isinstance(code, CategoricalCodeSpec) else said[:, columns.start]).numpy()
            for code, columns in codes
        ]


def as_samples(dataset: Dataset, samples: Tensor) -> Samples:
    """Samples in model units (n, *shape) as people see them: points in data units, images (n, h, w, c) as uint8."""
    data = dataset.to_data(samples.cpu().numpy())
    if dataset.is_plane:
        return data
    images: npt.NDArray[np.uint8] = np.ascontiguousarray(np.rint(data).astype(np.uint8).transpose(0, 2, 3, 1))
    return images


def as_model(dataset: Dataset, samples: Samples) -> Tensor:
    """Samples as ``as_samples`` has them in model units (n, *shape)."""
    if dataset.is_plane:
        return torch.from_numpy(((samples - dataset.centre) / np.float32(dataset.scale)).astype(np.float32))
    images = (samples.astype(np.float32) / np.float32(127.5) - 1).transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(images))


def load_generator(run: Path, device: str = "cpu", *, with_data: bool = True) -> LoadedGenerator:
    """Load the averaged generator of the newest checkpoint in a run folder; RunError when there is none.

    with_data: its dataset can be drawn from. Without, it need not be there any more: the run keeps what samples need.
    """
    checkpoint, experiment = _newest(run)
    kept = None if with_data else kept_data(run)
    dataset = load_data(run, experiment) if kept is None else stand_in(kept)
    latent = latent_space(experiment, dataset)
    network = build_generator(experiment.generator, latent.width, dataset.shape)
    network.load_state_dict(_weights(checkpoint / "average.safetensors", "cpu"))
    place = torch.device(device)
    return LoadedGenerator(
        experiment=experiment,
        dataset=dataset,
        latent=latent,
        step=int(checkpoint.name.removeprefix("step-")),
        network=network.to(place).eval().requires_grad_(False),
        device=place,
    )


def load_recogniser(run: Path) -> LoadedRecogniser:
    """Load D and Q of the newest checkpoint in a run folder; RunError when there is none, or it has no codes."""
    checkpoint, experiment = _newest(run)
    kept = kept_data(run)
    dataset = load_data(run, experiment) if kept is None else stand_in(kept)
    discriminator = build_discriminator(experiment.discriminator, dataset.shape, latent_space(experiment, dataset))
    recogniser = build_recogniser(experiment.recogniser, discriminator, experiment.latent)
    if recogniser is None:
        raise RunError(f"{run}: was trained without codes: latent.codes is empty, and so there is no Q to load")
    for name, network in (("discriminator", discriminator), ("recogniser", recogniser)):
        network.load_state_dict(_weights(checkpoint / f"{name}.safetensors", "cpu"))
    return LoadedRecogniser(experiment=experiment, dataset=dataset, discriminator=discriminator, recogniser=recogniser)


def load_data(run: Path, experiment: Experiment) -> Dataset:
    """The data of a run as it took them when it began. Raises DatasetError where they are gone, or do not fit."""
    return as_kept(run, build_dataset(experiment.dataset), experiment)


def _newest(run: Path) -> tuple[Path, Experiment]:
    checkpoint = latest_checkpoint(run)
    if checkpoint is None:
        raise RunError(f"{run}: holds no checkpoint yet: train it for a while first")
    return checkpoint, load_experiment(checkpoint / "experiment.toml")
