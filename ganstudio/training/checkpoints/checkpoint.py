"""A moment of the training on disk, whole or not there at all, and never a program.

checkpoints/step-00006000/ holds generator, average, discriminator and, where there are codes, Q as safetensors, the
rest of the training's state (``state.py``), the experiment in force, and a manifest with the checksum of each file. It
is written aside, synced to the disk and renamed.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from ganstudio.presets import dumps
from ganstudio.run import UNFINISHED, RunError, free_for_replaced, replaced, seal, sync, thin
from ganstudio.training.checkpoints.state import read_training, write_training
from ganstudio.training.checkpoints.weights import load_weights, not_finite, packed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ganstudio.training.step.games import Kept


class NotFinite(RunError):
    """A game whose weights are no longer finite numbers, which no checkpoint is made of."""


def check_finite(game: Kept) -> None:
    """Raise NotFinite where a weight of one of the networks is no longer a finite number."""
    for name, network in game.networks().items():
        if not_finite(network.state_dict()) is not None:
            raise NotFinite(f"the {name}'s weights are no longer finite numbers")


def save_checkpoint(folder: Path, game: Kept) -> Path:
    """Write the game's state under ``folder`` and return the checkpoint's path.

    OSError when the disk won't, NotFinite when there is nothing to keep: then nothing of it is left there, and the
    checkpoints before are.
    """
    check_finite(game)
    return keep_whole(folder, game.step_count, lambda aside: write_state(aside, game), seconds=game.seconds)


def keep_whole(folder: Path, step: int, write: Callable[[Path], None], *, seconds: float) -> Path:
    """Have ``write`` fill a new folder, and make it the checkpoint of a step under ``folder``; its path.

    seconds: of training. OSError when the disk won't: then nothing of it is left there, and the checkpoints before are.
    """
    final = folder / f"step-{step:08d}"
    aside = folder / f"{UNFINISHED}{step:08d}"
    try:
        if aside.exists():
            shutil.rmtree(aside)
        aside.mkdir(parents=True)
        write(aside)
        seal(aside, step=step, seconds=seconds)
        for path in [*aside.rglob("*"), aside]:
            sync(path)
        _replace(final, aside)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    sync(folder)
    for before in replaced(final):
        shutil.rmtree(before, ignore_errors=True)
    thin(folder)
    return final


def _replace(final: Path, aside: Path) -> None:
    """Put one folder in another's place, if there is one. OSError when the disk won't: then that one is back there."""
    if not final.exists():
        aside.rename(final)
        return
    # Not removed yet: a death between the two renamings must leave one of them.
    before = final.rename(free_for_replaced(final))
    try:
        aside.rename(final)
    except OSError:
        with suppress(OSError):  # if that fails too, whoever opens the run next puts it back
            before.rename(final)
        raise


def write_state(folder: Path, game: Kept) -> None:
    """Write into a folder all that the next steps depend on. OSError when the disk won't."""
    for name, network in game.networks().items():
        (folder / f"{name}.safetensors").write_bytes(packed(network.state_dict()))
    write_training(folder, game)
    (folder / "experiment.toml").write_text(dumps(game.experiment), encoding="utf-8")


def load_checkpoint(path: Path, game: Kept, *, finite: bool = True) -> None:
    """Put a game built from the checkpoint's experiment where it stood.

    finite: refuse weights that are no numbers. Raises RunError when a file is damaged, or of another game; the game is
    of no use then.
    """
    for name, network in game.networks().items():
        load_weights(path / f"{name}.safetensors", network, name, finite=finite)
    state = read_training(path, game)
    try:
        game.load_state(state)
    except (RuntimeError, ValueError) as error:  # what only torch and numpy know of their random streams
        raise RunError(f"{path}: the training state can't be used: {error}") from None
