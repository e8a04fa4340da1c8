"""Tunes from MIDI files: a folder, its subfolders, a zip or tar archive, or one file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.card import Card
from ganstudio.data.errors import DatasetError
from ganstudio.data.files.midi import LARGEST, UnreadableMidi, read_score
from ganstudio.data.files.sources import open_source
from ganstudio.data.images import thumbnails
from ganstudio.data.music.dataset import as_seen, music_dataset
from ganstudio.data.music.windows import NoTune, OffGrid, tune_of, windows_of
from ganstudio.data.skips import Skips
from ganstudio.data.watching import Watch
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Melody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ganstudio.data.dataset import Dataset
    from ganstudio.data.music.windows import Symbols, Tune
    from ganstudio.experiment import MidiSpec

MOST_WINDOWS = 200_000
"""Of a dataset: some 6 MB of symbols; what comes after them is not read."""
_TOLD_EVERY = 16  # files between two words on how far it is
_FEW = 50
_MODALITY = Melody()


class Reading:
    """What was read so far. windows, names: of each tune its windows, and of which file it is."""

    def __init__(self, spec: MidiSpec) -> None:
        self.spec = spec
        self.skips = Skips()
        self.windows: list[list[Symbols]] = []
        self.names: list[str] = []
        self.files = self.off_grid = self.too_short = 0
        self.tonics: Counter[str] = Counter()
        self.meters: Counter[float] = Counter()
        self.tracks: Counter[tuple[int, int]] = Counter()

    def take(self, name: str, data: bytes) -> None:
        """Read a file; why it gives no tune is kept."""
        self.files += 1
        try:
            tune = tune_of(read_score(data), self.spec, _MODALITY)
        except OffGrid as error:
            self.off_grid += 1
            self.skips.add(name, str(error))
            return
        except (UnreadableMidi, NoTune) as error:
            self.skips.add(name, str(error))
            return
        self._keep(name, tune)

    def _keep(self, name: str, tune: Tune) -> None:
        windows = windows_of(tune, self.spec, _MODALITY)
        if not windows:
            self.too_short += 1
            self.skips.add(name, f"has no four bars with {self.spec.least_notes} notes")
            return
        self.windows.append(windows)
        self.names.append(name)
        self.tonics[tune.tonic] += 1
        self.meters[tune.meter] += 1
        self.tracks[tune.track, tune.voices] += 1

    @property
    def count(self) -> int:
        """How many windows there are."""
        return sum(map(len, self.windows))

    def split(self) -> tuple[npt.NDArray[np.int8], tuple[str, ...], int]:
        """All windows (n, steps), those of tunes kept aside last; of which file each is; and how many are aside.

        Whole tunes, evenly spaced: with windows of one tune on both sides any model would seem to be general.
        """
        ends = np.floor((np.arange(len(self.windows)) + 1) * self.spec.aside)
        aside = np.diff(ends, prepend=0) > 0
        order = [*np.flatnonzero(~aside).tolist(), *np.flatnonzero(aside).tolist()]
        rows = [(window, self.names[tune]) for tune in order for window in self.windows[tune]]
        held_out = sum(len(self.windows[tune]) for tune in np.flatnonzero(aside).tolist())
        return np.stack([window for window, _ in rows]), tuple(name for _, name in rows), held_out

    def facts(self) -> tuple[tuple[str, str], ...]:
        """What is known of the files, a label and a text each."""
        rows = [("Tunes", f"{len(self.windows):,} of {self.files:,} files")]
        if self.off_grid:
            rows.append(("Off the eighths", f"{self.off_grid:,} left out"))
        if self.tracks:
            (track, voices), count = self.tracks.most_common(1)[0]
            share = "all" if count == len(self.windows) else f"{count:,} tunes"
            only = "the only voice" if voices == 1 else f"track {track}, of {voices} voices"
            rows.append(("Melody", f"{only}, in {share}"))
        rows.append(("Meter", _listed({_meter(quarters): n for quarters, n in self.meters.most_common()})))
        if self.spec.transpose:
            rows.append(("Moved from", _listed(dict(self.tonics.most_common()))))
        return tuple(rows)

    def notes(self) -> tuple[str, ...]:
        """What else is worth knowing."""
        told = []
        uneven = sum(n for quarters, n in self.meters.items() if quarters % 4 and 4 % quarters)
        if uneven:
            told.append(
                f"{uneven:,} tunes have bars that four quarters don't fill or divide: their windows begin with a bar "
                "and are as long as four bars of 4/4"
            )
        if self.count < _FEW:
            told.append(f"{self.count:,} windows are few to learn from: D may learn them by heart")
        if self.count >= MOST_WINDOWS:
            told.append(f"there are at most {MOST_WINDOWS:,} windows; what comes after them was not read")
        return tuple(told)


def build_midi(spec: MidiSpec) -> Dataset:
    """The windows of all tunes. Raises DatasetError when nothing is usable."""
    return read_midi(spec, Watch())[1]


def read_midi(spec: MidiSpec, watch: Watch) -> tuple[Card, Dataset]:
    """The dataset and its card, which ``watch`` is told of on the way. Raises as ``build_midi`` does."""
    reading = Reading(spec)
    path = place_of(spec.path)
    with open_source(path, reading.skips, LARGEST) as source:
        for name, data in source.files:
            reading.take(name, data)
            if reading.files % _TOLD_EVERY == 1:
                watch.progress(reading.files, max(reading.files, source.total) if source.total else 0)
            if reading.count >= MOST_WINDOWS:
                break
    if not reading.windows:
        raise _nothing(path, reading)
    tunes, names, held_out = reading.split()
    modality = as_seen(_MODALITY, spec.seen)
    dataset = music_dataset(
        path.name,
        tunes,
        modality,
        source=f"{len(tunes):,} windows of four bars from {len(reading.windows):,} tunes of {path.name}",
        held_out=held_out,
        skips=reading.skips,
        notes=reading.notes(),
    )
    card = Card(
        name=path.name,
        kind=Melody.kind,
        verdict=_verdict(path, reading.files),
        spec=spec,
        modality=modality,
        complete=True,
        count=len(tunes),
        held_out=held_out,
        facts=reading.facts(),
        skipped=dataset.skipped,
        skipped_more=dataset.skipped_more,
        notes=dataset.notes,
    )
    if watch.wants_thumbnails:
        shown = tunes[: thumbnails.MAX_SHOWN]
        small = thumbnails.shrunk(_MODALITY.pictures(shown).transpose(0, 3, 1, 2))
        watch.thumbnails(0, small, names[: len(shown)])
    watch.card(card)
    return card, dataset


def first_pictures(spec: MidiSpec, count: int) -> npt.NDArray[np.uint8]:
    """Rolls (k, h, w, 3) of the first windows, without reading all. Raises DatasetError."""
    reading = Reading(spec)
    path = place_of(spec.path)
    with open_source(path, reading.skips, LARGEST) as source:
        files: Iterator[tuple[str, bytes]] = source.files
        while reading.count < count and (one := next(files, None)) is not None:
            reading.take(*one)
    if not reading.windows:
        raise _nothing(path, reading)
    return _MODALITY.pictures(reading.split()[0][:count])


def _nothing(path: Path, reading: Reading) -> DatasetError:
    if reading.files == 1 and reading.skips.named and reading.skips.named[0].name == path.name:
        return DatasetError(f'"{path.name}" {reading.skips.named[0].reason}')
    some = f": {reading.skips.named[0].name} {reading.skips.named[0].reason}" if reading.skips.named else ""
    more = reading.skips.count - 1
    rest = f", and {more:,} more" if more > 0 else ""
    return DatasetError(f'"{path.name}" holds no tune of four bars in eighths{some}{rest}')


def _verdict(path: Path, files: int) -> str:
    if path.is_dir():
        return "a folder of MIDI files"
    return "a MIDI file, by what it begins with" if files == 1 else f"MIDI files: {files:,} of them"


def _meter(quarters: float) -> str:
    """A meter as it is written: 4/4, 6/8, 3/4."""
    if quarters == 3.0:
        return "3/4 or 6/8"
    return f"{quarters:g}/4" if quarters == int(quarters) else f"{2 * quarters:g}/8"


def _listed(counts: dict[str, int]) -> str:
    named = [f"{name} ({count:,})" for name, count in list(counts.items())[:4]]
    more = len(counts) - 4
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
