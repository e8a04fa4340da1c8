"""The turns of a wheel in whole steps, also on a touchpad, which tells of a turn in many small parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

NOTCH = 120
"""Eighths of a degree, as Qt counts a wheel's turn."""


class Wheel:
    """Adds up turns until there is a step, of so many eighths of a degree; a turn the other way begins anew."""

    def __init__(self, step: int = NOTCH) -> None:
        self._step, self._turned = step, 0

    def steps(self, event: QWheelEvent) -> int:
        """How many steps are full now, below 0 downwards; the rest is kept for the next turn."""
        turn = event.angleDelta().y()
        if turn * self._turned < 0:
            self._turned = 0
        self._turned += turn
        steps = int(self._turned / self._step)
        self._turned -= steps * self._step
        return steps
