"""What a run keeps of its data: ``data.json``, read with care, as the run may be somebody else's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ganstudio.run._lock import RunError
from ganstudio.run._reading import plain_json
from ganstudio.run._samples import known_modality
from ganstudio.system.files import FileMissing, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ganstudio.data.dataset import Dataset
    from ganstudio.data.identity import Identity
    from ganstudio.experiment import Experiment
    from ganstudio.modalities import Modality

FILE = "data.json"
VERSION = 1
_MOST_BYTES = 2**23
"""A thousand classes of the longest names that a file system takes."""
_MOST_CLASSES = 10_000
_LONGEST = 1_000  # characters of a name
_LARGEST = 1e35  # coordinate; beyond it, 32-bit floats have none
_UNITS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "points": lambda points: {"centre": list(points.centre), "scale": points.scale},
    "images": lambda _images: {"centre": [127.5], "scale": 127.5},
}
"""How a file tells what samples are whose kind all versions know; of others it tells the modality."""


def _units(modality: Modality) -> dict[str, Any]:
    from ganstudio.modalities import packed

    tell = _UNITS.get(modality.kind)
    return {"modality": packed(modality)} if tell is None else tell(modality)


def packed_data(dataset: Dataset) -> str:
    """The text of ``data.json`` for a dataset, whose samples are looked at."""
    from ganstudio.data.identity import identify
    from ganstudio.modalities import packed

    found = identify(dataset)
    values = {
        "version": VERSION,
        "name": found.name,
        "shape": list(found.modality.shape),
        "count": found.count,
        "held_out": found.held_out,
        **_units(found.modality),
        "content": found.content,
        **({} if found.partners is None else {"partners": packed(found.partners)}),
        "classes": [
            {"name": one.name, "count": one.count, "share": one.share, "content": one.content} for one in found.classes
        ],
    }
    return json.dumps(values, indent=1) + "\n"


def kept_data(run: Path) -> Identity | None:
    """What a run's folder keeps of its data; None where it was made by a program that kept nothing of them.

    Raises RunError, which says what to do, where the file is damaged.
    """
    path = run / FILE
    try:
        values = plain_json(read_text(path, _MOST_BYTES))
    except FileMissing:
        return None
    except ValueError:
        raise _damaged(path) from None
    found = _identity(values)
    if found is None:
        raise _damaged(path)
    return found


def as_kept(run: Path, dataset: Dataset, experiment: Experiment) -> Dataset:
    """A dataset as the run in a folder takes it: in its units, its classes in its order; notes say what changed.

    Raises DatasetError where the run can't go on with it, and RunError where its classes can't be known any more.
    """
    from ganstudio.data.identity import fitted

    conditional = experiment.conditioning.labels != "off"
    try:
        kept = kept_data(run)
    except RunError as error:
        if conditional:
            raise
        return replace(dataset, notes=(str(error), *dataset.notes))
    return dataset if kept is None else fitted(dataset, kept, conditional=conditional)


def _damaged(path: Path) -> RunError:
    return RunError(
        f"{path}: is damaged, so that the run's classes and units are not known; remove the file to take both from "
        "the data as they are now"
    )


def _identity(values: Any) -> Identity | None:
    """What the values say, each of which is held against what it may be; None where one is not."""
    from ganstudio.data.identity import ClassIdentity, Identity

    if not isinstance(values, dict) or values.get("version") != VERSION:
        return None
    classes, modality = values.get("classes"), _modality(values)
    if modality is None or not isinstance(classes, list):
        return None
    partners = None
    if (told := values.get("partners")) is not None:
        try:
            partners = known_modality(told)
        except ValueError:
            return None
    right = (
        (values.get("count") is None or _whole(values["count"]))
        and _whole(values.get("held_out"))
        and all(_text(values.get(key)) for key in ("name", "content"))
        and len(classes) <= _MOST_CLASSES
        and all(map(_is_class, classes))
        and len({one["name"] for one in classes}) == len(classes)
    )
    if not right:
        return None
    return Identity(
        name=values["name"],
        modality=modality,
        count=values["count"],
        held_out=values["held_out"],
        classes=tuple(
            ClassIdentity(name=one["name"], count=one["count"], share=float(one["share"]), content=one["content"])
            for one in classes
        ),
        content=values["content"],
        partners=partners,
    )


def _modality(values: dict[str, Any]) -> Modality | None:
    """What the samples are; None where that is not told, or not rightly."""
    if (told := values.get("modality")) is None:
        shape, centre, scale = (values.get(key) for key in ("shape", "centre", "scale"))
        numbers = centre if isinstance(centre, list) else []
        if not _number(scale) or not scale or not all(map(_number, numbers)):
            return None
        told = {"kind": "points", "centre": numbers, "scale": scale}
        if shape != [2]:
            told = {"kind": "images", "shape": shape}
            if len(numbers) != 1:
                return None
    try:
        return known_modality(told)
    except ValueError:
        return None


def _is_class(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _text(value.get("name"))
        and _text(value.get("content"))
        and _whole(value.get("count"))
        and _number(value.get("share"))
        and 0 <= value["share"] <= 1
    )


def _whole(value: Any, most: int = 10**15) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST
