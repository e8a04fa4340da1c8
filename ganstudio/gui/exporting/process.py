"""Writes exports in a process of its own, as ``ganstudio export`` does: beside the window and beside the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.parts.beside import Beside

if TYPE_CHECKING:
    from collections.abc import Sequence


class Exporting(Beside):
    """``done`` carries what was written, in the command line's words; what is given up leaves nothing half written."""

    task = "the export"

    def start(self, words: Sequence[str]) -> None:
        """Carry out ``ganstudio export`` with these words."""
        self.carry_out("export", *words, result=lambda printed: printed)
