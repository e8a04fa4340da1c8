"""The ways to sort images that their names tell, the folders among these; a name is a path with slashes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.files import splits
from ganstudio.data.images import masks, noises
from ganstudio.data.images.way import ALL_FOLDERS, INNERMOST, NAMES, OF_NAMES, SPLITS, Way, listed, unsorted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.files.splits import Split
    from ganstudio.modalities import Words

_FEW = 20  # images, of which each may well be of a class of its own
_CHUNK = re.compile(r"[0-9]{3,}")
_PART = re.compile(r"(.*?(?:part|fold|batch|chunk|shard|vol|volume|disk|disc|subset|split)s?)[ _-]?\d+", re.IGNORECASE)
_NUMBERED = re.compile(r"([^\W\d_]+(?:[ _-][^\W\d_]+)*?)[ ._-]*\(?\d+\)?")
_LEAST_NAMED = 3  # images whose names begin alike, for that to be a class


def by_beginning(names: Sequence[str], by_folder: Way) -> Way | None:
    """By the words before the numbers in the files' names, as in ``cat.0.jpg``; None where few images are called so."""
    found = [_NUMBERED.fullmatch(PurePosixPath(name).stem) for name in names]
    words = ["" if one is None else one[1] for one in found]
    counts = Counter(word for word in words if word)
    classes = [word for word, count in counts.items() if count >= _LEAST_NAMED]
    if not 2 <= len(classes) <= labels.MAX_CLASSES or 10 * sum(counts[word] for word in classes) < 9 * len(names):
        return None
    classes = [classes[index] for index in labels.in_order(classes)]
    place = {word: index for index, word in enumerate(classes)}
    indices = np.array([place.get(word, -1) for word in words], np.int64)
    return replace(by_folder, code=NAMES, how=OF_NAMES[NAMES], labels=indices, classes=tuple(classes), notes=())


class ByNames:
    """The ways that names alone tell.

    What is no sample of its own is left out, unless all folders are to be classes: masks of other images, and noise
    that comes along to be mixed into other sounds.
    """

    def __init__(self, names: Sequence[str], words: Words) -> None:
        self._all, self._words = _Folders(names, words), words
        self._out: npt.NDArray[np.bool_] = np.zeros(len(names), np.bool_)
        self._notes: list[str] = []
        if (found := masks.among(names)) is not None:
            self._leave_out(found[0], f"seem to be masks of others, such as {found[1]}, and are left out")
        if (noise := noises.among(names)) is not None:
            self._leave_out(noise[0], f"in {noise[1]} are there to be mixed into others, and are left out")
        self._kept = self._all
        if self._out.any():
            self._kept = _Folders([names[place] for place in np.flatnonzero(~self._out).tolist()], words)

    def _leave_out(self, which: npt.NDArray[np.bool_], told: str) -> None:
        self._out |= which
        self._notes.append(f"{self._words.counted(int(which.sum()))} {told}; labels=all_folders takes them too")

    def way(self, code: str) -> Way:
        """The way by folders that this code stands for."""
        if not self._out.any() or code == ALL_FOLDERS:
            return self._all.way(code)
        way, out = self._kept.way(code), self._out
        indices, aside = np.full(len(out), -1, np.int64), np.zeros(len(out), np.bool_)
        aside[~out] = way.aside
        if way.labels is not None:
            indices[~out] = way.labels
        labelled = None if way.labels is None else indices
        return replace(way, labels=labelled, aside=aside, out=out, notes=(*self._notes, *way.notes))


def _part_of(folder: str) -> str:
    """What a folder is a part of by its name, as images_part_2 is of images; empty where it is none."""
    found = _PART.fullmatch(folder)
    return found[1] if found else ""


