"""Events on their way from the training's threads to the window's: lossless ones in order, pictures latest-wins."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from ganstudio.training.messages import (
    Composed,
    Enlarged,
    FoundLatents,
    Frame,
    GroupFrame,
    GroupOpened,
    GroupScalars,
    Inspected,
    OfMember,
    Opened,
    Pulse,
    Rendered,
    Scalars,
    Walked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.training.messages import AnyEvent

LATEST = (Rendered, Walked, Inspected, Enlarged, Composed, FoundLatents, Frame, GroupFrame)
"""Of these only the newest is kept."""
PATIENT = (Frame, GroupFrame, OfMember, Scalars, GroupScalars)
"""Curves, frames and what is told of many games wait until the window's timer fetches them; all else comes at once."""


class Mailbox:
    """Filled from any thread, fetched on the window's. However slow the window is, it never holds a growing queue."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[AnyEvent] = []
        self._latest: dict[type, AnyEvent] = {}
        self._awake = False

    def put(self, event: AnyEvent) -> bool:
        """Keep an event; whether the window must be woken for it."""
        if isinstance(event, Pulse):
            return False  # whoever listens for it has heard it on the way here
        with self._lock:
            if isinstance(event, LATEST):
                self._latest[type(event)] = event
            else:
                if isinstance(event, (Opened, GroupOpened)):
                    self._latest.clear()  # pictures of the game before
                self._events.append(event)
            patient = isinstance(event, PATIENT) and not getattr(event, "asked", False)
            wake = not patient and not self._awake
            self._awake = self._awake or wake
            return wake

    def fetch(self) -> Iterator[AnyEvent]:
        """What has come since the last call: an answer to the sliders first, pictures last, scalars in one table."""
        with self._lock:
            events, self._events = self._events, []
            latest, self._latest = self._latest, {}
            self._awake = False
        if Rendered in latest:
            yield latest.pop(Rendered)
        yield from _merged(events)
        yield from latest.values()


def _merged(events: list[AnyEvent]) -> Iterator[AnyEvent]:
    """Tables of the same numbers that come with nothing else between them as one event."""
    import numpy as np  # loaded with the first data, not before the first painting

    pile: list[Scalars | GroupScalars] = []

    def flush() -> Iterator[AnyEvent]:
        if pile:
            yield replace(pile[0], rows=np.concatenate([event.rows for event in pile], axis=-2))
        pile.clear()

    for event in events:
        if isinstance(event, Scalars | GroupScalars):
            if pile and not _alike(pile[0], event):
                yield from flush()
            pile.append(event)
        else:
            yield from flush()
            yield event
    yield from flush()


def _alike(one: Scalars | GroupScalars, other: Scalars | GroupScalars) -> bool:
    return type(one) is type(other) and getattr(one, "names", None) == getattr(other, "names", None)
