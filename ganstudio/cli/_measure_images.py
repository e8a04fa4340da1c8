"""The figures of a generator of images in words."""

from __future__ import annotations

from typing import Any

from ganstudio.cli._terminal import number
from ganstudio.scalars import percent


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
        _fid_in_words(figures),
        f"  kernel distance: {_kernel(figures, '')} ({_kernel(figures, '_floor')})",
    ]
    lines += [f"  {name}: {_pair(figures, name)}" for name in ("precision", "recall", "density", "coverage")]
    if figures["sure"] is not None:
        lines += [
            f"  a classifier (right on {percent(figures['classifier_accuracy'])} of {kept}) is more than 90 % sure of: "
            f"{percent(figures['sure'])} ({percent(figures['sure_floor'])})",
            f"  JSD of class shares: {number(figures['class_jsd_nats'])} nats "
            f"({number(figures['class_jsd_floor_nats'])})",
        ]
    for key, name in (("nearest_features", "features"), ("nearest_pixels", "pixels")):
        if figures[key] is not None:
            lines.append(
                f"  distance to the nearest training image in {name}: {number(figures[key])} "
                f"({number(figures[f'{key}_held_out'])}); nearer than all but 5 % of those are: "
                f"{percent(figures[f'{key}_near'])}"
            )
    return lines


def _fid_in_words(figures: dict[str, Any]) -> str:
    if figures["fid_inception_missing"]:
        return f"  FID (Inception): not known: {figures['fid_inception_missing']}"
    few = f"of {figures['images_samples']:,} images; published ones are of 10,000 or 50,000, and fewer read higher"
    return f"  FID (Inception): {_pair(figures, 'fid_inception')}, {few}"


def _pair(figures: dict[str, Any], key: str) -> str:
    return f"{number(figures[key])} ({number(figures[f'{key}_floor'])})"


def _kernel(figures: dict[str, Any], ending: str) -> str:
    value, error = figures[f"kernel_distance{ending}"], figures[f"kernel_distance{ending}_se"]
    return f"{value:.4f} ± {error:.4f}"
