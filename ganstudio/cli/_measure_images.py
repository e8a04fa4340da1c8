"""The figures of a generator of images, as JSON and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.cli._terminal import number

if TYPE_CHECKING:
    from ganstudio.data import Dataset
    from ganstudio.measurements.estimate import Draw
    from ganstudio.measurements.images import Against, Classes, ImageFigures
    from ganstudio.measurements.memorising import Copying

_DRAWN = 250  # images made at one go


def image_figures(dataset: Dataset, draw: Draw, seed: int) -> dict[str, Any]:
    """All figures by name; ``images_missing`` says why where they can't be made."""
    import numpy as np

    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.images import ImageReference

    try:
        reference = ImageReference.of(dataset, seed=seed)
        counts = [min(_DRAWN, reference.samples - start) for start in range(0, reference.samples, _DRAWN)]
        found = reference.measure(np.concatenate([draw(count) for count in counts]))
    except EstimationError as error:
        return {"images_missing": str(error)}
    return {
        "images_missing": None,
        "images_samples": found.samples,
        # Kept from the features only, or from the generator too: the floor of the first says less.
        "images_floor_from": "held out" if reference.held_out else "training",
        **_against(found),
        **_classes(found, reference.accuracy),
        **_copying("nearest_features", found.in_features),
        **_copying("nearest_pixels", found.in_pixels),
    }


def _against(found: ImageFigures) -> dict[str, Any]:
    figures: dict[str, Any] = {"frechet_local_held_out": found.frechet_local_held_out}
    sides: tuple[tuple[str, Against], ...] = (("", found.generated), ("_floor", found.floor))
    for ending, side in sides:
        figures |= {
            f"frechet_local{ending}": side.frechet_local,
            f"kernel_distance{ending}": side.kernel.value,
            f"kernel_distance{ending}_se": side.kernel.standard_error,
            f"precision{ending}": side.overlap.precision,
            f"recall{ending}": side.overlap.recall,
            f"density{ending}": side.overlap.density,
            f"coverage{ending}": side.overlap.coverage,
        }
    return figures


def _classes(found: ImageFigures, accuracy: float | None) -> dict[str, Any]:
    figures: dict[str, Any] = {"classifier_accuracy": accuracy}
    sides: tuple[tuple[str, Classes | None], ...] = (("", found.classes), ("_floor", found.classes_floor))
    for ending, side in sides:
        figures[f"sure{ending}"] = side.sure if side else None
        figures[f"class_jsd{ending}_nats"] = side.jsd if side else None
    return figures


def _copying(name: str, found: Copying | None) -> dict[str, Any]:
    return {
        f"{name}": found.generated if found else None,
        f"{name}_held_out": found.held_out if found else None,
        f"{name}_near": found.near if found else None,
    }


def images_in_words(figures: dict[str, Any]) -> list[str]:
    """The figures for people, a line each; none where they were not asked for."""
    if "images_missing" not in figures:
        return []
    if figures["images_missing"]:
        return [f"measures of images: not known, because {figures['images_missing']}"]
    kept = "held-out images" if figures["images_floor_from"] == "held out" else "training images kept aside"
    lines = [
        f"in features learned from this data, {figures['images_samples']:,} images a side; "
        f"in brackets what {kept} get:",
        f"  Frechet distance (local, not the published FID): {_pair(figures, 'frechet_local')}; "
        f"of generated from {kept}: {number(figures['frechet_local_held_out'])}",
        f"  kernel distance: {_kernel(figures, '')} ({_kernel(figures, '_floor')})",
    ]
    lines += [f"  {name}: {_pair(figures, name)}" for name in ("precision", "recall", "density", "coverage")]
    if figures["sure"] is not None:
        lines += [
            f"  a classifier (right on {figures['classifier_accuracy']:.1%} of {kept}) is more than 90 % sure of: "
            f"{figures['sure']:.1%} ({figures['sure_floor']:.1%})",
            f"  JSD of class shares: {number(figures['class_jsd_nats'])} nats "
            f"({number(figures['class_jsd_floor_nats'])})",
        ]
    for key, name in (("nearest_features", "features"), ("nearest_pixels", "pixels")):
        if figures[key] is not None:
            lines.append(
                f"  distance to the nearest training image in {name}: {number(figures[key])} "
                f"({number(figures[f'{key}_held_out'])}); nearer than all but 5 % of those are: "
                f"{figures[f'{key}_near']:.1%}"
            )
    return lines


def _pair(figures: dict[str, Any], key: str) -> str:
    return f"{number(figures[key])} ({number(figures[f'{key}_floor'])})"


def _kernel(figures: dict[str, Any], ending: str) -> str:
    value, error = figures[f"kernel_distance{ending}"], figures[f"kernel_distance{ending}_se"]
    return f"{value:.4f} ± {error:.4f}"
