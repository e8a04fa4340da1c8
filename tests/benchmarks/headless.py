"""The same session without a window, in a process of its own, that can be let run and stopped."""

from __future__ import annotations

import multiprocessing
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from ganstudio.experiment import Experiment


class Headless:
    """`rate(seconds)` trains for so long at full speed and returns iterations a second of wall-clock time."""

    def __init__(self, experiment: Experiment, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, experiment, folder), daemon=True)
        self._process.start()

    def rate(self, seconds: float) -> float:
        self._connection.send(seconds)
        rate: float = self._connection.recv()
        return rate

    def close(self) -> None:
        self._connection.send(None)
        self._process.join()


def train_to_the_end(experiment: Experiment, folder: Path) -> float:
    """Train by the session that the window and the command line drive; seconds from its start to the last step."""
    from ganstudio.training.messages import Failed, Quit, Start, StateChanged
    from ganstudio.training.session.session import Session

    session = Session(Start(experiment=experiment, run=folder, play=True, measure=False))
    began, seconds = time.perf_counter(), float("nan")
    for event in session.run():
        if isinstance(event, Failed):
            raise RuntimeError(event.message)
        if isinstance(event, StateChanged) and event.state == "finished":
            seconds = time.perf_counter() - began
            session.send(Quit())
    return seconds


def _serve(connection: Connection, experiment: Experiment, folder: Path) -> None:
    from ganstudio.training.messages import Pause, Play, Scalars, Start, StateChanged
    from ganstudio.training.session.session import Session

    session = Session(Start(experiment=experiment, run=folder, measure=False))
    events = session.run()

    def until(state: str) -> None:
        while not (isinstance(event := next(events), StateChanged) and event.state == state):
            pass

    until("paused")
    while (seconds := connection.recv()) is not None:
        session.send(Play())
        until("playing")
        steps, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            event = next(events)
            if isinstance(event, Scalars):
                steps += len(event.rows)
                took = time.perf_counter() - began
        session.send(Pause())
        until("paused")
        connection.send(steps / took)
