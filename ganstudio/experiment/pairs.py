"""Pictures, each with the normals of the surfaces in it: what was dropped, as p_data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob


class PairsSpec(Spec):
    """Pictures, each with a map of normals or of depth: in a second folder, or its own right half."""

    kind: Literal["pairs"] = "pairs"
    path: str = Field(description="Folder, zip or tar archive that holds the pairs", min_length=1)
    reading: Literal["auto", "folders", "depth", "halves"] = knob(
        "auto",
        "Where the maps are. folders: normal maps in a second folder, by files of equal names; depth: depth maps "
        "there, which normals are made of; halves: the right half of each image is its normal map. auto: as they look",
    )
    size: int = knob(32, "Side of the pictures", unit="pixels", ge=16, le=128)
    green: Literal["up", "down"] = knob(
        "up", "Where green points to in normal maps: up, as in OpenGL's, or down, as in DirectX's"
    )
    near: Literal["bright", "dark"] = knob("bright", "What is nearer in depth maps")
    relief: float = knob(
        0.5,
        "How far the nearest is from the farthest in depth maps, as a share of the picture's side: the steeper, the "
        "more normals lean",
        gt=0,
        le=10,
        log=True,
    )
    flips: bool = knob(False, "Mirror pairs at random when they are drawn: what points left then points right")
    held_out: int = knob(0, "How many of the last pairs are kept aside for measures", unit="images", ge=0, le=50_000)
