"""timeline_share, timeline_scrub, timeline_budget, timeline_half: what the timeline costs, and what it shows.

share: of the seconds of training, spent on keeping moments, of the presets ring and dcgan. scrub: from asking for one
of 500 moments of a G of 32 x 32 pixels in colour to the frame with its gallery of 64, at random order, while nothing is
trained. budget: bytes on the disk against the budget, the most and in the end. half: by how many of 255 levels the
gallery of the trained dcgan differs from that of the weights themselves; the control is what ten steps change.
"""

from __future__ import annotations

import queue
import tempfile
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    Experiment,
    LatentSpec,
    MeasuresSpec,
    ScheduleSpec,
)
from ganstudio.presets import load_preset
from ganstudio.run import MEGABYTE, Moments
from ganstudio.training.arrangements import build_system
from ganstudio.training.checkpoints.moments import load_moment, packed_moment
from ganstudio.training.messages import Frame, Quit, Revisit, Scalars, Start, StateChanged, Watch
from ganstudio.training.pictures.plane import frozen_copy
from ganstudio.training.pictures.renderer import Renderer
from ganstudio.training.session.session import Session
from ganstudio.training.session.timeline import TimelineKeeper
from tests.benchmarks.figures import percentile, remark, report

SECONDS = 60.0
MOMENTS = 500
BUDGET = MeasuresSpec().timeline * MEGABYTE
CPU = torch.device("cpu")


class Timed(TimelineKeeper):
    """Counts what keeping takes."""

    spent = 0.0

    def keep(self, *arguments: Any, **options: Any) -> Any:
        began = time.perf_counter()
        told = list(super().keep(*arguments, **options))
        self.spent += time.perf_counter() - began
        return iter(told)


def share(name: str, folder: Path) -> tuple[float, Session]:
    """The share of the training time, and the session."""
    session = Session(Start(experiment=load_preset(name), run=folder / name, play=True, measure=False))
    session._archive._timeline = keeper = Timed()
    for event in session.run():
        finished = isinstance(event, StateChanged) and event.state == "finished"
        if finished or (isinstance(event, Scalars) and event.rows[-1, 1] >= SECONDS):
            session.send(Quit())
    part = keeper.spent / session._trainer.seconds
    remark(f"{name}: {session._trainer.seconds:.0f} s, {len(Moments(folder / name).steps)} moments, {part:.2%}")
    return part, session


def levels(system: Any, network: Any) -> np.ndarray:
    """The gallery that a G makes."""
    with torch.inference_mode():
        made = network(system.fixed_inputs)
    return system.dataset.modality.to_people(made.numpy()).astype(float)


def half(system: Any, folder: Path) -> tuple[float, float]:
    """How far a moment's gallery is from that of the weights themselves, and how far ten steps lead, at most."""
    whole = system.average.module
    (folder / "moment").write_bytes(packed_moment(whole) or b"")
    other = frozen_copy(whole)
    load_moment(folder / "moment", other)
    there, back = levels(system, whole), levels(system, other)
    for _ in range(10):
        system.step()
    return float(np.abs(there - back).max()), float(np.abs(there - levels(system, system.average.module)).max())


def colour() -> Any:
    """An untrained game of images of 32 x 32 pixels in colour, with a DCGAN as it comes."""
    dataset = build_dataset(load_preset("lapgan").dataset)
    experiment = Experiment(
        name="colour",
        dataset=load_preset("lapgan").dataset,
        latent=LatentSpec(dimensions=64),
        generator=DCGANGeneratorSpec(),
        discriminator=DCGANDiscriminatorSpec(),
        schedule=ScheduleSpec(batch_size=16),
    )
    return build_system(experiment, dataset, CPU)


def scrub(system: Any, folder: Path) -> list[float]:
    """Milliseconds from asking for a moment to its frame."""
    moments, network = Moments(folder), deepcopy(system.average.module)
    for step in range(MOMENTS):
        for parameter in network.parameters():
            parameter.mul_(0.999)
        moments.keep(step, packed_moment(network) or b"", 10**10)
    frames: queue.Queue[Any] = queue.Queue()
    renderer, took = Renderer(frames.put), []
    renderer.watch(Watch(frozenset({"gallery"})))
    renderer.open(system)
    for request, step in enumerate(np.random.default_rng(0).permutation(MOMENTS).tolist(), start=1):
        began = time.perf_counter()
        renderer.ask(Revisit(request=request, run=folder, step=step))
        while not (isinstance(event := frames.get(timeout=60), Frame) and event.visit == request):
            pass
        took.append(1e3 * (time.perf_counter() - began))
        assert event.layers["gallery"].shape == (64, 32, 32, 3)
    renderer.close()
    return took


def budget(content: bytes, folder: Path) -> tuple[float, float]:
    """The most bytes that were there, and those in the end, as a share of the budget."""
    moments, most = Moments(folder), 0.0
    for step in range(4 * BUDGET // len(content)):
        moments.keep(step, content, BUDGET)
        most = max(most, sum(path.stat().st_size for path in moments.folder.iterdir()) / BUDGET)
    return most, sum(path.stat().st_size for path in moments.folder.iterdir()) / BUDGET


def run() -> int:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        reached = report("timeline_share.ring", share("ring", folder)[0], "of training time", "<=", 0.02)
        part, session = share("dcgan", folder)
        reached &= report("timeline_share.dcgan", part, "of training time", "<=", 0.02)
        differs, control = half(session._trainer, folder)
        remark(f"half precision: at most {differs:g} of 255 levels; ten more steps of training: {control:g}")
        reached &= report("timeline_half", differs, "of 255 levels, at most", "<=", 2)
        system = colour()
        (folder / "scrub").mkdir()
        took = scrub(system, folder / "scrub")
        remark(f"scrubbing: median {percentile(took, 0.5):.1f} ms")
        reached &= report("timeline_scrub", percentile(took, 0.95), "ms a moment, p95", "<=", 60)
        (folder / "budget").mkdir()
        most, end = budget(packed_moment(system.average.module) or b"", folder / "budget")
        reached &= report("timeline_budget.most", most, "of the budget", "<=", 1.05)
        reached &= report("timeline_budget.end", end, "of the budget", ">=", 0.95)
    return 0 if reached else 1
