"""What a way to sort images is: into classes, and into those to train on and those kept aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.modalities import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.modalities import Words

Indices = npt.NDArray[np.int64]

FOLDERS, INNERMOST, ALL_FOLDERS, SPLITS = "folders", "innermost", "all_folders", "splits"
NAMES, NONE = "names", "none"
"""What ``ImagesSpec.labels`` is for a way to sort by folders; any other is a table's column."""
OF_NAMES = {
    FOLDERS: "by folder",
    INNERMOST: "by the innermost folder",
    ALL_FOLDERS: "by folder, train and test among them",
    SPLITS: "by folder, train and test never",
    NAMES: "by what their names begin with",
}
BY_NAMES = frozenset({*OF_NAMES, NONE})
"""The codes of ways that names alone tell."""
_NAMED = 3  # classes, folders or files that a sentence names


@dataclass(frozen=True, kw_only=True, eq=False)
class Way:
    """A way to sort n images. code: as ``ImagesSpec.labels`` has it. how: in words.

    labels: (n,) the class of each, -1 where it is of none; None: there are no classes. aside: (n,) whether each is of a
    test split; tests: the folders or values that say so. notes: what is to be said, a sentence each. out: (n,) whether
    each is no sample, as masks of others are; None: all are.
    """

    code: str
    how: str
    labels: Indices | None
    classes: tuple[str, ...]
    aside: npt.NDArray[np.bool_]
    tests: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    out: npt.NDArray[np.bool_] | None = None

    @property
    def words(self) -> str:
        """What it makes of the images: ``2 classes by folder, cats (4) and dogs (4); 8 of test kept aside``."""
        said = "no classes"
        if self.labels is not None:
            counts = np.bincount(self.labels[self.labels >= 0], minlength=len(self.classes)).tolist()
            named = [f"{name} ({count:,})" for name, count in zip(self.classes, counts, strict=True)]
            said = f"{counted(len(self.classes), 'class', 'classes')} {self.how}: {listed(named)}"
        if self.aside.any():
            said += f"; {int(self.aside.sum()):,} in {listed(self.tests)} are for tests"
        return said

    @property
    def told(self) -> tuple[str, ...]:
        """A note on what tells the classes, where these are not the folders."""
        return (f"the classes are told {self.how}",) if self.labels is not None and self.code not in OF_NAMES else ()

    @property
    def covers(self) -> bool:
        """Whether at least half of what is trained on is of a class."""
        return self.labels is not None and _covers(self.labels, self._untold)

    @property
    def _untold(self) -> npt.NDArray[np.bool_]:
        return self.aside if self.out is None else self.aside | self.out


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """What a table next to the images says of each: as labels and classes of a ``Way``.

    is_likely: whether it is called so that it must be the classes. aside: (n,) where it tells which are for tests.
    """

    code: str
    source: str
    labels: Indices | None
    classes: tuple[str, ...]
    is_likely: bool
    aside: npt.NDArray[np.bool_] | None = None


def _covers(indices: Indices, aside: npt.NDArray[np.bool_]) -> bool:
    return 2 * int((indices[~aside] >= 0).sum()) >= int((~aside).sum())


def unsorted(
    indices: Indices,
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


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b, c and 7 more``."""
    if len(words) > _NAMED:
        return f"{', '.join(words[:_NAMED])} and {len(words) - _NAMED:,} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))
