"""The verb ``measure``: how far a run's generator is from its data, and what its codes learned."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganstudio.cli._measure_levels import level_figures_of
from ganstudio.cli._measure_surfaces import surface_figures_of
from ganstudio.cli._members import check_member, generator_of, rows_of
from ganstudio.cli._plan import asked_for
from ganstudio.cli._terminal import UsageError, note, number, say, shown, to_json, warn
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.cli._members import Member
    from ganstudio.measurements.estimate import Draw
    from ganstudio.measurements.inception import Inception
    from ganstudio.measurements.record import Pictures
    from ganstudio.training.checkpoints.loaded import LoadedGenerator

SEED = 0
_PICTURES = (".png", ".npz")
_ESTIMATED = {
    "jsd_nats": "jsd",
    "jsd_low": "jsd_low",
    "jsd_high": "jsd_high",
    "jsd_floor_nats": "jsd_floor",
    "kl_forward_nats": "kl_forward",
    "kl_forward_low": "kl_forward_low",
    "kl_forward_high": "kl_forward_high",
    "kl_reverse_nats": "kl_reverse",
    "kl_reverse_low": "kl_reverse_low",
    "kl_reverse_high": "kl_reverse_high",
    "kl_kind": "kl_kind",
    "kl_clipped": "clipped",
    "estimate_samples": "samples",
}


def measure(arguments: argparse.Namespace) -> int:
    """Measure a checkpoint of a run, the newest unless another is named."""
    began = time.monotonic()
    _check_pictures(arguments.pictures)
    run, at = asked_for(arguments.run, arguments.at)
    member = check_member(run, arguments.member, at)
    bound = _bound_at(run, member)
    if arguments.gently:
        step_back()
    from ganstudio.data import DatasetError

    inception = _inception(arguments.inception)
    try:
        generator = generator_of(run, member, at=at)
    except DatasetError as error:
        raise UsageError(f"{run}: measuring needs the data that the run was trained on: {error}") from None
    if generator.told:
        warn(generator.told)
    kind, many = KINDS[generator.dataset.modality.kind], generator.dataset.modality.words.many
    if not kind.pictured and arguments.pictures is not None and arguments.pictures.suffix.lower() == ".png":
        raise UsageError(f"{arguments.pictures}: there are no pictures: the run is of {many}; .npz keeps its figures")
    tell = (lambda _text: None) if arguments.quiet else note
    for told in generator.dataset.notes:
        tell(f"{generator.dataset.name}: {told}")
    figures: dict[str, Any] = {
        "run": str(run),
        "name": generator.experiment.name,
        **({} if arguments.member is None else {"member": arguments.member}),
        "step": generator.step,
        **bound(generator),
    }
    tell("estimating the divergences")
    figures |= {**_divergences(generator, arguments.estimator), **coverage_of(generator)}
    found, pictures = kind.measure(run, generator, inception, tell)
    figures |= found
    figures["seconds"] = round(time.monotonic() - began, 1)
    if arguments.pictures is not None:
        _keep(arguments.pictures, figures, pictures)
    words = [*_measured(figures), *_images_in_words(figures), *_figures_in_words(figures)]
    say(to_json(figures) if arguments.json else "\n".join(map(shown, words)))
    return 0


def _bound_at(run: Path, member: Member | None) -> Callable[[LoadedGenerator], dict[str, Any]]:
    """Read a run's scalars now; what is made of them is of the step that a checkpoint turns out to be of."""
    from ganstudio.cli._results import summarise

    rows = rows_of(run, member)

    def bound(generator: LoadedGenerator) -> dict[str, Any]:
        # The run may have gone on since the checkpoint: both figures are of the same moment.
        summary = summarise(generator.experiment, rows[rows[:, 0] <= generator.step])
        return {name: figure for name, figure in summary.items() if name.startswith("jsd_bound_")}

    return bound


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
    from ganstudio.measurements.measures import MEASURES, told

    modality = generator.dataset.modality
    if (measure := MEASURES[modality.kind]) is None:
        return {}, {}
    tell(f"measuring {modality.words.many}")
    try:
        return told(measure(generator.dataset, draw_from(generator), SEED)), {}
    except EstimationError as error:
        return {"measures_missing": str(error)}, {}


def _of_sounds(
    run: Path, generator: LoadedGenerator, _inception: Inception | None, tell: Callable[[str], None]
) -> tuple[dict[str, Any], Pictures]:
    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.code_figures import codes_figures
    from ganstudio.measurements.measures import told
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
    from ganstudio.measurements.measures import told
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
    sentences=Kind(measure=_of_sentences),
)


def _figures_in_words(figures: dict[str, Any]) -> list[str]:
    """The figures that a kind's own measure has, a line each, in brackets what real samples get."""
    if why := figures.get("measures_missing"):
        return [f"measures of the samples: not known, because {why}"]
    lines = []
    for name, told in figures.get("measures", {}).items():
        others = told.get("controls", {})
        value, floor, *rest = (
            f"{one:.1%}" if told["share"] else number(one)
            for one in (figures[name], figures[f"{name}_floor"], *others.values())
        )
        beside = {} if math.isnan(figures[f"{name}_floor"]) else {"real samples that were kept aside": floor}
        beside |= dict(zip(others, rest, strict=True))
        told_beside = "; ".join(f"{words}: {other}" for words, other in beside.items())
        lines.append(f"{told['title']}: {value}" + (f" ({told_beside})" if beside else ""))
    return lines


def _images_in_words(figures: dict[str, Any]) -> list[str]:
    from ganstudio.cli._measure_codes import codes_in_words
    from ganstudio.cli._measure_enlarging import enlarging_in_words
    from ganstudio.cli._measure_images import images_in_words

    return [*images_in_words(figures), *codes_in_words(figures), *enlarging_in_words(figures)]


