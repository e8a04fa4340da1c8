"""What the verb ``measure`` measures of each kind of samples besides the divergences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganstudio.cli._draws import SEED, draw_from, labelled_draw_from
from ganstudio.cli._measure_levels import level_figures_of
from ganstudio.cli._measure_surfaces import surface_figures_of
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.measurements.inception import Inception
    from ganstudio.measurements.record import Pictures
    from ganstudio.training.checkpoints.loaded import LoadedGenerator


def _of_images(
    run: Path, generator: LoadedGenerator, inception: Inception | None, tell: Callable[[str], None]
) -> tuple[dict[str, Any], Pictures]:
    from ganstudio.measurements.code_figures import codes_figures
    from ganstudio.measurements.image_figures import image_figures
    from ganstudio.training.checkpoints.loaded import load_recogniser

    def read(images: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        return load_recogniser(run, at=generator.step).read(images)

    figures, pictures = image_figures(generator.dataset, draw_from(generator), SEED, inception=inception, tell=tell)
    tell("reading the codes")
    told, ends = codes_figures(generator.experiment.latent.codes, read, generator.dataset, SEED)
    levels = level_figures_of(generator, SEED, tell) or surface_figures_of(generator, SEED, tell)
    if levels:
        levels["measures"] = {**figures.get("measures", {}), **levels["measures"]}
    return {**figures, **told, **levels, **_enlarging(run, generator, tell)}, {**pictures, **ends}


def _enlarging(run: Path, generator: LoadedGenerator, tell: Callable[[str], None]) -> dict[str, Any]:
    """Where G enlarges small images: how well, next to interpolation and to G as its content stage left it."""
    from ganstudio.measurements.enlarging import KEPT, MADE, enlarging_figures
    from ganstudio.training.checkpoints.loaded import load_kept

    if not generator.experiment.given_to_all.gives:
        return {}
    tell("enlarging images")
    kept = load_kept(run, at=generator.step)
    rows = {MADE: generator.network} if kept is None else {KEPT: kept, MADE: generator.network}
    return enlarging_figures(generator.experiment, generator.dataset, rows, SEED)


def _of_samples(
    _run: Path, generator: LoadedGenerator, _inception: Inception | None, tell: Callable[[str], None]
) -> tuple[dict[str, Any], Pictures]:
    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.figure import told
    from ganstudio.measurements.measures import MEASURES

    modality = generator.dataset.modality
    if (measure := MEASURES[modality.kind]) is None:
        return {}, {}
    tell(f"measuring {modality.words.many}")
    try:
        return told(measure(generator.dataset, draw_from(generator), SEED)), {}
    except EstimationError as error:
        return {"measures_missing": str(error)}, {}


def _of_tunes(
    _run: Path, generator: LoadedGenerator, _inception: Inception | None, tell: Callable[[str], None]
) -> tuple[dict[str, Any], Pictures]:
    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.tunes.looks import melody_measures

    tell("listening to the tunes, and to chains and an LSTM that learn the same ones")
    try:
        return melody_measures(generator.dataset, draw_from(generator), SEED), {}
    except EstimationError as error:
        return {"measures_missing": str(error)}, {}


def _of_sounds(
    run: Path, generator: LoadedGenerator, _inception: Inception | None, tell: Callable[[str], None]
) -> tuple[dict[str, Any], Pictures]:
    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.code_figures import codes_figures
    from ganstudio.measurements.figure import told
    from ganstudio.measurements.sounds.figures import sound_figures
    from ganstudio.training.checkpoints.loaded import load_recogniser

    def read(sounds: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        return load_recogniser(run, at=generator.step).read(sounds)

    tell("listening to the sounds")
    try:
        figures = told(sound_figures(generator.dataset, labelled_draw_from(generator), SEED))
    except EstimationError as error:
        figures = {"measures_missing": str(error)}
    tell("reading the codes")
    found, ends = codes_figures(generator.experiment.latent.codes, read, generator.dataset, SEED)
    return {**figures, **found}, ends


def _of_sentences(
    run: Path, generator: LoadedGenerator, _inception: Inception | None, tell: Callable[[str], None]
) -> tuple[dict[str, Any], Pictures]:
    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.figure import told
    from ganstudio.measurements.sentences.figures import sentence_figures
    from ganstudio.networks.sequence import SequenceGenerator
    from ganstudio.training.checkpoints.loaded import load_kept

    if not isinstance(generator.network, SequenceGenerator):
        return {}, {}
    kept = load_kept(run, at=generator.step)
    before = {BEFORE: kept} if isinstance(kept, SequenceGenerator) else {}
    tell("reading the sentences")
    try:
        return told(sentence_figures(generator.dataset, generator.network, SEED, before)), {}
    except EstimationError as error:
        return {"measures_missing": str(error)}, {}


BEFORE = "likelihood alone, before the game"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is measured of samples of a kind besides the divergences, and whether there are pictures of that."""

    measure: Callable[[Path, LoadedGenerator, Inception | None, Callable[[str], None]], tuple[dict[str, Any], Pictures]]
    pictured: bool = False


KINDS = ByKind(
    Kind(measure=_of_samples),
    images=Kind(measure=_of_images, pictured=True),
    sound=Kind(measure=_of_sounds),
    melody=Kind(measure=_of_tunes),
    sentences=Kind(measure=_of_sentences),
)
