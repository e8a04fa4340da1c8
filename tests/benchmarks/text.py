"""text_quality, text_controls, text_large, text_judge: games of sentences whose probabilities are known exactly.

The figure: the largest share of right sentences that a temperature reaches with a JSD of at most .25 nats, of G after
300 steps of the game less that of G before it, which likelihood alone made; in pairs by seed: the worst counts.
Next to it the controls: rewards that are all the same, rewards of another sentence, and likelihood gone on with for as
long as the game took, without which no gain may be claimed.
"""

from __future__ import annotations

import os
import time
from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import one_hot

from ganstudio.data import build_dataset
from ganstudio.data.text.grammar import grammar_of
from ganstudio.measurements.sentences.controls import Continued
from ganstudio.measurements.sentences.figures import aside_of
from ganstudio.measurements.sentences.sampling import drawn, mark
from ganstudio.networks.sequence import evaluating, running
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.step.trainer import Trainer
from tests.benchmarks.figures import remark, report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.measurements.sentences.sampling import Mark

SEEDS = tuple(map(int, os.environ.get("GANSTUDIO_BENCHMARK_SEEDS", "0 1 2").split()))
STEPS, CONTROL_STEPS, WITHIN = 300, 300, 0.25
TEMPERATURES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
CPU = torch.device("cpu")


def most_right(marks: Sequence[Mark], within: float) -> float:
    """The largest share of right sentences that a temperature reaches with a JSD of at most so much; 0: none does."""
    return max((one.quality for one in marks if one.jsd is not None and one.jsd <= within), default=0.0)


def run() -> int:
    """Print the figures; 0 when all targets are reached."""
    torch.set_num_threads(1)
    gains, constant, shuffled = [], [], []
    for seed in SEEDS:
        gain, same, others = small(seed)
        gains.append(gain)
        constant.append(same)
        shuffled.append(others)
    reached = [
        report("text_quality.gain", min(gains), "of sentences, worst seed", ">=", 0.01),
        report("text_controls.constant", max(constant), "above likelihood's share, worst", "<=", 0.0),
        report("text_controls.shuffled", max(shuffled), "above likelihood's share, worst", "<=", 0.0),
    ]
    large(SEEDS[0])
    return 0 if all(reached) else 1


def small(seed: int) -> tuple[float, float, float]:
    """Of the preset: the game's gain, and by how much the controls' shares are above that of likelihood."""
    experiment, dataset, aside = prepared("text_small", seed)
    before = trained(experiment, dataset, sum(stage.steps for stage in experiment.stages))
    likely = deepcopy(before.average.module)
    state = {name: deepcopy(network.state_dict()) for name, network in before.networks().items()}, before.state()
    start = curve(f"seed {seed}, likelihood", likely, dataset, aside)
    told_by_judge(before, dataset, seed)
    began = time.process_time()
    game = resumed(experiment, dataset, state, STEPS)
    seconds = time.process_time() - began
    end = curve(f"seed {seed}, game, {STEPS} steps in {seconds:.0f} s", game, dataset, aside)
    shares = []
    for control in ("constant", "shuffled"):
        # With likelihood in the loss a useless reward would be that much training by it: here it is the reward alone.
        changed = with_settings(experiment, [("objective.control", control), ("objective.likelihood", 0.0)])
        made = resumed(changed, dataset, state, CONTROL_STEPS)
        shares.append(curve(f"seed {seed}, control {control}", made, dataset, aside)[0].quality)
    longer = Continued(likely, dataset, seconds, seed)
    longer.go_on(seconds)
    curve(f"seed {seed}, likelihood gone on with for {seconds:.0f} s", longer.network, dataset, aside)
    gain = most_right(end, WITHIN) - most_right(start, WITHIN)
    remark(f"seed {seed}: gain {gain:+.3f}")
    return gain, shares[0] - start[0].quality, shares[1] - start[0].quality


def large(seed: int) -> None:
    """Of the preset whose G is large enough: a report, no bar."""
    experiment, dataset, aside = prepared("text_mle", seed)
    trainer = trained(experiment, dataset, sum(stage.steps for stage in experiment.stages))
    likely = deepcopy(trainer.average.module)
    curve("large G, likelihood", likely, dataset, aside)
    began = time.process_time()
    for _ in range(STEPS):
        trainer.step()
    seconds = time.process_time() - began
    curve(f"large G, game, {seconds:.0f} s", trainer.average.module, dataset, aside)
    longer = Continued(likely, dataset, seconds, seed)
    longer.go_on(seconds)
    curve("large G, likelihood gone on with for as long", longer.network, dataset, aside)


def prepared(name: str, seed: int) -> tuple[Experiment, Dataset, np.ndarray]:
    experiment = with_settings(load_preset(name), [("seed", seed), ("device", {"kind": "cpu", "threads": 1})])
    dataset = build_dataset(experiment.dataset)
    return experiment, dataset, aside_of(dataset, 4_000)


def trained(experiment: Experiment, dataset: Dataset, steps: int) -> Trainer:
    trainer = Trainer(experiment, dataset, CPU)
    began = time.process_time()
    for _ in range(steps):
        trainer.step()
    trainer.drain()
    remark(f"{experiment.name}, seed {experiment.seed}: {steps} steps in {time.process_time() - began:.0f} s")
    return trainer


def resumed(experiment: Experiment, dataset: Dataset, state: tuple, steps: int):
    """The average of G after so many steps from where a game stood."""
    trainer = Trainer(experiment, dataset, CPU)
    for name, network in trainer.networks().items():
        network.load_state_dict(state[0][name])
    trainer.load_state(deepcopy(state[1]))
    for _ in range(steps):
        trainer.step()
    return trainer.average.module


def curve(name: str, generator, dataset: Dataset, aside: np.ndarray) -> Sequence[Mark]:
    """The marks of all temperatures, and a line that tells them."""
    marks = [mark(generator, dataset, aside, 5, temperature) for temperature in TEMPERATURES]
    told = "; ".join(f"{one.temperature:g}: {one.quality:.3f}, {one.jsd:.3f}, {one.various:.1f}" for one in marks)
    remark(f"{name}: best share {most_right(marks, WITHIN):.3f}; by temperature share, JSD, entropy: {told}")
    return marks


def told_by_judge(trainer: Trainer, dataset: Dataset, seed: int) -> None:
    """How D's part of each word correlates with the true one, before the game; and how much of the JSD D finds."""
    generator = trainer.average.module
    made = drawn(generator, 2_000, seed)
    true_p = np.stack(list(grammar_of("english").running(made)), axis=1)
    words = torch.from_numpy(made.astype(np.int64))
    with torch.no_grad(), evaluating(trainer.discriminator):
        true_q = generator.log_probabilities(words).numpy()
        logits = trainer.discriminator.read(one_hot(words, generator.words).float())[1].numpy()
    known = running(words).numpy() & np.isfinite(true_p)
    with np.errstate(invalid="ignore"):
        ratio = np.clip(np.diff(true_p, axis=1, prepend=0) - true_q, -4, 4)
    parts = np.clip(np.diff(logits, axis=1, prepend=0), -4, 4)
    correlation = np.corrcoef(ratio[known], parts[known])[0, 1]
    remark(f"seed {seed}: D's part of each word correlates with the true log ratio at {correlation:.3f}")
