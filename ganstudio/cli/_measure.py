"""The verb ``measure``: how far a run's generator is from its data, and what its codes learned."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from ganstudio.cli._draws import SEED, draw_from, step_back
from ganstudio.cli._measure_kinds import KINDS
from ganstudio.cli._members import check_member, generator_of, rows_of
from ganstudio.cli._plan import asked_for
from ganstudio.cli._terminal import UsageError, note, number, say, shown, to_json, warn
from ganstudio.scalars import percent

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from ganstudio.cli._members import Member
    from ganstudio.measurements.inception import Inception
    from ganstudio.measurements.record import Pictures
    from ganstudio.training.checkpoints.loaded import LoadedGenerator

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
    if arguments.pictures is not None:  # not after minutes of measuring
        _make_room(arguments.pictures)
    tell("estimating the divergences")
    figures |= {**_divergences(generator, arguments.estimator), **coverage_of(generator)}
    found, pictures = kind.measure(run, generator, inception, tell)
    figures |= found
    figures["seconds"] = round(time.monotonic() - began, 1)
    words = [*_measured(figures), *_images_in_words(figures), *_figures_in_words(figures)]
    say(to_json(figures) if arguments.json else "\n".join(map(shown, words)))
    if arguments.pictures is not None:  # what was measured is told by then, whatever becomes of the file
        _keep(arguments.pictures, figures, pictures)
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


def _figures_in_words(figures: dict[str, Any]) -> list[str]:
    """The figures that a kind's own measure has, a line each, in brackets what real samples get."""
    if why := figures.get("measures_missing"):
        return [f"measures of the samples: not known, because {why}"]
    lines = []
    for name, told in figures.get("measures", {}).items():
        others = told.get("controls", {})
        value, floor, *rest = (
            percent(one) if told["share"] else number(one)
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


def _make_room(path: Path) -> None:
    """Make the folder of a file that is to be written. Raises ExportError where the file can't be."""
    from ganstudio.export.writing import told
    from ganstudio.system.writing import check_out

    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        check_out(path)


def _keep(path: Path, figures: dict[str, Any], pictures: Pictures) -> None:
    """Write a sheet for people, or everything for programs."""
    import json

    finite = json.loads(to_json(figures))
    if path.suffix.lower() == ".png":
        from ganstudio.cli._measure_sheet import save_sheet

        save_sheet(path, finite, pictures)
        return
    from ganstudio.measurements.record import Record

    Record(finite, pictures).save(path)


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
        lines.append(f"within 3 standard deviations of a mode: {percent(figures['high_quality'])}")
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
