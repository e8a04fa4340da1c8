"""Which arrays of a file are the samples, which their labels, and what is left out of it.

Mostly one array is the samples. Several are where they are numbered or named by class, as in ``train0`` to ``train9``,
or where a long one was cut into numbered parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.errors import DatasetError
from ganstudio.data.files.headers import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ganstudio.data.files.container import Header

Array = npt.NDArray[Any]

SHAPES = (
    "points as (count, 2), or images as (count, height, width), (count, height, width, 3), (count, 3, height, width) "
    "or (count, pixels)"
)
_LISTED = 8
_PARTS = frozenset({"batch", "part", "shard", "chunk", "block", "fold", "split"})
_TEST = re.compile(r"test|(?<![a-z])t10k|val(?![a-z])|valid", re.IGNORECASE)
# What arrays are called that belong side by side or are shares of one set, and are no classes.
_NO_CLASSES = frozenset({
    "x", "y", "z", "a", "b", "image", "images", "img", "imgs", "data", "dataset", "samples", "mask", "masks", "input",
    "inputs", "output", "outputs", "train", "training", "test", "testing", "val", "valid", "validation", "dev", "arr",
    "lr", "hr", "low", "high", "depth", "edges", "latents", "latent", "features", "feature", "source", "pixels",
    "points", "id", "ids", "index", "noisy", "clean", "left", "right", "mean", "std",
}) | labels.LABEL_NAMES  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """The arrays that are the samples. names: theirs, mostly one. key: what ``ArraySpec.key`` calls them.

    classes: what each array's samples are of; empty: the arrays are no classes.
    """

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    key: str
    classes: tuple[str, ...] = ()


def choose(name: str, headers: Mapping[str, Header], key: str | None, can_be_used: Callable[[Header], bool]) -> Chosen:
    """The arrays that are the samples, those that ``key`` names if it does. Raises DatasetError, naming what is there.

    can_be_used: whether an array of this shape and type can be samples.
    """
    if key and key not in headers and not key.endswith("*"):
        raise DatasetError(f'"{name}" has no array "{key}"; it holds: {listed(headers)}')
    if key and key in headers:
        return alone(key, headers)
    fits = [one for one, header in headers.items() if can_be_used(header) and one.startswith((key or "").rstrip("*"))]
    if not fits and len(headers) == 1 and not key:
        return alone(next(iter(headers)), headers)  # what is wrong with it will be said
    if not fits:
        raise DatasetError(f'"{name}" holds no array that can be used: {listed(headers)}. It should hold {SHAPES}')
    # Of a set that is split, what is meant to be trained on; labels may well have the shape of images.
    best = min(fits, key=lambda one: (_is_labels(one), "train" not in one.lower(), _TEST.search(one) is not None))
    return _joined(best, fits, headers, key) or alone(best, headers)


def listed(headers: Mapping[str, Header]) -> str:
    """Names and shapes of the first few arrays."""
    some = [f"{one} {shape}".strip() for one, (shape, _) in list(headers.items())[:_LISTED]]
    more = len(headers) - len(some)
    return (", ".join(some) or "none") + (f" and {more:,} more" if more > 0 else "")


def left_out(chosen: Chosen, beside: str | None, headers: Mapping[str, Header]) -> tuple[str, ...]:
    """A note that names the arrays that are neither samples nor labels, where there are any."""
    others = {one: header for one, header in headers.items() if one not in chosen.names and one != beside}
    if not others:
        return ()
    return (f"other arrays in it are left out: {listed(others)}; key chooses another",)


def labels_beside(chosen: Chosen, count: int, headers: Mapping[str, Header]) -> str | None:
    """Which array holds the labels of the samples: by its name, or as the only one with one value a sample.

    One row for each sample may be one-hot: a column for each class.
    """
    member = chosen.names[0]
    others = {one: header for one, header in headers.items() if one not in chosen.names}
    single = [one for one, (shape, _) in others.items() if shape in ((count,), (count, 1), (1, count))]
    rows = [one for one, (shape, _) in others.items() if len(shape) == 2 and count in shape and one not in single]
    named = next((one for one in _label_names(member) if one in single or one in rows), None)
    if named is not None:
        return named
    if len(single) == 1 and others[single[0]][1].kind in "iubUSf":
        return single[0]
    return rows[0] if len(rows) == 1 and not single and others[rows[0]][1].kind in "iubf" else None


def read_labels(name: str, values: Array, count: int, names: Sequence[str], layout: str | None) -> labels.Labels | None:
    """What labels say of ``count`` samples; None where they are no classes: no numbers or words, or one a sample.

    -1 is the class of what has no label.

    name: of their array. names: what their numbers mean, where the file tells. layout: of the samples, where the kind
    of file tells; it then tells as well that these are labels.
    """
    if values.ndim == 2 and min(values.shape) > 1:
        one_hot = values if values.shape[0] == count else values.T
        if not (np.isin(one_hot, (0, 1)).all() and (one_hot.sum(axis=1) == 1).all()):
            return None
        values = one_hot.argmax(axis=1)
    values = values.ravel()
    if values.dtype.kind == "U":
        missing = np.isin(np.char.lower(values), sorted(MISSING))
        if missing.any() and not missing.all():
            found = read_labels(name, values[~missing], int((~missing).sum()), names, layout)
            if found is None:
                return None
            indices = np.full(len(values), -1)
            indices[~missing] = found[0]
            return indices, found[1]
    if values.dtype.kind == "f" and np.isfinite(values).all() and (values == np.rint(values)).all():
        values = values.astype(np.int64)  # MATLAB keeps every number as a float
    if names and values.dtype.kind in "iu" and values.min() >= 0 and values.max() < len(names):
        return values.astype(np.int64), tuple(names)
    found = labels.from_values(values)
    # As good as one a sample: those are the samples' numbers. What is called labels is believed as long as some agree.
    most = count - 1 if labels.LABEL_NAMES & set(re.findall("[a-z]+", name.lower())) else count // 2
    return None if found is None or (len(found[1]) > max(2, most) and layout is None) else found


# --- several arrays ---------------------------------------------------------------------------------------------------


def alone(name: str, headers: Mapping[str, Header]) -> Chosen:
    """One array of the file, as what is chosen of it."""
    return Chosen((name,), (headers[name][0],), name)


def _joined(best: str, fits: Sequence[str], headers: Mapping[str, Header], key: str | None) -> Chosen | None:
    """All arrays that go together with the best; None where it stands alone."""
    folder, base = _parts_of(best)
    numbered = re.fullmatch(r"(.*?)[ _-]?(\d+)", base)
    group: list[str] = []
    if numbered and numbered[1].lower() != "arr" and headers[best][1].kind != "b":
        begin = best[: len(best) - len(base) + len(numbered[1])]
        pattern = re.compile(re.escape(begin) + r"[ _-]?(\d+)")
        group = [one for one in fits if pattern.fullmatch(one) and _goes_with(best, one, headers)]
        group.sort(key=lambda one: int(re.findall(r"\d+", one)[-1]))
    if len(group) > 1:
        words = re.findall(r"[a-z]+", numbered[1].lower()) if numbered else []
        is_parts = bool(_PARTS & set(words)) or (words[-1:] in (["x"], ["images"], ["data"]))
        ends = tuple(re.findall(r"\d+", one)[-1] for one in group)
        return _several(group, headers, f"{begin}*", () if is_parts else ends)
    group = [one for one in fits if _goes_with(best, one, headers)]
    bases = [_parts_of(one)[1] for one in group]
    words_of = [set(re.findall(r"[a-z]+", base.lower())) for base in bases]
    apart = len({headers[one][0] for one in group}) > 1 or key is not None or (folder == "" and _are_files(group))
    if len(group) < 2 or len(group) != len(fits) or not apart or any(words & _NO_CLASSES for words in words_of):
        return None
    return _several(sorted(group), headers, "*", tuple(_parts_of(one)[1] for one in sorted(group)))


def _several(group: Sequence[str], headers: Mapping[str, Header], key: str, classes: tuple[str, ...]) -> Chosen:
    return Chosen(tuple(group), tuple(headers[one][0] for one in group), key, classes)


def _are_files(group: Sequence[str]) -> bool:
    return all(re.search(r"\.[a-z0-9]{2,7}$", one) for one in group)


def _parts_of(name: str) -> tuple[str, str]:
    """The group or folder that an array is in, and what it is called there, without a file's ending."""
    folder, _, base = name.rpartition("/")
    return folder, re.sub(r"\.[a-z][a-z0-9]{1,6}$", "", base)


