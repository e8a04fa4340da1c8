"""Pictures of the players, made beside the training from published weights, in a thread of their own."""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import torch

from ganstudio.run import RunError
from ganstudio.system.processor import threads_told
from ganstudio.training.messages import (
    Compose,
    Enlarge,
    FindDirections,
    FindLatents,
    Notice,
    Rendered,
    RenderLatent,
    Revisit,
    Watch,
)
from ganstudio.training.pictures.finding import Finder, Searched
from ganstudio.training.pictures.framing import PATIENCE, Framing, Study
from ganstudio.training.pictures.plane import frozen_copy
from ganstudio.training.pictures.requests import ANSWERS, FOLLOWING, REQUESTS, Requests, with_nearest
from ganstudio.training.pictures.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.training.messages import Event
    from ganstudio.training.pictures.requests import Request
    from ganstudio.training.step.games import System

FRAME_SECONDS = 0.33
"""Shortest time between two frames: three a second cost a small training some 4 %, twenty a third (measured)."""
ATTENTION = 1.0
"""Seconds after a latent render in which the next one is likely: it shall be made with new weights."""
MOST_THREADS = 4
IDLE = 1.0
"""Seconds without a step after which nothing is trained."""
ANSWER_SECONDS, ANSWER_REST = 0.03, 3.0
"""While something is trained, latent renders begin so far apart, and each is followed by a rest so many times as long
as it took. A slider moves 60 times a second: with each move answered a DCGAN kept half of its steps (measured)."""


def _threads() -> int:
    """How many a moment is made with while nothing is trained."""
    return threads_told() or min(os.cpu_count() or 1, MOST_THREADS)


