"""band_speed: sixteen seeds of GAN Lab's small game as one batched computation, on one thread.

headless: seed-iterations a second of the band itself; frames: of its session, which draws the planes as well, stores
every scalar, and measures and watches all seeds; ratio: the band's, over the iterations a second of a single trainer.
They take turns. Seconds are the processor's, so that other work on the machine is not counted.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS, TURNS, TURN_SECONDS = 16, 5, 4.0
DRAIN_STEPS = 20


def rate_of(step: Callable[[], None], drain: Callable[[], object], seconds: float) -> float:
    """Steps a second, its scalars read now and then as a session does."""
    steps, began = 0, time.process_time()
    while (took := time.process_time() - began) < seconds:
        for _ in range(DRAIN_STEPS):
            step()
        drain()
        steps += DRAIN_STEPS
    return steps / took


class Played:
    """A group session that is let run for so many seconds at a time."""

    def __init__(self, experiment) -> None:
        from ganstudio.training.group.session import GroupSession
        from ganstudio.training.messages import StartGroup

        self._session = GroupSession(StartGroup(experiments=(experiment,), seeds=SEEDS))
        self._events = self._session.run()
        self.frames = self.estimates = 0
        self._until("paused")

    def _until(self, state: str) -> None:
        from ganstudio.training.messages import StateChanged

        while not (isinstance(event := next(self._events), StateChanged) and event.state == state):
            pass

    def rate(self, seconds: float) -> float:
        from ganstudio.training.messages import GroupFrame, GroupScalars, Measured, OfMember, Pause, Play

        self._session.send(Play())
        self._until("playing")
        steps, began = 0, time.process_time()
        while (took := time.process_time() - began) < seconds:
            event = next(self._events)
            self.frames += isinstance(event, GroupFrame)
            self.estimates += isinstance(event, OfMember) and isinstance(event.event, Measured)
            steps += event.rows.shape[1] if isinstance(event, GroupScalars) else 0
        self._session.send(Pause())
        self._until("paused")
        return steps / took


def run() -> int:
    import torch

    from ganstudio.data import build_dataset
    from ganstudio.training.group.band import Band
    from ganstudio.training.step.trainer import Trainer

    torch.set_num_threads(1)
    experiment = with_setting(load_preset("ganlab"), "schedule.steps", 50_000_000)
    experiment = with_setting(experiment, "device", {"kind": "cpu", "threads": 1})
    dataset, device = build_dataset(experiment.dataset), torch.device("cpu")
    single = Trainer(experiment, dataset, device)
    band = Band([with_setting(experiment, "seed", seed) for seed in range(SEEDS)], dataset, device)
    played = Played(experiment)
    rate_of(single.step, single.drain, 0.5), rate_of(band.step, band.drain, 0.5), played.rate(0.5)
    headless, frames, ratios = [], [], []
    for _ in range(TURNS):
        alone = rate_of(single.step, single.drain, TURN_SECONDS / 2)
        headless.append(SEEDS * rate_of(band.step, band.drain, TURN_SECONDS))
        played.frames = played.estimates = 0
        frames.append(SEEDS * played.rate(TURN_SECONDS))
        ratios.append(headless[-1] / alone)
        remark(
            f"single trainer {alone:.0f} it/s, band {headless[-1] / SEEDS:.0f} it/s, "
            f"its session {frames[-1] / SEEDS:.0f} it/s with {played.frames / TURN_SECONDS:.1f} frames/s "
            f"and {played.estimates / TURN_SECONDS:.1f} estimates/s"
        )
    unit = f"seed-iterations/s, {SEEDS} seeds"
    reached = report("band_speed.headless", median(headless), unit, ">=", 3000)
    reached &= report("band_speed.frames", median(frames), unit, ">=", 3000)
    return 0 if reached & report("band_speed.ratio", median(ratios), "of a single trainer", ">=", 8) else 1
