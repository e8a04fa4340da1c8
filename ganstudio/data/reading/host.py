"""Reads datasets for a window, in whatever thread or process it is given: errands come in, answers go out.

One thing is read at a time and the newest asked for wins: reading looks between two files whether it is still wanted.
Previews have a thread of their own, so that a choice shows at once while the rest is still being read.
"""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.arrays import dataset as arrays
from ganstudio.data.files import columns, loose, pixel_rows, tables
from ganstudio.data.points import table
from ganstudio.data.reading import made, opening, reading
from ganstudio.data.reading.errands import (
    Answer,
    Carded,
    Errand,
    Hear,
    Pictured,
    Preview,
    Previewed,
    Progressed,
    Quit,
    Read,
    Refused,
    Show,
    Sounded,
)
from ganstudio.data.reading.looks import count_of, lines_of, sound_of, thumbnails_of
from ganstudio.experiment import ArraySpec, TableSpec
from ganstudio.experiment.places import place_of
from ganstudio.system import serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from ganstudio.data.card import Card
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DatasetSpec

TELL_SECONDS = 0.1
"""Progress and pictures are told at most so often."""
FIRST_PICTURES = 2_000
"""So many small pictures are told while they are read; further ones when somebody scrolls to them."""
PREVIEWED = 12

_REASONS = (ValueError, OSError, MemoryError)


class _Forgotten(Exception):
    """Ends the reading of what nobody waits for any more."""


class Host:
    """Takes errands from any thread; ``emit`` gets answers from the threads that read and preview."""

    def __init__(self, emit: Callable[[Answer], None]) -> None:
        self._emit = emit
        self._inbox: queue.SimpleQueue[Errand] = queue.SimpleQueue()
        self._newest: Errand | None = None
        self._shown: Show | None = None
        self._heard: Hear | None = None
        self._dataset: Dataset | None = None
        self._read = 0
        self._previewer = _Previewer(emit)

    def send(self, errand: Errand) -> None:
        """Pass an errand on; what it takes the place of is given up."""
        if isinstance(errand, Preview):
            self._previewer.ask(errand)
            return
        if isinstance(errand, Show):
            self._shown = errand
        elif isinstance(errand, Hear):
            self._heard = errand
        else:
            self._newest = errand
        self._inbox.put(errand)

    def run(self) -> None:
        """Do errands until told to quit."""
        errand: Errand | None = None
        while not isinstance(errand, Quit):
            errand = self._inbox.get()
            if isinstance(errand, Show):
                if errand is self._shown:
                    self._show(errand)
                continue
            if isinstance(errand, Hear):
                if errand is self._heard:
                    self._hear(errand)
                continue
            self._dataset = None
            if isinstance(errand, Read) and errand is self._newest:
                self._look(errand)
        self._previewer.close()

    def _look(self, errand: Read) -> None:
        teller = _Teller(errand, self._emit, lambda: errand is self._newest)
        try:
            card, dataset = _read(errand, teller)
        except _Forgotten:
            return
        except _REASONS as error:
            self._emit(Refused(request=errand.request, why=_reason(error)))
            return
        self._dataset, self._read = dataset, errand.request
        teller.flush()
        self._emit(Carded(request=errand.request, card=card, columns=_columns(card.spec)))

    def _show(self, errand: Show) -> None:
        if self._dataset is None or errand.request != self._read:
            return
        feed = self._dataset.feed
        # Images are numbered as they were read, which is not how they stand where some are held out.
        order = None if feed is None else feed.order
        last = min(errand.first + errand.count, count_of(self._dataset))
        numbers = np.arange(errand.first, last) if order is None else np.argsort(order)[errand.first : last]
        if len(numbers):
            images = thumbnails_of(self._dataset, numbers)
            names = lines_of(self._dataset, numbers)
            self._emit(Pictured(request=errand.request, first=errand.first, images=images, names=names))

    def _hear(self, errand: Hear) -> None:
        dataset = self._dataset
        if dataset is None or errand.request != self._read or not 0 <= errand.index < count_of(dataset):
            return
        sound = sound_of(dataset, errand.index)
        if sound is not None:
            self._emit(Sounded(request=errand.request, index=errand.index, wave=sound[0], rate=sound[1]))


