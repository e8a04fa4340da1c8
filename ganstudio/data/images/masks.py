"""Pictures that are no samples but tell of others what is where: masks, trimaps, segmentations; told by their names.

They are called as another picture is, in a folder of their own next to one of images, as ``annotations/trimaps/a.png``
next to ``images/a.jpg``, or with a word behind: ``a_mask.png`` next to ``a.png``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_MASKS = frozenset({
    "annotation", "annotations", "annots", "mask", "masks", "trimap", "trimaps", "segmentation", "segmentations",
    "segmentationclass", "segmentationobject", "groundtruth", "gt", "label", "labels", "matte", "mattes", "seg", "segs",
})  # fmt: skip
_IMAGES = frozenset({
    "image", "images", "img", "imgs", "jpegimages", "jpg", "jpgs", "png", "picture", "pictures", "photo", "photos",
    "rgb", "original", "originals", "input", "inputs", "frames",
})  # fmt: skip
_BEHIND = re.compile(
    r"(.+?)[ _.-](?:mask|seg|segmentation|trimap|matte|gt|groundtruth|label)s?(?:[ _-]?\d+)?", re.IGNORECASE
)


def among(names: Sequence[str]) -> tuple[npt.NDArray[np.bool_], str] | None:
    """Which of the pictures (n,) are masks of others, and an example in words; None where none is.

    names: paths with slashes.
    """
    stems = [name.rpartition("/")[2].rpartition(".")[0] for name in names]
    by_folder = np.array([_is_folder_of_masks(name) for name in names], np.bool_)
    if by_folder.any() and not any(_has(name, _IMAGES) for name in names):
        by_folder[:] = False
    known: dict[str, int] = {}
    for place, (stem, is_suspect) in enumerate(zip(stems, by_folder.tolist(), strict=True)):
        if not is_suspect:
            known.setdefault(stem, place)
    which = np.zeros(len(names), np.bool_)
    example = ""
    for place, stem in enumerate(stems):
        behind = _BEHIND.fullmatch(stem)
        of = known.get(stem) if by_folder[place] else None
        of = known.get(behind[1].rstrip(" _.-")) if of is None and behind is not None else of
        if of is not None and of != place:
            which[place] = True
            example = example or f"{names[place]} of {names[of]}"
    suspects = by_folder | which
    return (which, example) if which.any() and 2 * int(which.sum()) >= int(suspects.sum()) else None


def _is_folder_of_masks(name: str) -> bool:
    return _has(name, _MASKS) and not _has(name, _IMAGES)


def _has(name: str, words: frozenset[str]) -> bool:
    return any(re.sub(r"[ _-]", "", part).lower() in words for part in name.split("/")[:-1])
