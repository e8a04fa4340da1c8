"""What the measures are called, what they say, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ganstudio.gui.plots import scale
from ganstudio.gui.text.numbers import signed
from ganstudio.gui.text.words import NOTHING
from ganstudio.modalities import ByKind, counted
from ganstudio.scalars import percent

Figures = Mapping[str, Any]


_BESIDE = "It takes a while, in a process of its own; the training goes on."


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How samples of a kind are measured. empty: what there is to see, before it is.

    estimator: of the divergences. inception: whether the published FID can be asked for.
    """

    empty: str
    estimator: str = "probe"
    inception: bool = False


KINDS: ByKind[Kind] = ByKind(
    Kind(empty=f"How far is what G makes from the data? Measure tells it of G as it is now. {_BESIDE}"),
    images=Kind(
        empty="How good are G's samples, does it copy, and what did its codes learn? Measure tells it of G as it is "
        f"now, beside what real images get that were kept aside. {_BESIDE}",
        # Of images the neighbours say at once that they can't, where the probe would take as long as all the rest.
        estimator="neighbours",
        inception=True,
    ),
    melody=Kind(
        empty="Does what G makes have the scale, the intervals and, as no chain of notes has, the whole: a half that "
        f"comes again, the tonic at the end? Measure tells it of G as it is now, beside tunes kept aside. {_BESIDE}",
        # The probe tells any two sets of tunes apart, and takes as long as all the rest.
        estimator="neighbours",
    ),
    sound=Kind(
        empty="Is what G makes in tune, as bright and as loud as it should be, and the class that was asked for? "
        f"Measure tells it of G as it is now, beside what real sounds get and what is no GAN gets. {_BESIDE}",
        # The probe tells any two sets of sounds apart, and takes as long as all the rest.
        estimator="neighbours",
    ),
)


@dataclass(frozen=True)
class Row:
    """A figure of the table. key, floor: names among the figures; error: of the standard error, where it has one.

    interval: what the names of its limits begin with. least: it is a lower bound. missing: the name of why it isn't
    known, where its row is shown with that. needs: a name that figures of older versions lack, as theirs were wrong.
    controls: what samples get that are no GAN's.
    """

    key: str
    floor: str
    name: str
    better: str
    help: str
    error: str = ""
    share: bool = False
    interval: str = ""
    least: bool = False
    missing: str = ""
    needs: str = ""
    controls: tuple[tuple[str, float], ...] = ()


_BOUND = "What the divergence exceeds with 95 % confidence: samples set it no upper limit"
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
        error="kernel_distance_se",
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
    Row(
        "jsd_nats",
        "jsd_floor_nats",
        "JSD",
        "low",
        "Jensen-Shannon divergence of p_data and p_g, nats, and its 95 % interval",
        interval="jsd",
        missing="estimate_missing",
    ),
    Row(
        "kl_forward_low",
        "",
        "KL(p_data ‖ p_g)",
        "low",
        f"Large where G misses what the data has, nats. {_BOUND}",
        least=True,
        needs="kl_kind",
    ),
    Row(
        "kl_reverse_low",
        "",
        "KL(p_g ‖ p_data)",
        "low",
        f"Large where G makes what the data has not, nats. {_BOUND}",
        least=True,
        needs="kl_kind",
    ),
    Row(
        "jsd_bound_nats",
        "",
        "JSD by the game's value",
        "low",
        "log 2 + V/2: the JSD is at least that, nats, ± a standard error",
        error="jsd_bound_se_nats",
        least=True,
        missing="jsd_bound_missing",
    ),
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
    own = [
        Row(
            name,
            f"{name}_floor",
            told["title"],
            told["better"],
            _with_controls(told),
            share=told["share"],
            controls=tuple(told.get("controls", {}).items()),
        )
        for name, told in figures.get("measures", {}).items()
    ]
    there = [row for row in (*own, *ROWS) if not row.needs or figures.get(row.needs)]
    return [row for row in there if figures.get(row.key) is not None or (row.missing and figures.get(row.missing))]


def _with_controls(told: Mapping[str, Any]) -> str:
    """A figure's help, and what samples get that are no GAN's."""
    parts = [
        f"{words[:1].upper()}{words[1:]} gets {percent(value) if told['share'] else scale.readout(value)}"
        for words, value in told.get("controls", {}).items()
        if value is not None  # as where no sentence could be told of
    ]
    return ". ".join([told["help"], *parts])


def explained(row: Row, figures: Figures) -> str:
    """What a row's tooltip says: what the figure is, and why it is not known."""
    why = figures.get(row.missing) if row.missing else None
    return f"{row.help}. Not known: {why}" if why else row.help


def reading(row: Row, figures: Figures, ending: str = "") -> str:
    """A figure as it is shown; ending "floor": of the real images; a dash where there is none."""
    key = row.floor if ending else row.key
    value = figures.get(key) if key else None
    if value is None:
        return NOTHING if row.least and not ending else "–"
    if row.share:
        return percent(value)
    if ending or not (row.least or row.interval):
        error = figures.get(f"{key}_se") if row.error else None
        text = scale.readout(value) if error is None else f"{value:.4f} ± {error:.4f}"
    elif row.least:
        error = figures.get(row.error) if row.error else None
        spread = "" if error is None else f" ± {scale.readout(error)}"
        text = f"≥ {scale.readout(value)}{spread}" if value > 0 else NOTHING
    else:
        low, high = (figures.get(f"{row.interval}_{end}") for end in ("low", "high"))
        span = "" if low is None or high is None else f" ({scale.readout(low)} to {scale.readout(high)})"
        text = f"{scale.readout(max(0.0, value))}{span}"
    return signed(text)


def headline(figures: Figures) -> str:
    """Of which step the figures are, of how many images, and how the divergences were estimated."""
    parts = [f"Measured at step {figures['step']:,}"]
    if figures.get("images_samples"):
        parts.append(f"{counted(figures['images_samples'], 'image')} a side")
    if figures.get("estimate_samples"):
        samples = counted(figures["estimate_samples"], "sample")
        parts.append(f"divergences by the {figures['estimator']}, {samples} a side")
    if figures.get("seconds") is not None:
        parts.append(f"in {scale.duration(figures['seconds'])}")
    return ", ".join(parts)
