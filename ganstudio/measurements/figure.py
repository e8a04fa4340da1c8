"""A figure of a generator, next to what real samples get."""

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


def told(found: Iterable[Figure]) -> dict[str, Any]:
    """Figures by name as JSON has them, and under "measures" what they mean."""
    known = list(found)
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
    }
