"""The verb ``export``: samples, sheets, films, curves and G itself of a run, as files that other programs read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.cli._export_films import film_of_light, film_of_run, film_of_walk
from ganstudio.cli._export_order import Order, check_walkable, made, sheet
from ganstudio.cli._members import check_member, rows_of
from ganstudio.cli._terminal import UsageError, note, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    Latents = npt.NDArray[np.float32]

_TRIED = 8
"""Inputs that an exported G is checked with."""


def export(arguments: argparse.Namespace) -> int:
    """Write what was asked for; what is wrong with the file's name is said before anything is loaded."""
    _CHECKS[arguments.what](arguments.out)
    from ganstudio.cli._plan import asked_for
    from ganstudio.export import check_place

    run, at = asked_for(arguments.run, arguments.at)
    member = check_member(run, arguments.member, at)
    check_place(arguments.out, folder=arguments.what == "samples" and not arguments.out.suffix)
    if arguments.gently:
        from ganstudio.cli._draws import step_back

        step_back()
    say(_MAKERS[arguments.what](Order(arguments, run, at, member)))
    return 0


# --- samples ----------------------------------------------------------------------------------------------------------


def _samples(order: Order) -> str:
    """One file of all, or a folder with a file for each."""
    from ganstudio.export import check_suffix, save_pieces, save_samples

    loaded = order.generator()
    if order.out.suffix:
        check_suffix(order.out, loaded.dataset.modality)
    latents, seeds = order.latents(loaded)
    samples, modality = made(loaded, latents), loaded.dataset.modality
    if order.out.suffix:
        save_samples(order.out, samples, modality, origin=order.origin(loaded, latents))
        return f"{order.out}"
    names = [f"seed-{seed:04d}" for seed in seeds] if seeds else [f"sample-{k:04d}" for k in range(len(latents))]
    origins = []
    for place, row in enumerate(latents):
        seed = None if seeds is None else seeds[place]
        origins.append(order.origin(loaded, row[None], seed, words=_one(order, row, seed)))
    files = save_pieces(order.out, samples, modality, names, origins)
    return f"{order.out}: {modality.words.counted(len(files))}"


def _one(order: Order, latents: Latents, seed: int | None) -> tuple[str, ...]:
    """The words for a single one of several samples."""
    if seed is None or order.arguments.hold is not None:
        return ("--what", "samples", "--latents=" + ",".join(f"{value:.9g}" for value in latents.tolist()))
    words = list(order.words())
    for name, value in (("--count", "1"), ("--seed", str(seed))):
        if name in words:
            words[words.index(name) + 1] = value
        else:
            words += [name, value]
    return tuple(words)


def _grid(order: Order) -> str:
    from ganstudio.export import check_suffix, save_samples

    loaded = order.generator()
    check_suffix(order.out, loaded.dataset.modality)
    latents, columns = sheet(order, loaded)
    samples = made(loaded, latents)
    origin = order.origin(loaded, latents)
    save_samples(order.out, samples, loaded.dataset.modality, columns=columns, origin=origin)
    return str(order.out)


def _corners(order: Order) -> str:
    """A grid between four points."""
    from ganstudio.export import check_suffix, save_samples
    from ganstudio.walks import corners

    loaded = order.generator()
    check_suffix(order.out, loaded.dataset.modality)
    check_walkable(order, loaded)
    four, _ = order.latents(loaded)
    if len(four) != 4:
        raise UsageError(f"--what corners: takes four points of the latent space, found {len(four)}")
    lines = order.arguments.columns or 8
    latents = corners(loaded.latent, four, lines)
    samples = made(loaded, latents, same=True)
    save_samples(order.out, samples, loaded.dataset.modality, columns=lines, origin=order.origin(loaded, four))
    return str(order.out)


# --- films ------------------------------------------------------------------------------------------------------------


# --- numbers and G ----------------------------------------------------------------------------------------------------


def _curves(order: Order) -> str:
    from ganstudio.export import curves_csv, curves_png
    from ganstudio.run import Choice, RunFolder, in_force, run_and_step
    from ganstudio.training.messages import SCALARS

    run, _ = run_and_step(order.run)
    if order.member is not None:
        curves_csv(order.out, rows_of(order.run, order.member), SCALARS)
        return str(order.out)
    folder = RunFolder.open(run, read_only=True)
    try:
        if order.out.suffix.lower() == ".png":
            experiment, _ = in_force(folder, Choice(run, order.at))
            curves_png(order.out, folder.scalars(SCALARS), SCALARS, experiment)
        else:
            names = folder.scalar_names()
            rows = folder.scalars(names)
            curves_csv(order.out, rows if order.at is None else rows[rows[:, 0] <= order.at], names)
    finally:
        folder.close()
    for fault in folder.missing:
        note(fault)
    return str(order.out)


def _model(order: Order) -> str:
    import torch

    from ganstudio.export.models import Model, save_model

    loaded = order.generator()
    drawn = loaded.prior.draw(_TRIED, torch.Generator().manual_seed(0))
    model = Model(
        network=loaded.network,
        inputs=drawn,
        latent=loaded.latent,
        modality=loaded.dataset.modality,
        experiment=loaded.experiment,
        origin=order.origin(loaded, None),
    )
    return save_model(order.out, model)


def _check_samples(path: Path) -> None:
    from ganstudio.export import check_suffix

    if path.suffix:
        check_suffix(path)


def _check_walk(path: Path) -> None:
    from ganstudio.export import WALKS, check_film

    if path.suffix.lower() not in {ending for row in WALKS.values() for ending in row}:
        check_film(path)


def _check_sheet(path: Path) -> None:
    from ganstudio.export import check_suffix

    check_suffix(path)


def _check_film(path: Path) -> None:
    from ganstudio.export import check_film

    check_film(path)


def _check_curves(path: Path) -> None:
    from ganstudio.export import check_curves

    check_curves(path)


def _check_model(path: Path) -> None:
    from ganstudio.export.models import check_model

    check_model(path)


_CHECKS: Mapping[str, Callable[[Path], None]] = {
    "samples": _check_samples,
    "grid": _check_sheet,
    "corners": _check_sheet,
    "film": _check_film,
    "walk": _check_walk,
    "light": _check_film,
    "curves": _check_curves,
    "model": _check_model,
}
_MAKERS: Mapping[str, Callable[[Order], str]] = {
    "samples": _samples,
    "grid": _grid,
    "corners": _corners,
    "film": film_of_run,
    "walk": film_of_walk,
    "light": film_of_light,
    "curves": _curves,
    "model": _model,
}
"""By what is to be written."""
