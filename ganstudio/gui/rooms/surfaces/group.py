"""The latents of one game of two, as a whole: turned on a circle of draws, drawn anew, or held."""

from __future__ import annotations

from ganstudio.gui.gallery.grouped import NoiseControls
from ganstudio.gui.parts.chips import Chip, action, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked


class GroupControls(NoiseControls):
    """What is held can't be turned or drawn."""

    def __init__(self, called: str, keeps: str) -> None:
        """Called: the group's name. keeps: what stays when the other one is drawn."""
        named = called.lower()
        super().__init__(
            f"the {named}",
            f"Turns all of z that makes the {named} along a circle of draws, of which each is as likely as "
            "any other; 0 is the draw itself. Its single dimensions are among the sliders below",
            action("Draw", f"Draw another {named}; {keeps}"),
            Chip("Hold", f"Keep this {named} whatever else is drawn, chosen or moved"),
        )
        self.setObjectName(f"group {named}")
        self.title = muted_label(called)
        stacked(FlowLayout(self.title, self.throw, self.lock), self.turn, on=self, spacing=2)
        self.locked.connect(self.turn.setDisabled)
        self.locked.connect(self.throw.setDisabled)

    def name_latents(self, first: int, last: int) -> None:
        """Say which dimensions of z it has, counted from 1."""
        self.title.setToolTip(f"z {first} to {last} of the sliders below")
