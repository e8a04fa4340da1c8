"""Enlarges a whole picture in a process of its own, as ``ganstudio upscale`` does: a large one takes minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.parts.beside import Beside

if TYPE_CHECKING:
    from pathlib import Path


class Upscaling(Beside):
    """``done`` carries the file that was written."""

    task = "the enlarging"

    def start(self, picture: Path, checkpoint: Path, out: Path, invention: float) -> None:
        """Enlarge a picture with a checkpoint's G."""
        words = ("upscale", str(picture), "--run", str(checkpoint), "--out", str(out), f"--alpha={invention:g}")
        self.carry_out(*words, "--quiet", result=lambda _printed: out)
