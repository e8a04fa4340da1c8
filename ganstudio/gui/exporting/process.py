"""Writes exports in a process of its own, as ``ganstudio export`` does: beside the window and beside the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTemporaryDir

from ganstudio.gui.parts.beside import Beside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QProcess


class Exporting(Beside):
    """``done`` carries what was written, in the command line's words; what is given up leaves nothing half written."""

    task = "the export"
    _folder: QTemporaryDir | None = None

    def start(self, words: Sequence[str]) -> None:
        """Carry out ``ganstudio export`` with these words."""
        self.carry_out("export", *words, result=lambda printed: printed)

    def _new(self) -> QProcess:
        """With a folder of its own for what it writes on the way: who is killed can't clean up."""
        process, self._folder = super()._new(), QTemporaryDir()
        environment = process.processEnvironment()
        for name in ("TMPDIR", "TEMP", "TMP"):
            environment.insert(name, self._folder.path())
        process.setProcessEnvironment(environment)
        return process

    def _give_up(self) -> None:
        super()._give_up()
        self._clear()

    def _end(self) -> None:
        super()._end()
        self._clear()

    def _clear(self) -> None:
        if self._folder is not None:
            self._folder.remove()
