"""Pictures of the players, made beside the training from published weights, in a thread of their own."""

from __future__ import annotations

import threading
import time
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.latent import latent_grid
from ganstudio.training.checkpoint import as_samples
from ganstudio.training.messages import Frame, Rendered, RenderLatent, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt
    from torch import Tensor, nn

    from ganstudio.training.messages import Event
    from ganstudio.training.trainer import Trainer

Bounds = tuple[float, float, float, float]

FRAME_SECONDS = 0.25
"""Shortest time between two frames: five a second cost a small training 4 % or less, twenty a third (measured)."""
PATIENCE = 10
"""A frame that took t to make is followed by at least this many t of rest."""
LANDSCAPE_CELLS = 96
GRID_LINES = 25
CHUNK = 16
"""Images generated at one go: between two chunks a latent render may take its turn."""


def copy_weights(into: Iterable[Tensor], source: Iterable[Tensor]) -> None:
    """Copy one network's tensors over another's."""
    torch._foreach_copy_(list(into), list(source))


def tensors(network: nn.Module) -> list[Tensor]:
    """Return weights and buffers, in order."""
    return [tensor.detach() for tensor in (*network.parameters(), *network.buffers())]


class Renderer:
    """Makes frames and latent renders with copies of the players.

    Training publishes weights and goes on; latent renders are answered newest first and out of turn, frames when they
    are due. ``emit`` is called from the renderer's thread.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._wake = threading.Condition()
        self._weights = threading.Lock()
        self._scene: _Scene | None = None
        self._watch = Watch()
        self._request: RenderLatent | None = None
        self._fresh = False
        self._rest_until = 0.0
        self._open = True
        self._thread = threading.Thread(target=self._run, name="renderer", daemon=True)
        self._thread.start()

    def open(self, trainer: Trainer) -> None:
        """Show another game from now on."""
        scene = _Scene(trainer)
        with self._wake, self._weights:
            self._scene, self._request, self._rest_until = scene, None, 0.0
            self._fresh = True
            self._wake.notify()

    def watch(self, watch: Watch) -> None:
        """Change what frames show; the next one comes at once."""
        with self._wake:
            self._watch, self._fresh, self._rest_until = watch, True, 0.0
            self._wake.notify()

    def request(self, request: RenderLatent) -> None:
        """Answer this request next; one that still waits is dropped."""
        with self._wake:
            self._request = request
            self._wake.notify()

    def publish(self, trainer: Trainer, *, wait: bool = False) -> bool:
        """Take over the trainer's weights; unless told to wait, not while a picture is being made from the old ones."""
        if not self._weights.acquire(blocking=wait):
            return False
        try:
            assert self._scene is not None
            self._scene.update(trainer)
        finally:
            self._weights.release()
        with self._wake:
            self._fresh = True
            self._wake.notify()
        return True

    def close(self) -> None:
        """End the thread, after the picture in the making."""
        with self._wake:
            self._open = False
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        # One thread each: training has measured how many it wants, and pictures must not take them.
        torch.set_num_threads(1)
        while (job := self._next_job()) is not None:
            job()

    def _next_job(self) -> Callable[[], None] | None:
        with self._wake:
            while self._open:
                if self._scene is not None:
                    if self._request is not None:
                        request, self._request = self._request, None
                        scene = self._scene
                        return lambda: self._answer(scene, request)
                    rest = self._rest_until - time.monotonic()
                    if self._fresh and rest <= 0:
                        self._fresh = False
                        scene, watch = self._scene, self._watch
                        return lambda: self._frame(scene, watch)
                    self._wake.wait(rest if self._fresh else None)
                else:
                    self._wake.wait()
        return None

    def _answer(self, scene: _Scene, request: RenderLatent) -> None:
        if request.latents.ndim != 2 or request.latents.shape[1] != scene.dimensions:
            return  # asked of the game before this one
        with self._weights, torch.inference_mode():
            step = scene.step
            samples = scene.generate(torch.from_numpy(request.latents))
        self._emit(Rendered(request=request.request, step=step, samples=samples))

    def _frame(self, scene: _Scene, watch: Watch) -> None:
        began = time.monotonic()
        bounds = watch.bounds or scene.bounds or (-1.0, 1.0, -1.0, 1.0)
        layers: dict[str, npt.NDArray[Any]] = {}
        with torch.inference_mode():
            for name, make in scene.layers.items():
                if name in watch.layers:
                    with self._weights:
                        step = scene.step
                        layers[name] = make(bounds)
            if "gallery" in watch.layers and not scene.is_plane:
                step, layers["gallery"] = self._gallery(scene)
        if layers:
            self._emit(Frame(step=step, layers=layers, bounds=bounds if scene.is_plane else None))
        now = time.monotonic()
        with self._wake:
            self._rest_until = now + max(FRAME_SECONDS - (now - began), PATIENCE * (now - began))

    def _gallery(self, scene: _Scene) -> tuple[int, npt.NDArray[np.uint8]]:
        parts = []
        for latents in torch.split(scene.latents, CHUNK):
            with self._weights:
                step = scene.step
                parts.append(scene.generate(latents))
            with self._wake:
                request, self._request = self._request, None
            if request is not None:
                self._answer(scene, request)
        return step, np.concatenate(parts)


