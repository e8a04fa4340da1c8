"""Windows of many tunes, and what is known of the files that they are of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.card import few_to_learn_from
from ganstudio.data.errors import Skipped
from ganstudio.data.skips import Skips
from ganstudio.modalities import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ganstudio.data.music.windows import Symbols, Tune
    from ganstudio.experiment import MidiSpec

MOST_WINDOWS = 200_000
"""Of a dataset: some 6 MB of symbols; what comes after them is not read."""


@dataclass(eq=False)
class Collection:
    """Windows of tunes so far. names: of the file of each tune; of: which tune each window is of.

    files: how many there were. off_grid: of these, how many did not fit into eighths. tonics, meters, tracks: how many
    tunes have which; a track with how many voices there are.
    """

    windows: list[Symbols] = field(default_factory=list)
    of: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    skips: Skips = field(default_factory=Skips)
    files: int = 0
    off_grid: int = 0
    tonics: Counter[str] = field(default_factory=Counter)
    meters: Counter[float] = field(default_factory=Counter)
    tracks: Counter[tuple[int, int]] = field(default_factory=Counter)

    def add(self, name: str, tune: Tune, windows: list[Symbols]) -> None:
        """Take a tune's windows."""
        self.of += [len(self.names)] * len(windows)
        self.windows += windows
        self.names.append(name)
        self.tonics[tune.tonic] += 1
        self.meters[tune.meter] += 1
        self.tracks[tune.track, tune.voices] += 1

    @property
    def count(self) -> int:
        """How many windows there are."""
        return len(self.windows)

    def split(self, share: float) -> tuple[npt.NDArray[np.int8], tuple[str, ...], int]:
        """All windows (n, steps), those of tunes kept aside last; of which file each is; and how many are aside.

        Whole tunes, evenly spaced: with windows of one tune on both sides any model would seem to be general.
        """
        ends = np.floor((np.arange(len(self.names)) + 1) * share)
        aside = (np.diff(ends, prepend=0) > 0)[np.array(self.of, np.int64)]
        order = np.argsort(aside, kind="stable")
        names = tuple(self.names[self.of[place]] for place in order.tolist())
        return np.stack(self.windows)[order], names, int(aside.sum())

    # --- as it is kept ---

    def told(self) -> dict[str, Any]:
        """All but the windows, as JSON has it."""
        return {
            "of": self.of,
            "names": self.names,
            "skipped": [(one.name, one.reason) for one in self.skips.named],
            "skipped_more": self.skips.more,
            "files": self.files,
            "off_grid": self.off_grid,
            "tonics": list(self.tonics.items()),
            "meters": list(self.meters.items()),
            "tracks": [(*track, count) for track, count in self.tracks.items()],
        }

    @classmethod
    def kept(cls, windows_nt: npt.NDArray[np.int8], told: Mapping[str, Any]) -> Collection:
        """What ``told`` said of these windows."""
        skips = Skips((Skipped(name=name, reason=reason) for name, reason in told["skipped"]), told["skipped_more"])
        return cls(
            windows=list(windows_nt),
            of=list(told["of"]),
            names=list(told["names"]),
            skips=skips,
            files=told["files"],
            off_grid=told["off_grid"],
            tonics=Counter(dict(told["tonics"])),
            meters=Counter({float(meter): count for meter, count in told["meters"]}),
            tracks=Counter({(track, voices): count for track, voices, count in told["tracks"]}),
        )

    # --- for people ---

    def facts(self, spec: MidiSpec) -> tuple[tuple[str, str], ...]:
        """What is known of the files, a label and a text each."""
        rows = [("Files", f"{len(self.names):,} of {self.files:,} hold a tune, cut into windows of four bars")]
        if self.off_grid:
            rows.append(("Off the eighths", f"{self.off_grid:,} left out"))
        if self.tracks:
            (track, voices), count = self.tracks.most_common(1)[0]
            share = "all" if count == len(self.names) else counted(count, "tune")
            only = "the only voice" if voices == 1 else f"track {track}, of {voices} voices"
            rows.append(("Melody", f"{only}, in {share}"))
        rows.append(("Meter", _listed({_meter(quarters): n for quarters, n in self.meters.most_common()})))
        if spec.transpose:
            rows.append(("Moved from", _listed(dict(self.tonics.most_common()))))
        return tuple(rows)

    def notes(self) -> tuple[str, ...]:
        """What else is worth knowing."""
        told = []
        uneven = sum(n for quarters, n in self.meters.items() if quarters % 4 and 4 % quarters)
        if uneven:
            told.append(
                f"{counted(uneven, 'tune has', 'tunes have')} bars that four quarters don't fill or divide: "
                f"{'its' if uneven == 1 else 'their'} windows begin with a bar "
                "and are as long as four bars of 4/4"
            )
        told += few_to_learn_from(self.count, "window")
        if self.count >= MOST_WINDOWS:
            told.append(f"there are at most {MOST_WINDOWS:,} windows; what comes after them was not read")
        return tuple(told)


def _meter(quarters: float) -> str:
    """A meter as it is written: 4/4, 6/8, 3/4."""
    if quarters == 3.0:
        return "3/4 or 6/8"
    return f"{quarters:g}/4" if quarters == int(quarters) else f"{2 * quarters:g}/8"


def _listed(counts: dict[str, int]) -> str:
    named = [f"{name} ({count:,})" for name, count in list(counts.items())[:4]]
    more = len(counts) - 4
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
