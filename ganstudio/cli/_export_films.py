"""Films and walks of a run for the verb ``export``."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from ganstudio.cli._export_order import Order, check_walkable, made, sheet
from ganstudio.cli._members import generator_of
from ganstudio.cli._terminal import UsageError, note, shown, warn
from ganstudio.modalities import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.modalities import Samples
    from ganstudio.training.checkpoints.loaded import LoadedGenerator

    Latents = npt.NDArray[np.float32]


_TOLD_SECONDS = 0.5


_BETWEEN = 8
"""Samples from one pin to the next where each is a whole sound or a line."""
_AWAY = 0.75
"""How far from the middle of the half ball over the surfaces a light goes round."""


def film_of_walk(order: Order) -> str:
    """From point to point, as a film, a sound or a text."""
    from ganstudio.export import WALKS, Made, check_walk, save_walk
    from ganstudio.walks import Walk

    loaded, arguments = order.generator(), order.arguments
    modality = loaded.dataset.modality
    check_walk(order.out, modality)
    check_walkable(order, loaded)
    pins, _ = order.latents(loaded)
    walk = Walk(
        spec=loaded.latent,
        pins=pins if arguments.along is None else _ends(order, loaded, pins[0]),
        loop=not arguments.open,
        ease=not arguments.even,
        seconds=arguments.seconds,
    )
    # Then samples follow each other, each as long as it is, in place of frames.
    whole = order.out.suffix.lower() in WALKS[modality.kind]
    rate = _BETWEEN / walk.seconds if whole else arguments.fps
    _check_frames(order, walk.length * rate)
    latents = walk.points(rate)
    if loaded.prior.sampler.shape is None:
        samples = Made(len(latents), lambda start, stop: made(loaded, latents[start:stop]))
    else:  # all of what one real sample gives, which is drawn for all at once
        samples = Made.at_once(made(loaded, latents, same=True))
    save_walk(
        order.out,
        samples,
        modality,
        rate=rate,
        size=arguments.size or 256,
        origin=order.origin(loaded, pins),
        ticks=_told(modality.words.many if whole else "frames", len(latents), quiet=arguments.quiet),
    )
    if whole:
        return f"{order.out}: {modality.words.counted(len(latents))}, one after another"
    return f"{order.out}: {counted(len(latents), 'frame')}, {walk.length:g} s"


def _ends(order: Order, loaded: LoadedGenerator, point: Latents) -> Latents:
    """The two ends (2, width) of a direction, through a point: elsewhere they are as that. Raises UsageError."""
    import numpy as np

    from ganstudio.directions import fits, moved, reach
    from ganstudio.run import directions_of, run_and_step

    space, asked = loaded.latent, order.arguments.along
    found = [one for one in directions_of(run_and_step(order.run)[0]) if fits(space, one)]
    direction = next((one for one in found if one.name == asked), None)
    if direction is None:
        names = ", ".join(repr(one.name) for one in found) or "none: the window finds some (Find Directions)"
        raise UsageError(f"--along {shown(asked)}: is no direction of this run; it keeps {shown(names)}")
    end = reach(space, direction)
    return np.stack([moved(space, direction, point, value) for value in (-end, end)])


def film_of_light(order: Order) -> str:
    """Surfaces that G makes first, as clay under a light that goes once round; several are a sheet."""
    import math

    import numpy as np

    from ganstudio.export import save_sheets
    from ganstudio.modalities import Images, Normals
    from ganstudio.modalities.light import Light, lit

    loaded, arguments = order.generator(), order.arguments
    place = next((place for place, kind in enumerate(loaded.kinds[:-1]) if isinstance(kind, Normals)), None)
    if place is None:
        raise UsageError(
            f"{order.run}: --what light is for a G that makes normals first, as that of the preset style_structure does"
        )
    _check_frames(order, arguments.seconds * arguments.fps)
    count = max(2, round(arguments.seconds * arguments.fps))
    latents, _ = order.latents(loaded)
    normals = loaded.way(latents)[place]
    turns = 2 * np.pi * np.arange(count) / count
    save_sheets(
        order.out,
        count,
        lambda place: lit(normals, Light.over(_AWAY * math.cos(turns[place]), _AWAY * math.sin(turns[place]))),
        Images((3, *normals.shape[1:3])),
        rate=arguments.fps,
        size=arguments.size or 256,
        columns=arguments.columns,
        origin=order.origin(loaded, latents),
        ticks=_told("frames", count, quiet=arguments.quiet),
    )
    return f"{order.out}: {counted(count, 'frame')}, {count / arguments.fps:g} s"


def _check_frames(order: Order, count: float) -> None:
    from ganstudio.export.walked import MOST_FRAMES

    if count > MOST_FRAMES:
        raise UsageError(
            f"{order.out}: would have {count:,.0f} frames; {MOST_FRAMES:,} are the most: fewer points, or less of "
            "--seconds or --fps"
        )


def film_of_run(order: Order) -> str:
    """The same points at every step that is kept, as a film."""
    from ganstudio.export import save_sheets
    from ganstudio.run import run_and_step

    run, _ = run_and_step(order.run)
    loaded = order.generator()
    latents, columns = sheet(order, loaded)
    newest, moments = made(loaded, latents), _moments(order, run, loaded, latents)
    arguments, count = order.arguments, len(moments) + 1
    save_sheets(
        order.out,
        count,
        lambda place: moments[place]() if place < len(moments) else newest,
        loaded.dataset.modality,
        rate=arguments.fps,
        size=arguments.size or 256,
        columns=columns,
        origin=order.origin(loaded, latents),
        ticks=_told("frames", count, quiet=arguments.quiet),
    )
    return f"{order.out}: {counted(count, 'moment')}, up to step {loaded.step:,}"


def _moments(order: Order, run: Path, loaded: LoadedGenerator, latents: Latents) -> list[Callable[[], Samples]]:
    """What makes the samples of each moment before the one at hand; of those that can't be read it is said.

    Where no moments were kept, of the checkpoints.
    """
    from ganstudio.run import RunError, checkpoints_of, moments_of, step_of_checkpoint
    from ganstudio.training.checkpoints.moments import load_moment

    def at_moment(step: int) -> Samples:
        load_moment(_moment(run, step), loaded.network)
        return made(loaded, latents)

    def at_checkpoint(step: int) -> Samples:
        return made(generator_of(order.run, order.member, at=step, with_data=False), latents)

    steps = [step for step in moments_of(run) if step < loaded.step] if order.member is None else []
    if not steps:
        kept = sorted(map(step_of_checkpoint, checkpoints_of(run)))
        return [partial(at_checkpoint, step) for step in kept if step < loaded.step]
    read: list[Callable[[], Samples]] = []
    for step in steps:
        try:
            load_moment(_moment(run, step), loaded.network)
        except RunError as error:
            warn(f"{error}: left out")
        else:
            read.append(partial(at_moment, step))
    return read


def _moment(run: Path, step: int) -> Path:
    """The file of a moment that was found just now."""
    from ganstudio.run import RunError, moment_path

    path = moment_path(run, step)
    if path is None:
        raise RunError(f"{run}: the moment of step {step:,} is gone")
    return path


def _told(what: str, total: int, *, quiet: bool) -> Iterator[int]:
    """Count up, and say from time to time how far it is."""
    last = time.monotonic()
    for done in range(1, total + 1):
        if not quiet and (now := time.monotonic()) - last > _TOLD_SECONDS:
            last = now
            note(shown(f"{done:,} of {total:,} {what}"))
        yield done