class _Scene:
    """Copies of the players and what is looked at: fixed latents, the plane's bounds."""

    def __init__(self, trainer: Trainer) -> None:
        self.dataset = trainer.dataset
        self.is_plane = trainer.dataset.is_plane
        self.dimensions = trainer.experiment.latent.dimensions
        self.device = trainer.device
        self.latents = trainer.fixed_latents
        self.bounds = plane_bounds(trainer) if self.is_plane else None
        self.step = trainer.step_count
        self._generator = deepcopy(trainer.average.module)
        self._discriminator = deepcopy(trainer.discriminator).eval().requires_grad_(False)
        self._grid = torch.from_numpy(latent_grid(trainer.experiment.latent, GRID_LINES)).to(self.device)
        self.layers = (
            {"generated": self._generated, "landscape": self._landscape, "manifold": self._manifold}
            if self.is_plane
            else {}
        )

    def update(self, trainer: Trainer) -> None:
        copy_weights(tensors(self._generator), tensors(trainer.average.module))
        if self.is_plane:
            copy_weights(tensors(self._discriminator), tensors(trainer.discriminator))
        self.step = trainer.step_count

    def generate(self, latents_nd: Tensor) -> npt.NDArray[Any]:
        return as_samples(self.dataset, self._generator(latents_nd.to(self.device)))

    def _generated(self, bounds: Bounds) -> npt.NDArray[Any]:
        return self.generate(self.latents)

    def _manifold(self, bounds: Bounds) -> npt.NDArray[Any]:
        return self.generate(self._grid).reshape(GRID_LINES, -1, 2)

    def _landscape(self, bounds: Bounds) -> npt.NDArray[Any]:
        x_low, x_high, y_low, y_high = bounds
        cells = LANDSCAPE_CELLS
        # Cell centres, so that the picture laid over the bounds is not half a cell off.
        across = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(x_low + across * (x_high - x_low), y_low + across * (y_high - y_low))
        points = np.stack([x.ravel(), y.ravel()], 1).astype(np.float32)
        model = torch.from_numpy((points - self.dataset.centre) / np.float32(self.dataset.scale)).to(self.device)
        belief: npt.NDArray[Any] = self._discriminator(model).sigmoid().cpu().numpy()
        return belief.reshape(cells, cells)


def plane_bounds(trainer: Trainer) -> Bounds:
    """A square of the plane, (x_low, x_high, y_low, y_high) in data units, that holds the data with some air."""
    points = trainer.dataset.to_data(trainer.dataset.draw(2000, np.random.default_rng(0)))
    low, high = points.min(0), points.max(0)
    middle, half = (low + high) / 2, float((high - low).max()) * 0.65 + 1e-6
    x, y = float(middle[0]), float(middle[1])
    return (x - half, x + half, y - half, y + half)
