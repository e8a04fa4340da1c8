"""A real image taken apart into the levels of a pyramid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.rooms.pyramid.column import Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.modalities import Modality, Pixels


def taken_apart(image: Pixels, kinds: Sequence[Modality]) -> list[Seen]:
    """The levels of an image (h, w, c) in people's units, coarse to fine. kinds: what each level's images are."""
    from ganstudio.data.images.halving import pyramid, rebuilt

    levels = pyramid(kinds[-1].to_model(image[None]), len(kinds) - 1)
    found = []
    for place, kind in enumerate(kinds):
        first = len(kinds) - 1 - place
        shown = kind.to_people(rebuilt(levels[first:]))[0]
        residual = levels[first][0].transpose(1, 2, 0) if place else None
        found.append(Seen(shown, residual))
    return found
