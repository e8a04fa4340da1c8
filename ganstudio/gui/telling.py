"""What the window says about a game, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.words import value_label

if TYPE_CHECKING:
    from ganstudio.training.messages import GroupOpened, Opened


def description(opened: Opened) -> str:
    """What is trained on and by how many weights, in a line."""
    count = "unlimited" if opened.data_count is None else f"{opened.data_count:,}"
    what = "points of the plane" if opened.plane else f"images of {'×'.join(map(str, opened.data_shape[1:]))} pixels"
    players = f"G {opened.generator_parameters:,} · D {opened.discriminator_parameters:,} weights"
    return f"{opened.data_name} · {count} {what} · {players}"


def skipped(opened: Opened) -> tuple[str, str]:
    """What could not be used of the data: a sentence, and the names with their reasons."""
    names = "\n".join(f"{name} {reason}" for name, reason in opened.skipped)
    count = opened.skipped_count
    if count > len(opened.skipped):
        names += f"\nand {count - len(opened.skipped):,} more"
    things = "thing that can't be used was" if count == 1 else "things that can't be used were"
    return f"Opened {opened.data_name}. {count:,} {things} skipped.", names


def noted(opened: Opened) -> tuple[str, str]:
    """What is worth knowing of the data: the first note, and all of them."""
    return f"Opened {opened.data_name}: {opened.notes[0]}.", "\n".join(opened.notes)


def group_title(opened: GroupOpened) -> tuple[str, str]:
    """What stands side by side: a title and a line."""
    kind = "seeds" if opened.band else "games"
    names = ", ".join(opened.names[:4]) + (", …" if len(opened.names) > 4 else "")
    return f"{len(opened.names)} {kind} of {value_label(opened.experiments[0].name)}", f"{opened.data_name} · {names}"
