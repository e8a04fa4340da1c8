"""A sample that is looked for in the latent space: its picture next to the sliders' sample, and how near that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ganstudio.gui.latent.preview import Preview
from ganstudio.gui.latent.told import Told
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import action
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked

if TYPE_CHECKING:
    from ganstudio.gui.parts.pixels import Packed


class Target(QWidget):
    """What is told of it, and what can be done; ``picture`` stands elsewhere. Hidden while nothing is looked for.

    ``back_wanted`` asks for the latents that were found, ``again_wanted`` for another search; ``changed`` comes when
    the picture is shown or hidden.
    """

    back_wanted = Signal()
    again_wanted = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("target")
        self.picture = Preview("Looked For", "The sample that is looked for")
        self.picture.setToolTip("What is looked for")
        self.picture.hide()
        self.told = Told()
        self.back = action("Back to It", "Put the latents that were found on the sliders again")
        self.again = action("Look Again", "Look for it once more: with what G has learned since")
        self.gone = action("Done", "Put the sample away that was looked for; the sliders stay")
        self.back.clicked.connect(self.back_wanted)
        self.again.clicked.connect(self.again_wanted)
        self.gone.clicked.connect(self.forget)
        stacked(self.told, FlowLayout(self.back, self.again, self.gone), on=self, spacing=theme.SPACING - 4)
        self.hide()

    @property
    def pictured(self) -> bool:
        """Whether its picture is shown."""
        return not self.picture.isHidden()

    def show_sought(self, packed: Packed | None, text: str) -> None:
        """Show a picture (h, w) that is looked for, None where it has none, and say so."""
        self.picture.clear()
        if packed is not None:
            self.picture.set_sample(packed)
        self.picture.setVisible(packed is not None)
        self.tell(text, found=False)
        self.show()
        self.changed.emit()

    def tell(self, text: str, *, found: bool) -> None:
        """Say how near it is, and whether there is something to go back to."""
        self.told.setText(text)
        self.told.updateGeometry()
        self.back.setVisible(found)
        self.again.setVisible(found)

    def forget(self) -> None:
        """Look for nothing any more."""
        self.hide()
        self.picture.hide()
        self.changed.emit()
