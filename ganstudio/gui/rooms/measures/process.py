"""Measures a run in a process of its own, as ``ganstudio measure`` does: beside the window and beside the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.parts.beside import Beside

if TYPE_CHECKING:
    from pathlib import Path

FILE = "measures.npz"
"""Where the newest measures lie in a run's folder."""


class Measuring(Beside):
    """``done`` carries the file that the measures are in."""

    task = "the measuring"

    def start(self, run: Path, *, estimator: str, inception: bool) -> None:
        """Measure the newest checkpoint of a run."""
        file = run / FILE
        options = ("--estimator", estimator, *(["--inception"] if inception else []))
        self.carry_out("measure", str(run), "--json", "--pictures", str(file), *options, result=lambda _printed: file)
