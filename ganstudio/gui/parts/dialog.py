"""What every dialog of ours is: Tab goes through it as the eye does."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog

from ganstudio.gui.parts.stops import go_on


class Dialog(QDialog):
    """A dialog whose stops of Tab follow from where they stand, whatever was made first."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes as the eye does."""
        return go_on(self, forward=forward)
