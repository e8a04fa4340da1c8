"""What ``export`` is told: of which checkpoint of which run, and the points of the latent space that it asks for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.cli._members import generator_of
from ganstudio.cli._terminal import UsageError, warn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from ganstudio.cli._members import Member
    from ganstudio.modalities import Samples
    from ganstudio.origins import Origin
    from ganstudio.training.checkpoints.loaded import LoadedGenerator

    Latents = npt.NDArray[np.float32]


COUNTS: Mapping[str, int] = {"samples": 16, "grid": 64, "film": 64, "walk": 6, "corners": 4, "light": 1}
"""How many points of the latent space are drawn where nothing says how many."""


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
            return self._held(loaded, given_latents(arguments.latents, loaded.latent.width)), None
        count = arguments.count or COUNTS[arguments.what]
        seeds = [arguments.seed + place for place in range(count)]
        points = np.stack([drawn(loaded.latent, seed, arguments.truncation) for seed in seeds])
        return self._held(loaded, loaded.with_class(points, arguments.of_class)), seeds

    def _held(self, loaded: LoadedGenerator, points: Latents) -> Latents:
        """The points with one of two chained games' latents as in the first of them. Raises UsageError."""
        if self.arguments.hold is None:
            return points
        from ganstudio.networks.chain import ChainedGenerator

        if not isinstance(loaded.network, ChainedGenerator):
            raise UsageError(f"--hold {self.arguments.hold}: is for two games in a chain, which this run has not")
        names = loaded.experiment.given.parts
        if self.arguments.hold not in names:
            raise UsageError(f"--hold {self.arguments.hold}: this run's two games are called {' and '.join(names)}")
        columns = list(loaded.network.columns.values())[names.index(self.arguments.hold)]
        points[:, columns] = points[0, columns]
        return points

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
            if value == default or name in left_out:
                continue
            told = f"{value:g}" if isinstance(value, float) else str(value)
            # What begins with - would be taken for an option.
            found += [option] if value is True else [f"{option}={told}"] if told[:1] == "-" else [option, told]
        return tuple(found)


_OPTIONS: Mapping[str, tuple[str, Any]] = {
    "count": ("--count", None),
    "seed": ("--seed", 0),
    "of_class": ("--class", None),
    "truncation": ("--truncation", 1.0),
    "latents": ("--latents", None),
    "hold": ("--hold", None),
    "along": ("--along", None),
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


def sheet(order: Order, loaded: LoadedGenerator) -> tuple[Latents, int | None]:
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


def made(loaded: LoadedGenerator, latents: Latents, *, same: bool = False) -> Samples:
    """What G makes of latents; same: each of the same given, where G is given something."""
    if not same or loaded.prior.sampler.shape is None:
        return loaded.generate(latents)
    return loaded.generate(latents, same=True)


def check_walkable(order: Order, loaded: LoadedGenerator) -> None:
    if not loaded.latent.width:
        raise UsageError(f"{order.run}: its G has no latents to walk through: it makes one sample of what it is given")
