"""Spin fields whose number stands as far from the edge as the words of other fields do."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

    Box = TypeVar("Box", bound=QSpinBox | QDoubleSpinBox)

_AIR = 5


def with_air(box: Box) -> Box:
    """Leave room before the number of a spin field, which it returns: the stylesheet's padding does not reach there."""
    box.lineEdit().setTextMargins(_AIR, 0, 0, 0)
    return box
