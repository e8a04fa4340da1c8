"""What recordings were like, all together: rates, lengths, channels, kinds, and what was wrong with some."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ganstudio.data.clips.decoding import Recording

_NAMED = 3  # rates that are told one by one
SILENT = "is silent"
"""The reason for which a silent recording is skipped."""


class Tally:
    """Counts of recordings. shortest, longest, seconds: in seconds, the last of all together."""

    def __init__(self) -> None:
        self.rates: Counter[int] = Counter()
        self.channels: Counter[int] = Counter()
        self.kinds: Counter[str] = Counter()
        self.shortest = self.longest = self.seconds = 0.0
        self.count = self.clipped = self.one_channel = self.cut_short = self.silent = self.windowed = 0

    def add(self, recordings: Iterable[Recording], skipped: Sequence[tuple[str, str]]) -> None:
        """Count some more, and what was skipped."""
        for one in recordings:
            self.rates[one.rate] += 1
            self.channels[one.channels] += 1
            self.kinds[one.kind] += 1
            self.shortest = min(self.shortest, one.seconds) if self.count else one.seconds
            self.longest = max(self.longest, one.seconds)
            self.seconds += one.seconds
            self.count += 1
            self.clipped += one.is_clipped
            self.one_channel += one.is_one_channel
            self.cut_short += one.is_cut_short
            self.windowed += one.clips > 1
        self.silent += sum(reason == SILENT for _, reason in skipped)

    def facts(self) -> dict[str, Any]:
        """As JSON holds it."""
        plain = {name: value for name, value in vars(self).items() if not isinstance(value, Counter)}
        counted = {name: list(value.items()) for name, value in vars(self).items() if isinstance(value, Counter)}
        return plain | counted

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> Tally:
        """What ``facts`` told."""
        tally = cls()
        for name, value in vars(tally).items():
            told = facts[name]
            setattr(tally, name, Counter(dict(told)) if isinstance(value, Counter) else type(value)(told))
        return tally

    # --- in words ---

    def rows(self) -> tuple[tuple[str, str], ...]:
        """What a card shows of them: a label and a text each."""
        rows = [("Recordings", f"{self.count:,}, {_span(self.seconds)} together"), ("Length", self._lengths())]
        rows += [("Rate", self._rates()), ("Channels", self._channels())]
        rows.append(("Clipped", f"{self.clipped:,} of them" if self.clipped else "none"))
        rows.append(("Silent", f"{self.silent:,} more, left out" if self.silent else "none"))
        return tuple(rows)

    def notes(self) -> tuple[str, ...]:
        """What else is worth knowing, a sentence each."""
        notes = []
        mixed = self.count - self.channels[1] - self.one_channel
        if mixed:
            notes.append(f"{_recordings(mixed)} of several channels {_is(mixed)} mixed to one")
        if self.one_channel:
            its = "its" if self.one_channel == 1 else "their"
            notes.append(
                f"the channels of {_recordings(self.one_channel)} cancel each other: {its} loudest alone is taken"
            )
        if self.cut_short:
            notes.append(f"{_recordings(self.cut_short)} {_is(self.cut_short)} cut short; what is there is taken")
        if self.windowed:
            notes.append(f"{_recordings(self.windowed)} {_is(self.windowed)} cut into several clips, at sounds")
        return tuple(notes)

    def _lengths(self) -> str:
        if self.longest - self.shortest < 0.005:
            return f"{_span(self.longest)}, all of them"
        return f"{_span(self.shortest)} to {_span(self.longest)}"

    def _rates(self) -> str:
        if len(self.rates) == 1:
            return f"{next(iter(self.rates)):,} Hz, all of them"
        told = [f"{rate:,} Hz ({count:,})" for rate, count in self.rates.most_common(_NAMED)]
        return ", ".join(told) + (" and others" if len(self.rates) > _NAMED else "")

    def _channels(self) -> str:
        names = {1: "mono", 2: "stereo"}
        told = [(names.get(count, f"{count:,} channels"), many) for count, many in self.channels.most_common(_NAMED)]
        return told[0][0] if len(told) == 1 else ", ".join(f"{name} ({many:,})" for name, many in told)


def _span(seconds: float) -> str:
    """``0.43 s``, ``12 min``, ``3.1 h``."""
    if seconds < 120:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3600:.1f} h"


def _recordings(count: int) -> str:
    return f"{count:,} recording{'' if count == 1 else 's'}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
