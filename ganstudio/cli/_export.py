"""The verb ``export``: samples, sheets, films, curves and G itself of a run, as files that other programs read."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.cli._members import check_member, generator_of, rows_of
from ganstudio.cli._terminal import UsageError, note, say, shown, warn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np
    import numpy.typing as npt

    from ganstudio.cli._members import Member
    from ganstudio.modalities import Samples
    from ganstudio.origins import Origin
    from ganstudio.training.checkpoints.loaded import LoadedGenerator

    Latents = npt.NDArray[np.float32]

COUNTS: Mapping[str, int] = {"samples": 16, "grid": 64, "film": 64, "walk": 6, "corners": 4}
"""How many points of the latent space are drawn where nothing says how many."""
_TOLD_SECONDS = 0.5
_MOST_FILE = 64 << 20
_BETWEEN = 8
"""Samples from one pin to the next where each is a whole sound or a line."""
_TRIED = 8
"""Inputs that an exported G is checked with."""


def export(arguments: argparse.Namespace) -> int:
    """Write what was asked for; what is wrong with the file's name is said before anything is loaded."""
    _CHECKS[arguments.what](arguments.out)
    from ganstudio.cli._plan import asked_for

    run, at = asked_for(arguments.run, arguments.at)
    member = check_member(run, arguments.member, at)
    if arguments.gently:
        from ganstudio.cli._measure import step_back

        step_back()
    say(_MAKERS[arguments.what](Order(arguments, run, at, member)))
    return 0


@dataclass(frozen=True)
class Order:
    """What is to be written, of which checkpoint of which run."""

    arguments: argparse.Namespace
    run: Path
    at: int | None
    member: Member | None

    @property
    def out(self) -> Path:
        """The file, or the folder."""
        out: Path = self.arguments.out
        return out

    def generator(self) -> LoadedGenerator:
        """G, whose data need not be there where it is given nothing of them."""
        loaded = generator_of(self.run, self.member, at=self.at, with_data=False)
        if loaded.told:
            warn(loaded.told)
        return loaded

    def latents(self, loaded: LoadedGenerator) -> tuple[Latents, list[int] | None]:
        """The points (n, d) that were asked for, and the seeds that they were drawn by, where they were."""
        import numpy as np

        from ganstudio.walks import drawn

        arguments = self.arguments
        if arguments.latents is not None:
            return given_latents(arguments.latents, loaded.latent.width), None
        count = arguments.count or COUNTS[arguments.what]
        seeds = [arguments.seed + place for place in range(count)]
        points = np.stack([drawn(loaded.latent, seed, arguments.truncation) for seed in seeds])
        return loaded.with_class(points, arguments.of_class), seeds

    def origin(self, loaded: LoadedGenerator, latents: Latents | None, seed: int | None = None, **other: Any) -> Origin:
        """Where the file comes from."""
        from ganstudio.origins import Origin
        from ganstudio.presets import dumps
        from ganstudio.run import mark_of, run_and_step

        folder, _ = run_and_step(self.run)
        return Origin(
            run=folder.resolve().name,
            mark=mark_of(folder),
            member=self.arguments.member or "",
            experiment=dumps(loaded.experiment),
            step=loaded.step,
            what=self.arguments.what,
            seed=self.arguments.seed if seed is None and self._draws else seed,
            latents=latents,
            words=other.get("words", self.words()),
        )

    @property
    def _draws(self) -> bool:
        """Whether points are drawn by seeds for it."""
        return self.arguments.what in COUNTS and self.arguments.latents is None

    def words(self) -> tuple[str, ...]:
        """What stands behind ``ganstudio export RUN --at STEP``, but for the file; nothing where that can't tell it."""
        if (latents := self.arguments.latents) is not None:
            if _is_file(latents):  # which stands on this computer alone; what was in it is told, and no path
                return ()
            return (*self._words_but("latents"), f"--latents={latents}")  # else -1,2 would be taken for an option
        return self._words_but()

    def _words_but(self, *left_out: str) -> tuple[str, ...]:
        found = ["--what", self.arguments.what]
        for name, (option, default) in _OPTIONS.items():
            value = getattr(self.arguments, name)
            if value != default and name not in left_out:
                found += (
                    [option] if value is True else [option, f"{value:g}" if isinstance(value, float) else str(value)]
                )
        return tuple(found)


