"""Colours that come with dashes, so that lines differ for eyes that confuse their hues, in the plot and its legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


class Dashed(str):
    """A colour's name, with how many pixels of how many its line is drawn in: (6, 9) is dashes of 6 with gaps of 3."""

    dash: tuple[int, int]
    __slots__ = ("dash",)

    def __new__(cls, colour: str, dash: tuple[int, int]) -> Dashed:
        """A colour in these dashes."""
        made = super().__new__(cls, colour)
        made.dash = dash
        return made


def in_dashes_of(colour: str, other: str) -> str:
    """A colour in the dashes of another one, if that has any."""
    return Dashed(colour, other.dash) if isinstance(other, Dashed) else colour


def gaps(values: npt.NDArray[np.float64], colour: str) -> npt.NDArray[np.float64]:
    """Values (columns,) without those where the colour's dashes have gaps."""
    if not isinstance(colour, Dashed):
        return values
    drawn, period = colour.dash
    return np.where(np.arange(len(values)) % period < drawn, values, np.nan)
