"""The pair of presets on saturation: one stalls, the other does not."""

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.presets import load_preset, with_setting
from ganstudio.training.messages import SCALARS
from ganstudio.training.step.trainer import Trainer


def test_the_pair_differs_in_the_update_alone():
    stalled, rescued = load_preset("disjoint"), load_preset("disjoint_rescued")
    same = with_setting(rescued, "objective.generator_update", stalled.objective.generator_update)
    assert same.model_copy(update={"name": stalled.name, "summary": stalled.summary}) == stalled


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("name", "stalls"), [("disjoint", True), ("disjoint_rescued", False)])
def test_saturation_is_seen_to_stall(name, stalls, seed):
    """The gradient of G over the last 500 steps, and how far its samples are from the nearest mean in the end.

    Measured: 0 and .00004 at a distance of 5.2 and 3.5, against .4 and 1.2 at .05 and .06, which is the data's sigma.
    With seeds 2 and 3 the saturating update got away after all (.65 and .05 away): D is no longer sure once G is near.
    """
    experiment = with_setting(load_preset(name), "seed", seed)
    dataset = build_dataset(experiment.dataset)
    trainer = Trainer(experiment, dataset, torch.device("cpu"))
    for _ in range(experiment.schedule.steps):
        trainer.step()
    gradient = np.median(trainer.drain()[-500:, 2 + SCALARS.index("g_gradient")])
    with torch.no_grad():
        points = dataset.modality.to_people(trainer.average.module(trainer.fixed_inputs).numpy())
    distance = np.median(np.linalg.norm(points[:, None] - dataset.modes[None], axis=2).min(axis=1))
    if stalls:
        assert gradient < 0.01
        assert 1 < distance < 50
    else:
        assert 0.1 < gradient < 10
        assert 0.005 < distance < 0.3
