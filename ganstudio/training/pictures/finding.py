"""Searches of the latent space beside the training: each kind in a thread of its own, on a copy of G as it is shown.

They draw from random streams of their own and leave G and its game as they are.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import torch

from ganstudio.directions import DirectionError
from ganstudio.latent import draw_latents
from ganstudio.measurements.principal import principal_directions
from ganstudio.measurements.projection import RANDOM, ProjectionError, check_projectable, compared_of, project
from ganstudio.training.messages import FindDirections, FindLatents, FoundDirections, FoundLatents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from ganstudio.experiment import LatentSpec
    from ganstudio.modalities import Modality
    from ganstudio.networks import Generator
    from ganstudio.training.messages import Event

    Request = FindDirections | FindLatents
    Emit = Callable[[Event], None]

TOLD_SECONDS = 0.15
"""Between two words of how far a search has come."""
_SEED = 0


class Searched:
    """What a search needs of a game: a copy of G with what it is given next to latents, and of which step it is."""

    def __init__(
        self,
        generator: Generator,
        space: LatentSpec,
        modality: Modality,
        given: Tensor | None,
        device: torch.device,
        *,
        game: int,
        step: int,
    ) -> None:
        self.generator, self.space, self.modality, self.given = generator, space, modality, given
        self.device, self.game, self.step = device, game, step

    def directions(self, request: FindDirections, wanted: Callable[[], bool]) -> FoundDirections | None:
        """Principal directions, or why there are none; None where they are wanted no more."""
        given = None if self.given is None else self.given[request.like % len(self.given)][None]
        try:
            found = principal_directions(self.generator, self.space, given, wanted=wanted)
        except DirectionError as error:
            return FoundDirections(request=request.request, game=self.game, step=self.step, refused=f"{error}.")
        if found is None:
            return None
        return FoundDirections(request=request.request, game=self.game, step=self.step, directions=found)

    def latents(self, request: FindLatents, wanted: Callable[[], bool]) -> Iterator[FoundLatents]:
        """How far the search is, after each step; nothing where it is wanted no more before the first."""
        assert request.sample is not None
        try:
            check_projectable(self.generator, gives=self.given is not None)
            if not self.space.width:
                raise ProjectionError("this G has no latents")
            sample = torch.from_numpy(self.modality.to_model(request.sample[None]))[0]
        except ProjectionError as error:
            why = f"It can't be looked for: {error}."
            yield FoundLatents(request=request.request, game=self.game, step=self.step, refused=why)
            return
        draws = draw_latents(self.space, RANDOM, torch.Generator("cpu").manual_seed(_SEED)).to(self.device)
        for found in project(
            self.generator,
            self.space,
            draws,
            sample,
            starts=request.starts,
            steps=request.steps,
            wanted=wanted,
            compared=compared_of(self.modality),
        ):
            yield FoundLatents(
                request=request.request,
                game=self.game,
                step=self.step,
                done=found.step,
                steps=request.steps,
                latents=found.latents.copy(),
                distance=found.distance,
                of_random=found.of_random,
            )


class Finder:
    """Runs one search of each kind at a time; a newer one ends the one before."""

    def __init__(self) -> None:
        self._ends: dict[type, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def begin(self, request: Request, searched: Searched, emit: Emit) -> None:
        """Search in a thread, and tell how far it is; called by one thread."""
        kind = type(request)
        if (before := self._ends.pop(kind, None)) is not None:
            before.set()
        if not request.wanted:
            return
        self._ends[kind] = ended = threading.Event()
        thread = threading.Thread(target=self._run, args=(request, searched, emit, ended), name="finder", daemon=True)
        self._threads = [*(one for one in self._threads if one.is_alive()), thread]
        thread.start()

    def stop(self) -> None:
        """End all searches, each behind the step that it is at."""
        for ended in list(self._ends.values()):
            ended.set()

    def close(self) -> None:
        """The same, and wait for it."""
        self.stop()
        for thread in self._threads:
            thread.join()

    @staticmethod
    def _run(request: Request, searched: Searched, emit: Emit, ended: threading.Event) -> None:
        torch.set_num_threads(1)  # training has measured how many it wants
        try:
            Finder._search(request, searched, emit, ended)
        except (RuntimeError, ValueError, ArithmeticError, MemoryError) as error:  # as where the device has no memory
            why = f"The search ended: {str(error) or 'there is not enough memory'}."
            answer = FoundDirections if isinstance(request, FindDirections) else FoundLatents
            emit(answer(request=request.request, game=searched.game, step=searched.step, refused=why))

    @staticmethod
    def _search(request: Request, searched: Searched, emit: Emit, ended: threading.Event) -> None:
        if isinstance(request, FindDirections):
            answer = searched.directions(request, lambda: not ended.is_set())
            if answer is not None and not ended.is_set():
                emit(answer)
            return
        told = -TOLD_SECONDS
        for found in searched.latents(request, lambda: not ended.is_set()):
            if ended.is_set():
                return
            now = time.monotonic()
            if found.ended or now - told >= TOLD_SECONDS:
                told = now
                emit(found)
