"""The datasets that were used, newest first: what each was, what it looked like, and whether it still is so.

A JSON file and a picture for each, in the program's folder, written aside and renamed. What is damaged there is passed
over: the library is a convenience, and nothing depends on it.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter, ValidationError

from ganstudio.data import limits
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import file_lists
from ganstudio.experiment import DatasetSpec
from ganstudio.modalities import MODALITIES
from ganstudio.system.writing import write_aside

if TYPE_CHECKING:
    from ganstudio.data.card import Card

State = Literal["here", "changed", "gone"]

MAX_ENTRIES = 200
"""More are forgotten, the oldest first."""
_MAX_BYTES = 2**22  # of an entry; a spec may name a thousand classes
_MARK = 2_000  # files of a folder that tell whether it has changed


@dataclass(frozen=True, kw_only=True)
class LibraryEntry:
    """A dataset that was used.

    path: where its source lies. verdict, kind, count, shape, spec: as its card told. used: when last, as ISO 8601.
    thumbnail: a PNG file, or None. state: whether the source is still there, and the same by its size and time.
    """

    path: Path
    name: str
    verdict: str
    kind: str
    count: int
    shape: tuple[int, ...]
    spec: DatasetSpec
    used: str
    thumbnail: Path | None
    state: State


def remember(card: Card, thumbnail_png: bytes | None, home: Path | None = None) -> None:
    """Put a dataset in front of the others; one without a source on disk, such as a ring, is nothing to remember.

    Where the folder can't be written nothing is remembered, and nothing is said.
    """
    source = getattr(card.spec, "path", None)
    if source is None:
        return
    folder, word = _folder(home), _word(Path(source))
    known = {path: _order(path) for path in folder.glob("*.json")}
    text = json.dumps(
        {
            "path": str(source),
            "name": card.name,
            "verdict": card.verdict,
            "kind": card.kind,
            "count": card.count,
            "shape": list(card.shape),
            "spec": card.spec.model_dump(mode="json"),
            "used": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "order": max([time.time_ns(), *(order + 1 for order in known.values())]),  # whatever the clock was set to
            "mark": _mark(Path(source)),
        },
        indent=1,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if thumbnail_png is not None:
            write_aside(folder / f"{word}.png", thumbnail_png)
        write_aside(folder / f"{word}.json", text.encode("utf-8", "surrogateescape"))
        known.pop(folder / f"{word}.json", None)
        for old in sorted(known, key=known.__getitem__)[: 1 - MAX_ENTRIES]:
            _remove(old)
    except OSError:
        return


def entries(home: Path | None = None) -> list[LibraryEntry]:
    """All that is remembered, the one that was used last first."""
    found = []
    for path in _folder(home).glob("*.json"):
        told = _read(path)
        entry = _entry(path, told) if told is not None else None
        if told is not None and entry is not None:
            found.append((int(told["order"]), entry))
    return [entry for _, entry in sorted(found, key=lambda one: one[0], reverse=True)]


def forget(path: Path, home: Path | None = None) -> None:
    """Take a dataset out of the library; its source stays as it is."""
    _remove(_folder(home) / f"{_word(path)}.json")


# --- one entry --------------------------------------------------------------------------------------------------------


def _entry(path: Path, told: dict[str, Any]) -> LibraryEntry | None:
    thumbnail = path.with_suffix(".png")
    try:
        source = Path(told["path"])
        if told["kind"] not in (*MODALITIES, "density"):
            return None
        return LibraryEntry(
            path=source,
            name=str(told["name"]),
            verdict=str(told["verdict"]),
            kind=told["kind"],
            count=int(told["count"]),
            shape=tuple(int(side) for side in told["shape"]),
            spec=TypeAdapter(DatasetSpec).validate_python(told["spec"]),
            used=str(told["used"]),
            thumbnail=thumbnail if thumbnail.is_file() else None,
            state=_state(source, told["mark"]),
        )
    except (KeyError, TypeError, ValueError, ValidationError, OverflowError):
        return None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(_MAX_BYTES).decode("utf-8", "surrogateescape"))
    except (OSError, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and isinstance(told.get("order"), int) else None


def _order(path: Path) -> int:
    told = _read(path)
    return int(told["order"]) if told else 0


def _state(source: Path, mark: Any) -> State:
    now = _mark(source)
    if now is None:
        return "gone"
    return "here" if now == mark else "changed"


def _mark(source: Path) -> str | None:
    """What tells whether a source has changed: sizes and times, no content. None where there is none."""
    digest = hashlib.sha256()
    try:
        for path in _sources(source):
            facts = path.stat()
            digest.update(b"%d %d\n" % (0 if path.is_dir() else facts.st_size, facts.st_mtime_ns))
    except (OSError, DatasetError):
        return None
    return digest.hexdigest()[:16]


def _sources(source: Path) -> list[Path]:
    """The file itself; of a folder its first files too, of a list all that it names."""
    if source.is_dir():
        return [source, *sorted(source.iterdir())[:_MARK]]
    return [source, *(file_lists.listed(source) if file_lists.behind(source) else ())]


def _word(source: Path) -> str:
    return hashlib.sha256(os.fsencode(os.path.abspath(source))).hexdigest()[:20]


def _folder(home: Path | None) -> Path:
    return (home or limits.home()) / "datasets" / "library"


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_suffix(".png").unlink(missing_ok=True)