class _Folders:
    """The folders that images of these names lie in. All is worked out for each folder once: images are many."""

    def __init__(self, names: Sequence[str], words: Words) -> None:
        self._names, self._words = names, words
        places: dict[str, int] = {}
        self._which: npt.NDArray[np.int64] = np.fromiter(
            (places.setdefault(name.rpartition("/")[0], len(places)) for name in names), np.int64, len(names)
        )
        self._counts = np.bincount(self._which, minlength=len(places))
        self._parts = [[part for part in folder.split("/") if part not in ("", ".", "..")] for folder in places]
        deepest = max(map(len, self._parts), default=0)
        self._levels = [{one[depth] for one in self._parts if len(one) > depth} for depth in range(deepest)]
        self._chunks = [depth for depth in range(deepest) if self._are_chunks(depth)]

    def _are_chunks(self, depth: int) -> bool:
        """Whether the folders at this depth only keep so many files apart, as 00000/img00000000.png, 01000/01000.png.

        Their numbers then are those that their files' numbers begin with.
        """
        numbers = [one[depth] if len(one) > depth else "" for one in self._parts]
        if len(set(numbers)) > 1 and len({_part_of(number) for number in numbers}) == 1 and _part_of(numbers[0]):
            return True
        if len(set(numbers)) < 2 or not all(map(_CHUNK.fullmatch, numbers)) or len(set(map(len, numbers))) > 1:
            return False
        for name, which in zip(self._names, self._which.tolist(), strict=True):
            found = re.search(r"([0-9]+)$", PurePosixPath(name).stem)
            number = numbers[which]
            rounded = number.rstrip("0") or "0"
            if found is None or not (
                (len(found[1]) > len(number) and found[1].startswith(number))
                or (len(found[1]) == len(number) and found[1].startswith(rounded) and len(rounded) <= len(number) - 2)
            ):
                return False
        return True

    def way(self, code: str) -> Way:
        """The way by folders that this code stands for."""
        found = [{} if code == ALL_FOLDERS else splits.among(level, always=code == SPLITS) for level in self._levels]
        chunks = () if code == ALL_FOLDERS else tuple(self._chunks)
        placed = [_Placed.of(one, found, self._levels, chunks) for one in self._parts]
        aside = np.array([one.is_aside for one in placed], np.bool_)
        notes = [f"{listed(sorted(self._levels[depth]))} number the files, and are no classes" for depth in chunks]
        if aside.any() and aside.all():
            notes.append(f"all {self._words.many} lie in {listed(_tests(placed))}, and are trained on")
            aside[:] = False
        tests = tuple(_tests(placed)) if aside.any() else ()
        labelled = self._classes([one.folders for one in placed], aside, chosen=code == INNERMOST)
        if isinstance(labelled, str):
            notes.append(labelled)
        indices, classes = (None, ()) if labelled is None or isinstance(labelled, str) else labelled
        of_images = None if indices is None else indices[self._which]
        aside = aside[self._which]
        notes += self._beside(found)
        if of_images is not None:
            notes += unsorted(of_images, aside, "no folder tells the class of", self._words, self._names)
        return Way(
            code=code,
            how=OF_NAMES[code],
            labels=of_images,
            classes=classes,
            aside=aside,
            tests=tests,
            notes=tuple(notes),
        )

    def _beside(self, found: list[dict[str, Split]]) -> list[str]:
        """What to say of a folder that is called as a split, and was taken for a class."""
        notes = []
        for level, split in zip(self._levels, found, strict=True):
            plain = [name for name in sorted(level) if name not in split and _is_plain(name)]
            if plain and len(level) > 1:
                notes.append(f"{listed(plain)} is taken for a class, as the folders next to it are")
        return notes

    def _classes(
        self, folders: list[tuple[str, ...]], aside: npt.NDArray[np.bool_], *, chosen: bool
    ) -> labels.Labels | str | None:
        """The class of each folder, -1 for none; or why there are none, where somebody might expect some.

        chosen: by the innermost folder, however few images lie in each, as nobody but a person takes it so.
        """
        counted = np.where(aside, 0, self._counts)
        words = _innermost(folders) if chosen else _first_that_differ(folders, counted)
        names = sorted({word for word, count in zip(words, counted.tolist(), strict=True) if word and count})
        inside = sum(count for word, count in zip(words, counted.tolist(), strict=True) if word)
        outside = int(counted.sum()) - inside
        if len(names) < 2:
            return None
        if inside < outside and not chosen:
            all_of_them = self._words.counted(inside + outside)
            return f"{listed(names)} are no classes, as {outside:,} of {all_of_them} lie in none of them"
        if len(names) > labels.MAX_CLASSES:
            return f"{len(names):,} folders are no classes: there are at most {labels.MAX_CLASSES:,}"
        if inside >= _FEW and 2 * len(names) > inside and not chosen:
            return f"{len(names):,} folders are no classes: they hold {self._words.counted(inside)}, about one each"
        names = [names[index] for index in labels.in_order(names)]
        place = {name: index for index, name in enumerate(names)}
        return np.array([place.get(word, -1) if word else -1 for word in words], np.int64), tuple(names)


@dataclass(frozen=True)
class _Placed:
    """A folder: what is left of its path when splits are taken out, and which splits those were."""

    folders: tuple[str, ...]
    splits: tuple[tuple[str, Split], ...] = field(default=())

    @classmethod
    def of(
        cls, parts: list[str], found: list[dict[str, Split]], levels: list[set[str]], chunks: tuple[int, ...]
    ) -> _Placed:
        folders, taken = [], []
        for depth, (part, splits_here, level) in enumerate(zip(parts, found, levels, strict=False)):
            if depth in chunks:
                continue
            split = splits_here.get(part)
            roles = {one.role for one in splits_here.values()}
            if split is not None:
                taken.append((part, split))
                folders += [split.domain] if split.domain else []
            elif not (len(roles) > 1 and len(level) == len(splits_here) + 1):  # one more is of no split, and no class
                folders.append(part)
        return cls(tuple(folders), tuple(taken))

    @property
    def is_aside(self) -> bool:
        """Whether it is of a test split."""
        return any(split.role != "train" for _, split in self.splits)


def _tests(placed: Sequence[_Placed]) -> list[str]:
    """The names of all folders that are test splits."""
    return sorted({name for one in placed for name, split in one.splits if split.role != "train"})


def _is_plain(name: str) -> bool:
    told = splits.told_by(name)
    return told is not None and not told.rest


def _first_that_differ(folders: list[tuple[str, ...]], counted: npt.NDArray[np.int64]) -> list[str]:
    """The part of each path at the first depth at which those that are trained on differ; "" where it ends before."""
    depth = 0
    some = [one for one, count in zip(folders, counted.tolist(), strict=True) if count]
    while len({one[depth] for one in some if len(one) > depth}) == 1:
        depth += 1
    return [one[depth] if len(one) > depth else "" for one in folders]


def _innermost(folders: list[tuple[str, ...]]) -> list[str]:
    return [one[-1] if one else "" for one in folders]
