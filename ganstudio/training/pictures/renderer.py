"""Pictures of the players, made beside the training from published weights, in a thread of their own."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch

from ganstudio.run import RunError
from ganstudio.training.messages import (
    Compose,
    Enlarge,
    Frame,
    Inspect,
    Inspected,
    Notice,
    Rendered,
    RenderLatent,
    Revisit,
    Walk,
    Walked,
    Watch,
)
from ganstudio.training.pictures.finding import Finder, Searched
from ganstudio.training.pictures.plane import frozen_copy
from ganstudio.training.pictures.scene import Scene, Study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ganstudio.training.messages import Event, FindDirections, FindLatents
    from ganstudio.training.pictures.energies import Energies
    from ganstudio.training.pictures.geometry import Bounds
    from ganstudio.training.pictures.plane import Layers
    from ganstudio.training.pictures.scene import Made
    from ganstudio.training.step.games import System

_Portion = TypeVar("_Portion")
FRAME_SECONDS = 0.33
"""Shortest time between two frames: three a second cost a small training some 4 %, twenty a third (measured)."""
PATIENCE = 10
"""A frame that took t to make is followed by at least this many t of rest; so is a study, by a rest of its own."""
ATTENTION = 1.0
"""Seconds after a latent render in which the next one is likely: it shall be made with new weights."""
MOST_THREADS = 4
IDLE = 1.0
"""Seconds without a step after which nothing is trained."""
ANSWER_SECONDS, ANSWER_REST = 0.03, 3.0
"""While something is trained, latent renders begin so far apart, and each is followed by a rest so many times as long
as it took. A slider moves 60 times a second: with each move answered a DCGAN kept half of its steps (measured)."""
CHUNK = 16
"""Images generated at one go: between two chunks a latent render may take its turn."""
WHOLE = 64
"""The same of a moment of the past, which somebody waits for: a fifth less time for all of them (measured)."""


def _threads() -> int:
    """How many a moment is made with while nothing is trained."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdecimal() and int(told) else min(os.cpu_count() or 1, MOST_THREADS)


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
        self._request: RenderLatent | None = None
        self._inspect: Inspect | None = None
        self._enlarge: Enlarge | None = None
        self._enlarged: Enlarge | None = None
        self._walk: Walk | None = None
        self._revisit: Revisit | None = None
        self._looks = False
        """Whether a frame is to come at once, as something else is looked at."""
        self._compose: Compose | None = None
        self._composed: Compose | None = None
        self._find: dict[type, FindDirections | FindLatents] = {}
        self._finder = Finder()
        self._answered: RenderLatent | None = None
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
            self._scene = self._request = self._answered = self._inspect = self._enlarge = self._enlarged = None
            self._walk = self._revisit = self._compose = self._composed = None
            self._looks = False
            self._find.clear()
            self._finder.stop()
            self._games += 1
            return self._games

    def open(self, trainer: System) -> None:
        """Show this game from now on. It is ``shut`` before the game is announced and opened after that.

        So its pictures come neither before the word that it is there nor mixed with those of the game before.
        """
        scene = Scene(trainer, self._games)
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

    def request(self, request: RenderLatent) -> None:
        """Answer this request next; one that still waits is dropped."""
        with self._wake:
            self._request, self._asked = request, time.monotonic()
            self._wake.notify()

    def inspect(self, request: Inspect) -> None:
        """Show next what D makes of these samples; a request that still waits is dropped."""
        with self._wake:
            self._inspect = request
            self._wake.notify()

    def enlarge(self, request: Enlarge) -> None:
        """Show next, and after each frame, what G makes of a picture; a request that still waits is dropped."""
        with self._wake:
            self._enlarge, self._enlarged = request, None
            self._wake.notify()

    def compose(self, request: Compose) -> None:
        """Show next, and after each frame, what G writes; a request that still waits is dropped."""
        with self._wake:
            self._compose, self._composed = request, None
            self._wake.notify()

    def walk(self, request: Walk) -> None:
        """Show next what each level makes of these latents; a request that still waits is dropped."""
        with self._wake:
            self._walk, self._asked = request, time.monotonic()
            self._wake.notify()

    def revisit(self, request: Revisit) -> None:
        """Show G at another moment from now on; a request that still waits is dropped."""
        with self._wake:
            self._revisit, self._asked = request, time.monotonic()
            self._wake.notify()

    def find(self, request: FindDirections | FindLatents) -> None:
        """Begin to search the latent space; a request of the kind that still waits is dropped."""
        with self._wake:
            self._find[type(request)] = request
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
                if (request := self._due_request()) is not None:
                    return lambda: self._answer(scene, request)
                if self._revisit is not None:
                    revisit, self._revisit = self._revisit, None
                    return lambda: self._go_to(scene, revisit, watch, study)
                if self._walk is not None:
                    walk, self._walk = self._walk, None
                    return lambda: self._show_way(scene, walk)
                if self._inspect is not None:
                    asked, self._inspect = self._inspect, None
                    return lambda: self._reconstruct(scene, asked)
                if self._enlarge is not None:
                    picture, self._enlarge = self._enlarge, None
                    return lambda: self._show_enlarged(scene, picture)
                if self._compose is not None:
                    wanted, self._compose = self._compose, None
                    return lambda: self._show_composed(scene, wanted)
                if self._find:
                    searched = self._find.pop(next(iter(self._find)))
                    return lambda: self._search(scene, searched)
                if self._looks and scene.past:
                    self._looks = False
                    return lambda: self._frame(scene, watch, study, asked=True)
                if scene.past:  # which the training does not change
                    self._wake.wait(None if self._request is None else max(self._answer_due - time.monotonic(), 0.001))
                    continue
                now = time.monotonic()
                waits = [] if self._request is None else [max(self._answer_due - now, 0.001)]
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

    def _due_request(self) -> RenderLatent | None:
        """The latent render that is to be answered now, taken; by whoever holds ``_wake``."""
        now = time.monotonic()
        if self._request is None or (now < self._answer_due and now - self._trained < IDLE):
            return None
        request, self._request = self._request, None
        return request

    def _show(self, scene: Scene, event: Event) -> None:
        with self._door:
            if scene is self._scene:
                self._emit(event)

    def _answer(self, scene: Scene, request: RenderLatent) -> None:
        if request.game not in (None, scene.game) or request.latents.shape[1:] != (scene.dimensions,):
            return  # asked of the game before this one
        began = time.monotonic()
        with self._weights, torch.inference_mode():
            step = scene.shown_step
            samples = scene.generate(scene.inputs_of(request.latents, request.like))
        nearest = scene.nearest(samples[0]) if request.nearest and len(samples) else None
        now = time.monotonic()
        with self._wake:
            self._answer_due = max(began + ANSWER_SECONDS, now + ANSWER_REST * (now - began))
            if scene is self._scene:
                self._answered = request
        answer = Rendered(request=request.request, game=scene.game, step=step, samples=samples, nearest=nearest)
        self._show(scene, answer)

    def _show_way(self, scene: Scene, request: Walk) -> None:
        if request.game not in (None, scene.game) or request.latents.shape[1:] != (scene.dimensions,):
            return  # asked of the game before this one
        with self._weights, torch.inference_mode():
            step = scene.shown_step
            way = scene.walk(request)
        if way is not None:
            answer = Walked(request=request.request, game=scene.game, step=step, steps=way.steps, added=way.added)
            self._show(scene, answer)

    def _reconstruct(self, scene: Scene, request: Inspect) -> None:
        if scene.energies is None or request.game not in (None, scene.game):
            return
        with self._weights, torch.inference_mode():
            step = scene.step
            made, energies = scene.energies.inspect(request.samples)
        answer = Inspected(
            request=request.request,
            game=scene.game,
            step=step,
            samples=request.samples,
            reconstructions=made,
            energies=energies,
        )
        self._show(scene, answer)

    def _show_enlarged(self, scene: Scene, request: Enlarge) -> None:
        if scene.enlarging is None or request.picture is None or request.game not in (None, scene.game):
            return
        with self._weights, torch.inference_mode():
            answer = scene.enlarging.answer(request, scene.game, scene.step)
        with self._wake:
            if scene is self._scene and self._enlarge is None:
                self._enlarged = request
        self._show(scene, answer)

    def _show_composed(self, scene: Scene, request: Compose) -> None:
        if scene.composing is None or not request.show or request.game not in (None, scene.game):
            return
        with self._weights:  # and no inference mode: controls learn
            answer = scene.composing.answer(request, scene.game, scene.step)
        with self._wake:
            if scene is self._scene and self._compose is None:
                self._composed = request
        self._show(scene, answer)

    def _search(self, scene: Scene, request: FindDirections | FindLatents) -> None:
        """Have it searched for beside the pictures, with a copy of G that nobody updates."""
        if request.game not in (None, scene.game):
            return  # asked of the game before this one
        with self._weights:
            generator, step = frozen_copy(scene.generator), scene.shown_step
        searched = Searched(
            generator, scene.latent, scene.modality, scene.inputs.given, scene.device, game=scene.game, step=step
        )
        self._finder.begin(request, searched, lambda event: self._show(scene, event))

    def _go_to(self, scene: Scene, request: Revisit, watch: Watch, study: Study) -> None:
        """Show what was asked for at once: one moment, or now, and what stands beside it."""
        if request.game not in (None, scene.game):
            return  # asked of the game before this one
        try:
            scene.revisit(request)
        except RunError as error:
            self._show(scene, Notice(f"This moment can't be shown. {error}."))
        with self._wake:
            # What was published meanwhile was not taken over: the next weights are wanted at once.
            self._looks, self._fresh, self._rest_until = False, True, 0.0
        idle = time.monotonic() - self._trained >= IDLE
        torch.set_num_threads(_threads() if idle else 1)
        try:
            self._frame(scene, watch, study, asked=True)
        finally:
            torch.set_num_threads(1)

    def _frame(self, scene: Scene, watch: Watch, study: Study, *, asked: bool = False) -> None:
        """Show what is watched. asked: somebody waits for it."""
        began = time.monotonic()
        bounds = watch.bounds or scene.scenery.bounds
        with torch.inference_mode():
            step, layers = self._layers(scene, watch, bounds)
            if not scene.past:
                layers |= study.result
                if "energies" in watch.layers and scene.energies is not None:
                    layers |= self._energies(scene, scene.energies)
            beside = self._beside(scene, watch, bounds)
        if layers or asked:
            frame = Frame(step=step, layers=layers, bounds=bounds, past=scene.past, beside=beside, asked=asked)
            self._show(scene, replace(frame, visit=scene.visit))
            # What the sliders stand at changes with G. Right behind the frame, so that the window paints both at once.
            if self._answered is not None and self._request is None:
                self._answer(scene, self._answered)
        if (picture := self._enlarged) is not None and not scene.past:
            self._show_enlarged(scene, picture)
        if (written := self._composed) is not None and not scene.past:
            self._show_composed(scene, written)
        now = time.monotonic()
        with self._wake:
            if scene is self._scene:
                self._rest_until = now + max(FRAME_SECONDS - (now - began), PATIENCE * (now - began))

    def _beside(self, scene: Scene, watch: Watch, bounds: Bounds | None) -> Frame | None:
        """What is watched, of the moment that stands beside; made once, as that does not change."""
        with scene.showing_beside() as kept:
            if kept is None:
                return None
            if kept.frame is None or kept.watch is not watch:
                step, layers = self._layers(scene, watch, bounds)
                kept.watch, kept.frame = watch, Frame(step=step, layers=layers, bounds=bounds, past=True)
            return kept.frame

    def _layers(self, scene: Scene, watch: Watch, bounds: Bounds | None) -> tuple[int, Layers]:
        """What is watched, of G as it is shown, and the step that it is of."""
        layers: Layers = {}
        step, chunk = scene.shown_step, WHOLE if scene.past else CHUNK
        for name, make in scene.scenery.layers.items():
            if name in watch.layers and bounds is not None and (not scene.past or name in scene.scenery.of_average):
                with self._weights:
                    step = scene.shown_step
                    layers |= make(bounds)
        for name in scene.scenery.inputs.keys() & watch.layers:
            portions, makes = scene.scenery.inputs[name].portions(chunk), scene.made
            if "way" in watch.layers:
                makes = scene.way
            step, (*before, layers[name]) = self._in_turn(scene, portions, makes)
            layers |= {f"way_{index}": samples for index, samples in enumerate(before)}
        if watch.sheet is not None and watch.sheet.ndim == 2 and watch.sheet.shape[1] == scene.dimensions:
            inputs = scene.inputs_of(watch.sheet, watch.like)
            step, (layers["sheet"],) = self._in_turn(scene, inputs.portions(chunk), scene.made)
        return step, layers

    def _slice(self, scene: Scene, watch: Watch, study: Study) -> None:
        """Go on with the study for one slice; at its end let a frame carry what it found."""
        began = time.monotonic()
        bounds = watch.bounds or scene.scenery.bounds
        assert bounds is not None
        try:
            with torch.inference_mode():
                if study.work is None:
                    study.fresh, study.spent = False, 0.0
                    study.work = scene.scenery.study(bounds)
                    with self._weights:
                        next(study.work)
                else:
                    next(study.work)
            study.spent += time.monotonic() - began
        except StopIteration as end:
            study.work, study.result = None, end.value
            study.rest_until = time.monotonic() + PATIENCE * (study.spent + time.monotonic() - began)
            with self._wake:
                self._fresh = True

    def _energies(self, scene: Scene, energies: Energies) -> Layers:
        samples, inputs = torch.split(energies.real, CHUNK), energies.inputs.portions(CHUNK)
        _, (real,) = self._in_turn(scene, samples, lambda x: (energies.judge(x),))
        _, (fake,) = self._in_turn(scene, inputs, lambda inputs: (energies.judge(scene.made_of(inputs)),))
        return {"energies_real": real, "energies_fake": fake}

    def _in_turn(
        self, scene: Scene, portions: Iterable[_Portion], make: Callable[[_Portion], Made]
    ) -> tuple[int, Made]:
        """What is made of each portion, put together, and the step; between two a latent render is answered."""
        parts = []
        for portion in portions:
            with self._weights:
                step = scene.shown_step
                parts.append(make(portion))
            if scene.is_beside:  # which is not what the sliders are of
                continue
            with self._wake:
                request = self._due_request()
            if request is not None:
                self._answer(scene, request)
        return step, tuple(np.concatenate(each) for each in zip(*parts, strict=True))
