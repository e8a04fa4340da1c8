"""InfoGAN's codes on real images: that Q reads one category off two views of an image."""

import math

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec
from ganstudio.objectives.information import agreement
from ganstudio.presets import is_live, with_setting
from ganstudio.training.trainer import Trainer


@pytest.fixture
def coded(images):
    codes = [CategoricalCodeSpec(size=10, weight=1.0).model_dump(), ContinuousCodeSpec().model_dump()]
    return with_setting(with_setting(images, "latent.codes", codes), "schedule.batch_size", 64)


def trained(experiment, steps=6):
    trainer = Trainer(experiment, build_dataset(experiment.dataset), torch.device("cpu"))
    for _ in range(steps):
        trainer.step()
    return trainer


def test_agreement_is_the_information_of_a_table():
    sure = 50 * torch.eye(4).repeat(5, 1)
    assert agreement(sure, sure).item() == pytest.approx(math.log(4), abs=1e-5)
    assert agreement(sure, sure.roll(1, 0)).item() < math.log(4)
    even = torch.zeros(20, 4)
    assert agreement(sure, even).item() == pytest.approx(0, abs=1e-6)
    always = 50 * torch.eye(4)[:1].repeat(20, 1)
    assert agreement(always, always).item() == pytest.approx(0, abs=1e-6)  # one category for all tells nothing
    # Half of the images are read as the neighbour in the other view: by hand H(c) + H(c') - H(c, c').
    pairs = 50 * torch.eye(2)[[0, 0, 1, 1]], 50 * torch.eye(2)[[0, 1, 1, 0]]
    assert agreement(*pairs).item() == pytest.approx(0, abs=1e-6)
    pairs = 50 * torch.eye(2)[[0, 0, 0, 1]], 50 * torch.eye(2)[[0, 0, 1, 1]]
    table = np.array([[4, 1], [1, 2]]) / 8
    by_hand = (table * np.log(table / np.outer(table.sum(0), table.sum(1)))).sum()
    assert agreement(*pairs).item() == pytest.approx(by_hand, abs=1e-5)


def test_q_is_led_to_read_two_views_alike(coded):
    def agreed(experiment):
        trainer = trained(experiment, 100)
        x, _ = trainer._draw_real()
        with torch.no_grad():
            one, other = (
                trainer.recogniser(trainer.discriminator.judge(trainer._seen(x, experiment.recogniser.views))[1])
                for _ in range(2)
            )
            return trainer.information.consistency(one, other, trainer.recogniser.columns).item()

    # Four seeds: .02 to .04 without, .34 to .55 with it.
    coded = with_setting(coded, "optimisers.discriminator.learning_rate", 2e-3)
    coded = with_setting(with_setting(coded, "discriminator.width", 16), "schedule.steps", 1000)
    assert agreed(coded) < 0.2 < agreed(with_setting(coded, "recogniser.consistency", 1))


def test_views_are_compared_in_every_so_many_steps(coded):
    coded = with_setting(with_setting(coded, "recogniser.consistency", 1), "recogniser.interval", 3)
    seen = []

    class Watched(Trainer):
        def _consistency(self, *args):
            seen.append(self.step_count)
            return super()._consistency(*args)

    trainer = Watched(coded, build_dataset(coded.dataset), torch.device("cpu"))
    for _ in range(7):
        trainer.step()
    assert seen == [0, 3, 6]


def test_without_weight_or_codes_it_changes_nothing_but_the_draws(coded, images):
    off = with_setting(coded, "latent.codes.0.weight", 0)
    trainer = trained(with_setting(off, "recogniser.consistency", 1), 1)
    x, _ = trainer._draw_real()
    _, features = trainer.discriminator.judge(x)
    assert trainer._consistency(x, features, None).item() == 0
    plain = trained(images)
    assert (
        trained(with_setting(images, "recogniser.consistency", 1))
        .state()["latent_random"]
        .equal(plain.state()["latent_random"])
    )


def test_a_minibatch_of_two_has_two_views(coded):
    trained(with_setting(with_setting(coded, "recogniser.consistency", 1), "schedule.batch_size", 2), 2)


def test_it_changes_live_and_is_refused_for_points(plane):
    assert is_live("recogniser.consistency")
    assert is_live("recogniser.view_rotation")
    trainer = Trainer(plane, build_dataset(plane.dataset), torch.device("cpu"))
    with pytest.raises(ValueError, match=r"recogniser\.consistency: is of views of images"):
        trainer.adjust(with_setting(plane, "recogniser.consistency", 1))
