"""How images and sounds are sorted: into classes, and to train on or be kept aside; by folders, or by a table.

Every way that makes a difference is worked out, the likeliest first, so that a person can choose among them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import splits
from ganstudio.modalities import Images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.files.splits import Split
    from ganstudio.modalities import Words

_Indices = npt.NDArray[np.int64]

FOLDERS, INNERMOST, ALL_FOLDERS, SPLITS, NONE = "folders", "innermost", "all_folders", "splits", "none"
"""What ``ImagesSpec.labels`` is for a way to sort by folders; any other is a table's column."""
_OF_FOLDERS = {
    FOLDERS: "by folder",
    INNERMOST: "by the innermost folder",
    ALL_FOLDERS: "by folder, train and test among them",
    SPLITS: "by folder, train and test never",
}
BY_FOLDER = frozenset({*_OF_FOLDERS, NONE})
"""The codes of ways that names alone tell."""
_FEW = 20  # images, of which each may well be of a class of its own
_NAMED = 3  # classes, folders or files that a sentence names
_CHUNK = re.compile(r"[0-9]{3,}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Way:
    """A way to sort n images. code: as ``ImagesSpec.labels`` has it. how: in words.

    labels: (n,) the class of each, -1 where it is of none; None: there are no classes. aside: (n,) whether each is of a
    test split; tests: the folders or values that say so. notes: what is to be said, a sentence each.
    """

    code: str
    how: str
    labels: _Indices | None
    classes: tuple[str, ...]
    aside: npt.NDArray[np.bool_]
    tests: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What it makes of the images: ``2 classes by folder, cats (4) and dogs (4); 8 of test kept aside``."""
        said = "no classes"
        if self.labels is not None:
            counts = np.bincount(self.labels[self.labels >= 0], minlength=len(self.classes)).tolist()
            named = [f"{name} ({count:,})" for name, count in zip(self.classes, counts, strict=True)]
            said = f"{len(self.classes):,} classes {self.how}: {_listed(named)}"
        if self.aside.any():
            said += f"; {int(self.aside.sum()):,} in {_listed(self.tests)} are for tests"
        return said

    @property
    def told(self) -> tuple[str, ...]:
        """A note on what tells the classes, where these are not the folders."""
        return (f"the classes are told {self.how}",) if self.labels is not None and self.code not in _OF_FOLDERS else ()

    @property
    def covers(self) -> bool:
        """Whether at least half of what is trained on is of a class."""
        return self.labels is not None and _covers(self.labels, self.aside)


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """What a table next to the images says of each: as labels and classes of a ``Way``.

    is_likely: whether it is called so that it must be the classes. aside: (n,) where it tells which are for tests.
    """

    code: str
    source: str
    labels: _Indices | None
    classes: tuple[str, ...]
    is_likely: bool
    aside: npt.NDArray[np.bool_] | None = None


def ways(names: Sequence[str], columns: Sequence[Column] = (), words: Words = Images.words) -> tuple[Way, ...]:
    """Every way to sort samples of these names, paths with slashes, that makes a difference; the likeliest first.

    words: what they are called.
    """
    folders = _Folders(names, words)
    told = next((one for one in columns if one.aside is not None), None)
    by_folder = _parted_by(folders.way(FOLDERS), told)
    by_table = [_of_column(one, by_folder, words) for one in columns if one.labels is not None]
    likely = [way for way, one in zip(by_table, _with_labels(columns), strict=True) if one.is_likely and way.covers]
    if not by_folder.covers and not likely and by_table:
        if len(by_table) == 1 and by_table[0].covers:
            likely = by_table
        else:
            told_of = f"{_listed([way.how for way in by_table])}: choose one, if they are to have classes"
            by_folder = replace(by_folder, notes=(*by_folder.notes, f"the {words.many} can be sorted {told_of}"))
    others = [_parted_by(folders.way(code), told) for code in (INNERMOST, ALL_FOLDERS, SPLITS)]
    found = [*likely, by_folder, *by_table, *others]
    none = Way(code=NONE, how="", labels=None, classes=(), aside=by_folder.aside, tests=by_folder.tests)
    return tuple(_distinct([*found, none]))


def sort(
    names: Sequence[str], columns: Sequence[Column], code: str | None, name: str, words: Words = Images.words
) -> tuple[Way, tuple[Way, ...]]:
    """The way that is chosen, None being the likeliest, and all that there are.

    name: of the whole, for the DatasetError that is raised where there is no such way. words: what samples are called.
    """
    found = ways(names, columns, words)
    if code is None:
        return found[0], found
    chosen = next((way for way in found if way.code == code), None)
    if chosen is None and code in _OF_FOLDERS:
        told = next((one for one in columns if one.aside is not None), None)
        chosen = _parted_by(_Folders(names, words).way(code), told)  # which is the same as another
    if chosen is None and code == NONE:
        chosen = found[0]
    if chosen is None:
        raise DatasetError(
            f'"{name}" has no labels "{code}"; its {words.many} can be sorted by {", ".join(way.code for way in found)}'
        )
    return chosen, found


def _with_labels(columns: Sequence[Column]) -> list[Column]:
    return [one for one in columns if one.labels is not None]


def _distinct(found: Sequence[Way]) -> list[Way]:
    kept: dict[object, Way] = {}
    for way in found:
        seen = None if way.labels is None else (way.classes, way.labels.tobytes())
        kept.setdefault((seen, way.aside.tobytes()), way)
    return list(kept.values())


def _parted_by(way: Way, told: Column | None) -> Way:
    """The same with the test split that a table tells, where the folders tell of none."""
    if told is None or told.aside is None or way.aside.any():
        return way
    return replace(way, aside=told.aside, tests=(told.source,))


def _of_column(one: Column, by_folder: Way, words: Words) -> Way:
    assert one.labels is not None
    return Way(
        code=one.code,
        how=f"by {one.source}",
        labels=one.labels,
        classes=one.classes,
        aside=by_folder.aside,
        tests=by_folder.tests,
        notes=_unsorted(one.labels, by_folder.aside, f"{one.source} tells no class of", words),
    )


def _covers(indices: _Indices, aside: npt.NDArray[np.bool_]) -> bool:
    return 2 * int((indices[~aside] >= 0).sum()) >= int((~aside).sum())


class _Folders:
    """The folders that images of these names lie in. All is worked out for each folder once: images are many."""

    def __init__(self, names: Sequence[str], words: Words) -> None:
        self._names, self._words = names, words
        places: dict[str, int] = {}
        self._which: _Indices = np.fromiter(
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
        notes = [f"{_listed(sorted(self._levels[depth]))} number the files, and are no classes" for depth in chunks]
        if aside.any() and aside.all():
            notes.append(f"all {self._words.many} lie in {_listed(_tests(placed))}, and are trained on")
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
            notes += _unsorted(of_images, aside, "no folder tells the class of", self._words, self._names)
        return Way(
            code=code,
            how=_OF_FOLDERS[code],
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
                notes.append(f"{_listed(plain)} is taken for a class, as the folders next to it are")
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
            return f"{_listed(names)} are no classes, as {outside:,} of {all_of_them} lie in none of them"
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


# --- in words ---------------------------------------------------------------------------------------------------------


def _unsorted(
    indices: _Indices,
    aside: npt.NDArray[np.bool_],
    begin: str,
    words: Words,
    names: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """What to say of samples that are of no class, those for tests by themselves."""
    notes = []
    for which, what in ((~aside, ""), (aside, " for tests")):
        none = np.flatnonzero((indices < 0) & which)
        if len(none):
            count = f"{words.counted(len(none))}{what}"
            named = "" if names is None else f", such as {names[none[0]]}" if len(none) > 1 else f", {names[none[0]]}"
            notes.append(f"{begin} {count}{named}")
    return tuple(notes)


def _listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b, c and 7 more``."""
    if len(words) > _NAMED:
        return f"{', '.join(words[:_NAMED])} and {len(words) - _NAMED:,} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))
