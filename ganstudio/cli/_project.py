"""The verb ``project``: from a sample back to the latents of the nearest one that a run's G makes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.cli._members import check_member, generator_of
from ganstudio.cli._terminal import Progress, UsageError, note, say, warn

if TYPE_CHECKING:
    import argparse

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.measurements.projection import Found
    from ganstudio.modalities import Modality
    from ganstudio.training.checkpoints.loaded import LoadedGenerator


_CAPTIONS = ("looked for", "best random sample", "found")


def project(arguments: argparse.Namespace) -> int:
    """Look for the latents of a sample, and write what was found; the exit status."""
    real = _place(arguments.picture)
    for option, ending in (("latents", ".npy"), ("out", ".png")):
        path = getattr(arguments, option)
        if path is not None and path.suffix.lower() != ending:
            raise UsageError(f"--{option} {path}: is written as {ending}; give it that ending")
    from ganstudio.cli._plan import asked_for
    from ganstudio.export import check_place

    run, at = asked_for(arguments.run, arguments.at)
    member = check_member(run, arguments.member, at)
    for path in (arguments.latents, arguments.out):
        if path is not None:
            check_place(path)
    loaded = generator_of(run, member, at=at, with_data=real is not None)
    if loaded.told:
        warn(loaded.told)
    from ganstudio.measurements.projection import check_projectable, compared_of

    try:
        check_projectable(loaded.network, gives=loaded.experiment.given_to_all.gives)
    except ValueError as error:
        raise UsageError(f"{run}: {error}; there is nothing to be projected into") from None
    sample = _read(Path(arguments.picture), loaded.dataset.modality) if real is None else _real(real, loaded.dataset)
    found = _search(arguments, loaded, sample)
    _write(arguments, loaded, sample, found)
    compared = "model units" if compared_of(loaded.dataset.modality) is None else "of spectrograms from -1 to 1"
    told = {
        "run": str(run),
        "step": loaded.step,
        "distance": found.distance,
        "best_of_random": found.of_random,
        "ratio": found.ratio,
        "compared": compared,
        "latents": [float(value) for value in found.latents],
    }
    if arguments.json:
        say(json.dumps(told, indent=2))
    else:
        say(
            f"distance {found.distance:.4f} (root mean square, {compared}), the best of 10,000 random samples "
            f"{found.of_random:.4f}: {found.ratio:.2f} times that"
        )
    return 0


def _search(arguments: argparse.Namespace, loaded: LoadedGenerator, sample: npt.NDArray[np.float32]) -> Found:
    """The last of what is found; Ctrl+C takes what there is so far."""
    import torch

    from ganstudio.latent import draw_latents
    from ganstudio.measurements.projection import RANDOM, compared_of
    from ganstudio.measurements.projection import project as search

    draws = draw_latents(loaded.latent, RANDOM, torch.Generator("cpu").manual_seed(arguments.seed))
    progress = Progress(quiet=arguments.quiet)
    found: Found | None = None
    try:
        for found in search(
            loaded.network,
            loaded.latent,
            draws.to(loaded.device),
            torch.from_numpy(sample),
            starts=arguments.starts,
            steps=arguments.steps,
            compared=compared_of(loaded.dataset.modality),
        ):
            if found.step % 50 == 0:
                progress.note(f"step {found.step} of {arguments.steps}: distance {found.distance:.4f}")
    except KeyboardInterrupt:
        if found is None:
            raise
        note(f"stopped at step {found.step}")
    assert found is not None
    return found


def _place(picture: str) -> int | None:
    """Which real sample is meant; None: a file is. Raises UsageError."""
    kind, colon, number = picture.partition(":")
    if kind != "real" or not colon or os.path.lexists(picture):
        return None
    if not number.isdecimal():
        raise UsageError(f"{picture}: a real sample is named as real:N, such as real:0")
    return int(number)


def _real(place: int, dataset: Dataset) -> npt.NDArray[np.float32]:
    """A real sample, (*shape) in model units. Raises UsageError."""
    import numpy as np

    total = (dataset.count or 0) + dataset.held_out
    if dataset.at is None:
        raise UsageError(f"real:{place}: {dataset.name} has no list of samples; name a picture")
    if place >= total:
        raise UsageError(f"real:{place}: {dataset.name} has the samples 0 to {total - 1:,}")
    found: npt.NDArray[np.float32] = dataset.at(np.array([place]))[0]
    return found


def _read(path: Path, modality: Modality) -> npt.NDArray[np.float32]:
    """The sample in a file, (*shape) in model units. Raises UsageError."""
    import numpy as np

    from ganstudio.run import RunError, read_array

    wanted = modality.to_people(np.zeros((1, *modality.shape), np.float32))
    if path.suffix.lower() == ".npy":
        try:
            array = read_array(path)
        except RunError as error:
            raise UsageError(str(error)) from None
        if array.shape not in (wanted.shape, wanted.shape[1:]) or array.dtype.kind != wanted.dtype.kind:
            sizes = " × ".join(map(str, wanted.shape[1:]))
            raise UsageError(f"{path}: not one sample of this run, which is {sizes} of {wanted.dtype}")
        made: npt.NDArray[np.float32] = modality.to_model(array.reshape(wanted.shape))[0]
        return made
    from ganstudio.data.images.fitting import UnfitPictureError
    from ganstudio.data.single import sample_in

    try:
        fitted: npt.NDArray[np.float32] = modality.to_model(sample_in(path, modality))[0]
    except UnfitPictureError as error:
        raise UsageError(f"{path}: {error}; one of them is given as .npy, as ganstudio sample writes them") from None
    return fitted


def _write(
    arguments: argparse.Namespace, loaded: LoadedGenerator, sample: npt.NDArray[np.float32], found: Found
) -> None:
    """The latents, and what was looked for next to the best random sample and what was found."""
    import io

    import numpy as np

    from ganstudio.export.writing import written

    modality = loaded.dataset.modality
    made = loaded.generate(np.stack([found.nearest, found.latents]))
    packed: dict[Path, bytes] = {}
    if arguments.latents is not None:
        file = io.BytesIO()
        np.save(file, found.latents)
        packed[arguments.latents] = file.getvalue()
    if arguments.out is not None:
        from ganstudio.export import captioned

        wanted = modality.pictures(np.concatenate([modality.to_people(sample[None]), made]))
        factor = max(1, 192 // wanted.shape[1])
        file = io.BytesIO()
        captioned(wanted.repeat(factor, 1).repeat(factor, 2), _CAPTIONS).save(file, "PNG")
        packed[arguments.out] = file.getvalue()
    for path, content in packed.items():
        written(path, content)
