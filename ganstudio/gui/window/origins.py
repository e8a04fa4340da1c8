"""Where what the window shows comes from, for the files that are made of it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ganstudio.presets import dumps
from ganstudio.run import mark_of

if TYPE_CHECKING:
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.latent.view import LatentView
    from ganstudio.origins import Origin

_MOST_NUMBERS = 600
"""Of latents that a command line names; of more it names none, and draws a sheet."""


def origin_of(game: Game, latent: LatentView) -> Origin | None:
    """The run, its step and where the sliders stand; None before the first step, as there is no run."""
    if game.run is None or game.experiment is None:
        return None
    from ganstudio.origins import Origin

    return Origin(
        run=game.run.name,
        mark=mark_of(game.run),
        experiment=dumps(game.experiment),
        step=game.step,
        what="picture",
        seed=latent.seed,
        latents=latent.latents[None] if game.single is not None else None,
        words=_words(latent) if game.single is not None else (),
    )


def command_of(game: Game, latent: LatentView) -> str | None:
    """The line that makes the sliders' sample again, of the checkpoint that is on the disk; None: there is none."""
    if game.run is None or game.single is None:
        return None
    words = ["ganstudio", "export", str(game.run), "--at", str(game.kept_step), *_words(latent), "--out", "sample.png"]
    return shlex.join(words)


def _words(latent: LatentView) -> tuple[str, ...]:
    if latent.seed is not None:
        return ("--what", "samples", "--count", "1", "--seed", str(latent.seed))
    if not 0 < len(latent.latents) <= _MOST_NUMBERS:
        return ("--what", "grid")
    numbers = ",".join(f"{value:.6g}" for value in latent.latents.tolist())
    return ("--what", "samples", f"--latents={numbers}")