_OPTIONS: Mapping[str, tuple[str, Any]] = {
    "count": ("--count", None),
    "seed": ("--seed", 0),
    "of_class": ("--class", None),
    "truncation": ("--truncation", 1.0),
    "latents": ("--latents", None),
    "columns": ("--columns", None),
    "size": ("--size", None),
    "seconds": ("--seconds", 2.0),
    "fps": ("--fps", 30),
    "open": ("--open", False),
    "even": ("--even", False),
}
"""By the name of the argument: the option, and what it is where nothing is said."""


def given_latents(told: str, width: int) -> Latents:
    """Latents (n, width) from numbers with commas between, ; between points, or from a file.

    A file is an array (.npy), or what was exported with its latents in it. Raises UsageError.
    """
    import numpy as np

    if _is_file(told):
        found = _latents_in(Path(told))
    else:
        try:
            rows = [[float(number) for number in point.split(",")] for point in told.split(";") if point.strip()]
            with np.errstate(over="ignore"):
                found = np.array(rows, np.float32)
        except ValueError:
            raise UsageError(
                f"--latents {told[:60]}: expected numbers with commas between, points with ; between, or a file: .npy, "
                "or one that was exported with its latents"
            ) from None
    if found.ndim != 2 or found.shape[1] != width or not len(found) or not np.isfinite(found).all():
        raise UsageError(
            f"--latents {told[:60]}: found the shape {found.shape}; this G takes points of {width} finite numbers"
        )
    return found


def _is_file(told: str) -> bool:
    """Whether latents are those of a file; many numbers are longer than any file's name, which is no error."""
    return bool(Path(told).suffix) and os.path.exists(told)


def _latents_in(path: Path) -> Latents:
    import numpy as np

    from ganstudio.origins import read_origin
    from ganstudio.run import RunError, read_array

    if path.suffix.lower() == ".npy":
        try:
            found = read_array(path)
        except RunError as error:
            raise UsageError(f"--latents {error}") from None
        with np.errstate(over="ignore"):  # of which the infinite ones are told
            return np.atleast_2d(found.astype(np.float32))
    origin = read_origin(path)
    if origin is None or origin.latents is None:
        raise UsageError(f"--latents {path}: holds no latents: it is no .npy file, and no export that says its own")
    return origin.latents


# --- samples ----------------------------------------------------------------------------------------------------------


def _samples(order: Order) -> str:
    """One file of all, or a folder with a file for each."""
    from ganstudio.export import check_suffix, save_pieces, save_samples

    loaded = order.generator()
    if order.out.suffix:
        check_suffix(order.out, loaded.dataset.modality)
    latents, seeds = order.latents(loaded)
    samples, modality = _made(loaded, latents), loaded.dataset.modality
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
    if seed is None:
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
    latents, columns = _sheet(order, loaded)
    samples = _made(loaded, latents)
    origin = order.origin(loaded, latents)
    save_samples(order.out, samples, loaded.dataset.modality, columns=columns, origin=origin)
    return str(order.out)


def _sheet(order: Order, loaded: LoadedGenerator) -> tuple[Latents, int | None]:
    """The points of a sheet, in columns by class where G is told classes, and how many columns."""
    import numpy as np

    from ganstudio.latent import class_columns

    arguments = order.arguments
    latents, seeds = order.latents(loaded)
    space = loaded.latent
    if seeds is None or arguments.of_class is not None or arguments.columns:
        return latents, arguments.columns
    if (placed := class_columns(space, len(latents))) is None:
        return latents, None
    classes, columns = placed
    assert space.label is not None
    each = columns // space.label.size
    rows = len(classes) // columns
    # In a row each class has the same z and codes.
    laid = latents[: rows * each].reshape(rows, 1, each, -1).repeat(space.label.size, axis=1).reshape(len(classes), -1)
    laid[:, space.label_columns] = np.eye(space.label.size, dtype=np.float32)[classes]
    return laid, columns


def _corners(order: Order) -> str:
    """A grid between four points."""
    from ganstudio.export import check_suffix, save_samples
    from ganstudio.walks import corners

    loaded = order.generator()
    check_suffix(order.out, loaded.dataset.modality)
    _check_walkable(order, loaded)
    four, _ = order.latents(loaded)
    if len(four) != 4:
        raise UsageError(f"--what corners: takes four points of the latent space, found {len(four)}")
    lines = order.arguments.columns or 8
    latents = corners(loaded.latent, four, lines)
    samples = _made(loaded, latents, same=True)
    save_samples(order.out, samples, loaded.dataset.modality, columns=lines, origin=order.origin(loaded, four))
    return str(order.out)


def _made(loaded: LoadedGenerator, latents: Latents, *, same: bool = False) -> Samples:
    """What G makes of latents; same: each of the same given, where G is given something."""
    if not same or loaded.prior.sampler.shape is None:
        return loaded.generate(latents)
    return loaded.generate(latents, same=True)