class Renderer:
    """Makes frames and latent renders with copies of the players.

    Training publishes weights and goes on; latent renders are answered newest first and out of turn, and once more with
    every frame; frames are made when they are due. What takes longer than a frame may is studied by slices between
    them, and each frame carries the last result, as frames are latest-wins. ``emit`` is called from the renderer's
    thread.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._wake = threading.Condition()
        self._weights = threading.Lock()
        self._door = threading.Lock()
        self._scene: Scene | None = None
        self._watch = Watch()
        self._requests = Requests()
        self._looks = False
        """Whether a frame is to come at once, as something else is looked at."""
        self._finder = Finder()
        self._fresh = False
        self._rest_until, self._asked, self._answer_due = 0.0, -ATTENTION, 0.0
        self._trained = -IDLE
        """When a step was made last."""
        self._games = 0
        self._study = Study()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="renderer", daemon=True)
        self._thread.start()

    def shut(self) -> int:
        """Show nothing more of this game, not even the picture in the making; requests wait for the next.

        Returns the number of the next.
        """
        with self._door, self._wake:
            scene, self._scene = self._scene, None
            self._looks, self._answer_due = False, 0.0
            self._requests.clear()
            self._finder.stop()
            self._games += 1
            game = self._games
        if scene is not None:
            scene.lookup.close()
        return game

    def open(self, trainer: System) -> None:
        """Show this game from now on. It is ``shut`` before the game is announced and opened after that.

        So its pictures come neither before the word that it is there nor mixed with those of the game before.
        """
        scene = Scene(trainer, self._games, self._looked_up)
        with self._wake:
            self._scene, self._rest_until = scene, 0.0
            self._fresh, self._study = True, Study()
            self._wake.notify()

    def watch(self, watch: Watch) -> None:
        """Change what frames show; the next one comes at once."""
        with self._wake:
            self._watch, self._fresh, self._looks, self._rest_until = watch, True, True, 0.0
            self._study = Study()
            self._wake.notify()

    def ask(self, request: Request) -> None:
        """Answer this request out of turn; one of its kind that still waits is dropped."""
        with self._wake:
            self._requests.put(request)
            if isinstance(request, FOLLOWING):
                self._asked = time.monotonic()
            self._wake.notify()

    def publish(self, trainer: System, *, wait: bool = False) -> bool:
        """Take over the trainer's weights; unless told to wait, only where they are wanted and none are in use.

        They are wanted for the next frame, and all the time while somebody turns the sliders.
        """
        now = self._trained = time.monotonic()
        if not wait and now < self._rest_until and now - self._asked > ATTENTION:
            return False
        if not self._weights.acquire(blocking=wait):
            return False
        try:
            assert self._scene is not None
            self._scene.update(trainer)
        finally:
            self._weights.release()
        with self._wake:
            self._fresh = self._study.fresh = True
            self._wake.notify()
        return True

    def close(self) -> None:
        """End the thread, after the picture in the making."""
        with self._wake:
            self._open = False
            self._wake.notify()
        self._thread.join()
        self._finder.close()
        if self._scene is not None:
            self._scene.lookup.close()

    def _run(self) -> None:
        # One thread each: training has measured how many it wants, and pictures must not take them. While nothing is
        # trained, a moment that somebody waits for may have some more.
        torch.set_num_threads(1)
        while (job := self._next_job()) is not None:
            job()

    def _next_job(self) -> Callable[[], None] | None:
        with self._wake:
            while self._open:
                if self._scene is None:
                    self._wake.wait()
                    continue
                scene, watch, study = self._scene, self._watch, self._study
                if (request := self._due(*REQUESTS)) is not None:
                    return partial(self._reply, scene, request)
                if self._looks and scene.past:
                    self._looks = False
                    return lambda: self._frame(scene, watch, study, asked=True)
                now = time.monotonic()
                due = min(self._answer_due, self._trained + IDLE)
                waits = [max(due - now, 0.001)] if self._requests.waits(RenderLatent) else []
                if scene.past:  # which the training does not change
                    self._wake.wait(min(waits, default=None))
                    continue
                if self._fresh:
                    if now >= self._rest_until:
                        self._fresh = self._looks = False
                        return lambda: self._frame(scene, watch, study)
                    waits.append(self._rest_until - now)
                if watch.layers & scene.scenery.studied and (study.work or study.fresh):
                    if now >= study.rest_until:
                        return lambda: self._slice(scene, watch, study)
                    waits.append(study.rest_until - now)
                self._wake.wait(min(waits, default=None))
        return None

    def _due(self, *kinds: type) -> Request | None:
        """The request of these kinds that is to be answered now, taken; by whoever holds ``_wake``."""
        now = time.monotonic()
        rests = now < self._answer_due and now - self._trained < IDLE
        return self._requests.take(*(kind for kind in kinds if not (rests and kind is RenderLatent)))

    def _show(self, scene: Scene, event: Event) -> None:
        with self._door:
            if scene is self._scene:
                self._emit(event)

    def _reply(self, scene: Scene, request: Request) -> None:
        if request.game not in (None, scene.game):
            return  # asked of the game before this one
        if isinstance(request, Revisit):
            self._go_to(scene, request)
        elif isinstance(request, (FindDirections, FindLatents)):
            self._search(scene, request)
        else:
            self._answer(scene, request)

    def _answer(self, scene: Scene, request: Request) -> None:
        began = time.monotonic()
        with self._weights:
            answer = ANSWERS[type(request)](scene, request)
        if answer is None:
            return
        now = time.monotonic()
        answer = with_nearest(scene, request, answer)
        with self._wake:
            if isinstance(request, RenderLatent):
                self._answer_due = max(began + ANSWER_SECONDS, now + ANSWER_REST * (now - began))
            if scene is self._scene:
                self._requests.answered(request)
                if isinstance(answer, Rendered) and answer.nearest_later and not scene.lookup.reading:
                    self._ask_again()  # it was read meanwhile
        self._show(scene, answer)

    def _looked_up(self) -> None:
        """Tell the nearest sample that was asked for while samples were read."""
        with self._wake:
            self._ask_again()

    def _ask_again(self) -> None:
        """Have the last latents answered once more; by whoever holds ``_wake``."""
        if (request := self._requests.again(RenderLatent)) is not None:
            self._requests.put(request)
            self._wake.notify()

    def _search(self, scene: Scene, request: FindDirections | FindLatents) -> None:
        """Have it searched for beside the pictures, with a copy of G that nobody updates."""
        with self._weights:
            generator, step = frozen_copy(scene.generator), scene.shown_step
        searched = Searched(
            generator, scene.latent, scene.modality, scene.inputs.given, scene.device, game=scene.game, step=step
        )
        self._finder.begin(request, searched, lambda event: self._show(scene, event))

    def _go_to(self, scene: Scene, request: Revisit) -> None:
        """Show what was asked for at once: one moment, or now, and what stands beside it."""
        try:
            scene.revisit(request)
        except RunError as error:
            self._show(scene, Notice(f"This moment can't be shown. {error}."))
        with self._wake:
            # What was published meanwhile was not taken over: the next weights are wanted at once.
            self._looks, self._fresh, self._rest_until = False, True, 0.0
            watch, study = self._watch, self._study
        idle = time.monotonic() - self._trained >= IDLE
        torch.set_num_threads(_threads() if idle else 1)
        try:
            self._frame(scene, watch, study, asked=True)
        finally:
            torch.set_num_threads(1)

    def _frame(self, scene: Scene, watch: Watch, study: Study, *, asked: bool = False) -> None:
        """Show what is watched. asked: somebody waits for it."""
        began = time.monotonic()
        frame = self._framing(scene, watch).frame(study, asked=asked)
        if frame is not None:
            self._show(scene, frame)
        # What the sliders stand at changes with G, whatever else is looked at. Right behind the frame, so that the
        # window paints both at once.
        self._reply_again(scene, RenderLatent)
        if not scene.past:
            self._reply_again(scene, Enlarge)
            self._reply_again(scene, Compose)
        now = time.monotonic()
        with self._wake:
            if scene is self._scene:
                self._rest_until = now + max(FRAME_SECONDS - (now - began), PATIENCE * (now - began))

    def _reply_again(self, scene: Scene, kind: type) -> None:
        with self._wake:
            request = self._requests.again(kind)
        if request is not None:
            self._reply(scene, request)

    def _slice(self, scene: Scene, watch: Watch, study: Study) -> None:
        """Go on with the study for one slice; at its end let a frame carry what it found."""
        if self._framing(scene, watch).go_on(study):
            with self._wake:
                self._fresh = True

    def _framing(self, scene: Scene, watch: Watch) -> Framing:
        return Framing(scene, watch, self._weights, partial(self._take_turn, scene))

    def _take_turn(self, scene: Scene) -> None:
        """Answer latents that are due, between two portions of a frame."""
        with self._wake:
            request = self._due(RenderLatent)
        if request is not None:
            self._reply(scene, request)
