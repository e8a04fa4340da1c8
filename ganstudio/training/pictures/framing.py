"""What a frame shows, made of the players' copies by portions, and the studies whose results it carries."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch

from ganstudio.training.messages import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Generator as Work
    from threading import Lock

    from ganstudio.training.messages import Watch
    from ganstudio.training.pictures.energies import Energies
    from ganstudio.training.pictures.plane import Layers
    from ganstudio.training.pictures.scene import Made, Scene

_Portion = TypeVar("_Portion")
PATIENCE = 10
"""A frame that took t to make is followed by at least this many t of rest; so is a study, by a rest of its own."""
CHUNK = 16
"""Images generated at one go: between two chunks a latent render may take its turn."""
WHOLE = 64
"""The same of a moment of the past, which somebody waits for: a fifth less time for all of them (measured)."""


class Study:
    """How far the work that spans many slices has come: for one game, one part of the plane."""

    def __init__(self) -> None:
        self.work: Work[None, None, Layers] | None = None
        self.result: Layers = {}
        self.fresh = True
        self.spent, self.rest_until = 0.0, 0.0


class Framing:
    """Makes frames of what is watched in a scene, with its weights locked for one portion at a time.

    in_between: called after each portion, so that something else may have its turn.
    """

    def __init__(self, scene: Scene, watch: Watch, weights: Lock, in_between: Callable[[], None]) -> None:
        self._scene, self._watch, self._weights, self._in_between = scene, watch, weights, in_between
        self._bounds = watch.bounds or scene.scenery.bounds

    def frame(self, study: Study, *, asked: bool) -> Frame | None:
        """What is watched now, or at the moment that is shown; None where that is nothing and nobody asked for it."""
        scene = self._scene
        with torch.inference_mode():
            step, layers = self._layers(self._in_between)
            if not scene.past:
                layers |= study.result
                if "energies" in self._watch.layers and scene.energies is not None:
                    layers |= self._energies(scene.energies)
            beside = self._beside()
        if not (layers or asked):
            return None
        return Frame(
            step=step,
            layers=layers,
            bounds=self._bounds,
            past=scene.past,
            beside=beside,
            asked=asked,
            visit=scene.visit,
        )

    def go_on(self, study: Study) -> bool:
        """Go on with a study for one slice. Returns whether that was its last, so that its result is there."""
        assert self._bounds is not None
        began = time.monotonic()
        try:
            with torch.inference_mode():
                if study.work is None:
                    study.fresh, study.spent = False, 0.0
                    study.work = self._scene.scenery.study(self._bounds)
                    with self._weights:
                        next(study.work)
                else:
                    next(study.work)
            study.spent += time.monotonic() - began
        except StopIteration as end:
            study.work, study.result = None, end.value
            study.rest_until = time.monotonic() + PATIENCE * (study.spent + time.monotonic() - began)
            return True
        return False

    def _beside(self) -> Frame | None:
        """What is watched, of the moment that stands beside; made once, as that does not change."""
        with self._scene.showing_beside() as kept:
            if kept is None:
                return None
            if kept.frame is None or kept.watch is not self._watch:
                step, layers = self._layers(lambda: None)  # the sliders are not of this moment
                kept.watch, kept.frame = self._watch, Frame(step=step, layers=layers, bounds=self._bounds, past=True)
            return kept.frame

    def _layers(self, in_between: Callable[[], None]) -> tuple[int, Layers]:
        """What is watched, of G as it is shown, and the step that it is of."""
        scene, watch, bounds = self._scene, self._watch, self._bounds
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
            step, (*before, layers[name]) = self._in_turn(portions, makes, in_between)
            layers |= {f"way_{index}": samples for index, samples in enumerate(before)}
        if watch.sheet is not None and watch.sheet.ndim == 2 and watch.sheet.shape[1] == scene.dimensions:
            inputs = scene.inputs_of(watch.sheet, watch.like)
            step, (layers["sheet"],) = self._in_turn(inputs.portions(chunk), scene.made, in_between)
        return step, layers

    def _energies(self, energies: Energies) -> Layers:
        samples, inputs = torch.split(energies.real, CHUNK), energies.inputs.portions(CHUNK)
        _, (real,) = self._in_turn(samples, lambda x: (energies.judge(x),), self._in_between)
        _, (fake,) = self._in_turn(
            inputs, lambda inputs: (energies.judge(self._scene.made_of(inputs)),), self._in_between
        )
        return {"energies_real": real, "energies_fake": fake}

    def _in_turn(
        self, portions: Iterable[_Portion], make: Callable[[_Portion], Made], in_between: Callable[[], None]
    ) -> tuple[int, Made]:
        """What is made of each portion, put together, and the step."""
        parts = []
        for portion in portions:
            with self._weights:
                step = self._scene.shown_step
                parts.append(make(portion))
            in_between()
        return step, tuple(np.concatenate(each) for each in zip(*parts, strict=True))