# --- films ------------------------------------------------------------------------------------------------------------


def _walk(order: Order) -> str:
    """From point to point, as a film, a sound or a text."""
    from ganstudio.export import WALKS, check_walk, save_walk
    from ganstudio.walks import Walk

    loaded, arguments = order.generator(), order.arguments
    modality = loaded.dataset.modality
    check_walk(order.out, modality)
    _check_walkable(order, loaded)
    pins, _ = order.latents(loaded)
    walk = Walk(
        spec=loaded.latent, pins=pins, loop=not arguments.open, ease=not arguments.even, seconds=arguments.seconds
    )
    rate = _BETWEEN / walk.seconds if order.out.suffix.lower() in WALKS[modality.kind] else arguments.fps
    _check_frames(order, walk.length * rate)
    latents = walk.points(rate)
    samples = _made(loaded, latents, same=True)
    save_walk(
        order.out,
        samples,
        modality,
        rate=rate,
        size=arguments.size or 256,
        origin=order.origin(loaded, pins),
        ticks=_told("frames", len(latents), quiet=arguments.quiet),
    )
    return f"{order.out}: {len(latents):,} frames, {walk.length:g} s"


def _check_walkable(order: Order, loaded: LoadedGenerator) -> None:
    if not loaded.latent.width:
        raise UsageError(f"{order.run}: its G has no latents to walk through: it makes one sample of what it is given")


def _check_frames(order: Order, count: float) -> None:
    from ganstudio.export.walked import MOST_FRAMES

    if count > MOST_FRAMES:
        raise UsageError(
            f"{order.out}: would have {count:,.0f} frames; {MOST_FRAMES:,} are the most: fewer points, or less of "
            "--seconds or --fps"
        )


def _film(order: Order) -> str:
    """The same points at every step that is kept, as a film."""
    from ganstudio.export import save_sheets
    from ganstudio.run import RunError, moments_of, run_and_step
    from ganstudio.training.checkpoints.moments import load_moment

    run, _ = run_and_step(order.run)
    loaded = order.generator()
    latents, columns = _sheet(order, loaded)
    newest = _made(loaded, latents)
    steps = [step for step in moments_of(run) if step < loaded.step] if order.member is None else []
    ticks, moments = _told("moments", len(steps), quiet=order.arguments.quiet), []
    for step in steps:
        try:
            load_moment(_moment(run, step), loaded.network)
        except RunError as error:
            warn(f"{error}: left out")
            continue
        moments.append(_made(loaded, latents))
        next(ticks, None)
    if not steps:
        moments = [_made(one, latents) for one in _earlier(order, run, loaded.step)]
    moments.append(newest)
    arguments = order.arguments
    save_sheets(
        order.out,
        moments,
        loaded.dataset.modality,
        rate=arguments.fps,
        size=arguments.size or 256,
        columns=columns,
        origin=order.origin(loaded, latents),
        ticks=_told("frames", len(moments), quiet=arguments.quiet),
    )
    return f"{order.out}: {len(moments):,} moments, up to step {loaded.step:,}"


def _moment(run: Path, step: int) -> Path:
    """The file of a moment that was found just now."""
    from ganstudio.run import RunError, moment_path

    path = moment_path(run, step)
    if path is None:
        raise RunError(f"{run}: the moment of step {step:,} is gone")
    return path


def _earlier(order: Order, run: Path, before: int) -> Iterator[LoadedGenerator]:
    """G as the checkpoints before a step hold it, where no moments were kept."""
    from ganstudio.run import checkpoints_of, step_of_checkpoint

    for step in sorted(map(step_of_checkpoint, checkpoints_of(run))):
        if step < before:
            yield generator_of(order.run, order.member, at=step, with_data=False)


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


def _told(what: str, total: int, *, quiet: bool) -> Iterator[int]:
    """Count up, and say from time to time how far it is."""
    last = time.monotonic()
    for done in range(1, total + 1):
        if not quiet and (now := time.monotonic()) - last > _TOLD_SECONDS:
            last = now
            note(shown(f"{done:,} of {total:,} {what}"))
        yield done


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
    "curves": _check_curves,
    "model": _check_model,
}
_MAKERS: Mapping[str, Callable[[Order], str]] = {
    "samples": _samples,
    "grid": _grid,
    "corners": _corners,
    "film": _film,
    "walk": _walk,
    "curves": _curves,
    "model": _model,
}
"""By what is to be written."""
