"""film_gif: how many times as fast as by Pillow's own path a GIF is written; film_webp: frames of WebP a CPU second.

300 frames of 256 x 256 pixels in colour, as a walk through a latent space has them: smooth images that change a little
from frame to frame. Pillow's path, which is slow, is timed on the first 20 of them. Both in one run, on one thread.
"""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks.figures import remark, report

if TYPE_CHECKING:
    from collections.abc import Callable

FRAMES, SIDE, BY_PILLOW = 300, 256, 20


def frames() -> list[np.ndarray]:
    """A closed way through eight random images of 24 x 24 pixels, enlarged smoothly."""
    from PIL import Image

    random = np.random.default_rng(0)
    pins = random.random((8, 24, 24, 3))
    made = []
    for place in np.arange(FRAMES) * len(pins) / FRAMES:
        leg, share = int(place), place % 1
        small = (1 - share) * pins[leg] + share * pins[(leg + 1) % len(pins)]
        image = Image.fromarray((255 * small).astype(np.uint8))
        made.append(np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)))
    return made


def run() -> int:
    """Print the figures; 0 where their targets are reached."""
    from PIL import Image

    from ganstudio.export.films import ENCODERS

    film = frames()
    images = [Image.fromarray(frame) for frame in film[:BY_PILLOW]]

    def by_pillow() -> bytes:
        packed = io.BytesIO()
        images[0].save(packed, "GIF", save_all=True, append_images=images[1:], duration=33, loop=0)
        return packed.getvalue()

    pillow, size = _speed(by_pillow, BY_PILLOW)
    remark(f"Pillow's own GIF: {pillow:.1f} frames a CPU second, {size / BY_PILLOW / 1000:.1f} kB a frame")
    speeds = {}
    for suffix in (".gif", ".webp", ".avif"):
        speeds[suffix], size = _speed(lambda suffix=suffix: ENCODERS[suffix](film, 30.0, ()), FRAMES)
        remark(f"{suffix}: {speeds[suffix]:.0f} frames a CPU second, {size / FRAMES / 1000:.1f} kB a frame")
    reached = report("film_gif", speeds[".gif"] / pillow, "times as fast", ">=", 15)
    reached &= report("film_webp", speeds[".webp"], "frames a CPU second", ">=", 200)
    return 0 if reached else 1


def _speed(write: Callable[[], bytes], count: int) -> tuple[float, int]:
    """Frames a second of the processor, and how many bytes the film has."""
    began = time.process_time()
    data = write()
    return count / (time.process_time() - began), len(data)
