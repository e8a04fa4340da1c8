"""What the measures are called, what they say, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ganstudio.gui.views import _plot_scale as scale

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A figure of the table. key, floor: names among the figures; error: of the standard error, where it has one."""

    key: str
    floor: str
    name: str
    better: str
    help: str
    error: str = ""
    share: bool = False


_FEATURES = "In features of a small network that is trained on this data. "
ROWS = (
    Row(
        "frechet_local",
        "frechet_local_floor",
        "Frechet distance (local)",
        "low",
        f"{_FEATURES}Distance of Gaussians fitted to both sides. It is not the published FID, and not to be held "
        "against one: the features are other ones",
    ),
    Row(
        "fid_inception",
        "fid_inception_floor",
        "FID (Inception)",
        "low",
        "The published FID, in features of the Inception network. Published figures are of 10,000 or 50,000 images; "
        "fewer read higher, the floor too",
    ),
    Row(
        "kernel_distance",
        "kernel_distance_floor",
        "Kernel distance",
        "low",
        f"{_FEATURES}Unbiased, so that it is around 0, below it too, where both sides are of one distribution",
        error="_se",
    ),
    Row(
        "precision", "precision_floor", "Precision", "high", "Share of G's samples that lie among real ones", share=True
    ),
    Row("recall", "recall_floor", "Recall", "high", "Share of real images that lie among G's samples", share=True),
    Row(
        "density", "density_floor", "Density", "high", "How densely G's samples lie among real ones: 1 as real ones do"
    ),
    Row("coverage", "coverage_floor", "Coverage", "high", "Share of real images with a sample of G's near", share=True),
    Row(
        "sure",
        "sure_floor",
        "Classifier is sure",
        "high",
        "Share that a classifier gives one class over 90 %",
        share=True,
    ),
    Row(
        "class_jsd_nats",
        "class_jsd_floor_nats",
        "JSD of class shares",
        "low",
        "Whether G makes each class often enough",
    ),
    Row(
        "nearest_pixels",
        "nearest_pixels_held_out",
        "To the nearest training image",
        "floor",
        "Median distance by pixels. Far below the floor G copies: held-out images can't have been copied",
    ),
    Row(
        "nearest_pixels_near",
        "",
        "Nearer than held-out ones",
        "5 %",
        "Share of samples nearer to a training image than all but 5 % of the held-out images are",
        share=True,
    ),
    Row("jsd_nats", "jsd_floor_nats", "JSD", "low", "Jensen-Shannon divergence of p_data and p_g, nats"),
    Row("kl_forward_nats", "", "KL(p_data ‖ p_g)", "low", "Large where G misses what the data has, nats"),
    Row("kl_reverse_nats", "", "KL(p_g ‖ p_data)", "low", "Large where G makes what the data has not, nats"),
    Row(
        "high_quality",
        "",
        "High quality",
        "high",
        "Share of samples within 3 standard deviations of a mode",
        share=True,
    ),
    Row("mode_kl", "", "KL of the modes' shares", "low", "To equal shares, nats"),
)


def known_rows(figures: Figures) -> list[Row]:
    """The rows that these figures have."""
    return [row for row in ROWS if figures.get(row.key) is not None]


def reading(row: Row, figures: Figures, ending: str = "") -> str:
    """A figure as it is shown; ending "floor": of the real images; a dash where there is none."""
    key = row.floor if ending else row.key
    value = figures.get(key) if key else None
    if value is None:
        return "–"
    if row.share:
        return f"{value:.1%}"
    error = figures.get(f"{key}{row.error}") if row.error else None
    return (scale.readout(value) if error is None else f"{value:.4f} ± {error:.4f}").replace("-", "\u2212")


def headline(figures: Figures) -> str:
    """Of which step the figures are, and of how many images."""
    parts = [f"Measured at step {figures['step']:,}"]
    if figures.get("images_samples"):
        parts.append(f"{figures['images_samples']:,} images a side")
    if figures.get("seconds") is not None:
        parts.append(f"in {scale.duration(figures['seconds'])}")
    return ", ".join(parts)