def _goes_with(best: str, other: str, headers: Mapping[str, Header]) -> bool:
    """Whether both can be one array: alike but for one side."""
    (shape, dtype), (its_shape, its_dtype) = headers[best], headers[other]
    if len(shape) != len(its_shape) or dtype.kind != its_dtype.kind or _parts_of(best)[0] != _parts_of(other)[0]:
        return False
    return sum(a != b for a, b in zip(shape, its_shape, strict=True)) <= 1


def _is_labels(name: str) -> bool:
    words = set(re.findall(r"[a-z]+", name.lower()))
    return bool(words & (labels.LABEL_NAMES | {"y", "id", "ids", "mask", "masks"}))


def _label_names(member: str) -> tuple[str, ...]:
    """What an array of labels is called beside ``member``; x_train goes with y_train."""
    pairs = (
        ("x", "y"), ("X", "y"), ("X", "Y"), ("images", "labels"), ("data", "labels"), ("pixels", "labels"),
        ("arr_0", "arr_1"), ("image", "label"), ("x", "labels"), ("X", "labels"), ("images", "targets"),
    )  # fmt: skip
    paired = []
    for one, other in pairs:  # in the last of the names, as folders and files have an x in them too
        begin, found, end = member.rpartition(one)
        paired += [begin + other + end] if found else []
    return tuple(one for one in (*paired, *sorted(labels.LABEL_NAMES), "y", "Y") if one != member)
