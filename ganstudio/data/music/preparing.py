"""Tunes of MIDI files as an entry of the cache: found there, or read once and put there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data.cache import entries as cache
from ganstudio.data.cache.storing import Storing
from ganstudio.data.errors import DatasetError
from ganstudio.data.files.fingerprint import fingerprint, key_of
from ganstudio.data.files.midi import LARGEST, UnreadableMidi, read_score
from ganstudio.data.files.sources import open_source
from ganstudio.data.music.collection import MOST_WINDOWS, Collection
from ganstudio.data.music.windows import NoTune, OffGrid, tune_of, windows_of
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Melody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from ganstudio.data.cache.entries import Entry
    from ganstudio.data.watching import Watch
    from ganstudio.experiment import MidiSpec

MELODY = Melody()
"""What windows are of."""
_PORTION = 4_096  # windows that are stored at one go
_READER = 1
"""Of how files are read; what another one made is read anew."""


def prepared(spec: MidiSpec, watch: Watch) -> tuple[Collection, tuple[str, ...]]:
    """The tunes that these choices make of the files, and what is to be said of where they were found.

    Raises DatasetError where there is nothing to be read, or no tune among it.
    """
    path, choices = place_of(spec.path), _choices(spec)
    try:
        content = fingerprint(path)
    except DatasetError:
        entries = (cache.find(key) for key in cache.of_source(path, choices))
        left = next((entry for entry in entries if entry is not None), None)
        if left is None:
            raise
        return _of(left), (cache.gone_note(left),)
    key = key_of(content, choices)
    if (entry := cache.find(key, path)) is not None:
        return _of(entry), ()
    changed = bool(cache.of_source(path, choices))
    found = _read(path, spec, watch)
    if fingerprint(path) != content:
        raise DatasetError(f'"{path.name}" was changed while it was read; try again when it is complete')
    _keep(found, key, choices, path)
    return found, ("the source has changed since it was prepared before, and was read anew",) if changed else ()


def some_of(spec: MidiSpec, count: int) -> Collection:
    """About so many windows, of the first files alone. Raises DatasetError where there are none."""
    found, path = Collection(), place_of(spec.path)
    with open_source(path, found.skips, LARGEST) as source:
        files: Iterator[tuple[str, bytes]] = source.files
        while found.count < count and (one := next(files, None)) is not None:
            _take(found, spec, *one)
    if not found.count:
        raise _nothing(path, found)
    return found


def _choices(spec: MidiSpec) -> dict[str, Any]:
    """Those that matter to what is prepared; how it is split and seen does not."""
    own = {name: getattr(spec, name) for name in ("track", "off_grid", "transpose", "least_notes")}
    return {"kind": spec.kind, "reader": _READER, **own}


def _read(path: Path, spec: MidiSpec, watch: Watch) -> Collection:
    found = Collection()
    with open_source(path, found.skips, LARGEST) as source:
        for name, data in source.files:
            _take(found, spec, name, data)
            watch.progress(found.files, max(found.files, source.total) if source.total else 0)
            if found.count >= MOST_WINDOWS:
                break
    if not found.count:
        raise _nothing(path, found)
    return found


def _take(found: Collection, spec: MidiSpec, name: str, data: bytes) -> None:
    """Read a file; why it gives no tune is kept."""
    found.files += 1
    try:
        tune = tune_of(read_score(data), spec, MELODY)
    except OffGrid as error:
        found.off_grid += 1
        found.skips.add(name, str(error))
        return
    except (UnreadableMidi, NoTune) as error:
        found.skips.add(name, str(error))
        return
    windows = windows_of(tune, spec, MELODY)
    if windows:
        found.add(name, tune, windows)
    else:
        found.skips.add(name, f"has no four bars with {spec.least_notes} notes")


def _keep(found: Collection, key: str, choices: dict[str, Any], path: Path) -> None:
    """Put tunes into the cache; where that can't be written, they are read again another time."""
    with _StoringWindows(key, path.name) as store:
        for first in range(0, found.count, _PORTION):  # each is held to the limits before it is copied
            store.append(np.stack(found.windows[first : first + _PORTION]).view(np.uint8))
        store.finish({"choices": choices, "name": path.name, "tunes": found.told()}, {}, path)


def _of(entry: Entry) -> Collection:
    windows: npt.NDArray[np.int8] = np.array(entry.images).view(np.int8)
    return Collection.kept(windows, entry.facts["tunes"])


class _StoringWindows(Storing):
    """Takes windows as bytes (k, steps)."""

    def __init__(self, key: str, name: str) -> None:
        super().__init__(key, 0, 1, name)

    @property
    def row(self) -> tuple[int, ...]:
        """The symbols of a window."""
        return (MELODY.steps,)

    def append(self, images: npt.NDArray[np.uint8]) -> None:
        """Add some windows."""
        self._check_room(images.nbytes)
        self._write(np.ascontiguousarray(images).reshape(-1).data)
        self.count += len(images)

    def _advice(self) -> tuple[str, str]:
        return f"{MELODY.steps} symbols a window", "choose fewer files"


def _nothing(path: Path, found: Collection) -> DatasetError:
    if found.files == 1 and found.skips.named and found.skips.named[0].name == path.name:
        return DatasetError(f'"{path.name}" {found.skips.named[0].reason}')
    some = f": {found.skips.named[0].name} {found.skips.named[0].reason}" if found.skips.named else ""
    more = found.skips.count - 1
    rest = f", and {more:,} more" if more > 0 else ""
    return DatasetError(f'"{path.name}" holds no tune of four bars in eighths{some}{rest}')
