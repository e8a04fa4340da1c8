"""plain_ratio: the headless session over a plain PyTorch loop of the same networks, minibatch and optimiser.

The plain loop is what most scripts have: torch's default number of threads, Adam as it comes, zero_grad and backward,
D on real and on generated samples apart, and a loss printed now and then. Each runs in a process of its own, in turns.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.headless import Headless

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

TURNS, TURN_SECONDS = 5, 5.0


def plain_loop(name: str, connection: Connection) -> None:
    """Train on command for so many seconds and answer with iterations a second."""
    import numpy as np
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

    from ganstudio.data import build_dataset
    from ganstudio.networks import Inputs, build_discriminator, build_generator

    experiment = load_preset(name)
    dataset = build_dataset(experiment.dataset)
    dimensions, batch = experiment.latent.dimensions, experiment.schedule.batch_size
    g = build_generator(experiment.generator, dimensions, dataset.shape)
    d = build_discriminator(experiment.discriminator, dataset.shape)
    spec_g, spec_d = experiment.optimisers.generator, experiment.optimisers.discriminator
    adam_g = torch.optim.Adam(g.parameters(), lr=spec_g.learning_rate, betas=(spec_g.beta1, spec_g.beta2))
    adam_d = torch.optim.Adam(d.parameters(), lr=spec_d.learning_rate, betas=(spec_d.beta1, spec_d.beta2))
    random = np.random.default_rng(0)
    ones, zeros = torch.ones(batch), torch.zeros(batch)

    def step() -> float:
        real = torch.from_numpy(dataset.draw(batch, random))
        fake = g(Inputs(torch.randn(batch, dimensions)))
        adam_d.zero_grad()
        d_loss = cross_entropy(d(real), ones) + cross_entropy(d(fake.detach()), zeros)
        d_loss.backward()
        adam_d.step()
        adam_g.zero_grad()
        g_loss = cross_entropy(d(fake), ones)
        g_loss.backward()
        adam_g.step()
        return d_loss.item() + g_loss.item()

    while (seconds := connection.recv()) is not None:
        steps, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            step()
            steps += 1
        connection.send(steps / (time.perf_counter() - began))


def measure(name: str, target: float, folder: Path) -> bool:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=plain_loop, args=(name, theirs), daemon=True)
    process.start()
    headless = Headless(with_setting(load_preset(name), "schedule.steps", 50_000_000), folder / name)

    def plain(seconds: float) -> float:
        ours.send(seconds)
        rate: float = ours.recv()
        return rate

    plain(1.0), headless.rate(1.0)
    ratios = []
    for _ in range(TURNS):
        mine, other = headless.rate(TURN_SECONDS), plain(TURN_SECONDS)
        ratios.append(mine / other)
        remark(f"{name}: session {mine:.0f} it/s, plain loop {other:.0f}")
    ours.send(None)
    process.join()
    headless.close()
    return report(f"plain_ratio.{name}", median(ratios), "of a plain loop", ">=", target)


def run() -> int:
    with tempfile.TemporaryDirectory() as folder:
        reached = measure("ring", 1.1, Path(folder))
        reached &= measure("digits", 1.0, Path(folder))
    return 0 if reached else 1
