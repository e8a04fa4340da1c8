"""What somebody wants to see out of turn, and the event that answers it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import torch

from ganstudio.training.messages import (
    Compose,
    Enlarge,
    FindDirections,
    FindLatents,
    Inspect,
    Inspected,
    Rendered,
    RenderLatent,
    Revisit,
    Walk,
    Walked,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ganstudio.training.messages import Event
    from ganstudio.training.pictures.scene import Scene

Request: TypeAlias = RenderLatent | Revisit | Walk | Inspect | Enlarge | Compose | FindDirections | FindLatents

REQUESTS = (RenderLatent, Revisit, Walk, Inspect, Enlarge, Compose, FindDirections, FindLatents)
"""In the order in which they have their turn: what follows a hand first, what takes long last."""
FOLLOWING = (RenderLatent, Revisit, Walk)
"""Those that follow a hand, so that the next one is likely soon."""


class Requests:
    """The newest request of each kind that waits, and the last of each that was answered. Its owner holds a lock."""

    def __init__(self) -> None:
        self._waiting: dict[type, Request] = {}
        self._answered: dict[type, Request] = {}

    def put(self, request: Request) -> None:
        """Have a request wait in place of those of its kind, also of one that is answered again and again."""
        self._waiting[type(request)] = request
        self._answered.pop(type(request), None)

    def waits(self, kind: type) -> bool:
        """Whether one of a kind waits."""
        return kind in self._waiting

    def take(self, *kinds: type) -> Request | None:
        """The first request of these kinds, in their order; it waits no longer."""
        for kind in kinds:
            if kind in self._waiting:
                return self._waiting.pop(kind)
        return None

    def answered(self, request: Request) -> None:
        """Remember a request to answer it again, unless a newer one of its kind waits."""
        if type(request) not in self._waiting:
            self._answered[type(request)] = request

    def again(self, kind: type) -> Request | None:
        """The request of a kind that was answered last; None where another waits."""
        return self._answered.get(kind)

    def clear(self) -> None:
        """Forget all of them."""
        self._waiting.clear()
        self._answered.clear()


def _is_latent(scene: Scene, request: RenderLatent | Walk) -> bool:
    return request.latents.shape[1:] == (scene.dimensions,)


@torch.inference_mode()
def _render(scene: Scene, request: RenderLatent) -> Event | None:
    if not _is_latent(scene, request):
        return None
    samples = scene.generate(scene.inputs_of(request.latents, request.like))
    return Rendered(request=request.request, game=scene.game, step=scene.shown_step, samples=samples)


def with_nearest(scene: Scene, request: Request, answer: Event) -> Event:
    """The answer with the real sample that is nearest to the sliders', where that is asked for; needs no weights."""
    if not isinstance(request, RenderLatent) or not isinstance(answer, Rendered):
        return answer
    lookup = scene.lookup
    if not request.nearest:
        lookup.forgive()
    elif len(answer.samples):
        sample = answer.samples[0]
        if (nearest := lookup.nearest(sample)) is None:
            if lookup.reading:
                return replace(answer, nearest_later=True)
            nearest = lookup.nearest(sample)  # it was read meanwhile
        return replace(answer, nearest=nearest, nearest_refused=lookup.refused)
    return answer


@torch.inference_mode()
def _walk(scene: Scene, request: Walk) -> Event | None:
    if not _is_latent(scene, request) or (way := scene.walk(request)) is None:
        return None
    return Walked(request=request.request, game=scene.game, step=scene.shown_step, steps=way.steps, added=way.added)


@torch.inference_mode()
def _inspect(scene: Scene, request: Inspect) -> Event | None:
    if scene.energies is None:
        return None
    made, energies = scene.energies.inspect(request.samples)
    return Inspected(
        request=request.request,
        game=scene.game,
        step=scene.step,
        samples=request.samples,
        reconstructions=made,
        energies=energies,
    )


@torch.inference_mode()
def _enlarge(scene: Scene, request: Enlarge) -> Event | None:
    if scene.enlarging is None or request.picture is None:
        return None
    return scene.enlarging.answer(request, scene.game, scene.step)


def _compose(scene: Scene, request: Compose) -> Event | None:  # in no inference mode: controls learn
    if scene.composing is None or not request.show:
        return None
    return scene.composing.answer(request, scene.game, scene.step)


ANSWERS: Mapping[type, Callable[[Scene, Any], Event | None]] = {
    RenderLatent: _render,
    Walk: _walk,
    Inspect: _inspect,
    Enlarge: _enlarge,
    Compose: _compose,
}
"""Those that are answered at once, by whoever holds the weights; None where this game has no answer."""
