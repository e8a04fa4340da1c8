"""Pictures of a dataset's samples, whatever kind they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.images import thumbnails

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.data.dataset import Dataset


def count_of(dataset: Dataset) -> int:
    """How many samples can be looked at one by one."""
    if dataset.feed is not None:
        return len(dataset.feed)
    is_list = dataset.at is not None and dataset.modality.side_by_side
    return (dataset.count or 0) + dataset.held_out if is_list else 0


def pictures_of(dataset: Dataset, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
    """Pictures (k, h, w, 1 or 3) of samples, by their numbers, which ``count_of`` bounds."""
    if dataset.feed is not None:
        return dataset.feed.bytes_at(indices).transpose(0, 2, 3, 1)
    assert dataset.at is not None
    return dataset.modality.pictures(dataset.modality.to_people(dataset.at(indices)))


def first_pictures(dataset: Dataset, count: int) -> npt.NDArray[np.uint8]:
    """Those of the first samples, with their partners on their right; (0, 0, 0, 1) where none are looked at singly."""
    shown = min(count, count_of(dataset))
    if not shown:
        return np.empty((0, 0, 0, 1), np.uint8)
    indices = np.arange(shown)
    found, own = pictures_of(dataset, indices), partners_of(dataset, indices)
    return found if own is None else np.concatenate([found, own], axis=2)


def partners_of(dataset: Dataset, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8] | None:
    """Pictures (k, h, w, 3) of what belongs to samples; None where nothing does."""
    if dataset.partners is None:
        return None
    kind = dataset.partners.modality
    return kind.pictures(kind.to_people(dataset.partners.at(indices)))


def thumbnails_of(dataset: Dataset, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
    """Thumbnails (k, 48, 48, 3) of samples, by their numbers, which ``count_of`` bounds; partners in their corner."""
    found, own = thumbnails.shrunk(pictures_of(dataset, indices).transpose(0, 3, 1, 2)), partners_of(dataset, indices)
    if own is not None:
        half = thumbnails.SIDE // 2
        found[:, half:, half:] = thumbnails.shrunk(own.transpose(0, 3, 1, 2))[:, ::2, ::2]
    return found


def lines_of(dataset: Dataset, indices: npt.NDArray[np.integer]) -> tuple[str, ...]:
    """What is read of samples, by their numbers; none where they are rather looked at."""
    if dataset.at is None or not dataset.modality.read_first:
        return ()
    return tuple(dataset.modality.text(dataset.modality.to_people(dataset.at(indices))) or ())


def sound_of(dataset: Dataset, index: int) -> tuple[npt.NDArray[np.int16], int] | None:
    """A sample as it was recorded, int16 (t,), else as its kind sounds; and values a second. None: it is silent."""
    some = np.array([index])
    rate = getattr(dataset.modality, "rate", None)
    if dataset.recorded is not None and rate is not None:
        return dataset.recorded(some)[0], rate
    if dataset.at is None:
        return None
    sounding = dataset.modality.sound(dataset.modality.to_people(dataset.at(some)))
    return None if sounding is None else (sounding[0][0], sounding[1])
