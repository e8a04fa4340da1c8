"""What lies in a folder that holds no pictures: IDX files, arrays, shards of a data hub, a table.

Told by the files' names and beginnings; nothing of them is read but that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import foreign, idx, lines, loose, parquet, pictures
from ganstudio.data.files.array_files import find_known

MAX_FILES = 1_000
"""Files that are looked at; a folder of more of them, none a picture by its name, is left to be read as pictures."""
ARRAYS = (".npy", ".npz", ".mat", ".h5", ".hdf5", ".hdf", ".parquet")
TABLES = (".csv", ".tsv", ".data", ".dat")
PICTURES = (
    ".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".avif", ".jp2", ".ico", ".qoi",
)  # fmt: skip
_SPLIT = re.compile(r"(?<![a-z])(train|test|t10k|validation|valid|val|dev)(?:ing)?(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Inside:
    """The files of each kind in a folder, in the order of their names. All are empty where there are pictures."""

    idx: tuple[Path, ...] = ()
    shards: tuple[Path, ...] = ()
    arrays: tuple[Path, ...] = ()
    tables: tuple[Path, ...] = ()
    others: tuple[str, ...] = field(default=())

    @property
    def is_any(self) -> bool:
        """Whether there is anything to train on."""
        return bool(self.idx or self.shards or self.arrays or self.tables)


def survey(folder: Path) -> Inside:
    """What there is; nothing where there are pictures, or too many files to look at each."""
    found: list[Path] = []
    for base, _, names in loose.walk(folder, lambda _: None):
        for name in names:
            if is_picture(name):
                return Inside()
            if (path := Path(base, name)).is_file():  # no pipe, which would be waited for
                found.append(path)
        if len(found) > MAX_FILES:
            return Inside()
    kinds: dict[str, list[Path]] = {"idx": [], "shards": [], "arrays": [], "tables": [], "others": []}
    for path in found:
        kind = _kind(path)
        if kind == "picture":
            return Inside()
        kinds[kind].append(path)
    others = tuple(path.name for path in kinds.pop("others"))
    return Inside(**{kind: tuple(paths) for kind, paths in kinds.items()}, others=others)


def is_picture(name: str) -> bool:
    """Whether a file is a picture, by its name."""
    return name.lower().endswith(PICTURES)


def is_data(name: str) -> bool:
    """Whether a file is one of arrays or a table, by its name."""
    bare = PurePath(name).name.lower()
    return bare.endswith((*ARRAYS, *TABLES)) or "ubyte" in bare or re.search(r"idx\d", bare) is not None


def trained_on(paths: tuple[Path, ...], folder: Path) -> tuple[Path, ...]:
    """Those of the files that are meant to be trained on, where their names tell; else all."""
    splits = [_SPLIT.findall(path.relative_to(folder).as_posix()) for path in paths]
    if not any("train" in [one.lower() for one in each] for each in splits):
        return paths
    return tuple(
        path for path, each in zip(paths, splits, strict=True) if not each or "train" in [one.lower() for one in each]
    )


def idx_folder(found: Inside, folder: Path) -> Path:
    """Where the IDX files of one set lie. Raises DatasetError where there are several."""
    folders = sorted({path.parent for path in found.idx})
    if len(folders) > 1:
        named = ", ".join(f'"{one.relative_to(folder)}"' for one in folders[:8])
        raise DatasetError(f'"{folder.name}" holds IDX files of several sets, in {named}; drop one of these')
    return folders[0]


def table(found: Inside, folder: Path) -> Path:
    """The one table that there is. Raises DatasetError where there are several."""
    several = trained_on(found.tables, folder)
    if len(several) > 1:
        named = ", ".join(f'"{one.relative_to(folder)}"' for one in several[:8])
        raise DatasetError(f'"{folder.name}" holds {len(several):,} tables, {named}; drop one of these')
    return several[0]


def _kind(path: Path) -> str:
    try:
        head = loose.read_head(path)
        if not head:
            return "others"
        if idx.is_idx(path, head):
            return "idx"
        if parquet.is_parquet(path, head):
            # Where its library is missing nobody can tell, and reading it says so.
            if not foreign.is_there("pyarrow") or parquet.holds_pictures(path, head):
                return "shards"
            return "arrays" if find_known(path) is not None else "tables"
        if find_known(path) is not None:
            return "arrays"
        if path.suffix.lower() in TABLES and lines.is_text(head):
            return "tables"
        if not path.suffix or not lines.is_text(head):
            with pictures.pillow_rules():
                pictures.dimensions(head)
            return "picture"
    except DatasetError:
        return "others"
    except pictures.UnreadablePicture as error:
        return "others" if str(error) == "is not an image" else "picture"
    return "others"