def _inception(given: str | None) -> Inception | None:
    """Inception, where it is asked for: "" the weights that were fetched, else the file's."""
    if given is None:
        return None
    from pathlib import Path

    from ganstudio.measurements.inception import load_inception

    return load_inception(Path(given) if given else None)


def _check_pictures(path: Path | None) -> None:
    if path is not None and path.suffix.lower() not in _PICTURES:
        raise UsageError(f"{path}: pictures are written as {' or '.join(_PICTURES)}, by the file's ending")


def _keep(path: Path, figures: dict[str, Any], pictures: Pictures) -> None:
    """Write a sheet for people, or everything for programs."""
    import json

    path.parent.mkdir(parents=True, exist_ok=True)
    finite = json.loads(to_json(figures))
    if path.suffix.lower() == ".png":
        from ganstudio.cli._measure_sheet import save_sheet

        save_sheet(path, finite, pictures)
        return
    from ganstudio.measurements.record import Record

    Record(finite, pictures).save(path)


def step_back() -> None:
    """Leave the machine to whatever else runs: one thread, of a lower priority where there are any."""
    import os

    import torch

    torch.set_num_threads(1)
    if hasattr(os, "nice"):
        os.nice(5)  # a third of a core's time beside a training that wants all of it


def draw_from(generator: LoadedGenerator) -> Draw:
    """What draws samples (count, *shape) in model units from a run's generator, always the same ones in turn."""
    import torch

    random = torch.Generator().manual_seed(SEED)

    @torch.no_grad()
    def draw(count: int) -> npt.NDArray[np.float32]:
        inputs = generator.prior.draw(count, random).to(generator.device)
        samples: npt.NDArray[np.float32] = generator.network(inputs).cpu().numpy()
        return samples

    return draw


def labelled_draw_from(
    generator: LoadedGenerator,
) -> Callable[[int], tuple[npt.NDArray[np.float32], npt.NDArray[np.int64] | None]]:
    """As ``draw_from``, with the class (count,) that each sample was asked for; None where G is told none."""
    import torch

    random = torch.Generator().manual_seed(SEED)

    @torch.no_grad()
    def draw(count: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64] | None]:
        inputs = generator.prior.draw(count, random).to(generator.device)
        asked = None
        if generator.latent.label is not None:
            asked = inputs.latents[:, generator.latent.label_columns].argmax(1).cpu().numpy()
        return generator.network(inputs).cpu().numpy(), asked

    return draw


def _divergences(generator: LoadedGenerator, estimator: str) -> dict[str, Any]:
    """The estimate's figures; None each where it can't be made, and why."""
    from ganstudio import measurements
    from ganstudio.measurements.estimators import ESTIMATORS

    sides = measurements.Sides.of(generator.dataset, draw_from(generator), SEED)
    found, reason = None, None
    try:
        found = measurements.finish(ESTIMATORS[estimator](sides, measurements.SAMPLES, SEED))
    except measurements.EstimationError as error:
        reason = str(error)
    figures: dict[str, Any] = {"estimator": estimator, "estimate_missing": reason}
    for key, name in _ESTIMATED.items():
        figures[key] = getattr(found, name) if found else None
    return figures


def coverage_of(generator: LoadedGenerator) -> dict[str, Any]:
    """Mode coverage where the data is a mixture whose means are known."""
    import numpy as np

    from ganstudio.measurements import mode_coverage
    from ganstudio.measurements.coverage import SAMPLES

    dataset = generator.dataset
    if dataset.modes is None or dataset.mode_sigma is None:
        return {}
    points = generator.generate(generator.draw_latents(SAMPLES, SEED))
    found = mode_coverage(np.asarray(points, np.float32), dataset.modes, dataset.mode_sigma)
    return {
        "modes": found.modes,
        "modes_strict": found.modes_strict,
        "modes_total": len(dataset.modes),
        "high_quality": found.high_quality,
        "mode_kl": found.mode_kl,
        "samples": SAMPLES,
    }


def _measured(figures: dict[str, Any]) -> list[str]:
    from ganstudio.cli._results import bound_in_words

    lines = [f"{figures['name']} at step {figures['step']:,}", bound_in_words(figures)]
    lines += _estimated(figures)
    if "modes" in figures:
        total, strict = figures["modes_total"], figures["modes_strict"]
        lines.append(f"modes reached: {figures['modes']} of {total} ({strict} with a tenth of their share or more)")
        lines.append(f"within 3 standard deviations of a mode: {figures['high_quality']:.1%}")
        lines.append(f"KL of the modes' shares to uniform: {number(figures['mode_kl'])} nats")
    return lines


def _estimated(figures: dict[str, Any]) -> list[str]:
    way = f"{figures['estimator']} of {figures['estimate_samples'] or 0:,} samples a side"
    if figures["estimate_missing"]:
        return [f"JSD by the {figures['estimator']}: not known, because {figures['estimate_missing']}"]

    jsd, floor = number(max(0.0, figures["jsd_nats"])), number(figures["jsd_floor_nats"])
    within = f"95 % within {number(figures['jsd_low'])} to {number(figures['jsd_high'])}"
    lines = [f"JSD by the {way}: {jsd} nats, {within}, floor {floor}"]
    for name, key in (("KL(p_data || p_g)", "kl_forward"), ("KL(p_g || p_data)", "kl_reverse")):
        if (least := figures[f"{key}_low"]) is not None:
            known = f">= {number(least)} nats (95 %)" if least > 0 else "nothing can be told, these samples allow 0"
            lines.append(f"{name}: {known}")
    return lines
