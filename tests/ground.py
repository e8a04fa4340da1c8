"""A whole system of a test's own: what the program does not know of it is entered in its unions and tables alone.

A kind of sample (waves), a dataset of them, what G is given (the same waves at a quarter of the rate), and a generator
that makes use of it. ``serve`` hosts the training in a process of its own, in which they are entered first.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, ClassVar, Literal

import torch
from torch import nn

from ganstudio.data import BUILDERS, GIVENS, Sampler
from ganstudio.experiment import SAMPLES, Spec
from ganstudio.gui.seam import worker
from ganstudio.modalities import MODALITIES
from ganstudio.networks import GENERATORS, Generator
from tests.entering import entered
from tests.modalities.waves import LENGTH, ROWS, Waves, tones

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

FACTOR = 4
SHORT = LENGTH // FACTOR


class TonesSpec(Spec):
    """Waves of 2 to 5 turns."""

    kind: Literal["tones"] = "tones"


class SlowSpec(Spec):
    """Means of four values each."""

    kind: Literal["slow"] = "slow"
    judged: bool = False  # since Q reads D's features of samples alone

    gives: ClassVar[bool] = True


class Slow(Sampler):
    """Waves, and the same at a quarter of the rate."""

    modality = Waves(rate=8000 // FACTOR, length=SHORT)

    def __init__(self, spec: SlowSpec, dataset) -> None:
        self._alone = GIVENS[next(iter(GIVENS))](None, dataset)

    def draw(self, count, random, *, labelled=False):
        drawn = self._alone.draw(count, random, labelled=labelled)
        return drawn._replace(given=drawn.x.reshape(count, SHORT, FACTOR).mean(2))


class QuickenSpec(Spec):
    """What is given, each value four times over, and some detail."""

    kind: Literal["quicken"] = "quicken"
    width: int = 16


class Quicken(Generator):
    """Waves (n, 16) and latents (n, d) to waves (n, 64)."""

    takes_given = True

    def __init__(self, spec: QuickenSpec, dimensions: int, shape, given) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(dimensions + given[0], spec.width), nn.ReLU(), nn.Linear(spec.width, shape[0])
        )

    def forward(self, inputs):
        seen = torch.cat([inputs.latents, inputs.given], 1)
        return inputs.given.repeat_interleave(FACTOR, 1) + self.layers(seen)


@contextmanager
def registered() -> Iterator[None]:
    """Have all of it in the unions and the tables."""
    rows = [(MODALITIES, Waves.kind, Waves), (SAMPLES, TonesSpec, Waves.kind)]
    rows += [(table, Waves.kind, row) for table, row in ROWS.values()]
    with ExitStack() as stack:
        stack.enter_context(entered("dataset", TonesSpec, BUILDERS, tones))
        stack.enter_context(entered("given", SlowSpec, GIVENS, Slow))
        stack.enter_context(entered("generator", QuickenSpec, GENERATORS, Quicken))
        for table, key, row in rows:
            table[key] = row
            stack.callback(table.pop, key)
        yield


_serve = worker._serve


def serve(connection: Connection) -> None:
    """Host the training at the other end of a connection, as the bridge does, with all of it registered."""
    with registered():
        _serve(connection)
