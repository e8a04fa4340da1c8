"""Figures and histograms of a generator, next to what real samples get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable


Better = Literal["low", "high", "floor"]
"""Which way is better; "floor": near what real samples get."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of a generator. name: its key among all; floor: of real samples that were kept aside, NaN where unknown.

    title, help: for people. share: it is one of 1, told as a percentage. controls: what samples get that are no GAN's,
    such as ("a Gaussian", 0.5): a figure that is no better says nothing of the GAN.
    """

    name: str
    value: float
    floor: float
    title: str
    help: str = ""
    better: Better = "floor"
    share: bool = False
    controls: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """How often something is one thing or another, in shares (k,), such as how long notes are. labels: of the k bins.

    made: of G's samples; floor: of real ones that were kept aside; controls: of samples that are no GAN's.
    """

    name: str
    title: str
    help: str
    labels: tuple[str, ...]
    made: tuple[float, ...]
    floor: tuple[float, ...]
    controls: tuple[tuple[str, tuple[float, ...]], ...] = ()


def told(found: Iterable[Figure], histograms: Iterable[Histogram] = ()) -> dict[str, Any]:
    """Figures by name as JSON has them, under "measures" what they mean; histograms under "histograms", if any."""
    known, shares = list(found), {one.name: _told(one) for one in histograms}
    return {
        **{figure.name: figure.value for figure in known},
        **{f"{figure.name}_floor": figure.floor for figure in known},
        "measures": {
            figure.name: {
                "title": figure.title,
                "help": figure.help,
                "better": figure.better,
                "share": figure.share,
                "controls": dict(figure.controls),
            }
            for figure in known
        },
        **({"histograms": shares} if shares else {}),
    }


def _told(histogram: Histogram) -> dict[str, Any]:
    return {
        "title": histogram.title,
        "help": histogram.help,
        "labels": list(histogram.labels),
        "made": [round(share, 6) for share in histogram.made],
        "floor": [round(share, 6) for share in histogram.floor],
        "controls": {name: [round(share, 6) for share in shares] for name, shares in histogram.controls},
    }