class _Teller(reading.Watch):
    """Passes on what is read, not more often than anybody can look, and ends what is no longer wanted."""

    def __init__(self, errand: Read, emit: Callable[[Answer], None], wanted: Callable[[], bool]) -> None:
        self._request = errand.request
        self._pictured = errand.spec is None
        self._emit = emit
        self._wanted = wanted
        self._told = self._counted = 0.0
        self._first = 0
        self._images: list[npt.NDArray[np.uint8]] = []
        self._names: list[str] = []

    @property
    def wants_thumbnails(self) -> bool:
        """Not where choices are known: what was read with them before is there at once, and they take a third."""
        return self._pictured

    def progress(self, done: int, total: int) -> None:
        self.go_on()
        if time.monotonic() - self._counted >= TELL_SECONDS:
            self._counted = time.monotonic()
            self._emit(Progressed(request=self._request, done=done, total=total))
            self.flush()

    def thumbnails(self, first: int, images: npt.NDArray[np.uint8], names: tuple[str, ...]) -> None:
        self.go_on()
        kept = images[: max(0, FIRST_PICTURES - first)]
        if not len(kept):
            return
        if not self._images:
            self._first = first
        self._images.append(kept)
        self._names.extend(names[: len(kept)])
        if time.monotonic() - self._told >= TELL_SECONDS:
            self.flush()

    def card(self, card: Card) -> None:
        self.go_on()
        if not card.complete:  # the last one comes with the dataset, when samples can be asked for
            self.flush()
            self._emit(Carded(request=self._request, card=card))

    def flush(self) -> None:
        """Tell the pictures that wait."""
        self._told = time.monotonic()
        if self._images:
            images, names = np.concatenate(self._images), tuple(self._names)
            self._images, self._names = [], []
            self._emit(Pictured(request=self._request, first=self._first, images=images, names=names))

    def go_on(self) -> None:
        """End the reading that nobody waits for any more."""
        if not self._wanted():
            raise _Forgotten


class _Previewer:
    """Answers the newest preview that is asked for, in a thread that begins with the first."""

    def __init__(self, emit: Callable[[Answer], None]) -> None:
        self._emit = emit
        self._gate = threading.Condition()
        self._asked: Preview | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def ask(self, errand: Preview) -> None:
        with self._gate:
            self._asked = errand
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="previews", daemon=True)
                self._thread.start()
            self._gate.notify()

    def close(self) -> None:
        with self._gate:
            self._closed = True
            self._gate.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (errand := self._next()) is not None:
            try:
                images = _preview(errand)
            except _REASONS as error:
                self._emit(Previewed(request=errand.request, images=None, why=_reason(error)))
            else:
                self._emit(Previewed(request=errand.request, images=images))

    def _next(self) -> Preview | None:
        with self._gate:
            self._gate.wait_for(lambda: self._closed or self._asked is not None)
            errand, self._asked = self._asked, None
            return None if self._closed else errand


def serve(connection: Connection) -> None:
    """Read in a process of its own: errands and answers travel through the connection, until the other side is gone."""
    serving.serve(connection, Host, Quit())


def _read(errand: Read, watch: reading.Watch) -> tuple[Card, Dataset]:
    if not errand.source.paths:
        spec = errand.spec or errand.source.spec
        assert spec is not None, "a source without a path has a spec"
        return made.read(spec)
    return reading.read(opening.together(errand.source.paths), errand.spec, watch=watch)


def _preview(errand: Preview) -> npt.NDArray[np.uint8]:
    if not errand.source.paths:
        return made.preview(errand.spec, PREVIEWED)
    return reading.preview(opening.together(errand.source.paths), errand.spec, PREVIEWED)


def _columns(spec: DatasetSpec) -> tuple[str, ...]:
    """What the columns of a table are called."""
    if isinstance(spec, ArraySpec):
        path = place_of(spec.path)
        head = b"" if path.is_dir() else loose.read_head(path)
        return pixel_rows.names(path, arrays.way(spec)) if pixel_rows.is_pixel_rows(path, head) else ()
    if not isinstance(spec, TableSpec):
        return ()
    return tuple(column.name for column in columns.find(tables.look(place_of(spec.path), table.way(spec))))


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
